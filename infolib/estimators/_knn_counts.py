"""How many points lie within a reach of each point, in the max norm, faster than by a tree.

In the max norm the points within reach are those within reach in every column, and in one column they are a run of the
sorted column. So a column needs two bisections for each point. With more columns the runs are intersected as sets of
bits, 64 points to a word.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

EDGE = 1e-10  # distances whose ratio is closer to 1 are taken to be equal: the difference is rounding
CHUNK = 1024  # points in a set of bits: the sets of one column take 128 KiB and stay in the second-level cache
BLOCK = 512  # points whose sets are intersected at once


def inside(distance: Floats) -> Floats:
    """Reach that leaves out what is as far away as `distance`; where that is 0, it takes in what coincides."""
    return distance * (1 - EDGE)


def touching(distance: Floats) -> Floats:
    """Reach that takes in what is as far away as `distance`."""
    return distance * (1 + EDGE)


def count_within(points: Floats, reach: Floats) -> Integers:
    """Count for each of the points (n, d) how many others have no coordinate further away than its `reach` (n,).

    Exact where no point lies at the edge itself, up to rounding: `inside` and `touching` see to that.
    """
    if points.shape[1] == 1:
        first, last = _runs(points[:, 0], np.argsort(points[:, 0]), reach)
        return last - first - 1
    # In the order of the first column, the points that can be within reach of neighbours are neighbours too.
    order = np.argsort(points[:, 0])
    counts = np.empty(len(points), np.int64)
    counts[order] = _intersected(points[order], reach[order]) - 1
    return counts


def _runs(column: Floats, order: Integers, reach: Floats) -> tuple[Integers, Integers]:
    """First and last (exclusive) ranks in `column`, sorted by `order`, of what is within `reach` of each point."""
    ascending, reach = column[order], reach[order]
    first, last = np.empty_like(order), np.empty_like(order)
    last[order] = np.searchsorted(ascending, _furthest(ascending, reach), side="right")
    first[order] = np.searchsorted(ascending, -_furthest(-ascending, reach), side="left")
    return first, last


def _furthest(x: Floats, reach: Floats) -> Floats:
    """Largest t with t - x <= reach: x + reach, or the float before where that was rounded up to it."""
    t = x + reach
    return np.where(t - x > reach, np.nextafter(t, -np.inf), t)


def _intersected(points: Floats, reach: Floats) -> Integers:
    """Count what is within reach in every column, each point itself included; the first column ascends."""
    n = len(points)
    orders = [np.argsort(column) for column in points.T]
    runs = [_runs(column, order, reach) for column, order in zip(points.T, orders, strict=True)]
    counts = np.zeros(n, np.int64)
    for start in range(0, n, CHUNK):
        stop = min(start + CHUNK, n)
        met = np.flatnonzero((runs[0][0] < stop) & (runs[0][1] > start))
        columns = []
        for order, (first, last) in zip(orders, runs, strict=True):
            member = (order >= start) & (order < stop)
            # Ranks among all points become ranks among those of the chunk.
            rank = np.zeros(n + 1, np.int64)
            np.cumsum(member, out=rank[1:])
            columns.append((_prefixes(order[member] - start), rank[first[met]], rank[last[met]]))
        for block in range(0, len(met), BLOCK):
            part = slice(block, block + BLOCK)
            # A run is what the prefix up to its end has and the prefix before it lacks.
            sets = (
                prefixes.take(last[part], axis=0) ^ prefixes.take(first[part], axis=0)
                for prefixes, first, last in columns
            )
            counts[met[part]] += np.bitwise_count(reduce(np.bitwise_and, sets)).sum(axis=1, dtype=np.int64)
    return counts


def _prefixes(members: Integers) -> NDArray[np.uint64]:
    """Row i is the set of the first i members, a bit for each."""
    size = len(members)
    sets = np.zeros((size + 1, -(-size // 64)), np.uint64)
    sets[np.arange(1, size + 1), members // 64] = np.uint64(1) << (members % 64).astype(np.uint64)
    return np.bitwise_or.accumulate(sets, axis=0, out=sets)
