r"""Bounds on mutual information from a matrix of scores: each is a function of the matrix alone.

A critic scores pairs, and `scores[i, j]` is its score of x_i with y_j. The diagonal holds the pairs that were drawn
together, the rest pairs of independent draws, each x with the y of another. Natural logarithms throughout. Scored by
log p(x, y) / p(x) p(y), all four meet the mutual information, as nearly as the number of pairs allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

from infolib.representations._numbers import as_float64, as_number

Objective = Callable[[Tensor], Tensor]  # scores (n, n) to the number that training raises


def donsker_varadhan(scores: object) -> Tensor:
    r"""Donsker and Varadhan's bound, with means over a sample in the place of expectations.

    .. math:: \frac1n \sum_i T_{ii} - \log \frac{1}{n(n-1)} \sum_{i \ne j} e^{T_{ij}}

    Parameters
    ----------
    scores : array-like or tensor of numbers, shape (n, n)
        Scores T of x_i with y_j, n at least 2. Off the diagonal -inf is a score too.

    Returns
    -------
    Tensor
        The value in nats, a float64 scalar with a gradient.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If they are not a square matrix of at least two rows, or hold NaN or +inf.

    Notes
    -----
    With expectations it is at most I(X;Y) for every critic. On a sample it is not a lower bound: the logarithm of a
    mean is on average below the logarithm of the expectation, so that the value comes out too high, by about
    :math:`v / 2` where v is the relative variance of the mean. The best critic of a Gaussian has
    :math:`v > (e^{2I} - 1) / n(n-1)`: error and spread grow exponentially with the information. A critic trained on the
    very pairs that it is valued on can raise the value without limit. Adding a constant to all scores changes nothing,
    and no score overflows.

    Source: Donsker and Varadhan (1983); Belghazi et al. (2018) maximise it (MINE). On its variance, Song and Ermon
    (2020); on what no such bound can do, McAllester and Stratos (2020). Chapter "Estimation".

    Examples
    --------
    >>> from infolib.representations import donsker_varadhan
    >>> round(float(donsker_varadhan([[2.0, 0.0], [0.0, 2.0]])), 6)
    2.0
    """
    joint, others = _off_diagonal(_as_scores(scores))
    return _donsker_varadhan(joint, others)


def nwj(scores: object) -> Tensor:
    r"""Bound of Nguyen, Wainwright and Jordan, unbiased on a sample; also known as MINE-f.

    .. math:: 1 + \frac1n \sum_i T_{ii} - \frac{1}{n(n-1)} \sum_{i \ne j} e^{T_{ij}}

    Parameters
    ----------
    scores : array-like or tensor of numbers, shape (n, n)
        Scores T of x_i with y_j, n at least 2. Off the diagonal -inf is a score too.

    Returns
    -------
    Tensor
        The value in nats, a float64 scalar with a gradient.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If they are not a square matrix of at least two rows, or hold NaN or +inf.

    Notes
    -----
    Its expectation is at most I(X;Y) for every critic and every n. It is written for the critic T = f - 1 of the usual
    form E f - E e^(f - 1), so that log p(x, y) / p(x) p(y) is the best critic here as for the other bounds. For the
    same scores it is never above `donsker_varadhan`, since log z <= z - 1. Its variance with the best critic of a
    d-dimensional Gaussian, correlated by rho in each of d pairs of coordinates, is

    .. math:: \frac{d \rho^2}{n} + \frac{(1 - \rho^2)^{-d} + (1 - \rho^4)^{-d} - 2}{n (n - 1)},

    in which :math:`(1 - \rho^2)^{-d} = e^{2I}`. Where a score exceeds 709 the exponential overflows and the value is
    -inf.

    Source: Nguyen, Wainwright and Jordan (2010); Belghazi et al. (2018), MINE-f; Poole et al. (2019). The variance is
    the library's own. Chapter "Estimation".

    Examples
    --------
    >>> from infolib.representations import nwj
    >>> round(float(nwj([[2.0, 0.0], [0.0, 2.0]])), 6)
    2.0
    """
    joint, others = _off_diagonal(_as_scores(scores))
    return _nwj(joint, others)


def info_nce(scores: object) -> Tensor:
    r"""InfoNCE: how well each x tells its own y from the y of all, never more than log n.

    .. math:: \frac1n \sum_i \log \frac{e^{T_{ii}}}{\frac1n \sum_j e^{T_{ij}}}

    Parameters
    ----------
    scores : array-like or tensor of numbers, shape (n, n)
        Scores T of x_i with y_j, n at least 2. Off the diagonal -inf is a score too.

    Returns
    -------
    Tensor
        The value in nats, a float64 scalar with a gradient.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If they are not a square matrix of at least two rows, or hold NaN or +inf.

    Notes
    -----
    Its expectation is at most I(X;Y) for every critic and every n, and its value at most log n for any scores at all:
    information beyond log n cannot be seen. The bound loosens well before: with n = 128 (log n = 4.85) and the best
    critic of Gaussians in 1 and in 10 dimensions, 4 nats come out as 3.7 and 3.4, and 8 nats as 4.8 and 4.7. The spread
    is small there, which says nothing about the distance from the truth. Adding a constant to a row of scores changes
    nothing.

    Source: van den Oord et al. (2018); Poole et al. (2019) prove that it is a bound. Chapter "Estimation".

    Examples
    --------
    >>> from infolib.representations import info_nce
    >>> round(float(info_nce([[0.0, 0.0], [0.0, 0.0]])), 6)
    0.0
    >>> round(float(info_nce([[99.0, 0.0], [0.0, 99.0]])), 6)  # log 2
    0.693147
    """
    values = _as_scores(scores)
    return _info_nce(values.diagonal(), values)


def smile(scores: object, clip: float = 5.0) -> Tensor:
    r"""SMILE: Donsker and Varadhan's value with the weights of independent pairs clipped. An estimate, not a bound.

    .. math:: \frac1n \sum_i T_{ii}
        - \log \frac{1}{n(n-1)} \sum_{i \ne j} \min\bigl(\max(e^{T_{ij}}, e^{-c}), e^{c}\bigr)

    Parameters
    ----------
    scores : array-like or tensor of numbers, shape (n, n)
        Scores T of x_i with y_j, n at least 2. Off the diagonal -inf is a score too.
    clip : float
        The largest size c of a score off the diagonal, positive; `math.inf` clips nothing.

    Returns
    -------
    Tensor
        The value in nats, a float64 scalar with a gradient.

    Raises
    ------
    TypeError
        If the scores or `clip` are not real numbers.
    ValueError
        If the scores are not a square matrix of at least two rows, or hold NaN or +inf; or if `clip` is not positive.

    Notes
    -----
    The clip bounds the spread of the mean and pays with bias, mostly upward, since what the heaviest pairs weigh is
    left out: the best critic itself overstates the information as soon as joint pairs score above c. Without a clip it
    is `donsker_varadhan`. A constant added to all scores changes the value, so that the critic must be trained by
    something that fixes the constant; the authors take the Jensen-Shannon objective.

    Source: Song and Ermon (2020). Chapter "Estimation".

    Examples
    --------
    >>> from infolib.representations import smile
    >>> round(float(smile([[7.0, 7.0], [0.0, 7.0]], clip=5.0)), 6)  # 7 - log((e^5 + 1) / 2)
    2.686432
    """
    joint, others = _off_diagonal(_as_scores(scores), check_clip(clip))
    return _donsker_varadhan(joint, others)


class Bound(NamedTuple):
    """What `variational_mutual_information` needs to know of a bound."""

    value: Callable[[Tensor, Tensor], Tensor]  # joint (n,), log sums of weights by row (n, k) -> nats
    objective: Callable[[], Objective]  # a new one for every training
    is_lower_bound: bool  # in expectation, with a critic fixed before the sample was seen
    scores_joint: bool = False  # whether the joint pairs are among the candidates, which makes log n a ceiling
    clip: float = math.inf


NAMES = ("info_nce", "donsker_varadhan", "mine", "nwj", "smile")


def named_bound(name: str, clip: float) -> Bound:
    """Return the bound called `name`, one of NAMES."""
    return {
        "info_nce": Bound(_info_nce, lambda: info_nce, True, scores_joint=True),
        "donsker_varadhan": Bound(_donsker_varadhan, lambda: donsker_varadhan, False),
        "mine": Bound(_donsker_varadhan, MovingDenominator, False),
        "nwj": Bound(_nwj, lambda: nwj, True),
        "smile": Bound(_donsker_varadhan, lambda: jensen_shannon, False, clip=clip),
    }[name]


def jensen_shannon(scores: object) -> Tensor:
    """Train SMILE's critic: at its maximum the scores are log p(x, y) / p(x) p(y), and no weight is exponential."""
    joint, others = _off_diagonal(_as_scores(scores))
    n = len(joint)
    return -softplus(-joint).mean() - softplus(others).sum() / (n * (n - 1))


class MovingDenominator:
    """Donsker and Varadhan's value with MINE's gradient, which divides by a moving average of the partition function.

    The gradient of the logarithm divides by the mean of the batch, and a ratio of means of one small sample is biased.
    """

    def __init__(self, rate: float = 0.01):
        self._rate, self._log_average = rate, None

    def __call__(self, scores: object) -> Tensor:
        joint, others = _off_diagonal(_as_scores(scores))
        log_mean = _log_mean(others)
        now = log_mean.detach()
        if not torch.is_grad_enabled():  # looking at held-out pairs must not move the average
            return joint.mean() - now
        if self._log_average is None:
            self._log_average = now
        past = self._log_average + math.log1p(-self._rate)
        self._log_average = torch.logaddexp(past, now + math.log(self._rate))
        ratio = (now - self._log_average).exp()  # at most 1 / rate, since the average holds this batch
        return joint.mean() - now - ratio * (log_mean - now)


def _donsker_varadhan(joint: Tensor, log_sums: Tensor) -> Tensor:
    return joint.mean() - _log_mean(log_sums)


def _nwj(joint: Tensor, log_sums: Tensor) -> Tensor:
    return 1 + joint.mean() - _log_mean(log_sums).exp()


def _info_nce(joint: Tensor, log_sums: Tensor) -> Tensor:
    return (joint - log_sums.logsumexp(1)).mean() + math.log(len(joint))


def _log_mean(log_sums: Tensor) -> Tensor:
    """Log of the mean weight of the n(n - 1) pairs that do not belong together."""
    n = len(log_sums)
    return log_sums.logsumexp((0, 1)) - math.log(n * (n - 1))


def _off_diagonal(scores: Tensor, clip: float = math.inf) -> tuple[Tensor, Tensor]:
    """Scores (n,) of the joint pairs, and the matrix, clipped, without them: their weights there are exp(-inf)."""
    same = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    return scores.diagonal(), scores.clamp(-clip, clip).masked_fill(same, -math.inf)


def check_clip(clip: float) -> float:
    """Require a positive clip."""
    largest = as_number("clip", clip)
    if not largest > 0:
        raise ValueError(f"`clip` must be positive; it was {clip!r}. math.inf clips nothing.")
    return largest


def _as_scores(scores: object) -> Tensor:
    """Return a square matrix of scores as float64: sums of exponentials are wide."""
    values = as_float64("scores", scores)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 2:
        raise ValueError(
            f"`scores` must have shape (n, n) with n at least 2; it was {tuple(values.shape)}. Score every x with "
            "every y."
        )
    if not bool((values < math.inf).all() & torch.isfinite(values.diagonal()).all()):
        raise ValueError(
            "`scores` must be finite, or -inf off the diagonal; they held NaN, +inf, or -inf on it. Look for a "
            "critic that diverged, or for values that are not finite in what it scores."
        )
    return values
