"""Neighbours and counts on the device of a tensor, by comparing every pair of points, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

BLOCK_PAIRS = 1 << 21  # distances held at once: with what they are made from 32 MiB, whatever the number of points


def nearest(
    points: NDArray[np.float64], k: int, metric: str, device: torch.device
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distances, squared where Euclidean, and indices (n, k) of the `k` nearest other points, nearest first."""
    columns = _columns(points, device)
    n = len(points)
    distances = torch.empty(n, k, dtype=columns.dtype, device=device)
    indices = torch.empty(n, k, dtype=torch.int64, device=device)
    for rows, block in _blocks(columns, metric):
        itself = torch.arange(rows.start, rows.stop, device=device)
        block[itself - rows.start, itself] = torch.inf
        distances[rows], indices[rows] = block.topk(k, dim=1, largest=False)
    return distances.cpu().numpy(), indices.cpu().numpy()


def count_within(points: NDArray[np.float64], reach: NDArray[np.float64], device: torch.device) -> NDArray[np.int64]:
    """Count for each point how many others have no coordinate further away than its `reach` (n,)."""
    columns = _columns(points, device)
    limit = torch.from_numpy(reach).to(device)
    counts = torch.empty(len(points), dtype=torch.int64, device=device)
    for rows, block in _blocks(columns, "max"):
        counts[rows] = (block <= limit[rows, None]).sum(1) - 1
    return counts.cpu().numpy()


def _columns(points: NDArray[np.float64], device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(points.T)).to(device)


def _blocks(columns: Tensor, metric: str) -> Iterator[tuple[slice, Tensor]]:
    """Yield rows and their distances to all points, squared where Euclidean, each block in the memory of the last."""
    n = columns.shape[1]
    height = max(1, BLOCK_PAIRS // n)
    distance, gap = (torch.empty(min(height, n), n, dtype=columns.dtype, device=columns.device) for _ in range(2))
    for start in range(0, n, height):
        rows = slice(start, min(start + height, n))
        total, part = distance[: rows.stop - start].zero_(), gap[: rows.stop - start]
        for column in columns:
            torch.sub(column[rows, None], column, out=part)
            if metric == "euclidean":
                total.addcmul_(part, part)
            else:
                torch.maximum(total, part.abs_(), out=total)
        yield rows, total
