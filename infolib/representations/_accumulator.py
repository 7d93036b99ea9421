"""Vectors in, one state out: batches are assigned to anchors and summed, by block and by label."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Self

import torch
from torch import Tensor

from infolib._checks import check_one_of
from infolib.representations._blocks import N_BLOCKS
from infolib.representations._gather import check_alike, from_each
from infolib.representations._inputs import (
    as_ids,
    as_mask,
    as_vectors,
    check_center,
    check_directions,
    check_ids,
    check_label_sets,
    check_names,
    check_temperature,
    same_center,
    unit_rows,
)
from infolib.representations._kernels import chunked
from infolib.representations._kernels.choice import KERNELS
from infolib.representations._pending import LabelTables, Pending
from infolib.representations._rows import Rows, UnitCounts, deal
from infolib.representations._state import State
from infolib.representations.anchors import sample_anchors
from infolib.representations.temperature import calibrate_temperature


class Accumulator:
    """What `SoftEntropy` does before anything is asked of it: `update`, `+`, `all_reduce`."""

    def __init__(
        self,
        dim: int,
        n_anchors: int = 100,
        *,
        n_sets: int = 1,
        temperature: float | None = None,
        anchors: object = None,
        seed: int = 0,
        labels: Mapping[str, int] | None = None,
        center: object = None,
        device: torch.device | str | None = None,
        kernel: str = "chunked",
        invalid: str = "raise",
    ):
        check_one_of("kernel", kernel, tuple(KERNELS))
        check_one_of("invalid", invalid, ("raise", "mask"))
        self.device = torch.device("cpu" if device is None else device)
        if anchors is None:
            directions = sample_anchors(n_anchors, dim, n_sets=n_sets, seed=seed)
        else:
            directions = unit_rows(anchors, dim, n_sets)
        self.dim, self.n_sets, self.n_anchors = int(dim), int(n_sets), len(directions) // int(n_sets)
        if temperature is None:
            self.temperature = calibrate_temperature(self.n_anchors, dim)
        else:
            self.temperature = check_temperature(temperature)
        self.labels = check_label_sets(labels or {})
        self.center = check_center(center, dim, self.device)
        self.kernel, self.invalid = kernel, invalid
        self.anchors = directions.to(self.device)
        self._seed = int(seed) if anchors is None else None  # None: others cannot be drawn like these
        scaled = self.anchors / self.temperature
        self._scaled_anchors = {dtype: scaled.to(dtype) for dtype in (torch.float32, torch.float64)}
        self.reset()

    def reset(self) -> None:
        """Forget every vector; anchors and temperature stay."""
        self.count = 0
        self._turn = 0
        self._unit_counts = UnitCounts()
        self._summed = State(self.dim, self.n_sets, self.n_anchors, tuple(self.labels), self.device)
        self._pending = Pending(self.n_sets, self.n_anchors, tuple(self.labels), self.device)
        self._known: dict[str, Any] = {}  # results of the state as it is, which cost time

    def fresh(self, center: object = ...) -> Self:
        """Return an estimator with the same anchors and settings that has seen nothing; the anchors are shared.

        `center` replaces that of this one, where it is given.
        """
        other = copy.copy(self)
        if center is not ...:
            other.center = check_center(center, self.dim, self.device)
        other.reset()
        return other

    def update(
        self, z: object, labels: Mapping[str, object] | None = None, mask: object = None, units: object = None
    ) -> None:
        """Add vectors, with their labels.

        Parameters
        ----------
        z : array-like of floats, shape (..., d)
            Vectors of any float dtype.
        labels : mapping of str to array-like of int, shape (...)
            One id for each vector and each label set declared at the start.
        mask : array-like of bool, shape (...), optional
            True where a vector counts. Vectors and ids elsewhere are not looked at.
        units : array-like of int, shape (...), optional
            Which vectors belong together, such as the number of the document or window that they come from: standard
            errors take units as independent, not the vectors in them. Number them 0, 1, 2, ... over all calls and
            shards. None takes every vector as independent, in whatever order they come: shuffle what is sorted. As long
            as no unit is divided between shards, results do not depend on which of them has which.

        Raises
        ------
        ValueError
            For shapes that do not fit, ids out of range, a missing or unknown label set, and vectors that are zero or
            not finite. The state is then as it was before the call.
        """
        vectors = as_vectors(z, self.dim)
        batch = vectors.shape[:-1]
        vectors = vectors.detach().to(self.device).reshape(-1, self.dim)
        check_names(labels or {}, self.labels)
        ids = {name: as_ids(f"labels[{name!r}]", value, batch, self.device) for name, value in (labels or {}).items()}
        of = None if units is None else as_ids("`units`", units, batch, self.device)
        if mask is not None:
            keep = as_mask(mask, batch, self.device)
            vectors, ids, of = vectors[keep], {name: x[keep] for name, x in ids.items()}, of if of is None else of[keep]
        for name, x in ids.items():
            check_ids(name, x, self.labels[name])
        with torch.inference_mode():  # one kind of tensor in the state, whichever mode the caller is in
            rows = Rows(vectors, ids, *deal(of, vectors, self.count, self._turn, self._unit_counts)).in_runs()
            if self.center is None:
                self._add(rows)
            else:
                self._add_centred(rows)
            if of is not None:
                self._unit_counts.add(of)

    def _add_centred(self, rows: Rows) -> None:
        z = rows.z.to(torch.promote_types(rows.z.dtype, torch.float32))
        if isinstance(self.center, Tensor):
            self._add(rows._replace(z=z - self.center.to(z.dtype)))
            return
        finite = torch.isfinite(z).all(1, keepdim=True)
        added = torch.where(finite, z, 0).sum(0, dtype=torch.float64)
        state, n = self._summed, finite.sum()
        # Vectors at the mean have no direction and are in no other sum, so the mean has a count of its own.
        mean = (state.vector_sum + added) / (state.vector_count + n).clamp(min=1)
        self._add(rows._replace(z=z - mean.to(z.dtype)))
        state.vector_sum += added
        state.vector_count += n

    def _add(self, rows: Rows) -> None:
        z, n = rows.z, len(rows.z)
        if not n:
            return
        if rows.ids and n > self._pending.capacity:
            self._add_in_parts(rows)
            return
        dtype = torch.float64 if self.kernel == "reference" else chunked.work_dtype(z)
        if rows.ids and not self._pending.fits(n, dtype):
            self._pending.settle(self._summed.labels)
        room = self._pending.room(n, dtype) if rows.ids else None
        blocks, lengths = torch.unique_consecutive(rows.block, return_counts=True)
        body = KERNELS["chunked" if z.dtype == torch.float64 and self.kernel == "triton" else self.kernel]
        sums = body(z, self._scaled_anchors[dtype], self.n_sets, lengths.tolist(), room)
        usable = _usable(sums.norm)
        if not bool(usable.all()):
            self._add_after_repair(rows, usable)
            return
        self.count += n
        self._turn = int(blocks[-1]) + 1
        self._known.clear()
        self._summed.add(blocks, lengths, sums)
        self._summed.sample.add(rows.key, z, sums.norm)
        if rows.ids:
            self._pending.take(rows.ids, rows.block)
            if not self._pending.fits(n, dtype):
                self._pending.settle(self._summed.labels)

    def _add_in_parts(self, rows: Rows) -> None:
        """Add a batch larger than what may wait, once all of it is known to be usable: an error adds no part of it."""
        work = chunked.work_dtype(rows.z)
        size = self._pending.capacity
        usable = torch.cat([_usable(torch.linalg.vector_norm(part, dim=1, dtype=work)) for part in rows.z.split(size)])
        if not bool(usable.all()):
            self._add_after_repair(rows, usable)
            return
        for start in range(0, len(rows.z), size):
            self._add(rows.at(slice(start, start + size)))

    def _add_after_repair(self, rows: Rows, usable: Tensor) -> None:
        """Rescale rows whose squares overflowed or underflowed in a tile; refuse or drop those without direction."""
        z = rows.z
        largest = z.abs().amax(1).double()
        finite = torch.isfinite(z).all(1)
        directed = finite & (largest > 0)
        if self.invalid == "raise":
            check_directions(int((~finite).sum()), int((finite & (largest == 0)).sum()), len(z))
        scaled = rows._replace(z=torch.where(usable[:, None], z.double(), z.double() / largest[:, None]))
        self._add(scaled.at(directed))

    @property
    def anchor_counts(self) -> Tensor:
        """(n_sets, n_anchors) float64: how many vectors each anchor holds in expectation; each set sums to `count`."""
        return self._summed.assignment.sum(0).unflatten(0, (self.n_sets, self.n_anchors))

    def label_counts(self, name: str) -> Tensor:
        """(labels seen,) int64: how often each label of the set `name` occurred, in the order of the ids."""
        table = self._of(name).by_block
        _, label = torch.unique_consecutive(table.ids // N_BLOCKS, return_inverse=True)
        counts = table.counts.new_zeros(int(label[-1]) + 1 if len(label) else 0)
        return counts.index_add_(0, label, table.counts)

    def n_labels_seen(self, name: str) -> int:
        """How many distinct labels of the set `name` have occurred."""
        return len(self.label_counts(name))

    def __add__(self, other: Self) -> Self:
        """Return the estimator that has seen the vectors of both."""
        if not isinstance(other, Accumulator):
            return NotImplemented
        for what in ("dim", "n_sets", "n_anchors", "temperature", "labels"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                raise ValueError(f"states to add must have the same `{what}`; they had {mine!r} and {theirs!r}.")
        if not torch.equal(self.anchors, other.anchors.to(self.device)):
            raise ValueError("states to add must have the same `anchors`; they differ. Make both with one `seed`.")
        if not same_center(self.center, other.center):
            raise ValueError("states to add must have the same `center`; they differ.")
        return self._merged([self._arrays(), other._arrays()])

    def all_reduce(self) -> None:
        """Make every process of the default `torch.distributed` group hold the vectors of all of them. Call it once.

        Sums are added in the order of the ranks, so that all processes hold the same bits.

        Raises
        ------
        RuntimeError
            If no process group is initialised.
        ValueError
            If the processes have other anchors, temperatures, label sets or centres.
        """
        check_alike(self._settings())
        total = self._merged(from_each(self._arrays()))
        self.__dict__.update(total.__dict__)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(dim={self.dim}, n_anchors={self.n_anchors}, n_sets={self.n_sets}, "
            f"temperature={self.temperature:.6g}, labels={self.labels}, count={self.count})"
        )

    def _arrays(self) -> dict[str, Tensor]:
        return self._state.arrays()

    def _settings(self) -> dict[str, object]:
        """What states must share to be added, small enough to be sent; label sets in the order of their arrays."""
        same = {what: getattr(self, what) for what in ("dim", "n_sets", "n_anchors", "temperature")}
        center = self.center.tolist() if isinstance(self.center, Tensor) else self.center
        digest = hashlib.sha256(self.anchors.cpu().numpy().tobytes()).hexdigest()
        return {**same, "labels": list(self.labels.items()), "anchors": digest, "center": center}

    @torch.inference_mode()
    def _merged(self, shards: Iterable[Mapping[str, Tensor]]) -> Self:
        total = self.fresh()
        for arrays in shards:
            total._summed.merge(arrays)
        total.count = int(total._summed.counts.sum())
        return total

    @property
    def _state(self) -> State:
        self._pending.settle(self._summed.labels)
        return self._summed

    def _of(self, name: str) -> LabelTables:
        check_one_of("name", name, tuple(self.labels))
        return self._state.labels[name]


def _usable(norm: Tensor) -> Tensor:
    """Where a row has a direction: below this length squares lose digits to underflow, at infinity they overflowed."""
    return torch.isfinite(norm) & (norm > torch.finfo(norm.dtype).tiny ** 0.4)
