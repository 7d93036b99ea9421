"""Entropy from counts by coverage: what the outcomes seen once and twice say about those not seen at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from infolib._arrays import is_tensor, sum_rows
from infolib.estimators._bias_corrected import zhang
from infolib.estimators._counts_input import CountRows, count_rows

_STEP = 0.2  # of the trapezoidal rule below


def chao_shen(c: CountRows) -> np.ndarray:
    once = c.seen(1)
    # No outcome seen twice would leave a coverage of 0 and no estimate: it is taken as 1/N.
    coverage = np.where(once == c.total, 1.0, c.total - once) / c.total

    def term(n: np.ndarray, total: np.ndarray, coverage: np.ndarray) -> np.ndarray:
        p = coverage * n / total
        with np.errstate(divide="ignore"):  # p = 1 was surely seen: log 0 = -inf, and its share is 1
            seen = -np.expm1(total * np.log1p(-p))
        return -p * np.log(p) / seen

    return c.sum(term, coverage)


def chao_wang_jost(c: CountRows) -> np.ndarray:
    once, twice = c.seen(1), c.seen(2)
    # The mean probability of an outcome that was seen once.
    mean = np.where(
        twice > 0,
        2 * twice / np.maximum((c.total - 1) * once + 2 * twice, 1),
        2 / ((c.total - 1) * np.maximum(once - 1, 0) + 2),
    )
    estimate = zhang(c)
    some = once > 0  # elsewhere everything was seen
    if np.any(some):
        estimate[some] += once[some] / c.total[some] * _unseen(c.total[some], mean[some])
    return estimate


def _unseen(total: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Compute (1 - A)^(1 - N) (-log A - sum_{r < N} (1 - A)^r / r) for A = `mean`.

    The bracket is the rest of a series, so that it cancels and its factor overflows. What they make together is
    (1 - A) times the integral of e^(-N s) / (1 - (1 - A) e^(-s)) over s > 0, here by the trapezoidal rule in log s: the
    integrand is analytic in a strip and vanishes at both ends, so that the error falls as e^(-10/step).
    """
    # Rows that share both are computed once.
    (size, mean), row = np.unique(np.stack([total, mean]), axis=1, return_inverse=True)
    low = np.log(np.minimum(1 / size, mean)) - 38
    high = np.log(45 / size)
    intervals = np.ceil(np.max(high - low) / _STEP)
    step = (high - low) / intervals

    def integrand(size: Any, mean: Any, low: Any, step: Any, i: Any) -> tuple[np.ndarray]:
        s = np.exp(low + step * i)
        return (np.sum(s * np.exp(-size * s) / (mean - (1 - mean) * np.expm1(-s)), axis=-1),)

    columns = (column[:, None] for column in (size, mean, low, step))
    (sums,) = sum_rows(integrand, *columns, np.arange(intervals + 1)[None, :])
    return ((1 - mean) * step * sums)[np.reshape(row, -1)]


def estimated_outcomes(counts: Any, *, axis: int = -1) -> Any:
    r"""How many outcomes there are, judged by those seen once and twice: the Chao1 estimate, rounded up.

    .. math:: \hat K = S + \frac{N-1}{N} \frac{f_1^2}{2 f_2}

    for S outcomes seen, :math:`f_1` of them once and :math:`f_2` twice; with :math:`f_1 (f_1 - 1) / 2` in place of the
    last fraction where :math:`f_2 = 0`.

    Parameters
    ----------
    counts : list, array or tensor of whole numbers
        How often each outcome was seen, along `axis`; 0 for those that were not.
    axis : int
        The axis of the outcomes.

    Returns
    -------
    int64 scalar, array or tensor with the other axes of `counts`
        Fit for the `n_outcomes` of `entropy_from_counts` and `nsb_entropy`. Not below the number of outcomes seen.

    Raises
    ------
    TypeError
        If `counts` are not numbers.
    ValueError
        If a count is negative or not whole, or if there is no sample.

    Notes
    -----
    With the expectations of S, :math:`f_1` and :math:`f_2` in their place the formula is at most K for every
    distribution, far below it where many outcomes are much rarer than the others, and K where all are equally likely.
    The estimate itself is no lower bound, not even on average: it divides by :math:`f_2`, which raises it while
    :math:`f_2` is small, and rounding up adds about 1/2. Ten samples of ten equally likely outcomes give 12.5 on
    average. Outcomes seen neither once nor twice play no part in the excess over S.
    Source: Chao (1984), eq. 5; with (N-1)/N, Chao (2005). Chapter: Estimation.

    Examples
    --------
    >>> int(estimated_outcomes([1, 2, 3, 2, 1]))
    6
    """
    c = count_rows(counts, axis=axis)
    once, twice = c.seen(1), c.seen(2)
    pairs = np.where(twice > 0, once**2 / (2 * np.maximum(twice, 1)), once * (once - 1) / 2)
    estimate = np.ceil(c.observed + (c.total - 1) / c.total * pairs).astype(np.int64).reshape(c.shape)
    if is_tensor(c.operand.values):
        return c.operand.xp.asarray(estimate, device=c.operand.values.device)
    return estimate[()]
