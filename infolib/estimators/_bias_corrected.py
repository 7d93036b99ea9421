"""Entropy from counts: the plug-in, and what replaces its logarithms so that less bias remains.

None of these asks how many outcomes there are, and none has a prior.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from infolib.estimators._counts_input import CountRows
from infolib.estimators._gamma import digamma_gap


def surprisal(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Compute log(whole / part), also to full precision where the part is nearly the whole."""
    most = part > whole / 2
    if not most.any():
        return np.log(whole / part)
    return np.where(most, -np.log1p(np.where(most, part - whole, 0.0) / whole), np.log(whole / part))


def plugin(c: CountRows) -> np.ndarray:
    return c.sum(lambda n, total: n / total * surprisal(n, total))


def miller_madow(c: CountRows) -> np.ndarray:
    return plugin(c) + (c.observed - 1) / (2 * c.total)


def jackknife(c: CountRows) -> np.ndarray:
    """Compute N H - (N - 1)/N sum n_i H(one less in bin i), where all but n log n - (n - 1) log(n - 1) cancels."""

    def rest(n: np.ndarray) -> np.ndarray:  # -(n - 1) log(1 - 1/n), from 0 at n = 1 to 1
        return -(n - 1) * np.log1p(-1 / np.maximum(n, 2.0))

    return c.sum(lambda n, total: n / total * (surprisal(n, total) + (rest(total) - rest(n))))


def zhang(c: CountRows) -> np.ndarray:
    return c.sum(lambda n, total: n / total * digamma_gap(n, total - n))


def grassberger_1988(c: CountRows) -> np.ndarray:
    return c.sum(lambda n, total: n / total * (np.log(total) - digamma(n) - (1 - 2 * (n % 2)) / (n + 1)))


def grassberger_2003(c: CountRows) -> np.ndarray:
    """Use G(n) = psi(n) + (-1)^n/2 (psi((n + 1)/2) - psi(n/2)), which is log 2 + psi(floor(n/2) + 1/2)."""
    return c.sum(lambda n, total: n / total * (np.log(total / 2) - digamma(np.floor(n / 2) + 0.5)))
