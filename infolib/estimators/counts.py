"""Entropy from counts: how often each outcome was seen in a sample."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from infolib import _checks
from infolib._units import from_nats
from infolib.estimators import _bias_corrected, _coverage
from infolib.estimators._counts_input import CountRows, count_rows
from infolib.estimators._pseudocounts import SMOOTHINGS, Smoothing, bonachela, smoothed_entropy
from infolib.estimators._warning import warn_if_impossible
from infolib.estimators.nsb import posterior_means

Method = Callable[[CountRows], np.ndarray]  # nats, one number a row


def _smoothed(smoothing: Callable[[CountRows], Smoothing], c: CountRows) -> np.ndarray:
    return smoothed_entropy(c, smoothing(c))


_METHODS: dict[str, Method] = {
    "plugin": _bias_corrected.plugin,
    "miller_madow": _bias_corrected.miller_madow,
    "jackknife": _bias_corrected.jackknife,
    "grassberger_1988": _bias_corrected.grassberger_1988,
    "grassberger_2003": _bias_corrected.grassberger_2003,
    "zhang": _bias_corrected.zhang,
    "chao_wang_jost": _coverage.chao_wang_jost,
    "chao_shen": _coverage.chao_shen,
    **{name: partial(_smoothed, smoothing) for name, smoothing in SMOOTHINGS.items()},
    "bonachela": bonachela,
    "nsb": posterior_means,
}
_FINITE = {*SMOOTHINGS, "bonachela"}  # ask for a finite number of outcomes


def entropy_from_counts(
    counts: Any,
    method: str = "chao_wang_jost",
    n_outcomes: Any = None,
    *,
    base: float | None = None,
    axis: int = -1,
) -> Any:
    r"""Estimate the entropy of a source from how often each outcome was seen.

    .. math:: \hat H_{\text{plugin}} = -\sum_i \frac{n_i}{N} \log \frac{n_i}{N}, \qquad
              E[\hat H_{\text{plugin}}] = H - \frac{K - 1}{2N} + \frac{1 - \sum_i 1/p_i}{12 N^2} + O(N^{-3})

    The plug-in is too small, by more than it varies once K is above :math:`\sqrt N` or so. The other methods mend that.

    Parameters
    ----------
    counts : list, array or tensor of whole numbers
        How often each outcome was seen, along `axis`. Empty bins change nothing: whether an outcome that was not seen
        can occur is for `n_outcomes` to say.
    method : str
        One of the names below. The default needs neither the number of outcomes nor a prior, has no bias of the order
        1/N, and is never negative and 0 for a single outcome.
    n_outcomes : int, or integers of the shape of the result, optional
        The number K of outcomes that can occur, seen or not; more than there are bins where some have none. Only the
        methods marked K use it. None: as many as were seen, which is too few where some are rare; then take a method
        without K, or K from `estimated_outcomes`, or method "nsb" with `math.inf`, an alphabet without end.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.
    axis : int
        The axis of the outcomes; every row along it is a sample of its own.

    Returns
    -------
    float64 scalar, array or tensor with the other axes of `counts`
        A tensor for a tensor, on its device and of its dtype (float64 for integers). Computed in float64 by NumPy, and
        without gradient: counts have none.

    Raises
    ------
    TypeError
        If `counts` are not numbers, `n_outcomes` is not one, or `method` is not a string.
    ValueError
        If a count is negative, masked or not whole (weights are not counts: they do not say how much was seen), if a
        row is all zero, if `n_outcomes` is below the number of outcomes seen, or infinite for a method that needs it
        finite, if `method` is none of the names, or if `base` is not above 1.

    Warns
    -----
    EstimateWarning
        If an estimate is negative, or above log K with `n_outcomes` given. It is returned as computed.

    Notes
    -----
    With N samples, :math:`p = n/N` of the outcomes seen, S outcomes seen, :math:`f_1` of them once and :math:`f_2`
    twice; psi is the digamma function. The bias is at large N for K outcomes of true probabilities p.

    ===================== = ========================================= ===============================================
    Method                K Estimate                                  Bias
    ===================== = ========================================= ===============================================
    plugin                  sum p log(1/p)                            -(K-1)/(2N)
    miller_madow            plugin + (S-1)/(2N)                       of order 1/N^2, once all outcomes were seen
    jackknife               N plugin - (N-1) mean(plugin without one) of order 1/N^2
    grassberger_1988        sum p (log N - psi(n) - (-1)^n/(n+1))     1/(2N), and about -e^(-N p)/N for each outcome
    grassberger_2003        sum p (log N - G(n))                      1/(2N), and about -e^(-2 N p)/(2 N)
    zhang                   sum p (psi(N) - psi(n))                   -p sum_{v>=N} (1-p)^v/v, about -e^(-N p)/N
    chao_wang_jost          zhang - its bias, from f1 and f2          below that of zhang
    chao_shen               -sum C p log(C p) / (1 - (1 - C p)^N)     -(K-1)/(2N), once all outcomes were seen
    laplace               K plugin of n + 1                           -(K-1)/(2N) + K D/N
    jeffreys              K plugin of n + 1/2                         -(K-1)/(2N) + K D/(2N)
    minimax               K plugin of n + sqrt(N)/K                   D/sqrt(N) - (K-1)/(2N) - E/N
    schurmann_grassberger K plugin of n + 1/K                         -(K-1)/(2N) + D/N
    shrinkage             K plugin of (1-w) p + w/K                   -(K-1)/(2N) + w D, w of order 1/N
    bonachela             K sum (n+1) (psi(N+3) - psi(n+2)) / (N+2)   ((K-2)(H-2) + K D - 1)/N
    nsb                   K posterior mean: see `nsb_entropy`         none on average over its prior
    ===================== = ========================================= ===============================================

    Here :math:`G(n) = \psi(n) + \tfrac12 (-1)^n (\psi(\tfrac{n+1}{2}) - \psi(\tfrac n2))`, :math:`C = 1 - f_1/N` is the
    coverage, D >= 0 is the mean of log(1/p) over all outcomes less H, E >= D is D + (mean of 1/(K p) - 1)/2, and w is
    :math:`(1 - \sum p^2) / ((N-1) \sum (p - 1/K)^2)`, at most 1. Chao, Wang and Jost estimate the bias of zhang as
    :math:`-\tfrac{f_1}{N} (1-A)^{1-N} (-\log A - \sum_{r<N} (1-A)^r / r)`, where A is
    :math:`2 f_2 / ((N-1) f_1 + 2 f_2)`, or :math:`2 / ((N-1)(f_1-1) + 2)` without :math:`f_2`. That formula loses all
    its digits from N of a few hundred on; here it is an integral, with a relative error of 1e-13 at any N. The two of
    Grassberger have their 1/(2N) from log N, right for a Poisson number of samples, where a fixed one asks for psi(N).

    Edge cases. One sample, or one outcome, gives 0 where K is not used, except with the two of Grassberger, which may
    be negative then. With every outcome seen once the coverage of chao_shen is 0; it is taken as 1/N, as is usual.
    Counts are exact up to 2^53.

    Where sources err. Zhang (2012) has the estimator of Schürmann (2004) in another form, a sum of n terms where one
    difference does (Schürmann 2015). The term of grassberger_1988 is the one usually quoted; what cancels the leading
    e^(-N p) in the mean of n psi(n) is :math:`(-1)^n / (n (n+1))`. Miller's bias holds for N far above K; with N near K
    no correction by it is near the truth. The plug-in of pseudo-counts is not the mean entropy under their prior.

    Cost: linear in the number of bins; for a million bins some 10 (plugin) to 100 ms (zhang and those built on it). nsb
    runs row by row, about 2 ms each.
    Source: Miller (1955); Zahl (1977), the jackknife; Grassberger (1988); Grassberger (2003), eq. 35; Zhang (2012);
    Chao, Wang and Jost (2013); Chao and Shen (2003); Krichevsky and Trofimov (1981), for n + 1/2; Trybula (1958),
    minimax; Schürmann and Grassberger (1996); Hausser and Strimmer (2009), shrinkage; Bonachela, Hinrichsen and Muñoz
    (2008); Nemenman, Shafee and Bialek (2002). Chapter: Estimation.

    Examples
    --------
    >>> counts = [1, 2, 3, 2, 1]
    >>> round(float(entropy_from_counts(counts)), 6), round(float(entropy_from_counts(counts, "plugin")), 6)
    (1.84787, 1.522955)
    >>> round(float(entropy_from_counts(counts, "laplace", n_outcomes=20, base=2)), 6)
    4.116265
    """
    check_method(method)
    read = count_rows(counts, n_outcomes, axis)
    if method in _FINITE and np.isinf(read.outcomes).any():
        raise ValueError(
            f"`n_outcomes` must be finite for method {method!r}; it was inf. Use 'nsb', or a method without K such as "
            "'chao_wang_jost'."
        )
    nats = entropies(read, method)
    most = np.inf if n_outcomes is None else np.log(read.outcomes)
    warn_if_impossible(f"H by {method!r}", nats, most, "log K", "No distribution has such an entropy.", base)
    return read.finish(from_nats(nats, base))


def check_method(method: object) -> None:
    """Require a method of `entropy_from_counts`."""
    _checks.check_one_of("method", method, tuple(_METHODS))


def entropies(c: CountRows, method: str) -> np.ndarray:
    """Estimate in nats, one number a row, and say nothing of impossible ones."""
    return _METHODS[method](c)
