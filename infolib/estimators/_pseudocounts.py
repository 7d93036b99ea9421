"""Entropy from counts by mending the probabilities first: a prior's pseudo-counts, shrinkage, Bonachela's balance.

All of these ask for the number K of outcomes that can occur: those not seen get a share as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from infolib.estimators._bias_corrected import surprisal
from infolib.estimators._counts_input import CountRows
from infolib.estimators._gamma import digamma_gap


class Smoothing(NamedTuple):
    """Mended counts `scale` n + `shared`/K, which sum to `total`; one number for each row."""

    scale: np.ndarray
    shared: np.ndarray  # by all outcomes alike
    total: np.ndarray


def smoothed_entropy(c: CountRows, smoothing: Smoothing) -> np.ndarray:
    """Plug-in entropy of the mended counts."""
    scale, shared, total = smoothing
    each = shared / c.outcomes

    def term(n: np.ndarray, _: np.ndarray, scale: np.ndarray, each: np.ndarray, total: np.ndarray) -> np.ndarray:
        mended = scale * n + each
        return mended / total * surprisal(mended, total)

    unseen = (c.outcomes - c.observed) * each / total
    return c.sum(term, scale, each, total) + unseen * surprisal(np.where(each > 0, each, total), total)


def _add(c: CountRows, extra: np.ndarray) -> Smoothing:
    return Smoothing(np.ones_like(extra), extra, c.total + extra)


def _shrink(c: CountRows) -> Smoothing:
    """Probabilities (1 - w) p + w/K, with the weight w that James and Stein's mean square error asks for."""
    share = 1 / c.outcomes
    # 1 - sum p^2 as a sum of terms that are never negative, and so free of cancellation.
    spread = c.sum(lambda n, total: n / total * ((total - n) / total))
    apart = c.sum(lambda n, total, share: (n / total - share) ** 2, share) + (c.outcomes - c.observed) * share**2
    # One sample, or probabilities that are the target already: no variance or distance to weigh, all weight on 1/K.
    known = (c.total > 1) & (apart > 0)
    weight = np.where(known, np.minimum(spread / np.where(known, (c.total - 1) * apart, 1.0), 1.0), 1.0)
    return Smoothing(1 - weight, weight * c.total, c.total)


SMOOTHINGS: dict[str, Callable[[CountRows], Smoothing]] = {
    "laplace": lambda c: _add(c, c.outcomes),
    "jeffreys": lambda c: _add(c, c.outcomes / 2),
    "minimax": lambda c: _add(c, np.sqrt(c.total)),
    "schurmann_grassberger": lambda c: _add(c, np.ones_like(c.total)),
    "shrinkage": _shrink,
}


def bonachela(c: CountRows) -> np.ndarray:
    seen = c.sum(lambda n, total: (n + 1) * digamma_gap(n + 2, total - n + 1))
    return (seen + (c.outcomes - c.observed) * digamma_gap(2, c.total + 1)) / (c.total + 2)
