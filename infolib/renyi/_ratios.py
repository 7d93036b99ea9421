"""Terms of two distributions in p/q: none of them cancels where the two almost agree, or at orders next to 0 and 1."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from infolib._arrays import is_tensor
from infolib._terms import largest_value, log_or_zero

_TERMS = 18
_CLOSE = 0.5


class Ratios:
    """Rows of p and q with log(p/q), which is 0 where one of them is 0, and accurate near p = q."""

    def __init__(self, xp: Any, p: Any, q: Any) -> None:
        self.xp = xp
        self.p, self.q = xp.broadcast_tensors(p, q) if is_tensor(p) else xp.broadcast_arrays(p, q)
        self.both = (self.p > 0) & (self.q > 0)

    @cached_property
    def log_p(self) -> Any:
        return log_or_zero(self.xp, self.xp.where(self.both, self.p, 1.0))

    @cached_property
    def log_ratio(self) -> Any:
        xp, p, q = self.xp, self.p, self.q
        normal = xp.finfo(p.dtype).smallest_normal  # below it 1/q overflows in the gradient
        near = (2 * p >= q) & (p <= 2 * q) & (p > normal) & (q > normal)
        far = self.log_p - log_or_zero(xp, xp.where(self.both, q, 1.0))
        safe = xp.where(near, q, 1.0)
        return xp.where(near, xp.log1p((xp.where(near, p, 1.0) - safe) / safe), far)


def alpha_term(order: float, log_ratio: Any) -> Any:
    """Compute (r^a - 1 - a (r - 1)) / (a (a - 1)) from log r, for |log r| max(1, |a|) up to 1/2; it is >= 0.

    With L = log r it is the sum over k >= 2 of (1 + a + ... + a^(k-2)) L^k / k!, regular at a = 0 and 1.
    """
    # Powers of a are taken of a/scale, and those of L of L scale, so that neither overflows.
    scale = max(1.0, abs(order))
    total, power, coefficient = 0.0, 1.0, 1.0
    coefficients = []
    for k in range(2, _TERMS + 1):
        total = total / scale + power
        power *= order / scale
        coefficient /= k
        coefficients.append(total * coefficient)
    scaled = scale * log_ratio
    series = coefficients[-1]
    for one in reversed(coefficients[:-1]):
        series = series * scaled + one
    return log_ratio * log_ratio * series


def _far_terms(xp: Any, p: Any, q: Any, log_ratio: Any, log_p: Any, order: float) -> Any:
    """Compute q `alpha_term` where p/q is not near 1; what might overflow is cut off."""
    if order < 0.5:  # the same with p and q, a and 1 - a exchanged, which does not cancel near a = 0
        return ((p - q) - q * (xp.expm1(order * log_ratio) / order)) / (1 - order)
    power = (order - 1) * log_ratio
    if order > 1:
        # A row with a term of e^80 and more is computed from `log_moment`.
        power = xp.where(log_p + power > 80, 80 - log_p, power)
    half = xp.expm1(power / 2)  # as in `tsallis_sum`
    return (p * (half / (order - 1)) * (half + 2) - (p - q)) / order


def alpha_sum(xp: Any, ratios: Ratios, order: float) -> Any:
    """Sum q `alpha_term` over the last axis, where both are positive; the order is neither 0 nor 1."""
    p, q, log_ratio, log_p = ratios.p, ratios.q, ratios.log_ratio, ratios.log_p
    close = ratios.both & (xp.abs(log_ratio) * max(1.0, order) <= _CLOSE)
    away = ratios.both & ~close
    if not is_tensor(p):
        # What is computed beside its region is thrown away. Picking values by a mask takes longer than computing them.
        terms = q * alpha_term(order, log_ratio) if close.any() else q
        if away.any():
            terms = xp.where(away, _far_terms(xp, p, q, log_ratio, log_p, order), terms)
        return xp.sum(xp.where(ratios.both, terms, 0.0), axis=-1)
    near = xp.where(close, q, 0.0) * alpha_term(order, xp.where(close, log_ratio, 0.0))
    p, q, log_ratio, log_p = (xp.where(away, values, 0.0) for values in (p, q, log_ratio, log_p))
    return xp.sum(near + _far_terms(xp, p, q, log_ratio, log_p, order), axis=-1)


def log_moment(xp: Any, ratios: Ratios, order: float) -> Any:
    """Logarithm of sum p^a q^(1-a) over the last axis; 0 where no outcome has both."""
    both = ratios.both
    exponents = ratios.log_p + (order - 1) * ratios.log_ratio
    peak = largest_value(xp, xp.where(both, exponents, -xp.inf))
    peak = xp.where(peak > -xp.inf, peak, 0.0)
    peak = peak.detach() if is_tensor(peak) else peak
    gaps = xp.where(both, exponents - peak[..., None], 0.0)
    return peak + log_or_zero(xp, xp.sum(xp.where(both, xp.exp(gaps), 0.0), axis=-1))
