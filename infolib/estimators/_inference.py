"""What labels say beyond chance: a permutation test of their independence, and an interval for their information."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

import numpy as np

from infolib import _checks
from infolib._units import from_nats, unit_name
from infolib.estimators import _information, _labels, _resampling
from infolib.estimators._contingency_results import IndependenceTest, InformationInterval
from infolib.estimators._warning import EstimateWarning
from infolib.estimators.counts import check_method

_MOST_CELLS = 1 << 18  # of a table that is drawn thousands of times


def independence_test(
    x: Any, y: Any, *, n_permutations: int = 1000, seed: int | np.random.Generator = 0, base: float | None = None
) -> IndependenceTest:
    r"""Test whether labels tell anything about each other, against the same labels shuffled.

    .. math:: p = \frac{1 + |\{ k : I_k \ge I \}|}{1 + n}, \qquad I_k \text{ of } x, \pi_k(y)

    Parameters
    ----------
    x, y : list, array or tensor of shape (n,)
        Labels, as in `mutual_information_from_samples`.
    n_permutations : int
        How many times to shuffle; p is at least 1 / (1 + n_permutations).
    seed : int or numpy Generator
        Of the shuffling.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    IndependenceTest
        The plug-in information, p, and mean, spread and quantiles of the shuffled labels.

    Raises
    ------
    TypeError, ValueError
        As in `mutual_information_from_samples`, or if `n_permutations` is not an integer of at least 1.

    Notes
    -----
    Exact at any number of samples: of independent labels, at most a share u has p <= u. Ties count against dependence,
    with 1e-12 allowed for rounding. The bias of the plug-in is in the shuffled labels as well, and needs no correction.
    `null_mean` approaches `expected_mutual_information`.

    Observations must be exchangeable: neighbours in a text or in time are not, and p is then too small.

    Cost: where the table has at most two cells a sample, tables are drawn in place of sequences: 1 ms each for a
    million samples of 100 labels. Beyond, sequences are shuffled: 60 ms each for a million samples.
    Source: Phipson and Smyth (2010) for p; Patefield (1981) for the tables. Chapter: Estimation.

    Examples
    --------
    >>> x = [0, 0, 0, 0, 1, 1, 1, 1] * 5
    >>> y = [0, 0, 0, 1, 1, 1, 1, 0] * 5
    >>> test = independence_test(x, y, base=2)
    >>> round(test.mutual_information, 4), test.p_value < 0.05
    (0.1887, True)
    """
    _checks.check_integer("n_permutations", n_permutations, 1)
    unit = unit_name(base)
    counted = _labels.count_pairs(x, y)
    nats, null = _resampling.shuffled_nats(counted, n_permutations, _generator(seed))
    null.sort()
    # What is equal may differ by the order of its sum.
    at_least = int(np.sum(null >= nats - 1e-12 * (1 + nats)))
    p_value = (1 + at_least) / (1 + n_permutations)
    null = from_nats(null, base)
    mean, spread = float(null.mean()), float(null.std())
    return IndependenceTest(from_nats(nats, base), p_value, mean, spread, unit, null)


def bootstrap_interval(
    x: Any,
    y: Any,
    method: str = "chao_wang_jost",
    *,
    level: float = 0.95,
    n_resamples: int = 500,
    seed: int | np.random.Generator = 0,
    base: float | None = None,
) -> InformationInterval:
    r"""Interval for the mutual information of labels, by bootstrap from sources of less and of more of it.

    .. math:: P_{\mathrm{low}}(\hat I \ge \hat I_{\mathrm{seen}}) = P_{\mathrm{high}}(\hat I \le \hat I_{\mathrm{seen}})
              = \frac{1 - \text{level}}{2}

    Parameters
    ----------
    x, y : list, array or tensor of shape (n,)
        Labels, as in `mutual_information_from_samples`.
    method : str
        As in `mutual_information_from_samples`.
    level : float
        How often the interval should hold the truth, between 0 and 1.
    n_resamples : int
        Samples drawn from each of some 15 sources, at least 100.
    seed : int or numpy Generator
        Of the drawing.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    InformationInterval
        `low`, `high`, the estimate, and what it was made with.

    Raises
    ------
    TypeError, ValueError
        As in `mutual_information_from_samples`, if `level` is not between 0 and 1, if `n_resamples` is not an integer
        of at least 100, or if x and y have so many labels that their table has more than 262,144 (512 x 512) cells.

    Warns
    -----
    EstimateWarning
        If x or y never changed, or if more than half of the samples are pairs that occurred once: then the interval
        often misses. And as in `mutual_information_from_samples`, for the estimate.

    Notes
    -----
    The usual bootstrap fails here. The sample has more information than its source, and samples of the sample have more
    again; and the sample itself is never quite independent. The percentile interval holds the truth of 10 x 10
    independent labels in 0 of 400 cases (below).

    Here the sample gives a line of sources: from the product of the distributions of its labels, through the sample, on
    to stronger dependence. The interval ends at the weakest and at the strongest of them of which samples of this size
    give the estimate that was seen (test inversion). Whatever bias the method has, it has for these as well, and it
    drops out; the estimate itself may lie outside. `low` is 0 where independent labels would often give as much. Labels
    that are more independent, or agree more, than by any such source are taken as the middle of what it gives, so that
    the interval is not a single point.

    How many 95% intervals hold the truth, beside percentiles of the resampled plug-in; how many lie above it and below
    it; and their median width in nats, by ``python -m benchmarks.contingency_peer``. With 400 samples a true 95% shows
    as 93 to 97. A percentage is the share of Y that repeats X (of 50 Zipf x 5: X mod 5).

    ==================== ====== ======= ========== ===== ===== ===== ======
    Labels                    N Samples percentile  this above below  width
    ==================== ====== ======= ========== ===== ===== ===== ======
    2 x 2, independent       20     400      69.8% 97.8%  2.2%  0.0% 0.1832
    2 x 2, 90%              100     400      91.0% 95.2%  2.8%  2.0% 0.2417
    10 x 10, independent    100     400       0.0% 97.2%  2.8%  0.0% 0.2177
    10 x 10, 30%            100     400       0.0% 90.5%  2.0%  7.5% 0.4117
    10 x 10, 30%          1,000     400       7.3% 94.2%  2.5%  3.2% 0.0982
    10 x 10, 90%            100     400      36.0% 84.5%  7.5%  8.0% 0.4730
    10 x 10, 90%          1,000     400      48.0% 93.5%  2.8%  3.8% 0.1562
    10 x 10, Y = X           30     400       0.0% 61.5%  0.0% 38.5% 0.4392
    10 x 10, Y = X          100     400       0.0% 99.0%  0.0%  1.0% 0.1555
    50 Zipf x 5, 80%        300     400       1.0% 90.5%  6.2%  3.2% 0.2645
    50 Zipf x 5, 80%      3,000     400      15.2% 92.8%  3.5%  3.8% 0.0802
    30 x 30, 50%            100     100       0.0% 80.0% 16.0%  4.0% 0.8339
    30 x 30, 50%          1,000     100       0.0% 82.0%  1.0% 17.0% 0.2027
    30 x 30, 50%         10,000     100       0.0% 94.0%  2.0%  4.0% 0.0656
    ==================== ====== ======= ========== ===== ===== ===== ======

    It falls short where most pairs that can occur were not seen, and where a label was not, since no source on the
    line has it: more than a third of the 30 samples of Y = X miss one of the 10 labels. At the worst all samples are of
    one label of x or of y, and the interval is the point 0 whatever the truth: 10 samples of Y = X miss a label of
    probability 0.1 in 35 of 100 cases. Observations must be independent of each other.

    Cost: about 15 times `n_resamples` tables, each drawn and estimated: 0.3 s for 10 x 10, 5 s for 100 x 100 and
    2 min for 512 x 512 labels.
    Source: Carpenter (1999), test inversion; DiCiccio and Romano (1990), the sources beyond the sample.
    Chapter: Estimation.

    Examples
    --------
    >>> x = [0, 0, 0, 0, 1, 1, 1, 1] * 25
    >>> y = [0, 0, 0, 1, 1, 1, 1, 0] * 25
    >>> found = bootstrap_interval(x, y, base=2)
    >>> 0 < found.low < found.mutual_information < found.high < 1
    True
    """
    check_method(method)
    level = _check_level(level)
    _checks.check_integer("n_resamples", n_resamples, 100)
    unit = unit_name(base)
    counted = _labels.count_pairs(x, y)
    cells = counted.shape[0] * counted.shape[1]
    if cells > _MOST_CELLS:
        raise ValueError(
            f"`x` and `y` must span at most {_MOST_CELLS:,} pairs of labels; they had {counted.shape[0]:,} x "
            f"{counted.shape[1]:,}. Merge rare labels, or use `independence_test`."
        )
    n, once = counted.total, int(np.sum(counted.pairs == 1))
    if 1 in counted.shape:
        warnings.warn(
            f"`{'xy'[counted.shape.index(1)]}` never changed: such a sample does not bound the information, and the "
            "interval is the single point 0. Take more samples.",
            EstimateWarning,
            stacklevel=2,
        )
    elif once > n / 2:
        warnings.warn(
            f"{once:,} of {n:,} samples are of a pair that occurred once: most pairs that can occur were not seen, and "
            "the interval may miss the truth. Take more samples, or merge labels.",
            EstimateWarning,
            stacklevel=2,
        )
    estimate = _information.of_pairs(counted, method)
    _information.warn_if_impossible(estimate, min(counted.shape), method, base)
    draws = int(_generator(seed).integers(2**63))
    ends = _resampling.interval_nats(counted.table(), estimate, method, level, n_resamples, draws)
    low, high, value = (from_nats(nats, base) for nats in (*ends, estimate))
    return InformationInterval(low, high, value, level, method, n, unit)


def _check_level(level: Any) -> float:
    number = isinstance(level, Real) and not isinstance(level, bool)
    if not number or not 0 < float(level) < 1:
        raise (ValueError if number else TypeError)(
            f"`level` must be a number between 0 and 1; it was {level!r}. Use 0.95 for an interval of 95%."
        )
    return float(level)


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    if not isinstance(seed, np.random.Generator):
        _checks.check_integer("seed", seed, 0)
    return np.random.default_rng(seed)
