"""The rows of one batch, each with its labels, its block, and the key by which it may be sampled."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS
from infolib.representations._sample import hashed

# Rows of a batch that stay in one block where the caller does not say what belongs together: sums over fewer rows cost
# more than they are worth. The next batch goes on with the next block.
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


def deal(units: Tensor | None, n: int, seen: int, turn: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Block and key of each of `n` rows: by their `units`, or in runs that go on at `turn` after `seen` vectors."""
    at = torch.arange(n, device=device)
    if units is None:
        runs = max(1, min(n // RUN_ROWS, N_BLOCKS))
        return (turn + at * runs // max(1, n)) % N_BLOCKS, hashed(at + seen)
    # A row is known by its unit and its place in it.
    starts = torch.ones_like(units, dtype=torch.bool)
    starts[1:] = units[1:] != units[:-1]
    place = at - torch.where(starts, at, 0).cummax(0).values if n else at
    return units % N_BLOCKS, hashed(units, place)
