"""Assignments that wait, with their labels, until there are enough of them to sum by label at once."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._label_sums import LabelSums

# Numbers that may wait: 8 MB of float32, which stay in a third-level cache. Summing by label costs a sort and a
# search, and several passes over the labels present; a batch of a few hundred vectors is too few to pay for that.
CAPACITY_ELEMENTS = 1 << 21
# Rows summed in float32 before float64 takes over. Adding one vector to itself errs to the same side each time, and the
# embedding layer of a model gives one vector a token: thousands of rows lose four digits, 32 hardly any.
BAG_ROWS = 32


class Pending:
    """Rows of assignments, and the label of each row in every label set."""

    def __init__(self, n_sets: int, n_anchors: int, names: tuple[str, ...], device: torch.device):
        self.capacity = max(1, CAPACITY_ELEMENTS // (n_sets * n_anchors))
        self._n_sets = n_sets
        self._nothing = torch.empty(0, n_sets * n_anchors, device=device)
        self._names = names
        self._release()

    def _release(self) -> None:
        self.used = 0
        self._p = self._nothing
        self._ids: dict[str, Tensor] = {}

    def fits(self, n: int, dtype: torch.dtype) -> bool:
        """Whether `n` more rows of `dtype` can wait beside those that do."""
        return self.used + n <= self.capacity and (not self.used or self._p.dtype == dtype)

    def room(self, n: int, dtype: torch.dtype) -> Tensor:
        """Return space (n, columns) to write to, where the rows fit; it counts once `take` is called."""
        if not self.used:
            # Memory that is not written to yet costs nothing.
            self._p = self._nothing.new_empty(self.capacity, self._nothing.shape[1], dtype=dtype)
            self._ids = {name: self._nothing.new_empty(self.capacity, dtype=torch.int64) for name in self._names}
        return self._p[self.used : self.used + n]

    def take(self, ids: Mapping[str, Tensor], n: int) -> None:
        """Count the `n` rows last written, with their labels."""
        for name, x in ids.items():
            self._ids[name][self.used : self.used + n] = x
        self.used += n

    @torch.inference_mode()
    def settle(self, by_label: Mapping[str, LabelSums]) -> None:
        """Add the rows to the sums of their labels, and forget them."""
        if not self.used:
            return
        for name, table in by_label.items():
            label, order = torch.sort(self._ids[name][: self.used])
            present, counts = torch.unique_consecutive(label, return_counts=True)
            table.add(present, counts, self._sums(label, order, len(present)).unflatten(1, (self._n_sets, -1)))
        # Given back, so that the estimators of many layers, fed in turn, write to the same warm memory.
        self._release()

    def _sums(self, label: Tensor, order: Tensor, n_labels: int) -> Tensor:
        """Sum the rows of each label, (n_labels, columns) float64; row `order[i]` has label `label[i]`, sorted."""
        first = torch.arange(len(label), device=label.device) % BAG_ROWS == 0
        first[1:] |= label[1:] != label[:-1]
        starts = first.nonzero()[:, 0]
        # A bag holds rows of one label, summed in registers: no label is looped over.
        bags = F.embedding_bag(order, self._p[: self.used], starts, mode="sum").double()
        if len(bags) == n_labels:
            return bags
        _, bags_of = torch.unique_consecutive(label[starts], return_counts=True)
        every = torch.arange(len(bags), device=label.device)
        return F.embedding_bag(every, bags, bags_of.cumsum(0) - bags_of, mode="sum")
