"""How far the plug-in entropies of rare labels fall short, by nonparametric empirical Bayes over simulated kinds.

For a label with n tokens two numbers are known that do not depend on what the label would do with more: how far its
entropy has grown from one token to n, and from n/2 to n. EM finds which mixture of the kinds of `_label_kinds` explains
them over the labels, in classes of counts that lend to their neighbours; each label's posterior then says how much is
expected to be missing. A label seen once says nothing of itself: it is taken to be like those seen two or three times.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from infolib.representations._label_kinds import KINDS, Family, at_sizes

PRIOR_LABELS = 5.0  # what neighbouring classes of counts weigh in a class's mixture, in labels
SCALE_SPREAD = 0.3  # prior standard deviation of the scale by which halves may correct a class
FLOOR = 1e-4  # variance in nats^2 below which no likelihood sharpens
STEPS = 80  # of EM from the uniform mixture
_TINY = 1e-300


class Growth(NamedTuple):
    """What is known of each label, float64 (labels,): counts, entropies in nats, and the same of its two halves."""

    count: Tensor
    entropy: Tensor
    single: Tensor  # mean entropy of single assignments
    half_counts: tuple[Tensor, Tensor]
    half_entropies: tuple[Tensor, Tensor]


class Missing(NamedTuple):
    """What is expected to be missing of each label's entropy, and the mixtures (classes of counts, kinds) behind it."""

    deficit: Tensor
    mixtures: Tensor


def missing_entropy(labels: Growth, family: Family, start: Tensor | None = None, steps: int = STEPS) -> Missing:
    """Expected deficits of the labels' entropies; `start` are the mixtures of the same labels, less a few tokens."""
    log_lik, half_deficit, gained, split, deficit = _likelihood(labels, family)
    lik = (log_lik - log_lik.amax(1, keepdim=True)).clamp(min=-200).exp()
    which = torch.log2(labels.count).floor().long()  # classes of counts: 1, 2-3, 4-7, ...
    n_classes = int(which.max()) + 1 if start is None else len(start)
    mixtures = lik.new_full((n_classes, len(KINDS)), 1 / len(KINDS)) if start is None else start
    for _ in range(steps):
        posterior = lik * mixtures[which]
        mass = _by_class(posterior / posterior.sum(1, keepdim=True).clamp(min=_TINY), which, n_classes)
        mass[0] = 0  # labels seen once
        near = mass + 1e-3 * mass.sum(0) + 1e-9
        near[1:] += 0.5 * mass[:-1]
        near[:-1] += 0.5 * mass[1:]
        mixtures = mass + PRIOR_LABELS * near / near.sum(1, keepdim=True)
        mixtures = mixtures / mixtures.sum(1, keepdim=True)
    posterior = lik * mixtures[which]
    posterior = posterior / posterior.sum(1, keepdim=True).clamp(min=_TINY)

    # What halves have gained, against what the mixtures say they should have, corrects a class as far as it is sure.
    weight, expected_gain = split * labels.count, (posterior * half_deficit).sum(1)
    expected = _by_class(weight * expected_gain, which, n_classes)
    known = expected > 1e-9
    expected = torch.where(known, expected, 1)
    ratio = (_by_class(weight * gained, which, n_classes) / expected).clamp(0.2, 3)
    variance = _by_class((weight * (gained - ratio[which] * expected_gain)) ** 2, which, n_classes) / expected**2
    scale = torch.where(known, 1 + (ratio - 1) * SCALE_SPREAD**2 / (SCALE_SPREAD**2 + variance), 1)
    if n_classes > 1:
        scale[0] = scale[1]
    return Missing((posterior * deficit).sum(1) * scale[which], mixtures)


def _likelihood(labels: Growth, family: Family) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Log-likelihood (labels, kinds) of each label's growth, and what it is made of."""
    n = labels.count
    deficit = family.deficits(n)
    variance = at_sizes(family.growth_variance, n) + FLOOR
    surprise = (labels.entropy - labels.single)[:, None] - (family.deficit[:, 0] - deficit)
    log_lik = -0.5 * (variance.log() + surprise**2 / variance)

    pairs = list(zip(labels.half_counts, labels.half_entropies, strict=True))
    gained = labels.entropy - sum(k * h for k, h in pairs) / n
    half_deficit = sum(k[:, None] * family.deficits(k.clamp(min=1)) for k, _ in pairs) / n[:, None] - deficit
    # The halves of two tokens are the singles: nothing new.
    split = ((pairs[0][0] > 0) & (pairs[1][0] > 0) & (n > 2)).double()
    gain_variance = at_sizes(family.halves_variance, n) * half_deficit**2 + FLOOR
    covariance = at_sizes(family.covariance, n) * half_deficit
    slope = covariance / variance
    left = gain_variance * (1 - (covariance * slope / gain_variance).clamp(max=0.9))
    of_halves = left.log() + (gained[:, None] - half_deficit - slope * surprise) ** 2 / left
    log_lik = torch.where((n > 1)[:, None], log_lik - 0.5 * split[:, None] * of_halves, 0)
    return log_lik, half_deficit, gained, split, deficit


def _by_class(values: Tensor, which: Tensor, n_classes: int) -> Tensor:
    return values.new_zeros(n_classes, *values.shape[1:]).index_add_(0, which, values)
