"""Assignments that wait, with their labels, until there are enough of them to sum by label at once."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS
from infolib.representations._label_sums import LabelSums

# Numbers that may wait: 8 MB of float32, which stay in a third-level cache. Summing by label costs a sort and a
# search, and several passes over the labels present; a batch of a few hundred vectors is too few to pay for that.
CAPACITY_ELEMENTS = 1 << 21
# Rows summed in float32 before float64 takes over. Adding one vector to itself errs to the same side each time, and the
# embedding layer of a model gives one vector a token: thousands of rows lose four digits, 32 hardly any.
BAG_ROWS = 32


class LabelTables:
    """The sums of one label set.

    The first anchor set is kept for each label and block of vectors, which gives halves and a jackknife as well as the
    whole; the other sets are kept for each label only.
    """

    def __init__(self, n_sets: int, n_anchors: int, device: torch.device):
        self.by_block = LabelSums(1, n_anchors, device)  # its ids are label * N_BLOCKS + block
        self.others = LabelSums(n_sets - 1, n_anchors, device) if n_sets > 1 else None


class Pending:
    """Rows of assignments, each with the entropy of its first set in front, and the label and block of each row."""

    def __init__(self, n_sets: int, n_anchors: int, names: tuple[str, ...], device: torch.device):
        self.columns = 1 + n_sets * n_anchors
        self.capacity = max(1, CAPACITY_ELEMENTS // self.columns)
        self._n_anchors = n_anchors
        self._device = device
        self._names = names
        self._release()

    def _release(self) -> None:
        self.used = 0
        self._rows = torch.empty(0, self.columns, device=self._device)
        self._keys: dict[str, Tensor] = {}

    def fits(self, n: int, dtype: torch.dtype) -> bool:
        """Whether `n` more rows of `dtype` can wait beside those that do."""
        return self.used + n <= self.capacity and (not self.used or self._rows.dtype == dtype)

    def room(self, n: int, dtype: torch.dtype) -> Tensor:
        """Return space (n, columns) to write to, where the rows fit; it counts once `take` is called."""
        if not self.used:
            # Memory that is not written to yet costs nothing.
            self._rows = self._rows.new_empty(self.capacity, self.columns, dtype=dtype)
            self._keys = {name: self._rows.new_empty(self.capacity, dtype=torch.int64) for name in self._names}
        return self._rows[self.used : self.used + n]

    def take(self, ids: Mapping[str, Tensor], block: Tensor) -> None:
        """Count the rows last written, with their labels and blocks (n,)."""
        for name, x in ids.items():
            torch.add(block, x, alpha=N_BLOCKS, out=self._keys[name][self.used : self.used + len(block)])
        self.used += len(block)

    @torch.inference_mode()
    def settle(self, by_label: Mapping[str, LabelTables]) -> None:
        """Add the rows to the sums of their labels, and forget them."""
        if not self.used:
            return
        end_of_first = 1 + self._n_anchors
        for name, tables in by_label.items():
            key, order = torch.sort(self._keys[name][: self.used])
            present, counts, sums = self._by_key(key, order, slice(0, end_of_first))
            tables.by_block.add(present, counts, sums[:, None, 1:], sums[:, 0])
            if tables.others is not None:
                present, counts, sums = self._by_key(key // N_BLOCKS, order, slice(end_of_first, None))
                entropy = sums.new_zeros(len(sums))  # kept with the first set
                tables.others.add(present, counts, sums.unflatten(1, (-1, self._n_anchors)), entropy)
        # Given back, so that the estimators of many layers, fed in turn, write to the same warm memory.
        self._release()

    def _by_key(self, key: Tensor, order: Tensor, columns: slice) -> tuple[Tensor, Tensor, Tensor]:
        """The keys that occur, how often, and the sums of their rows; row `order[i]` has key `key[i]`, sorted."""
        present, counts = torch.unique_consecutive(key, return_counts=True)
        return present, counts, _sums_by_key(self._rows[: self.used, columns], key, order, len(present))


def _sums_by_key(rows: Tensor, key: Tensor, order: Tensor, n_keys: int) -> Tensor:
    """Sum the rows of each key, (keys, columns) float64; row `order[i]` has key `key[i]`, sorted."""
    first = torch.arange(len(key), device=key.device) % BAG_ROWS == 0
    first[1:] |= key[1:] != key[:-1]
    starts = first.nonzero()[:, 0]
    # A bag holds rows of one key, summed in registers: no label is looped over.
    bags = F.embedding_bag(order, rows, starts, mode="sum").double()
    if len(bags) == n_keys:
        return bags
    _, bags_of = torch.unique_consecutive(key[starts], return_counts=True)
    every = torch.arange(len(bags), device=key.device)
    return F.embedding_bag(every, bags, bags_of.cumsum(0) - bags_of, mode="sum")
