"""Assignments that wait, with their labels, until there are enough of them to sum by label at once."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._label_sums import LabelSums

# Numbers that may wait: 4 MB of float32, which stay in a third-level cache. Summing by label costs a sort and a
# search, and several passes over the labels present; a batch of a few hundred vectors is too few to pay for that.
CAPACITY_ELEMENTS = 1 << 20


class Pending:
    """Rows of assignments, and the label of each row in every label set."""

    def __init__(self, columns: int, names: tuple[str, ...], device: torch.device):
        self.capacity = max(1, CAPACITY_ELEMENTS // columns)
        self.used = 0
        self._p = torch.empty(0, columns, device=device)
        self._ids = {name: torch.empty(0, dtype=torch.int64, device=device) for name in names}

    def fits(self, n: int, dtype: torch.dtype) -> bool:
        """Whether `n` more rows of `dtype` can wait beside those that do."""
        return self.used + n <= self.capacity and (not self.used or self._p.dtype == dtype)

    def room(self, n: int, dtype: torch.dtype) -> Tensor:
        """Return space (n, columns) to write to, where the rows fit; it counts once `take` is called."""
        if not self.used and (not len(self._p) or self._p.dtype != dtype):
            # Memory that is not written to yet costs nothing.
            self._p = self._p.new_empty(self.capacity, self._p.shape[1], dtype=dtype)
            self._ids = {name: x.new_empty(self.capacity) for name, x in self._ids.items()}
        return self._p[self.used : self.used + n]

    def take(self, ids: Mapping[str, Tensor], n: int) -> None:
        """Count the `n` rows last written, with their labels."""
        for name, x in ids.items():
            self._ids[name][self.used : self.used + n] = x
        self.used += n

    @torch.inference_mode()
    def settle(self, n_sets: int, by_label: Mapping[str, LabelSums]) -> None:
        """Add the rows to the sums of their labels, and forget them."""
        if not self.used:
            return
        for name, table in by_label.items():
            label, order = torch.sort(self._ids[name][: self.used])
            present, counts = torch.unique_consecutive(label, return_counts=True)
            # A bag is a label and its items are the rows of that label: the sum runs in registers, over no loop.
            sums = F.embedding_bag(order, self._p[: self.used], counts.cumsum(0) - counts, mode="sum").double()
            # A row sums to 1 within a float32 rounding that leans to one side, and would add up: restore the mass.
            by_set = sums.view(len(present), n_sets, -1)
            by_set *= (counts[:, None] / by_set.sum(-1))[..., None]
            table.add(present, counts, sums)
        self.used = 0
