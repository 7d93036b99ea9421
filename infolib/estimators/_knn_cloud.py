"""Points and their neighbours: by k-d trees, or on the device of the tensor that they came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from infolib.estimators import _knn_counts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NORMS = {"max": np.inf, "euclidean": 2.0}


class Neighbours(NamedTuple):
    """The k nearest other points of each point, nearest first.

    Where points coincide, a point may be listed for one that coincides with it.
    """

    distances: Floats  # (n, k)
    indices: Integers  # (n, k)
    and_next: Floats  # distances (n, k + 1) with one more, that may tie with the k-th; (n, k) where there is no other

    @property
    def reach(self) -> Floats:
        """Distance (n,) of the last of the k."""
        return self.distances[:, -1]

    @property
    def coincide(self) -> bool:
        """Whether any point has a neighbour at distance 0."""
        return bool(np.any(self.distances[:, 0] == 0))


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points (n, d). `device` is a torch device to search on, or None for trees on the CPU."""

    points: Floats
    device: Any = None

    def joined(self, *others: Cloud) -> Cloud:
        """The points of the product space: the columns of all, side by side."""
        return Cloud(np.hstack([self.points, *(other.points for other in others)]), self.device)

    def nearest(self, k: int, metric: str = "max") -> Neighbours:
        """Find the `k` nearest other points of each point."""
        most = min(k + 1, len(self.points) - 1)
        if metric == "max":
            distances, indices = self._search(self.points, most, metric)
        else:
            # Squares of very large and very small coordinates are out of range: search in a unit of their size (a power
            # of 2 moves no digit), and take the distances from the points that were found.
            in_range = np.ldexp(self.points, -np.frexp(np.abs(self.points).max())[1])
            indices = self._search(in_range, most, metric)[1]
            distances = self._lengths(indices)
        return Neighbours(distances[:, :k], indices[:, :k], distances)

    def _search(self, points: Floats, k: int, metric: str) -> tuple[Floats, Integers]:
        if self.device is not None:
            from infolib.estimators import _knn_torch

            return _knn_torch.nearest(points, k, metric, self.device)
        # Unbalanced trees are built sooner, are searched as fast, and do not mind points that coincide. Leaves of 20
        # cost nothing in few columns and save a tenth to a seventh of the search from ten on. scikit-learn's tree takes
        # two thirds of the processor time from five columns on, but one thread has to do it all.
        tree = KDTree(points, leafsize=20, balanced_tree=False)
        # Asked for in the order of the leaves, points that follow each other have the same neighbours, still in the
        # cache: in few columns that saves a twentieth of the search among 20,000 points and a seventh among 300,000.
        order = tree.indices
        distances, indices = np.empty((len(points), k + 1)), np.empty((len(points), k + 1), np.int64)
        distances[order], indices[order] = tree.query(points[order], k + 1, p=NORMS[metric], workers=-1)
        # The first is the point itself, or one that coincides with it: for distances that is the same.
        return distances[:, 1:], indices[:, 1:]

    def _lengths(self, indices: Integers) -> Floats:
        """Euclidean distances (n, k) from each point to those at its `indices` (n, k)."""
        largest = self.gaps(indices)
        unit = np.where(largest > 0, largest, 1.0)
        squares = np.zeros(indices.shape)
        for column in self.points.T:
            squares += np.square((column[indices] - column[:, None]) / unit)
        return largest * np.sqrt(squares)

    def gaps(self, indices: Integers) -> Floats:
        """Distances (n, k) in the max norm from each point to those at its `indices` (n, k)."""
        widest = np.zeros(indices.shape)
        for column in self.points.T:
            np.maximum(widest, np.abs(column[indices] - column[:, None]), out=widest)
        return widest

    def count_inside(self, distance: Floats) -> Integers:
        """Count the other points nearer than `distance` (n,) in the max norm; where it is 0, those that coincide."""
        return self._count(_knn_counts.inside(distance))

    def copies(self) -> Integers:
        """Count the points (n,) at the place of each, itself included."""
        return self.count_inside(np.zeros(len(self.points))) + 1

    def count_touching(self, distance: Floats) -> Integers:
        """Count the other points not further away than `distance` (n,) in the max norm."""
        return self._count(_knn_counts.touching(distance))

    def _count(self, reach: Floats) -> Integers:
        # Two bisections a point in one column: nothing to gain from a device.
        if self.device is None or self.points.shape[1] == 1:
            return _knn_counts.count_within(self.points, reach)
        from infolib.estimators import _knn_torch

        return _knn_torch.count_within(self.points, reach, self.device)
