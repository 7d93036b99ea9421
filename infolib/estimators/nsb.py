"""The estimator of Nemenman, Shafee and Bialek: mean and spread of the entropy given the counts, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from infolib._units import from_nats, unit_name
from infolib.estimators._counts_input import CountRows, at_row, check_n_outcomes, count_rows
from infolib.estimators._gamma import digamma_gap, log_binomial, trigamma_excess

_BLOCK = 65_536  # numbers computed with at a time
_INTERVALS = 64  # that a range is divided into
_FILLED = 8  # intervals that must hold weight; with one to spare at each end that is four fifths of the range
_HALVINGS = 7  # all of them only where rounding keeps the last digits moving, from N of about 1e8
_DEPTH = 60.0  # weights below e^-60 of the largest are left out; all beyond them fall off as e^-|x| or faster
_ENDLESS = 1e200  # from here on, no sample tells an alphabet from one without end, and floats overflow before long
_TOLERANCE = 1e-9  # of the change at the last halving: the error after it is about its square


class NSBEntropy(NamedTuple):
    """What counts tell about an entropy.

    Attributes
    ----------
    mean, standard_deviation : float
        Of the posterior of the entropy, in `unit`.
    unit : str
        ``"nats"`` unless a base was given.
    """

    mean: float
    standard_deviation: float
    unit: str

    def __str__(self) -> str:
        return f"{self.mean:.6g} +- {self.standard_deviation:.2g} {self.unit}"

    def to_dict(self) -> dict[str, float | str]:
        """Return the parts as plain Python values, ready for JSON."""
        return self._asdict()


class _Sample(NamedTuple):
    counts: np.ndarray  # the different counts, each above 0
    times: np.ndarray  # how many outcomes have each
    total: float  # samples N
    observed: float  # outcomes seen
    per_outcome: float  # 1/K, 0 for an infinite alphabet


def nsb_entropy(counts: Any, n_outcomes: float, *, multiplicities: Any = None, base: float | None = None) -> NSBEntropy:
    r"""Posterior mean and standard deviation of the entropy, with no entropy preferred beforehand.

    .. math:: \hat H = \frac{\int_0^{\log K} P(n \mid \beta)\, E[H \mid n, \beta]\, d\xi}
                            {\int_0^{\log K} P(n \mid \beta)\, d\xi},
              \qquad \xi(\beta) = E[H \mid \beta] = \psi(K \beta + 1) - \psi(\beta + 1)

    A symmetric Dirichlet prior with :math:`\beta` on each outcome fixes the entropy almost before there are data when K
    is large. The mixture of all of them, with :math:`\xi` uniform from 0 to log K, does not.

    Parameters
    ----------
    counts : list, array or tensor of whole numbers, shape (n,)
        How often each outcome was seen. Outcomes that were not seen may be left out: `n_outcomes` tells of them.
    n_outcomes : int or math.inf
        The number K of outcomes that can occur, seen or not. `math.inf` for an alphabet without end: the limit of large
        K, in which the prior is improper and :math:`\xi` uniform from 0 to infinity. It is taken from 1e200 on.
    multiplicities : list, array or tensor of whole numbers, shape (n,), optional
        How many outcomes have each of the counts, for data too large to list. None: one outcome each.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    NSBEntropy
        A named tuple of `mean`, `standard_deviation` and `unit`. The standard deviation is of the posterior, prior and
        counts taken together.

    Raises
    ------
    TypeError
        If `n_outcomes` is not a number.
    ValueError
        If a count is negative or not whole, if there is no sample, if `n_outcomes` is below the number of outcomes
        seen, if it is 1e200 or more and no outcome was seen twice (then no entropy is too large for the counts), or if
        `base` is not above 1.

    Notes
    -----
    Accuracy: against mpmath, for K from 2 to 1e9 and N from 1 to 1e6, the relative error of the mean is below 1e-12 and
    that of the standard deviation below 1e-9. Unseen outcomes are counted, and nothing is replaced by its value at a
    saddle point. Both moments at a given :math:`\beta` are sums of terms that are never negative,

    .. math:: E[H] = \sum_i q_i (\psi(A + 1) - \psi(\alpha_i + 1)), \qquad
              \operatorname{var}[H] = \frac{\operatorname{var}_q[\psi(\alpha_i + 1)]
                  + \sum_i q_i (t(\alpha_i) - t(A))}{A + 1},

    for :math:`\alpha_i = n_i + \beta`, A their sum, :math:`q_i = \alpha_i / A` and :math:`t(x) = (x + 1) \psi'(x + 1)`;
    and the spread is the mean variance plus the variance of the mean. The integral is over :math:`\log K\beta`, by the
    trapezoidal rule on the range that carries the weight, halved until the result stands. The evidence
    :math:`P(n \mid \beta)` has one maximum at most (Levin and Reeds 1977), so that no second range can be missed.

    Bias: none on average over the prior, by construction, and none in the limit of large N. For a given distribution
    there is no bound on it: many rare outcomes beside a few common ones are underestimated, until N is large enough to
    see them. With all samples different, or few of them, the answer is mostly the prior's: look at the standard
    deviation.

    Cost: grows with the number of different counts, not with K or N; about 0.5 ms for ten of them and 5 ms for 300, as
    much as the Fortran of `ndd`, whose relative error is 1e-9 to 1e-4 (``python -m benchmarks.nsb_ndd``). Where most
    outcomes were not seen, reading their zeros costs more: leave them out.

    Published code has been seen to be off from the second digit on. For :math:`\Delta = N - S` coincidences, many but
    few beside N, the infinite alphabet gives about :math:`\gamma - \log 2 + 2 \log N - \psi(\Delta)`.
    Source: Nemenman, Shafee and Bialek (2002); Nemenman (2011), eq. 29, for large K; the variance at fixed
    :math:`\beta` after Wolpert and Wolf (1995), rearranged. Chapter: Estimation.

    Examples
    --------
    >>> print(nsb_entropy([1, 2, 3, 2, 1], 5))
    1.50901 +- 0.096 nats
    >>> print(nsb_entropy([1, 2, 3, 2, 1], math.inf))
    2.2502 +- 0.54 nats

    A million samples of a thousand million outcomes: 900,000 seen once and 50,000 twice.

    >>> print(nsb_entropy([1, 2], 10**9, multiplicities=[900_000, 50_000]))
    16.6217 +- 0.0046 nats
    """
    distinct, times = _distinct(counts, multiplicities)
    observed = np.array([times.sum()])
    outcomes = check_n_outcomes(n_outcomes, observed, ())
    _check_bounded(np.array([distinct @ times]), observed, outcomes, ())
    mean, deviation = _posterior(distinct, times, float(outcomes[0]))
    return NSBEntropy(from_nats(mean, base), from_nats(deviation, base), unit_name(base))


def posterior_means(c: CountRows) -> np.ndarray:
    """Mean of the posterior of each row, in nats."""
    _check_bounded(c.total, c.observed, c.outcomes, c.shape)
    distinct = (_tally(row) for row in c.counts)
    return np.array([_posterior(n, times, k)[0] for (n, times), k in zip(distinct, c.outcomes, strict=True)])


def _distinct(counts: Any, multiplicities: Any) -> tuple[np.ndarray, np.ndarray]:
    """Read the different counts above 0, and how many outcomes have each."""
    read = count_rows(counts, axis=0)
    n = read.counts[0]
    known = None if multiplicities is None else count_rows(multiplicities, name="multiplicities").counts[0]
    if read.shape or (known is not None and known.shape != n.shape):
        raise ValueError(
            "`counts` must be one-dimensional, and `multiplicities` of the same length; their shapes were "
            f"{(n.size, *read.shape)} and {n.shape if known is None else known.shape}. For rows of counts use "
            "`entropy_from_counts`."
        )
    if known is None:
        return _tally(n)
    seen = n * known > 0
    if not seen.any():
        raise ValueError(
            "`counts` and `multiplicities` must hold at least one sample; where one was above 0 the other was 0. Check "
            "their order."
        )
    distinct, where = np.unique(n[seen], return_inverse=True)
    return distinct, np.bincount(where, weights=known[seen])


def _tally(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distinct, times = np.unique(counts[counts > 0], return_counts=True)
    return distinct, times.astype(np.float64)


def _check_bounded(total: np.ndarray, observed: np.ndarray, outcomes: np.ndarray, shape: tuple[int, ...]) -> None:
    """Require of every row that its counts, or else its number of outcomes, bound the entropy."""
    wrong = (outcomes >= _ENDLESS) & (total == observed)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"`n_outcomes` must be below {_ENDLESS:g} where no outcome was seen twice{at_row(row, shape)}; it was "
            f"{outcomes[row]:g}. Such counts do not bound the entropy: pass the number of outcomes that can occur."
        )


def _posterior(counts: np.ndarray, times: np.ndarray, outcomes: float) -> tuple[float, float]:
    """Mean and standard deviation, in nats, given the different counts, how many outcomes have each, and K."""
    if outcomes == 1:
        return 0.0, 0.0
    per_outcome = 1 / outcomes if outcomes < _ENDLESS else 0.0
    sample = _Sample(counts, times, float(counts @ times), float(times.sum()), per_outcome)
    low, high = _range(sample)
    step = (high - low) / _INTERVALS
    parts = _parts(sample, low + step * np.arange(_INTERVALS + 1))
    before, found = _mixture(*parts[:, ::2]), _mixture(*parts)
    for _ in range(_HALVINGS):
        if all(abs(new - old) <= _TOLERANCE * new for new, old in zip(found, before, strict=True)):
            break
        between = low + step * (np.arange(round((high - low) / step)) + 0.5)
        parts = np.concatenate([parts, _parts(sample, between)], axis=1)
        step /= 2
        before, found = found, _mixture(*parts)
    return found


def _range(sample: _Sample) -> tuple[float, float]:
    """Find where on the axis of log a the weights are, by looking closer until they fill most of the range."""
    # Below, the weight falls as a or faster. Above, as K/a for a > K where nothing else holds it, and the evidence is
    # flat or falling from about N^2 on.
    log_outcomes = -math.log(sample.per_outcome) if sample.per_outcome else 0.0
    low, high = -80.0, max(log_outcomes, 2 * math.log(sample.total)) + 80.0
    while True:
        log_a = np.linspace(low, high, _INTERVALS + 1)
        a = np.exp(log_a)
        # 1/((a + 1)(b + 1)) is d xi / d a within a factor of 2.
        weights = _log_evidence(sample, a) + log_a - np.log1p(a) - np.log1p(a * sample.per_outcome)
        kept = np.flatnonzero(weights > weights.max() - _DEPTH)
        first, last = max(kept[0] - 1, 0), min(kept[-1] + 1, _INTERVALS)
        low, high = float(log_a[first]), float(log_a[last])
        if kept[-1] - kept[0] >= _FILLED:
            return low, high


def _mixture(log_weights: np.ndarray, means: np.ndarray, variances: np.ndarray) -> tuple[float, float]:
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    mean = float(weights @ means)
    return mean, math.sqrt(float(weights @ (variances + (means - mean) ** 2)))


def _blocks(n_points: int, width: int) -> Iterator[slice]:
    height = max(1, _BLOCK // width)
    return (slice(start, start + height) for start in range(0, n_points, height))


def _log_evidence(sample: _Sample, a: np.ndarray) -> np.ndarray:
    """Log of P(n | beta) at a = K beta, up to a constant.

    With Gamma(n + b) / Gamma(b) = b Gamma(n) C(n - 1 + b, b), it is a^(S - 1) times binomial coefficients that neither
    overflow nor cancel, and that go over into those of an infinite alphabet as b goes to 0.
    """
    # One column for each different count, and a last one for N.
    below = np.append(sample.counts, sample.total) - 1
    scale = np.append(np.full(len(sample.counts), sample.per_outcome), 1.0)
    power = np.append(sample.times, -1.0)
    logs = [log_binomial(below, a[part, None] * scale) @ power for part in _blocks(len(a), len(below))]
    return (sample.observed - 1) * np.log(a) + np.concatenate(logs)


def _parts(sample: _Sample, log_a: np.ndarray) -> np.ndarray:
    """Log weight, mean and variance of the entropy at each a: an array of 3 rows."""
    a = np.exp(log_a)
    parts = np.empty((3, len(a)))
    n, times = np.append(sample.counts, 0.0), np.append(sample.times, 0.0)  # the last are the outcomes not seen
    for part in _blocks(len(a), len(n) + 2):
        parts[:, part] = _moments(sample, n, times, a[part, None])
    parts[0] = np.log(parts[0]) + log_a + _log_evidence(sample, a)
    return parts


def _moments(
    sample: _Sample, n: np.ndarray, times: np.ndarray, a: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slope d xi / d a, mean and variance of the entropy."""
    b, whole = a * sample.per_outcome, sample.total + a
    alpha = n + b
    share = times * alpha / whole
    share[:, -1:] = a / whole * (1 - sample.observed * sample.per_outcome)
    gap = digamma_gap(alpha + 1, (sample.total - n) + a * (1 - sample.per_outcome))
    mean = np.sum(share * gap, axis=1, keepdims=True)
    excess = trigamma_excess(np.concatenate([alpha, whole, a], axis=1) + 1)
    curve = excess[:, : len(n)] - excess[:, -2:-1]
    variance = np.sum(share * ((gap - mean) ** 2 + curve), axis=1, keepdims=True) / (whole + 1)
    # psi'(a + 1) - psi'(b + 1)/K, without the difference of 1/(a + 1) and 1/(K (b + 1)).
    slope = (
        (1 - sample.per_outcome) / ((a + 1) * (b + 1))
        + excess[:, -1:] / (a + 1)
        - excess[:, -3:-2] / (b + 1) * sample.per_outcome
    )
    return slope[:, 0], mean[:, 0], variance[:, 0]
