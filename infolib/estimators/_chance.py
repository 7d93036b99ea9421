"""The mutual information that labels have by chance: its exact mean when the labels are shuffled."""

from __future__ import annotations

import numpy as np
from scipy.special import xlog1py

_TAIL = 45.0  # what is left out of a distribution has a probability of exp(-45)
_BLOCK = 1 << 18  # numbers at a time: a few arrays of them stay in the caches


def expected_nats(x_counts: np.ndarray, y_counts: np.ndarray) -> float:
    r"""Mean plug-in information over all ways to pair labels that occur so often, in nats.

    A cell with row sum a and column sum b of N samples is hypergeometric of mean m = ab/N, and the mean is the sum over
    cells of E[n log(n/m)] / N = E[n log(n/m) - n + m] / N, whose terms are never negative: nothing cancels.
    Cells of equal a and b are alike, and there are at most sqrt(2N) different a.
    """
    total = float(x_counts.sum())
    a, a_times = np.unique(x_counts.astype(np.float64), return_counts=True)
    b, b_times = np.unique(y_counts.astype(np.float64), return_counts=True)
    a, b = np.repeat(a, len(b)), np.tile(b, len(a))
    times = np.outer(a_times, b_times).reshape(-1)
    # In a table of two rows and columns all four cells move together. The one of the smallest mean varies by the fewest
    # counts about it, and those of the others follow.
    a_less, b_less = np.minimum(a, total - a), np.minimum(b, total - b)
    mean = a_less * b_less / total
    reach = _TAIL / 3 + np.sqrt((_TAIL / 3) ** 2 + 2 * _TAIL * mean)  # by Bernstein's inequality
    first = np.maximum(np.floor(mean - reach), 0.0)
    width = np.minimum(np.ceil(mean + reach), np.minimum(a_less, b_less)) - first + 1
    order = np.argsort(-width)
    result, done = 0.0, 0
    while done < len(order):
        wide = int(width[order[done]])  # the widest of the block comes first
        rows = order[done : done + max(1, _BLOCK // wide)]
        done += len(rows)
        k = first[rows, None] + np.arange(wide)
        chance = _hypergeometric(k, a_less[rows, None], b_less[rows, None], total)
        counts = np.where((a_less == a)[rows, None], k, b_less[rows, None] - k)
        counts = np.where((b_less == b)[rows, None], counts, a[rows, None] - counts)
        m = (a * b / total)[rows, None]
        off = (np.maximum(counts, 0.0) - m) / m  # beyond its range a count has no chance
        divergence = m[:, 0] * np.sum(chance * (xlog1py(1 + off, off) - off), axis=1)
        result += float(times[rows] @ divergence)
    return result / total


def _hypergeometric(k: np.ndarray, a: np.ndarray, b: np.ndarray, total: float) -> np.ndarray:
    """Probabilities of consecutive counts k along each row, by their quotients: gamma functions of numbers as large as
    a million would leave nine digits."""
    quotients = (a - k + 1) * (b - k + 1) / np.maximum(k * (total - a - b + k), 1.0)
    quotients[:, 0] = 1.0
    chance = np.cumprod(quotients, axis=1)
    return chance / chance.sum(axis=1, keepdims=True)
