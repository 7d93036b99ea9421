"""The definition, written out in float64: slow, plain, and what every other kernel is tested against."""

from __future__ import annotations

import torch
from torch import Tensor

from infolib.representations._kernels import BatchSums


def batch_sums(z: Tensor, scaled_anchors: Tensor, n_sets: int, out: Tensor | None = None) -> BatchSums:
    """Assign `z` (n, d) softly to `scaled_anchors` (K * m, d), unit anchors divided by the temperature.

    The assignments are written to `out` (n, K * m) where it is given.
    """
    z = z.double()
    norm = torch.linalg.vector_norm(z, dim=1)
    logits = (z / norm[:, None]) @ scaled_anchors.T
    log_p = torch.log_softmax(logits.unflatten(1, (n_sets, -1)), dim=-1)
    p = log_p.exp()
    if out is not None:
        out.copy_(p.flatten(1))
    # p is exactly 0 where log_p is -745 or less; the product is then -0.0, never NaN, since log_p stays finite.
    return BatchSums(p.flatten(1).sum(0), -(p * log_p).sum((0, 2)), norm)
