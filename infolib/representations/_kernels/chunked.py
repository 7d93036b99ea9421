"""Tiles of rows that stay in the cache: float32 inside a tile (float64 for float64 vectors), float64 between tiles."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._kernels import BatchSums

# Numbers in a tile of logits: 1 MB of float32, so that the tile and its exponentials stay in a second-level cache.
TILE_ELEMENTS = 1 << 18


def work_dtype(z: Tensor) -> torch.dtype:
    """Dtype of a tile of `z`."""
    return torch.float64 if z.dtype == torch.float64 else torch.float32


def batch_sums(z: Tensor, scaled_anchors: Tensor, n_sets: int, out: Tensor | None = None) -> BatchSums:
    """Assign `z` (n, d) softly to `scaled_anchors` (K * m, d), unit anchors divided by the temperature.

    The work is done in the dtype of `scaled_anchors`, see `work_dtype`. The assignments are written to `out` (n, K * m)
    where it is given.
    """
    n, columns = z.shape[0], scaled_anchors.shape[0]
    work = scaled_anchors.dtype
    assignment = torch.zeros(n_sets, columns // n_sets, dtype=torch.float64, device=z.device)
    row_entropy = torch.zeros(n_sets, dtype=torch.float64, device=z.device)
    norm = torch.empty(n, dtype=work, device=z.device)

    tile_rows = max(1, TILE_ELEMENTS // columns)
    for start in range(0, n, tile_rows):
        tile = slice(start, min(start + tile_rows, n))
        rows = z[tile].to(work)
        length = torch.linalg.vector_norm(rows, dim=1, out=norm[tile])
        logits = _products(rows, scaled_anchors).unflatten(1, (n_sets, -1))
        # cos / temperature is linear in the row, so its length divides the logits and no normalised copy is made.
        logits.div_(length[:, None, None])
        logits.sub_(logits.amax(-1, keepdim=True))
        weight = torch.exp(logits)
        inverse_total = weight.sum(-1).reciprocal_()  # (rows, K)
        # H(p) = log(total) - sum(p x) for logits x whose largest is 0: no logarithm of a small p is ever taken.
        mean_logit = torch.linalg.vecdot(weight, logits).mul_(inverse_total)
        row_entropy.sub_((inverse_total.log() + mean_logit).sum(0, dtype=torch.float64))
        p = weight if out is None else out[tile].unflatten(1, (n_sets, -1))
        torch.mul(weight, inverse_total[..., None], out=p)
        assignment.add_(p.sum(0, dtype=torch.float64))
    # A row of p sums to 1 within a float32 rounding that leans to one side: small, but it would add up over batches.
    assignment *= n / assignment.sum(-1, keepdim=True)
    return BatchSums(assignment.flatten(), row_entropy, norm)


def _products(rows: Tensor, weights: Tensor) -> Tensor:
    """Inner products (n, columns) of `rows` (n, d) and `weights` (columns, d)."""
    if rows.dtype != torch.float32 or rows.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return rows @ weights.T
    # The same product, as a convolution of n pixels with 1 x 1 filters on d channels: torch hands it to oneDNN, which
    # on an AMD processor takes half the time of the matrix product (`benchmarks/RESULTS.md`).
    pixels = rows.contiguous()[None, :, None].permute(0, 3, 1, 2)
    filters = weights[:, :, None, None].contiguous(memory_format=torch.channels_last)
    return F.conv2d(pixels, filters).permute(0, 2, 3, 1).reshape(len(rows), len(weights))
