"""Mini-batch k-means: centres that are running means of the vectors nearest to them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

# How the centres start: on so many of the first vectors for each, with so many steps of plain k-means on them. In many
# dimensions a centre that has met few vectors is far from all others, and one near the mean wins theirs: the fewer
# vectors it starts on, the further the entropy of the clusters falls below that of plain k-means.
FIRST_PER_CENTRE, FIRST_STEPS = 50, 10


class Centres:
    """Up to `n_clusters` centres fitted to `first` (n, d), and ready to learn from further vectors.

    `first` is overwritten.
    """

    def __init__(self, first: Tensor, n_clusters: int, rng: np.random.Generator):
        # Distances come from inner products. Far from the origin those are large and alike, and lose the digits that
        # tell two centres apart, so everything is measured from a point within the cloud.
        self._origin = first.mean(0)
        first -= self._origin
        self._centres = _spread_out(first, n_clusters, rng)
        for _ in range(FIRST_STEPS):
            self._sizes = torch.zeros(len(self._centres), dtype=torch.int64, device=first.device)
            self._learn(first)

    @property
    def count(self) -> int:
        """How many vectors the centres have met."""
        return int(self._sizes.sum())

    def nearest(self, rows: Tensor) -> Tensor:
        """Return the number of the nearest centre for each of `rows` (n, d)."""
        return self._nearest(rows - self._origin)

    def learn(self, rows: Tensor) -> None:
        """Move each centre towards those of `rows` (n, d) that are nearest to it."""
        self._learn(rows - self._origin)

    def _learn(self, rows: Tensor) -> None:
        # Steps of 1 / (vectors met so far) leave a centre at the mean of all it has met, whatever their order: the rows
        # can be added at once. Where nothing was met before, this is a step of plain k-means.
        names = self._nearest(rows)
        met = torch.bincount(names, minlength=len(self._centres))
        self._sizes += met
        sums = torch.zeros_like(self._centres).index_add_(0, names, rows)
        self._centres += (sums - met[:, None] * self._centres) / self._sizes.clamp(min=1)[:, None]

    def _nearest(self, rows: Tensor) -> Tensor:
        # |z - c|^2 is |z|^2 - 2 (z.c - |c|^2 / 2), and |z| is the same for all centres.
        return torch.addmm(self._centres.square().sum(1) / -2, rows, self._centres.T).argmax(1)


def fit(batches: Iterable[Tensor], n_clusters: int, rng: np.random.Generator) -> Centres:
    """Read the batches once, holding no more than the vectors that the centres start on, and a batch."""
    stream, first, held = iter(batches), [], 0
    for rows in stream:
        first.append(rows)
        held += len(rows)
        if held >= FIRST_PER_CENTRE * n_clusters:
            break
    if held < n_clusters:
        raise ValueError(f"`n_clusters` must be at most the number of vectors, {held}; it was {n_clusters}. Lower it.")
    start = torch.cat(first)
    first.clear()
    centres = Centres(start, n_clusters, rng)
    del start
    for rows in stream:
        centres.learn(rows)
    return centres


def _spread_out(rows: Tensor, n_clusters: int, rng: np.random.Generator) -> Tensor:
    """Choose rows that lie apart: k-means++ (Arthur and Vassilvitskii 2007), the best of a few draws at each step.

    A row is drawn with probability in proportion to its squared distance to the nearest one chosen. Where no row is
    left apart from those chosen, fewer are returned.
    """
    trials = 2 + int(math.log(n_clusters))
    square = torch.linalg.vector_norm(rows, dim=1).square()
    drawn, chosen = rng.integers(len(rows), size=1), []
    apart = torch.full_like(square, torch.inf)
    while True:
        distance = square[drawn, None] + square - 2 * rows[drawn] @ rows.T
        nearest = torch.minimum(apart, distance.clamp_(min=0))
        best = int(nearest.sum(1).argmin())
        chosen.append(int(drawn[best]))
        apart = nearest[best]
        weight = apart.double().cpu().numpy()
        if len(chosen) == n_clusters or not weight.any():
            return rows[chosen]
        drawn = rng.choice(len(rows), size=trials, p=weight / weight.sum())
