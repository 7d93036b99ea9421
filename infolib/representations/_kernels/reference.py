"""The definition, written out in float64: slow, plain, and what every other kernel is tested against."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from infolib.representations._kernels import BatchSums, Segments


def batch_sums(z: Tensor, scaled_anchors: Tensor, n_sets: int, segments: Sequence[Segments]) -> BatchSums:
    """Sum soft assignments of `z` (n, d) over `scaled_anchors` (K * m, d), unit anchors divided by the temperature."""
    z = z.double()
    norm = torch.linalg.vector_norm(z, dim=1)
    logits = (z / norm[:, None]) @ scaled_anchors.double().T
    log_p = torch.log_softmax(logits.unflatten(1, (n_sets, -1)), dim=-1)
    p = log_p.exp()
    rows = p.flatten(1)
    by_label = [rows.new_zeros(s.size, rows.shape[1]).index_add_(0, s.index, rows) for s in segments]
    # p is exactly 0 where log_p is -745 or less; the product is then -0.0, never NaN, since log_p stays finite.
    return BatchSums(rows.sum(0), -(p * log_p).sum((0, 2)), by_label, norm)
