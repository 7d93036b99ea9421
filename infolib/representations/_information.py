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
    table = _FirstSet(tables)
    labels = table.growth
    share = labels.count / labels.count.sum()
    first = (share * labels.entropy).sum()
    plugin = _with_others(first, tables)
    rest = [table.growth_without(int(b)) for b in blocks] if len(blocks) > 1 else []
    without = torch.stack([(x.count * x.entropy).sum() / x.count.sum() for x in rest]) if rest else plugin[:0]
    missing = torch.zeros_like(plugin)
    if correction == "jackknife" and rest:
        held = torch.stack([table.counts[table.block == b].sum() for b in blocks])
        missing = (jackknife_mean(first, without, held) - first) * ratio[:, -1]
    elif correction == "simulated":
        assert family is not None
        deficit, mixtures = missing_entropy(labels, family)
        weights = torch.stack([at_sizes(row[None], labels.count)[:, 0] for row in ratio])
        missing = weights @ (share * deficit)
        first = first + (share * deficit).sum()
        for i, x in enumerate(rest):
            again = missing_entropy(x, family, mixtures, REFIT_STEPS).deficit
            without[i] += (x.count * again).sum() / x.count.sum()
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
    and once for each label and block that occur together.
    """

    def __init__(self, tables: LabelTables):
        table = tables.by_block
        self.block = table.ids % N_BLOCKS
        self.counts, self._sums, self._single = table.counts.double(), table.sums[:, 0], table.row_entropy
        _, self._label = torch.unique_consecutive(table.ids // N_BLOCKS, return_inverse=True)
        self._even = self.block % 2 == 0
        self._all = self._by_label(self._sums)
        halves = self._by_label(self._sums * self._even[:, None]), self._by_label(self._sums * ~self._even[:, None])
        n_even, n_odd = (self._by_label(self.counts * half) for half in (self._even, ~self._even))
        count = self._by_label(self.counts)
        self._total_single = self._by_label(self._single)
        of_halves = entropy(halves[0]), entropy(halves[1])
        self.growth = Growth(count, entropy(self._all), self._total_single / count, (n_even, n_odd), of_halves)
        self._halves = halves
        self._left_entropy, self._left_half = self._without_each_pair()

    def marginals(self, tables: LabelTables) -> Tensor:
        """H(A) of all sets, (K,)."""
        first = entropy(self._all.sum(0))[None]
        return first if tables.others is None else torch.cat([first, entropy(tables.others.marginal())])

    def _by_label(self, values: Tensor) -> Tensor:
        return values.new_zeros(int(self._label[-1]) + 1, *values.shape[1:]).index_add_(0, self._label, values)

    def _without_each_pair(self) -> tuple[Tensor, Tensor]:
        """Entropy of a label, and of its half, without the vectors of one block: (pairs,) each."""
        whole, half = [], []
        tiles = (x.split(_TILE_ROWS) for x in (self._label, self._sums, self._even))
        for label, sums, even in zip(*tiles, strict=True):
            # What is left of a label that is only in this block is rounding, and must count as nothing.
            whole.append(entropy(_difference(self._all[label], sums)))
            mine = torch.where(even[:, None], self._halves[0][label], self._halves[1][label])
            half.append(entropy(_difference(mine, sums)))
        return torch.cat(whole), torch.cat(half)

    def growth_without(self, block: int) -> Growth:
        """What is known of the labels from all other blocks."""
        pairs = (self.block == block).nonzero()[:, 0]
        label, here = self._label[pairs], self.growth
        count, whole = here.count.index_add(0, label, self.counts[pairs], alpha=-1), here.entropy.clone()
        single = self._total_single.index_add(0, label, self._single[pairs], alpha=-1)
        whole[label] = self._left_entropy[pairs]
        side = block % 2
        half_counts, half_entropies = [*here.half_counts], [x.clone() for x in here.half_entropies]
        half_counts[side] = half_counts[side].index_add(0, label, self.counts[pairs], alpha=-1)
        half_entropies[side][label] = self._left_half[pairs]
        seen = count > 0
        return Growth(
            count[seen], whole[seen], single[seen] / count[seen],
            (half_counts[0][seen], half_counts[1][seen]), (half_entropies[0][seen], half_entropies[1][seen]),
        )  # fmt: skip


def _difference(sums: Tensor, part: Tensor) -> Tensor:
    left = (sums - part).clamp_(min=0)
    return left * (left.sum(1, keepdim=True) > 0.5)
