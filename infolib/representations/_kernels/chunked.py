"""Tiles of rows that stay in the cache: float32 inside a tile (float64 for float64 vectors), float64 between tiles."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._kernels import BatchSums, Segments

# Floats in a tile of logits. 2 MB of float32: the tile, its exponentials and the anchors share a second-level cache.
TILE_ELEMENTS = 1 << 18


def batch_sums(z: Tensor, scaled_anchors: Tensor, n_sets: int, segments: Sequence[Segments]) -> BatchSums:
    """Sum soft assignments of `z` (n, d) over `scaled_anchors` (K * m, d), unit anchors divided by the temperature."""
    n, columns = z.shape[0], scaled_anchors.shape[0]
    work = torch.float64 if z.dtype == torch.float64 else torch.float32
    weights = scaled_anchors.to(work).T
    wide = {"dtype": torch.float64, "device": z.device}
    assignment = torch.zeros(columns, **wide)
    row_entropy = torch.zeros(n_sets, **wide)
    by_label = [torch.zeros(s.size, columns, **wide) for s in segments]
    norm = torch.empty(n, dtype=work, device=z.device)

    tile_rows = max(1, TILE_ELEMENTS // columns)
    for start in range(0, n, tile_rows):
        tile = slice(start, min(start + tile_rows, n))
        rows = z[tile].to(work)
        length = torch.linalg.vector_norm(rows, dim=1, out=norm[tile])
        logits = torch.mm(rows, weights).unflatten(1, (n_sets, -1))
        # cos / temperature is linear in the row, so its length divides the logits and no normalised copy is made.
        logits.div_(length[:, None, None])
        logits.sub_(logits.amax(-1, keepdim=True))
        weight = torch.exp(logits)
        inverse_total = weight.sum(-1).reciprocal_()  # (rows, K)
        # H(p) = log(total) - sum(p x) for logits x whose largest is 0: no logarithm of a small p is ever taken.
        mean_logit = torch.linalg.vecdot(weight, logits).mul_(inverse_total)
        row_entropy.sub_((inverse_total.log() + mean_logit).sum(0, dtype=torch.float64))
        if segments:
            p = weight.mul_(inverse_total[..., None]).flatten(1)
            assignment.add_(p.sum(0, dtype=torch.float64))
            for total, segment in zip(by_label, segments, strict=True):
                _add_by_label(total, p, segment.index[tile])
        else:
            assignment.add_(torch.einsum("rk,rkm->km", inverse_total, weight).flatten())
    _restore_mass(assignment.view(n_sets, -1), torch.tensor([[n]], **wide))
    for total, segment in zip(by_label, segments, strict=True):
        count = torch.bincount(segment.index, minlength=segment.size)
        _restore_mass(total.view(segment.size, n_sets, -1), count[:, None, None])
    return BatchSums(assignment, row_entropy, by_label, norm)


def _add_by_label(total: Tensor, p: Tensor, index: Tensor) -> None:
    """Add the rows of `p` (n, columns) to the rows of `total` that `index` (n,) names, by sorted segments."""
    label, order = torch.sort(index)
    present, counts = torch.unique_consecutive(label, return_counts=True)
    offsets = counts.cumsum(0) - counts
    # A bag is a label and its items are the rows of that label: the sum runs in registers, no label is looped over.
    sums = F.embedding_bag(order, p, offsets, mode="sum")
    if len(present) == len(total):
        total += sums
    else:
        total[present] += sums


def _restore_mass(total: Tensor, count: Tensor) -> None:
    """Scale sums of assignments along the last axis so that they hold `count` vectors.

    A row of p sums to 1 within a float32 rounding that leans to one side: small, but it would add up over batches.
    """
    total *= count / total.sum(-1, keepdim=True)
