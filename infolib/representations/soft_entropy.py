"""Soft entropy: the Shannon entropy of an anchor drawn near each vector, from one summable state."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from infolib._checks import check_one_of
from infolib.representations._accumulator import Accumulator
from infolib.representations._anchor_luck import Luck, luck
from infolib.representations._blocks import N_BLOCKS, leave_one_out
from infolib.representations._information import MODEL_ERROR, conditional
from infolib.representations._label_kinds import entropy, simulate, unlabelled_deficits
from infolib.representations._pending import LabelTables
from infolib.representations._replicates import Replicates, derived, less_bias
from infolib.representations.estimate import Estimate


class SoftEntropy(Accumulator):
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
        Independent anchor sets, measured in one matrix product. Results are means over the sets. With two or more,
        their standard errors say what another draw of anchors would change; with one they hold for its anchors only.
    temperature : float, optional
        The softmax temperature :math:`\varepsilon > 0`. None calibrates it to (m, d), see `calibrate_temperature`.
    anchors : array-like, shape (n_sets * m, d), optional
        Your own anchors, sets stacked; non-zero and finite. Only their directions count.
    seed : int
        Seed of the anchors. The same seed gives the same anchors on every device.
    labels : mapping of str to int, optional
        Label sets to condition on, with the number of possible labels of each; ids run from 0. Memory is taken only by
        labels that occur.
    center : array-like, shape (d,), or "running", optional
        What to subtract from every vector first. A vector: the mean from a pass before (`MeanVector`), which is exact.
        ``"running"``: the mean of all vectors so far, the batch included, in one pass: early batches are centred by a
        mean of few, and the result depends on the order. Centred vectors answer another question; see the chapter.
    device : torch.device or str, optional
        Where the sums live and the work is done; vectors are moved there. None is the CPU.
    kernel : {"chunked", "triton", "reference"}
        ``"chunked"`` works in float32 tiles (float64 for float64 vectors) and adds in float64; ``"triton"`` does so in
        one pass over the vectors on a GPU of compute capability 9 (H100) or later, with the package `triton`, and has
        been tested in its interpreter only; ``"reference"`` works in float64 throughout.
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
    themselves to bfloat16 costs up to 2e-4 nats at temperatures near 0.01.

    Memory, beside a batch: a sample of 2048 vectors; a row of m float64 for each label and block of vectors that occur
    together (16 blocks), and (n_sets - 1) m for each label.

    Error bars: over anchors, by the spread of the sets and a control variate measured on a sample of the vectors (Owen,
    2013, "Monte Carlo theory, methods and examples", section 8.9); over vectors, by a jackknife over blocks (Busing et
    al., 1999). The correction for rare labels is nonparametric empirical Bayes (Kiefer and Wolfowitz, 1956; Laird,
    1978) over simulated kinds of labels. `benchmarks/RESULTS.md` has its bias and the coverage of the intervals.

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

    def entropy(self, correction: str = "auto") -> Estimate:
        """H(A), the entropy of the anchor index, in nats: between 0 and log m.

        Parameters
        ----------
        correction : {"auto", "none"}
            ``"auto"`` takes off what having few vectors adds to the bias, by a jackknife over blocks of vectors, and
            the luck of the drawn anchors, by what others would measure on a sample of the vectors. ``"none"`` is the
            formula on the sample, with the anchors drawn.
        """
        check_one_of("correction", correction, ("auto", "none"))
        return self._marginal(correction != "none").estimate("H(A)")

    def ceiling(self, correction: str = "auto") -> Estimate:
        """I(A;Z) = H(A) - E[H(A|z)] in nats: what a label that named every vector would reach; see `entropy`."""
        check_one_of("correction", correction, ("auto", "none"))
        return self._ceiling(correction != "none").estimate("I(A;Z)")

    def conditional_entropy(self, name: str, correction: str = "auto") -> Estimate:
        """H(A|X) for the label set `name`, in nats; corrected as in `mutual_information`."""
        information = self._information(name, correction)
        left = derived(torch.sub, self._marginal(correction != "none"), information)
        return left.estimate(f"H(A|{name})")

    def mutual_information(self, name: str, correction: str = "auto") -> Estimate:
        """I(A;X) = H(A) - H(A|X) for the label set `name`, in nats.

        Parameters
        ----------
        name : str
            A label set declared at the start.
        correction : {"auto", "simulated", "jackknife", "none"}
            The plug-in is biased upward when labels are rare. ``"simulated"`` takes off what labels of the same counts
            are seen to add when they are simulated with a sample of the vectors, in the mixture of kinds that explains
            how these labels' entropies grow with their counts. ``"jackknife"`` needs no such model, and is right
            only where every label is frequent and is spread over the blocks of vectors: labels that follow the `units`,
            or come sorted, are not. ``"auto"`` takes it where every label comes at least as often as there are anchors
            whichever block is left out, and ``"simulated"`` elsewhere. ``"none"`` is the plug-in.

        Raises
        ------
        ValueError
            For an unknown label set or correction, before the first vector, and for ``"simulated"`` where no label
            occurs twice: then nothing is known but that I(A;X) lies between 0 and the ceiling.

        Notes
        -----
        A corrected estimate is not cut off at 0 or at the ceiling, and may pass either by its error.
        """
        return self._information(name, correction).estimate(f"I(A;{name})")

    def efficiency(self, correction: str = "auto") -> Estimate:
        """H(A) / log m, a ratio: how evenly the vectors use the anchors; see `entropy`."""
        check_one_of("correction", correction, ("auto", "none"))
        marginal = self._marginal(correction != "none")
        return derived(lambda h: h / math.log(self.n_anchors), marginal).estimate("H(A) / log m", unit="")

    def ceiling_share(self, name: str, correction: str = "auto") -> Estimate:
        """I(A;X) / I(A;Z), a ratio: how much of what the anchors show the label set `name` explains."""
        parts = self._information(name, correction), self._ceiling(correction != "none")
        return derived(torch.div, *parts).estimate(f"I(A;{name}) / I(A;Z)", unit="")

    def regularity(self, name: str, correction: str = "auto") -> Estimate:
        """I(A;X) / H(A), a ratio: by how much of H(A) the label set `name` lowers the entropy of the anchor."""
        parts = self._information(name, correction), self._marginal(correction != "none")
        return derived(torch.div, *parts).estimate(f"I(A;{name}) / H(A)", unit="")

    def label_regularity(self, name: str) -> LabelRegularity:
        """1 - H(A|x) / H(A) for every label x seen, plug-in, in the order of `label_counts`.

        Weighted by the counts the values add up to `regularity(name, "none")`. A label may have less than 0, where its
        vectors are more spread than all together. Few vectors raise the value: one alone gives 1 - H(A|z) / H(A).
        """
        tables = self._of(name)
        self._blocks()
        sums = tables.by_block.sums[:, 0]
        _, label = torch.unique_consecutive(tables.by_block.ids // N_BLOCKS, return_inverse=True)
        first = entropy(sums.new_zeros(int(label[-1]) + 1, sums.shape[1]).index_add_(0, label, sums))[:, None]
        every = first if tables.others is None else torch.cat([first, tables.others.entropies()], 1)
        per_set = 1 - every.T / self._marginal(False).plugin[:, None]
        ids = tables.by_block.ids // N_BLOCKS
        return LabelRegularity(ids.unique_consecutive(), self.label_counts(name), per_set)

    def optimality(self, source: str, target: str, correction: str = "auto") -> Estimate:
        """I(A;target) / I(A;source), a ratio: of what is kept of the source label, as much as tells of the target.

        At most 1 where the source determines the target; in the information bottleneck the optimum has all of it.
        """
        parts = self._information(target, correction), self._information(source, correction)
        return derived(torch.div, *parts).estimate(f"I(A;{target}) / I(A;{source})", unit="")

    def _once(self, what: str, compute: Callable[[], Any]) -> Any:
        if what not in self._known:
            self._known[what] = compute()
        return self._known[what]

    def _blocks(self) -> Tensor:
        """The blocks that hold vectors."""
        if not self.count:
            raise ValueError("no vectors yet: call `update` before asking for a result.")
        return self._summed.counts.nonzero()[:, 0]

    def _sample(self) -> Tensor:
        return self._summed.sample.ordered()[1]

    def _luck(self) -> Luck | None:
        """H(A) and I(A;Z) of a sample of the vectors, for the sets drawn and more of their kind."""
        if self.n_sets == 1 or self._seed is None:
            return None
        drawn = self.anchors, self.n_sets, self.temperature, self._seed
        return self._once("luck", lambda: luck(self._sample(), *drawn))

    @torch.inference_mode()
    def _marginal(self, corrected: bool) -> Replicates:
        """H(A)."""
        blocks = self._blocks()
        sums = self._summed.assignment[blocks].unflatten(1, (self.n_sets, -1))
        counts, plugin = self._summed.counts[blocks].double(), entropy(sums.sum(0))
        without = entropy(leave_one_out(sums))
        found = Replicates(plugin, plugin, plugin, without, counts)
        if not corrected:
            return found
        luck = self._luck()
        per_set = less_bias(plugin, without, counts).clamp(max=math.log(self.n_anchors))
        return replace(found, per_set=per_set, control=None if luck is None else luck.entropy)

    @torch.inference_mode()
    def _ceiling(self, corrected: bool) -> Replicates:
        """I(A;Z)."""
        blocks, marginal = self._blocks(), self._marginal(corrected)
        rows, counts = self._summed.row_entropy[blocks], marginal.counts
        blur, without = rows.sum(0) / self.count, leave_one_out(rows) / leave_one_out(counts)[:, None]
        luck = self._luck() if corrected else None
        return Replicates(
            plugin=(marginal.plugin - blur).clamp(min=0),
            per_set=(marginal.per_set - blur).clamp(min=0),
            full=marginal.full - blur,
            without=marginal.without - without,
            counts=counts,
            control=None if luck is None else luck.ceiling,
        )

    def _information(self, name: str, correction: str) -> Replicates:
        """I(A;X)."""
        check_one_of("correction", correction, ("auto", "simulated", "jackknife", "none"))
        tables, blocks = self._of(name), self._blocks()
        return self._once(f"{correction} {name}", lambda: self._informed(name, tables, blocks, correction))

    @torch.inference_mode()
    def _informed(self, name: str, tables: LabelTables, blocks: Tensor, correction: str) -> Replicates:
        if correction == "auto":
            correction = "jackknife" if self._stays_frequent(name) else "simulated"
        family, ratio = None, torch.ones(self.n_sets, 1)
        if correction != "none":
            ratio = self._once("ratio", self._deficit_ratio)
        if correction == "simulated":
            if int(self.label_counts(name).max()) < 2:
                raise ValueError(
                    f"`correction` cannot be 'simulated' for {name!r}: no label occurs twice, so I(A;X) may be "
                    "anything from 0 to the ceiling. Add vectors, or take coarser labels; 'none' gives the ceiling."
                )
            family = self._once("family", lambda: simulate(self._sample(), self._by_set()[0]))
        left = conditional(tables, blocks, correction, ratio, family)
        marginal, ceiling = self._marginal(correction != "none"), self._ceiling(correction != "none")
        plugin = (left.marginal - left.plugin).clamp(min=0).minimum(ceiling.plugin)
        per_set = left.marginal - left.plugin + (marginal.per_set - marginal.plugin) - left.missing
        if correction == "none":
            per_set = plugin  # both bounds hold for the sample too: what passes them is rounding
        # A set that shows more shows more of the label, too.
        control = ceiling.control
        if control is not None:
            control = control * (per_set.mean() / ceiling.per_set.mean().clamp(min=1e-12))
        return Replicates(
            plugin=plugin,
            per_set=per_set,
            full=marginal.full[:1] - left.first,
            without=marginal.without[: len(left.without), :1] - left.without[:, None],
            counts=marginal.counts,
            control=control,
            model_error=MODEL_ERROR * float((per_set - plugin).mean().abs()) if family is not None else 0.0,
        )

    def _stays_frequent(self, name: str) -> bool:
        """Whether every label comes as often as there are anchors, whichever block of vectors is left out.

        A label in one block alone goes with it, and leaving out that block tells nothing of the label's own bias.
        """
        table = self._of(name).by_block
        _, n_blocks = torch.unique_consecutive(table.ids // N_BLOCKS, return_counts=True)
        left = self.label_counts(name).repeat_interleave(n_blocks) - table.counts
        return int(left.min()) >= self.n_anchors

    def _deficit_ratio(self) -> Tensor:
        """How much further entropies of few vectors fall short in each set than in the first, (sets, sizes)."""
        deficits = torch.stack([unlabelled_deficits(self._sample(), anchors) for anchors in self._by_set()])
        return deficits / deficits[:1]

    def _by_set(self) -> tuple[Tensor, ...]:
        return self._scaled_anchors[torch.float32].split(self.n_anchors)


@dataclass(frozen=True, eq=False)
class LabelRegularity:
    """Regularity of each label seen: `ids` (labels,), `counts` (labels,), `per_set` (sets, labels)."""

    ids: Tensor
    counts: Tensor
    per_set: Tensor

    @property
    def values(self) -> Tensor:
        """Mean over the anchor sets, (labels,)."""
        return self.per_set.mean(0)

    @property
    def standard_errors(self) -> Tensor:
        """Standard error of the mean over the anchor sets, (labels,); NaN for one set. The data's is not in it."""
        n_sets = len(self.per_set)
        return self.per_set.std(0) / math.sqrt(n_sets) if n_sets > 1 else torch.full_like(self.per_set[0], math.nan)

    def to_dict(self) -> dict[str, list]:
        """Return plain lists, ready for JSON (an error that is not known is None)."""
        errors = [None if math.isnan(x) else x for x in self.standard_errors.tolist()]
        parts = {"ids": self.ids, "counts": self.counts, "values": self.values, "per_set": self.per_set}
        return {**{name: part.tolist() for name, part in parts.items()}, "standard_errors": errors}

    def __str__(self) -> str:
        rows = zip(self.ids.tolist(), self.counts.tolist(), self.values, self.standard_errors, strict=True)
        lines = [f"{x:>8} {n:>8,} {float(r):>10.4f}" + f" +- {float(e):.4f}" * (not e.isnan()) for x, n, r, e in rows]
        return "\n".join(["   label    count regularity", *lines])
