"""The definition, written out in float64: slow, plain, and what every other kernel is tested against."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from infolib.representations._kernels import BatchSums


def batch_sums(
    z: Tensor, scaled_anchors: Tensor, n_sets: int, lengths: Sequence[int], out: Tensor | None = None
) -> BatchSums:
    """Assign `z` (n, d) softly to `scaled_anchors` (K * m, d), unit anchors divided by the temperature."""
    z = z.double()
    norm = torch.linalg.vector_norm(z, dim=1)
    logits = (z / norm[:, None]) @ scaled_anchors.T
    log_p = torch.log_softmax(logits.unflatten(1, (n_sets, -1)), dim=-1)
    p = log_p.exp()
    # p is exactly 0 where log_p is -745 or less; the product is then -0.0, never NaN, since log_p stays finite.
    row_entropy = -(p * log_p).sum(-1)
    p = p.flatten(1)
    if out is not None:
        out[:, 0], out[:, 1:] = row_entropy[:, 0], p
    parts = list(lengths)
    return BatchSums(
        torch.stack([rows.sum(0) for rows in p.split(parts)]),
        torch.stack([rows.sum(0) for rows in row_entropy.split(parts)]),
        norm,
    )
