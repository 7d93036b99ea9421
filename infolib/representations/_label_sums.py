"""Sums kept only for the labels that have occurred."""

from __future__ import annotations

import torch
from torch import Tensor


class LabelSums:
    """A growing table: label id -> (count, sum of assignments), with memory for the labels seen and no others.

    `ids` is sorted, so that a batch finds its rows by bisection; `rows[i]` is where label `ids[i]` is stored, so that a
    new label moves two integers and never the sums.
    """

    def __init__(self, columns: int, device: torch.device):
        self.ids = torch.empty(0, dtype=torch.int64, device=device)
        self.rows = torch.empty(0, dtype=torch.int64, device=device)
        self._sums = torch.zeros(0, columns, dtype=torch.float64, device=device)
        self._counts = torch.zeros(0, dtype=torch.int64, device=device)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sums(self) -> Tensor:
        """(labels seen, columns) float64, in the order of `ids`."""
        return self._sums[self.rows]

    @property
    def counts(self) -> Tensor:
        """(labels seen,) int64, in the order of `ids`."""
        return self._counts[self.rows]

    @property
    def unordered(self) -> tuple[Tensor, Tensor]:
        """The same counts and sums, row for row, in the order in which labels were first seen: no copy is made."""
        return self._counts[: len(self)], self._sums[: len(self)]

    def add(self, ids: Tensor, counts: Tensor, sums: Tensor) -> None:
        """Add `counts` (k,) and `sums` (k, columns) of the sorted, distinct labels `ids` (k,)."""
        place = torch.searchsorted(self.ids, ids)
        known = place < len(self.ids)
        known[known.clone()] = self.ids[place[known]] == ids[known]
        rows = self.rows[place[known]]
        self._counts[rows] += counts[known]
        self._sums[rows] += sums[known]
        new = ~known
        if bool(new.any()):
            self._insert(place[new], ids[new], counts[new], sums[new])

    def _insert(self, place: Tensor, new: Tensor, counts: Tensor, sums: Tensor) -> None:
        """Store labels not seen before; `place` (k,) says where each goes in the sorted `ids`."""
        seen, total = len(self.ids), len(self.ids) + len(new)
        if total > len(self._counts):
            # Doubling keeps the cost of growing in proportion to the labels seen; what is not written takes no memory.
            self._counts = _grown(self._counts, seen, 2 * total)
            self._sums = _grown(self._sums, seen, 2 * total)
        self._counts[seen:total] = counts
        self._sums[seen:total] = sums
        at = place + torch.arange(len(new), device=new.device)
        old = torch.ones(total, dtype=torch.bool, device=new.device)
        old[at] = False
        ids, rows = new.new_empty(total), new.new_empty(total)
        ids[old], rows[old] = self.ids, self.rows
        ids[at], rows[at] = new, torch.arange(seen, total, device=new.device)
        self.ids, self.rows = ids, rows


def _grown(table: Tensor, used: int, capacity: int) -> Tensor:
    wider = table.new_empty(capacity, *table.shape[1:])
    wider[:used] = table[:used]
    return wider
