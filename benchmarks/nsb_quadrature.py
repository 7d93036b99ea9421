"""The estimator of Nemenman, Shafee and Bialek beside its formulas, integrated by scipy as they stand in the paper.

The formulas are given the mean alone to compute, the library the standard deviation too. `nsb_ndd.py` has the package
`ndd`, which needs a Fortran compiler.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, polygamma, psi

from benchmarks.timing import Comparison, compare, require_equal
from infolib.estimators import nsb_entropy

TOLERANCE = 1e-8
# Outcomes K, samples N, and the parameter of the Dirichlet distribution that the source is drawn from.
CASES = ((10_000, 1000, 0.1), (100, 1000, 0.1))


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    done = []
    for outcomes, samples, beta in CASES:
        counts = sample(outcomes, samples, beta)
        what = f"NSB, K = {outcomes:,}, {samples:,} samples"
        require_equal(what, nsb_entropy(counts, outcomes).mean, textbook(counts, outcomes), TOLERANCE)
        done.append(
            compare(
                what, lambda n=counts, k=outcomes: nsb_entropy(n, k),
                lambda n=counts, k=outcomes: textbook(n, k),
                peer_name="scipy.integrate.quad", aim=10.0, seconds=seconds,
            )
        )  # fmt: skip
    return done


def sample(outcomes: int, samples: int, beta: float) -> np.ndarray:
    """Draw a distribution, and counts from it."""
    rng = np.random.default_rng(0)
    return rng.multinomial(samples, rng.dirichlet(np.full(outcomes, beta)))


def textbook(counts: np.ndarray, outcomes: int) -> float:
    """Ratio of two integrals over log beta, for counts sorted by size; the mean alone."""
    n, times = np.unique(counts[counts > 0], return_counts=True)
    n, times = np.append(n, 0), np.append(times, outcomes - times.sum())
    total = float(n @ times)

    def log_weight(log_beta: float) -> float:
        beta = math.exp(log_beta)
        slope = outcomes * polygamma(1, outcomes * beta + 1) - polygamma(1, beta + 1)
        evidence = gammaln(outcomes * beta) - gammaln(total + outcomes * beta)
        return evidence + float(times @ (gammaln(n + beta) - gammaln(beta))) + math.log(slope) + log_beta

    def entropy(log_beta: float) -> float:
        alpha = n + math.exp(log_beta)
        whole = float(alpha @ times)
        return float(psi(whole + 1) - times @ (alpha / whole * psi(alpha + 1)))

    # Plain formulas lose their digits far from the peak, so that the range has to be found first.
    found: Any = minimize_scalar(lambda x: -log_weight(x), bounds=(-20, 10), method="bounded")
    peak = float(found.x)
    top = log_weight(peak)
    low, high = (_end(log_weight, peak, top, side) for side in (-1, 1))

    def integral(f) -> float:
        return quad(f, low, high, points=[peak], epsabs=0, epsrel=1e-10, limit=200)[0]

    whole = integral(lambda x: math.exp(log_weight(x) - top))
    return integral(lambda x: entropy(x) * math.exp(log_weight(x) - top)) / whole


def _end(log_weight, peak: float, top: float, side: int) -> float:
    step = 0.5
    while log_weight(peak + side * step) > top - 35:
        step *= 1.5
    return peak + side * step
