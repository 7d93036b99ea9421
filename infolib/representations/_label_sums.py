"""Sums kept only for the labels that have occurred."""

from __future__ import annotations

import torch
from torch import Tensor

# Numbers worked on at a time: 1 MB of float64, which stays in a second-level cache and is not asked for anew each time.
BLOCK_ELEMENTS = 1 << 17


class LabelSums:
    """A growing table: label id -> (count, sum of assignments, sum of their entropies), for the labels seen only.

    `ids` is sorted, so that a batch finds its rows by bisection; `rows[i]` is where label `ids[i]` is stored, so that a
    new label moves two integers and never the sums.
    """

    def __init__(self, n_sets: int, n_anchors: int, device: torch.device):
        self.ids = torch.empty(0, dtype=torch.int64, device=device)
        self.rows = torch.empty(0, dtype=torch.int64, device=device)
        self._sums = torch.zeros(0, n_sets, n_anchors, dtype=torch.float64, device=device)
        self._row_entropy = torch.zeros(0, dtype=torch.float64, device=device)
        self._counts = torch.zeros(0, dtype=torch.int64, device=device)
        self._block = max(1, BLOCK_ELEMENTS // (n_sets * n_anchors))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sums(self) -> Tensor:
        """(labels seen, sets, anchors) float64, in the order of `ids`."""
        return self._sums[self.rows]

    @property
    def row_entropy(self) -> Tensor:
        """(labels seen,) float64: sums of the entropies of single assignments, in the order of `ids`."""
        return self._row_entropy[self.rows]

    @property
    def counts(self) -> Tensor:
        """(labels seen,) int64, in the order of `ids`."""
        return self._counts[self.rows]

    def stored(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Ids (k,), counts (k,) float64, sums of the first set (k, anchors), and row entropies (k,), copying no sum.

        The order is that in which labels came.
        """
        n = len(self)
        ids = torch.empty_like(self.ids)
        ids[self.rows] = self.ids
        return ids, self._counts[:n].double(), self._sums[:n, 0], self._row_entropy[:n]

    def add(self, ids: Tensor, counts: Tensor, sums: Tensor, row_entropy: Tensor) -> None:
        """Add `counts` (k,), `sums` (k, sets, anchors), `row_entropy` (k,) of the sorted, distinct labels `ids` (k,).

        Each sum is scaled to hold its count: assignments add up to 1 within a float32 rounding that leans to one side,
        which would grow with the batches.
        """
        place = torch.searchsorted(self.ids, ids)
        known = place < len(self.ids)
        known[known.clone()] = self.ids[place[known]] == ids[known]
        if not bool(known.all()):
            self._insert(place[~known], ids[~known])
            place = torch.searchsorted(self.ids, ids)
        rows = self.rows[place]
        self._counts[rows] += counts
        self._row_entropy[rows] += row_entropy
        for row, count, part in zip(*(x.split(self._block) for x in (rows, counts, sums)), strict=True):
            wide = part.double()
            self._sums[row] += wide.mul_((count[:, None] / wide.sum(-1))[..., None])

    def entropies(self) -> Tensor:
        """Entropy of each label's sums in nats, (labels seen, sets) float64, in the order of `ids`."""
        count, found = self._counts[: len(self), None].double(), []
        for part in self._sums[: len(self)].split(self._block):
            # The log of a clamped sum is xlogy at a third of its time: where the sum is 0, so is its product with it.
            found.append(part.clamp(min=torch.finfo(part.dtype).tiny).log_().mul_(part).sum(-1))
        return (count.log() - torch.cat(found) / count).clamp_(min=0)[self.rows]

    def marginal(self) -> Tensor:
        """Sum over the labels, (sets, anchors) float64."""
        return self._sums[: len(self)].sum(0)

    def _insert(self, place: Tensor, new: Tensor) -> None:
        """Make empty rows for labels not seen before; `place` (k,) says where each goes in the sorted `ids`."""
        seen, total = len(self.ids), len(self.ids) + len(new)
        if total > len(self._counts):
            # Doubling keeps the cost of growing in proportion to the labels seen; what is not written takes no memory.
            self._counts, self._row_entropy, self._sums = (
                _grown(table, seen, 2 * total) for table in (self._counts, self._row_entropy, self._sums)
            )
        for table in (self._counts, self._row_entropy, self._sums):
            table[seen:total] = 0
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
