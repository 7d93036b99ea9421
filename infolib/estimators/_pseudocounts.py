"""Entropy from counts by mending the probabilities first: a prior's pseudo-counts, shrinkage, Bonachela's balance.

All of these ask for the number K of outcomes that can occur: those not seen get a share as well.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from infolib.estimators._bias_corrected import surprisal
from infolib.estimators._counts_input import CountRows
from infolib.estimators._gamma import digamma_gap


def pseudocounts(extra: Callable[[CountRows], np.ndarray]) -> Callable[[CountRows], np.ndarray]:
    """Plug-in entropy after `extra` counts are added to each of the K outcomes."""

    def estimate(c: CountRows) -> np.ndarray:
        added = extra(c)
        whole = c.total + added * c.outcomes

        def term(n: np.ndarray, _: np.ndarray, added: np.ndarray, whole: np.ndarray) -> np.ndarray:
            return (n + added) / whole * surprisal(n + added, whole)

        return c.sum(term, added, whole) + (c.outcomes - c.observed) * added / whole * surprisal(added, whole)

    return estimate


def shrinkage(c: CountRows) -> np.ndarray:
    """Plug-in entropy of (1 - w) p + w / K, with the weight w that James and Stein's mean square error asks for."""
    share = 1 / c.outcomes
    unseen = c.outcomes - c.observed
    # 1 - sum p^2 as a sum of terms that are never negative, and so free of cancellation.
    spread = c.sum(lambda n, total: n / total * ((total - n) / total))
    apart = c.sum(lambda n, total, share: (n / total - share) ** 2, share) + unseen * share**2
    # One sample, or probabilities that are the target already: no variance or distance to weigh, all weight on 1/K.
    known = (c.total > 1) & (apart > 0)
    weight = np.minimum(spread / np.where(known, (c.total - 1) * apart, 1.0), 1.0)
    weight = np.where(known, weight, 1.0)
    least = weight * share

    def term(n: np.ndarray, total: np.ndarray, weight: np.ndarray, least: np.ndarray) -> np.ndarray:
        p = least + (1 - weight) * n / total
        return p * surprisal(p, np.ones(()))

    return c.sum(term, weight, least) + unseen * least * surprisal(np.where(least > 0, least, 1.0), np.ones(()))


def bonachela(c: CountRows) -> np.ndarray:
    seen = c.sum(lambda n, total: (n + 1) * digamma_gap(n + 2, total - n + 1))
    return (seen + (c.outcomes - c.observed) * digamma_gap(2, c.total + 1)) / (c.total + 2)
