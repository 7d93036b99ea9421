"""H(A|X) of a label set, and what its rare labels hide, for every anchor set and without each block of vectors."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS, jackknife_mean
from infolib.representations._label_kinds import Family, at_sizes, entropy
from infolib.representations._pending import LabelTables
from infolib.representations._rare_labels import Growth, missing_entropy

MODEL_ERROR = 0.05  # error of the simulated kinds as a share of what they correct, from `benchmarks/soft_entropy_bias`
REFIT_STEPS = 5  # of EM when one block of vectors is left out
_TILE_ROWS = 4096


class Conditional(NamedTuple):
    """H(A|X) in nats: the plug-in of each set, what it misses, and the first set's with that, without each block.

    `marginal` is H(A) from the very sums that the conditional rests on, so that a single label gives I(A;X) = 0.
    """

    marginal: Tensor  # (K,)
    plugin: Tensor  # (K,)
    missing: Tensor  # (K,)
    first: Tensor  # ()
    without: Tensor  # (G,)


def conditional(
    tables: LabelTables, blocks: Tensor, correction: str, ratio: Tensor, family: Family | None
) -> Conditional:
    """H(A|X) corrected in one of three ways: ``"none"``, ``"jackknife"``, ``"simulated"`` (by a `family`).

    `blocks` (G,) are those that hold vectors; `ratio` (K, sizes) says how much further an entropy falls short in each
    set than in the first.
    """
    # Where they serve errors only, float32 is enough without a block; the jackknife magnifies rounding.
    left_in = torch.float64 if correction == "jackknife" else torch.float32
    table = _FirstSet(tables, halves=correction == "simulated", left_in=left_in)
    labels = table.growth
    share = labels.count / labels.count.sum()
    first = (share * labels.entropy).sum()
    plugin = _with_others(first, tables)
    without = table.entropy_without()[blocks] if len(blocks) > 1 else plugin[:0]
    missing = torch.zeros_like(plugin)
    if correction == "jackknife" and len(without):
        held = torch.stack([table.counts[table.block == b].sum() for b in blocks])
        missing = (jackknife_mean(first, without, held) - first) * ratio[:, -1]
    elif correction == "simulated":
        assert family is not None
        deficit, mixtures = missing_entropy(labels, family)
        weights = torch.stack([at_sizes(row[None], labels.count)[:, 0] for row in ratio])
        missing = weights @ (share * deficit)
        first = first + (share * deficit).sum()
        for i in range(len(without)):
            rest = table.growth_without(int(blocks[i]))
            again = missing_entropy(rest, family, mixtures, REFIT_STEPS).deficit
            without[i] += (rest.count * again).sum() / rest.count.sum()
    return Conditional(table.marginals(tables), plugin, missing, first, without)


def _with_others(first: Tensor, tables: LabelTables) -> Tensor:
    """H(A|X) of all sets, (K,), given that of the first."""
    if tables.others is None:
        return first[None]
    share = tables.others.counts.double() / tables.others.counts.sum()
    return torch.cat([first[None], share @ tables.others.entropies()])


class _FirstSet:
    """A label set's sums over the first anchor set, by label and by block.

    Leaving out a block changes the labels that occur in it and no others, so entropies are computed once for each label
    and once for each label and block that occur together. The halves of a label are its even and its odd blocks; they
    are left out where they are not needed, for the time they take.
    """

    def __init__(self, tables: LabelTables, halves: bool, left_in: torch.dtype):
        ids, self.counts, self._sums, self._single = tables.by_block.stored()
        self.block = ids % N_BLOCKS
        _, self._label = torch.unique(ids // N_BLOCKS, return_inverse=True)
        self._all = self._by_label(self._sums)
        count, self._total_single = self._by_label(self.counts), self._by_label(self._single)
        nothing = torch.zeros_like(count)
        half_counts, self._halves, of_halves = (nothing, nothing), None, (nothing, nothing)
        if halves:
            even = (self.block % 2 == 0).double()
            a = self._by_label(self._sums * even[:, None])
            n_a = self._by_label(self.counts * even)
            self._halves = a, (self._all - a).clamp_(min=0) * (count > n_a)[:, None]
            half_counts, of_halves = (n_a, count - n_a), (entropy(self._halves[0]), entropy(self._halves[1]))
        self.growth = Growth(count, entropy(self._all), self._total_single / count, half_counts, of_halves)
        self._left_in = left_in
        self._left_entropy = self._left(self._all[None], torch.zeros_like(self.block))
        self._left_half = self._left_entropy
        if self._halves is not None:
            self._left_half = self._left(torch.stack(self._halves), self.block % 2)

    def marginals(self, tables: LabelTables) -> Tensor:
        """H(A) of all sets, (K,)."""
        first = entropy(self._all.sum(0))[None]
        return first if tables.others is None else torch.cat([first, entropy(tables.others.marginal())])

    def _by_label(self, values: Tensor) -> Tensor:
        return values.new_zeros(int(self._label.max()) + 1, *values.shape[1:]).index_add_(0, self._label, values)

    def _left(self, totals: Tensor, side: Tensor) -> Tensor:
        """Entropy of the total (sides, labels, m) that each pair is part of, without the pair: (pairs,)."""
        totals, found = totals.to(self._left_in), []
        for label, half, sums in zip(*(x.split(_TILE_ROWS) for x in (self._label, side, self._sums)), strict=True):
            left = totals[half, label].sub_(sums.to(self._left_in)).clamp_(min=0)
            # What is left of a label that is in this block alone is rounding, and must count as nothing.
            found.append(entropy(left * (left.sum(1, keepdim=True) > 0.5)))
        return torch.cat(found).double()

    def entropy_without(self) -> Tensor:
        """Plug-in H(A|X) from all blocks but one, for each, (blocks,): NaN where that leaves nothing."""
        here = self.growth
        n = here.count[self._label]
        moved = (n - self.counts) * self._left_entropy - n * here.entropy[self._label]
        sums, counts = (moved.new_zeros(N_BLOCKS).index_add_(0, self.block, x) for x in (moved, self.counts))
        return ((here.count * here.entropy).sum() + sums) / (here.count.sum() - counts)

    def growth_without(self, block: int) -> Growth:
        """What is known of the labels from all other blocks."""
        pairs = (self.block == block).nonzero()[:, 0]
        label, here = self._label[pairs], self.growth
        count, whole = here.count.index_add(0, label, self.counts[pairs], alpha=-1), here.entropy.clone()
        single = self._total_single.index_add(0, label, self._single[pairs], alpha=-1)
        whole[label] = self._left_entropy[pairs]
        side = block % 2
        half_counts, half_entropies = [*here.half_counts], [x.clone() for x in here.half_entropies]
        if self._halves is not None:
            half_counts[side] = half_counts[side].index_add(0, label, self.counts[pairs], alpha=-1)
            half_entropies[side][label] = self._left_half[pairs]
        seen = count > 0
        return Growth(
            count[seen], whole[seen], single[seen] / count[seen],
            (half_counts[0][seen], half_counts[1][seen]), (half_entropies[0][seen], half_entropies[1][seen]),
        )  # fmt: skip
