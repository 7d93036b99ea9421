"""All that a soft entropy estimator remembers: sums, and a sample of the vectors. States of shards merge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS
from infolib.representations._kernels import BatchSums
from infolib.representations._label_sums import LabelSums
from infolib.representations._pending import LabelTables
from infolib.representations._sample import VectorSample


class State:
    """Sums by block of vectors, sums by label, and a `VectorSample`; K is the number of sets, m the anchors in one."""

    def __init__(self, dim: int, n_sets: int, n_anchors: int, names: tuple[str, ...], device: torch.device):
        sums = {"dtype": torch.float64, "device": device}
        self.counts = torch.zeros(N_BLOCKS, dtype=torch.int64, device=device)
        self.assignment = torch.zeros(N_BLOCKS, n_sets * n_anchors, **sums)
        self.row_entropy = torch.zeros(N_BLOCKS, n_sets, **sums)
        # Kept where vectors are centred by their running mean.
        self.vector_sum = torch.zeros(dim, **sums)
        self.vector_count = torch.zeros(1, dtype=torch.int64, device=device)
        self.sample = VectorSample(dim, device)
        self.labels = {name: LabelTables(n_sets, n_anchors, device) for name in names}

    def add(self, blocks: Tensor, lengths: Tensor, sums: BatchSums) -> None:
        """Add the sums of segments that lie in `blocks`; a block may come more than once."""
        self.counts.index_add_(0, blocks, lengths)
        self.assignment.index_add_(0, blocks, sums.assignment)
        self.row_entropy.index_add_(0, blocks, sums.row_entropy)

    def merge(self, arrays: Mapping[str, Tensor]) -> None:
        """Add another state, given as its `arrays`."""
        for name, array in self._fixed():
            array += arrays[name].to(array.device)
        self.sample.append(arrays["sample keys"], arrays["sample vectors"])
        for name, table in self._tables():
            parts = [arrays[f"{name} {part}"].to(self.counts.device) for part in ("ids", "counts", "sums", "entropy")]
            if len(parts[0]):
                table.add(*parts)

    def arrays(self) -> dict[str, Tensor]:
        """Every number of the state, by name; those of equal name add up, or append."""
        keys, vectors = self.sample.ordered()
        found = dict(self._fixed()) | {"sample keys": keys, "sample vectors": vectors}
        for name, table in self._tables():
            parts = {"ids": table.ids, "counts": table.counts, "sums": table.sums, "entropy": table.row_entropy}
            found |= {f"{name} {part}": array for part, array in parts.items()}
        return found

    def _fixed(self) -> Iterator[tuple[str, Tensor]]:
        yield from (("counts", self.counts), ("assignment", self.assignment))
        yield from (("row entropy", self.row_entropy), ("vector sum", self.vector_sum))
        yield "vector count", self.vector_count

    def _tables(self) -> Iterator[tuple[str, LabelSums]]:
        for name, tables in self.labels.items():
            yield f"{name!r} by block", tables.by_block
            if tables.others is not None:
                yield f"{name!r} others", tables.others
