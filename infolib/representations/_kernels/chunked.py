"""Tiles of rows that stay in the cache: float32 inside a tile (float64 for float64 vectors), float64 between tiles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._kernels import BatchSums

# Numbers in a tile of logits: 1 MB of float32, so that the tile and its exponentials stay in a second-level cache.
TILE_ELEMENTS = 1 << 18


def work_dtype(z: Tensor) -> torch.dtype:
    """Dtype of a tile of `z`."""
    return torch.float64 if z.dtype == torch.float64 else torch.float32


def batch_sums(
    z: Tensor, scaled_anchors: Tensor, n_sets: int, lengths: Sequence[int], out: Tensor | None = None
) -> BatchSums:
    """Assign `z` (n, d) softly to `scaled_anchors` (K * m, d), unit anchors divided by the temperature.

    The work is done in the dtype of `scaled_anchors`, see `work_dtype`.
    """
    n, columns = z.shape[0], scaled_anchors.shape[0]
    work = scaled_anchors.dtype
    assignment = torch.zeros(len(lengths), n_sets, columns // n_sets, dtype=torch.float64, device=z.device)
    row_entropy = torch.zeros(len(lengths), n_sets, dtype=torch.float64, device=z.device)
    norm = torch.empty(n, dtype=work, device=z.device)

    tile_rows = max(1, TILE_ELEMENTS // columns)
    ends = list(accumulate(lengths))
    first = 0  # the segment that a tile begins in
    for start in range(0, n, tile_rows):
        stop = min(start + tile_rows, n)
        tile = slice(start, stop)
        rows = z[tile].to(work)
        length = torch.linalg.vector_norm(rows, dim=1, out=norm[tile])
        logits = _products(rows, scaled_anchors).unflatten(1, (n_sets, -1))
        # cos / temperature is linear in the row, so its length divides the logits and no normalised copy is made.
        logits.div_(length[:, None, None])
        logits.sub_(logits.amax(-1, keepdim=True))
        weight = torch.exp(logits)
        inverse_total = weight.sum(-1).reciprocal_()  # (rows, K)
        # H(p) = log(total) - sum(p x) for logits x whose largest is 0: no logarithm of a small p is ever taken.
        entropy = torch.linalg.vecdot(weight, logits).mul_(inverse_total).add_(inverse_total.log()).neg_()
        if out is None:
            p = weight.mul_(inverse_total[..., None])
        else:
            p = torch.mul(weight, inverse_total[..., None], out=out[tile, 1:].unflatten(1, (n_sets, -1)))
            out[tile, 0] = entropy[:, 0]
        begin = start
        while begin < stop:
            end = min(ends[first], stop)
            part = slice(begin - start, end - start)
            assignment[first] += p[part].sum(0, dtype=torch.float64)
            row_entropy[first] += entropy[part].sum(0, dtype=torch.float64)
            first += end == ends[first]
            begin = end
    # A row of p sums to 1 within a float32 rounding that leans to one side: small, but it would add up over batches.
    rows_in = torch.tensor(lengths, dtype=torch.float64, device=z.device)
    assignment *= rows_in[:, None, None] / assignment.sum(-1, keepdim=True)
    return BatchSums(assignment.flatten(1), row_entropy, norm)


def _products(rows: Tensor, weights: Tensor) -> Tensor:
    """Inner products (n, columns) of `rows` (n, d) and `weights` (columns, d)."""
    if rows.dtype != torch.float32 or rows.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return rows @ weights.T
    # The same product, as a convolution of n pixels with 1 x 1 filters on d channels: torch hands it to oneDNN, which
    # on an AMD processor takes half the time of the matrix product (`benchmarks/RESULTS.md`).
    pixels = rows.contiguous()[None, :, None].permute(0, 3, 1, 2)
    filters = weights[:, :, None, None].contiguous(memory_format=torch.channels_last)
    return F.conv2d(pixels, filters).permute(0, 2, 3, 1).reshape(len(rows), len(weights))
