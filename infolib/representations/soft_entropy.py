"""Soft entropy: the Shannon entropy of an anchor drawn near each vector, from one summable state."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from infolib.representations._inputs import (
    as_ids,
    as_mask,
    as_vectors,
    check_directions,
    check_ids,
    check_label_sets,
    check_names,
    check_one_of,
    check_temperature,
    unit_rows,
)
from infolib.representations._kernels import Kernel, chunked, reference
from infolib.representations._label_sums import LabelSums
from infolib.representations._pending import Pending
from infolib.representations.anchors import sample_anchors
from infolib.representations.estimate import Estimate
from infolib.representations.temperature import calibrate_temperature

KERNELS: dict[str, Kernel] = {"chunked": chunked.batch_sums, "reference": reference.batch_sums}


class SoftEntropy:
    r"""Entropy and mutual information of vectors, streamed: one pass, one state, and states add.

    A vector :math:`z` chooses an anchor :math:`A` among unit vectors :math:`w_1, \dots, w_m` with probability

    .. math:: p(A = j \mid z) = \frac{\exp(\cos(z, w_j) / \varepsilon)}{\sum_i \exp(\cos(z, w_i) / \varepsilon)} .

    What is estimated is information of the anchor, not of the vector: :math:`H(A)`, and for labels :math:`X` the mutual
    information :math:`I(A; X) \le I(Z; X)`, by data processing. No label can exceed the ceiling
    :math:`I(A; Z) = H(A) - E[H(A \mid z)]`.

    Parameters
    ----------
    dim : int
        Dimension d of the vectors, at least 2.
    n_anchors : int
        Anchors m in a set, at least 2. Not used when `anchors` is given.
    n_sets : int
        Independent anchor sets, measured in one matrix product. Results are means over the sets and carry a standard
        error when there are two or more.
    temperature : float, optional
        The softmax temperature :math:`\varepsilon > 0`. None calibrates it to (m, d), see `calibrate_temperature`.
    anchors : array-like, shape (n_sets * m, d), optional
        Your own anchors, sets stacked; non-zero and finite. Only their directions count.
    seed : int
        Seed of the anchors. The same seed gives the same anchors on every device.
    labels : mapping of str to int, optional
        Label sets to condition on, with the number of possible labels of each; ids run from 0. Memory is taken only by
        labels that occur.
    device : torch.device or str, optional
        Where the sums live and the work is done; vectors are moved there. None is the CPU.
    kernel : {"chunked", "reference"}
        ``"chunked"`` works in float32 tiles (float64 for float64 vectors) and adds in float64; ``"reference"`` works in
        float64 throughout.
    invalid : {"raise", "mask"}
        What `update` does with vectors that have no direction, zero or non-finite: an error that counts them, or leave
        them out.

    Raises
    ------
    ValueError
        For a size, temperature, seed, label count or option outside what is stated here.

    Notes
    -----
    Accuracy: the chunked kernel agrees with float64 to about 1e-6 nats for float32 vectors. Rounding the vectors
    themselves to bfloat16 costs up to 2e-4 nats at temperatures near 0.01. The plug-in mutual information is biased
    upward by roughly (labels - 1) x (effective anchors - 1) / (2 x vectors); measure shuffled labels beside it.

    Source: Conklin (2025); temperature as in `calibrate_temperature`. Chapter "Soft entropy".

    Examples
    --------
    >>> import math
    >>> import torch
    >>> from infolib.representations import SoftEntropy
    >>> z = torch.randn(2000, 32, generator=torch.Generator().manual_seed(0))
    >>> est = SoftEntropy(32, n_anchors=50, labels={"sign": 2})
    >>> est.update(z, {"sign": (z[:, 0] > 0).long()})
    >>> bool(0 < float(est.mutual_information("sign")) < float(est.ceiling()) < float(est.entropy()) < math.log(50))
    True
    """

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
        self.dim, self.n_sets, self.n_anchors = dim, n_sets, len(directions) // n_sets
        if temperature is None:
            self.temperature = calibrate_temperature(self.n_anchors, dim)
        else:
            self.temperature = check_temperature(temperature)
        self.labels = check_label_sets(labels or {})
        self.kernel, self.invalid = kernel, invalid
        self.anchors = directions.to(self.device)
        scaled = self.anchors / self.temperature
        self._scaled_anchors = {dtype: scaled.to(dtype) for dtype in (torch.float32, torch.float64)}
        self.reset()

    def reset(self) -> None:
        """Forget every vector; anchors and temperature stay."""
        columns = self.n_sets * self.n_anchors
        self.count = 0
        self._assignment = torch.zeros(columns, dtype=torch.float64, device=self.device)
        self._row_entropy = torch.zeros(self.n_sets, dtype=torch.float64, device=self.device)
        self._settled = {name: LabelSums(self.n_sets, self.n_anchors, self.device) for name in self.labels}
        self._pending = Pending(self.n_sets, self.n_anchors, tuple(self.labels), self.device)

    def fresh(self) -> SoftEntropy:
        """Return an estimator with the same anchors and settings that has seen nothing; the anchors are shared."""
        other = copy.copy(self)
        other.reset()
        return other

    def update(self, z: object, labels: Mapping[str, object] | None = None, mask: object = None) -> None:
        """Add vectors, with their labels.

        Parameters
        ----------
        z : array-like of floats, shape (..., d)
            Vectors of any float dtype.
        labels : mapping of str to array-like of int, shape (...)
            One id for each vector and each label set declared at the start.
        mask : array-like of bool, shape (...), optional
            True where a vector counts. Vectors and ids elsewhere are not looked at.

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
        ids = {name: as_ids(name, value, batch, self.device) for name, value in (labels or {}).items()}
        if mask is not None:
            keep = as_mask(mask, batch, self.device)
            vectors, ids = vectors[keep], {name: x[keep] for name, x in ids.items()}
        for name, x in ids.items():
            check_ids(name, x, self.labels[name])
        self._add(vectors, ids)

    @torch.inference_mode()  # one kind of tensor in the state, whichever mode the caller is in
    def _add(self, z: Tensor, ids: dict[str, Tensor]) -> None:
        if not len(z):
            return
        if ids and len(z) > self._pending.capacity:
            self._add_in_parts(z, ids)
            return
        dtype = torch.float64 if self.kernel == "reference" else chunked.work_dtype(z)
        if ids and not self._pending.fits(len(z), dtype):
            self._pending.settle(self._settled)
        room = self._pending.room(len(z), dtype) if ids else None
        sums = KERNELS[self.kernel](z, self._scaled_anchors[dtype], self.n_sets, room)
        usable = _usable(sums.norm)
        if not bool(usable.all()):
            self._add_after_repair(z, ids, usable)
            return
        self.count += len(z)
        self._assignment += sums.assignment
        self._row_entropy += sums.row_entropy
        if ids:
            self._pending.take(ids, len(z))
            if not self._pending.fits(len(z), dtype):
                self._pending.settle(self._settled)

    def _add_in_parts(self, z: Tensor, ids: dict[str, Tensor]) -> None:
        """Add a batch larger than what may wait, once all of it is known to be usable: an error adds no part of it."""
        work = chunked.work_dtype(z)
        size = self._pending.capacity
        usable = torch.cat([_usable(torch.linalg.vector_norm(part, dim=1, dtype=work)) for part in z.split(size)])
        if not bool(usable.all()):
            self._add_after_repair(z, ids, usable)
            return
        for start in range(0, len(z), size):
            self._add(z[start : start + size], {name: x[start : start + size] for name, x in ids.items()})

    def _add_after_repair(self, z: Tensor, ids: dict[str, Tensor], usable: Tensor) -> None:
        """Rescale rows whose squares overflowed or underflowed in a tile; refuse or drop those without direction."""
        largest = z.abs().amax(1).double()
        finite = torch.isfinite(z).all(1)
        directed = finite & (largest > 0)
        if self.invalid == "raise":
            check_directions(int((~finite).sum()), int((finite & (largest == 0)).sum()), len(z))
        z = torch.where(usable[:, None], z.double(), z.double() / largest[:, None])
        self._add(z[directed], {name: x[directed] for name, x in ids.items()})

    def entropy(self) -> Estimate:
        """H(A), the entropy of the anchor index, in nats: between 0 and log m."""
        return self._estimate("H(A)", self._marginal_entropy())

    def ceiling(self) -> Estimate:
        """I(A;Z) = H(A) - E[H(A|z)] in nats: what a label that named every vector would reach."""
        return self._estimate("I(A;Z)", self._ceiling())

    def conditional_entropy(self, name: str) -> Estimate:
        """H(A|X) for the label set `name`, plug-in, in nats: the entropies of the labels, weighted by their counts."""
        return self._estimate(f"H(A|{name})", self._conditional_entropy(name))

    def mutual_information(self, name: str, correction: str = "none") -> Estimate:
        """I(A;X) = H(A) - H(A|X) for the label set `name`, in nats.

        Parameters
        ----------
        name : str
            A label set declared at the start.
        correction : {"none"}
            ``"none"`` is the plug-in, which is biased upward when labels are rare: compare it with the same estimate on
            shuffled labels before reading it.

        Raises
        ------
        ValueError
            For an unknown label set or correction, or before the first vector.
        """
        check_one_of("correction", correction, ("none",))
        conditional = self._conditional_entropy(name)
        # H(A) from the very sums that the conditional rests on, so that a single label gives 0. Below 0 and above the
        # ceiling is rounding: both bounds hold for the sample too.
        marginal = _entropy(self._by_label[name].marginal())
        return self._estimate(f"I(A;{name})", (marginal - conditional).clamp(min=0).minimum(self._ceiling()))

    @property
    def anchor_counts(self) -> Tensor:
        """(n_sets, n_anchors) float64: how many vectors each anchor holds in expectation; each set sums to `count`."""
        return self._by_set(self._assignment).clone()

    def label_counts(self, name: str) -> Tensor:
        """(labels seen,) int64: how often each label of the set `name` occurred, in the order of the ids."""
        return self._of(name).counts

    def n_labels_seen(self, name: str) -> int:
        """How many distinct labels of the set `name` have occurred."""
        return len(self._of(name))

    def __add__(self, other: SoftEntropy) -> SoftEntropy:
        """Return the estimator that has seen the vectors of both."""
        if not isinstance(other, SoftEntropy):
            return NotImplemented
        for what in ("dim", "n_sets", "n_anchors", "temperature", "labels"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                raise ValueError(f"states to add must have the same `{what}`; they had {mine!r} and {theirs!r}.")
        if not torch.equal(self.anchors, other.anchors.to(self.device)):
            raise ValueError("states to add must have the same `anchors`; they differ. Make both with one `seed`.")
        total = self.fresh()
        for part in (self, other):
            total.count += part.count
            total._assignment += part._assignment.to(self.device)
            total._row_entropy += part._row_entropy.to(self.device)
            for name, sums in part._by_label.items():
                total._settled[name].add(*(x.to(self.device) for x in (sums.ids, sums.counts, sums.sums)))
        return total

    def __repr__(self) -> str:
        return (
            f"SoftEntropy(dim={self.dim}, n_anchors={self.n_anchors}, n_sets={self.n_sets}, "
            f"temperature={self.temperature:.6g}, labels={self.labels}, count={self.count})"
        )

    @property
    def _by_label(self) -> dict[str, LabelSums]:
        self._pending.settle(self._settled)
        return self._settled

    def _marginal_entropy(self) -> Tensor:
        self._require_vectors()
        return _entropy(self._by_set(self._assignment))

    def _ceiling(self) -> Tensor:
        return (self._marginal_entropy() - self._row_entropy / self.count).clamp(min=0)

    def _conditional_entropy(self, name: str) -> Tensor:
        table = self._of(name)
        self._require_vectors()
        return table.entropy_sum() / self.count

    def _by_set(self, sums: Tensor) -> Tensor:
        return sums.unflatten(-1, (self.n_sets, self.n_anchors))

    def _of(self, name: str) -> LabelSums:
        check_one_of("name", name, tuple(self.labels))
        return self._by_label[name]

    def _require_vectors(self) -> None:
        if not self.count:
            raise ValueError("no vectors yet: call `update` before asking for a result.")

    def _estimate(self, name: str, per_set: Tensor) -> Estimate:
        return Estimate(name, tuple(per_set.tolist()), self.count)


def _usable(norm: Tensor) -> Tensor:
    """Where a row has a direction: below this length squares lose digits to underflow, at infinity they overflowed."""
    return torch.isfinite(norm) & (norm > torch.finfo(norm.dtype).tiny ** 0.4)


def _entropy(sums: Tensor) -> Tensor:
    """Entropy in nats of each row of non-negative sums, normalised: log s - sum(x log x) / s."""
    total = sums.sum(-1)
    return (total.log() - torch.xlogy(sums, sums).sum(-1) / total).clamp(min=0)
