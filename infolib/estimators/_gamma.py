"""Differences of the logarithm of the gamma function and of its derivatives, each without cancellation.

`scipy.special` has the functions themselves; the digits of a difference of two large values of them are lost, and in
the posterior of an entropy that difference is all there is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import gammaln

# Arguments are raised by SHIFT with the recurrences; beyond 1 + SHIFT the asymptotic series below (Stirling's, DLMF
# 5.11.1 and 5.11.2, with the Bernoulli numbers B_2, B_4, ...) have a rest below 1e-15.
_SHIFT = 8
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_DIGAMMA_TAIL = [b / (2 * k) for k, b in enumerate(_BERNOULLI, 1)]
_LOG_GAMMA_TAIL = [b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1)]


def _polynomial(coefficients: Any, x: np.ndarray) -> np.ndarray:
    """Sum c_1 + c_2 x + c_3 x^2 + ..."""
    value = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        value *= x
        value += c
    return value


def digamma_gap(x: Any, gap: Any) -> np.ndarray:
    """Compute psi(x + gap) - psi(x) for x >= 1 and gap >= 0, to a relative error near 1e-15."""
    x, gap = np.broadcast_arrays(np.asarray(x, float), np.asarray(gap, float))
    total = np.zeros(x.shape)
    for j in range(_SHIFT):
        total += gap / ((x + j) * (x + j + gap))
    low = x + _SHIFT
    high = low + gap
    # psi(z) = log z - 1/(2z) - c_1/z^2 - c_2/z^4 - ...: the difference of the powers is their divided difference,
    # summed as by Horner, times the difference of 1/z^2.
    r, s = low**-2, high**-2
    value, divided = np.full(x.shape, _DIGAMMA_TAIL[-1]), np.zeros(x.shape)
    for c in (*_DIGAMMA_TAIL[-2::-1], 0.0):
        divided = divided * s + value
        value = value * r + c
    width = gap / (low * high)  # 1/low - 1/high
    return total + np.log1p(gap / low) + width / 2 + width * (1 / low + 1 / high) * divided


def trigamma_excess(x: Any) -> np.ndarray:
    """Compute x psi'(x) - 1 for x >= 1, which falls from 0.64 as 1/(2x), to a relative error near 1e-15."""
    x = np.asarray(x, float)
    z = x + _SHIFT
    value = (0.5 + _polynomial(_BERNOULLI, z**-2) / z) / z
    for j in range(_SHIFT - 1, -1, -1):
        y = x + j
        value = (1 / y + y * value) / (y + 1)
    return value


def log_binomial(p: Any, q: Any) -> np.ndarray:
    """Compute log Gamma(p + q + 1) / (Gamma(p + 1) Gamma(q + 1)) for p, q >= 0.

    The absolute error is about 1e-16 min(p, q) log max(p, q), where three logarithms of gamma would leave one of
    1e-16 max(p, q) log max(p, q).
    """
    p, q = np.broadcast_arrays(np.asarray(p, float), np.asarray(q, float))
    few, base = np.minimum(p, q), np.maximum(p, q) + 1
    raised = np.ones(p.shape)
    for j in range(_SHIFT):
        raised *= 1 + few / (base + j)  # at most 2, as few < base
    z = base + _SHIFT
    ratio = np.log1p(few / z)
    tail = _polynomial(_LOG_GAMMA_TAIL, (z + few) ** -2) / (z + few) - _polynomial(_LOG_GAMMA_TAIL, z**-2) / z
    # log Gamma(base + few) / Gamma(base), by Stirling's series at z and back by the recurrence.
    rising = few * np.log(z) + ((z + few - 0.5) * ratio - few) + tail - np.log(raised)
    return rising - gammaln(few + 1)
