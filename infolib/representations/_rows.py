"""The rows of one batch, each with its labels, its block, and the key by which it may be sampled."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS
from infolib.representations._sample import hashed

# Rows of a batch that stay in one block where the caller does not say what belongs together: sums over fewer rows cost
# more than they are worth. The next batch goes on with the next block. Where the caller does say, rows of one block are
# brought together if their runs are shorter.
RUN_ROWS = 64


class Rows(NamedTuple):
    """Vectors z (n, d), ids (n,) by label set, and for each row its block (n,) and key (n,)."""

    z: Tensor
    ids: dict[str, Tensor]
    block: Tensor
    key: Tensor

    def at(self, index: slice | Tensor) -> Rows:
        """Some of the rows."""
        return Rows(self.z[index], {name: x[index] for name, x in self.ids.items()}, self.block[index], self.key[index])

    def in_runs(self) -> Rows:
        """The rows as they stand, or with those of each block together, where they change blocks too often."""
        changes = int((self.block[1:] != self.block[:-1]).sum())
        if changes < N_BLOCKS + len(self.block) // RUN_ROWS:
            return self
        return self.at(torch.argsort(self.block, stable=True))


class UnitCounts:
    """How many vectors of each unit have come, so that the next is known by its place in the unit.

    Counts are held in tables of sorted units, each at least twice as long as the next: to add a batch sorts the last
    few of them, and seldom all units. A unit may be in several, and its counts add up.
    """

    def __init__(self) -> None:
        self._tables: list[tuple[Tensor, Tensor]] = []

    def places(self, units: Tensor) -> Tensor:
        """Place of each row (n,) among all rows of its unit: in this batch, wherever they stand, after those before."""
        grouped, order = torch.sort(units, stable=True)
        at = torch.arange(len(units), device=units.device)
        starts = torch.ones_like(grouped, dtype=torch.bool)
        starts[1:] = grouped[1:] != grouped[:-1]
        place = torch.empty_like(at)
        place[order] = at - torch.where(starts, at, 0).cummax(0).values if len(units) else at
        for held, counts in self._tables:
            found = torch.searchsorted(held, units).clamp(max=len(held) - 1)
            place += torch.where(held[found] == units, counts[found], 0)
        return place

    def add(self, units: Tensor) -> None:
        """Count the rows of a batch."""
        if not len(units):
            return
        self._tables.append(units.unique(return_counts=True))
        while len(self._tables) > 1 and len(self._tables[-2][0]) < 2 * len(self._tables[-1][0]):
            both, counts = (torch.cat(parts) for parts in zip(self._tables.pop(), self._tables.pop(), strict=True))
            held, where = both.unique(return_inverse=True)
            self._tables.append((held, counts.new_zeros(len(held)).index_add_(0, where, counts)))


def deal(units: Tensor | None, z: Tensor, seen: int, turn: int, before: UnitCounts) -> tuple[Tensor, Tensor]:
    """Block and key of each row of `z`: by its `units`, or in runs that go on at `turn` after `seen` vectors."""
    if units is not None:
        return units % N_BLOCKS, hashed(units, before.places(units))
    n, at = len(z), torch.arange(len(z), device=z.device)
    # The first vectors are shared out among all blocks: they may be all there are.
    shortest = RUN_ROWS if seen >= RUN_ROWS * N_BLOCKS else 1
    runs = max(1, min(n // shortest, N_BLOCKS))
    # Places begin anew in every shard; what stands there tells them apart.
    content = z[:, 0].double().view(torch.int64)
    return (turn + at * runs // max(1, n)) % N_BLOCKS, hashed(at + seen, content)
