"""The sums behind the measures, written once for NumPy blocks and for tensors.

Two rules hold in all of them. A value that must not be touched (the log of 0, a quotient by 0) is replaced
before the operation and not after it, so that no NaN reaches a gradient. And a small difference is never
taken of large numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from infolib._arrays import is_tensor

_LONG = 8192
_EXPONENT = 700.0  # exp of it is finite in float64, and exp of minus it is not 0
_QUOTIENT_SAFE = 1e-300  # probabilities below it may overflow a quotient


def log_or_zero(xp: Any, values: Any) -> Any:
    """Logarithm of positive values; 0, with gradient 0, at 0."""
    if is_tensor(values):
        return xp.log(xp.where(values > 0, values, 1.0))
    if values.min() > 0:
        return np.log(values)
    safe = np.asarray(values + (values <= 0))  # a third faster than np.where
    return np.log(safe, out=safe)


def dot(xp: Any, a: Any, b: Any) -> Any:
    """Sum of products over the last axis."""
    if is_tensor(a):
        return xp.sum(a * b, axis=-1)
    n = a.shape[-1]
    if n <= _LONG or a.size != n or b.size != n:
        return np.vecdot(a, b)
    # One long row: in pieces, since BLAS would start threads for it that cost more than the sum, most of all on a busy
    # machine.
    cut = n - n % _LONG
    pieces = np.vecdot(a[..., :cut].reshape(-1, _LONG), b[..., :cut].reshape(-1, _LONG)).sum()
    return np.reshape(pieces + np.vecdot(a[..., cut:], b[..., cut:]), a.shape[:-1])


def checked_sum(xp: Any, values: Any) -> Any:
    """Sum over the last axis, NaN where a value is negative: one number a row for `check_pmf` to look at."""
    if is_tensor(values):
        values = values.detach()
        return xp.sum(xp.where(values < 0, xp.nan, values), axis=-1)
    sums = np.sum(values, axis=-1)
    return np.full_like(sums, np.nan) if values.min() < 0 else sums


def checked_log_sum(xp: Any, p: Any) -> tuple[Any, Any]:
    """Compute `checked_sum` of p, and sum p log p over the last axis, finding the least value once."""
    if is_tensor(p):
        return checked_sum(xp, p), dot(xp, p, log_or_zero(xp, p))
    least = p.min()
    logs = np.log(p) if least > 0 else log_or_zero(xp, p)
    sums = np.sum(p, axis=-1)
    return np.full_like(sums, np.nan) if least < 0 else sums, dot(xp, p, logs)


def not_negative(xp: Any, values: Any) -> Any:
    """Lift what rounding pushed below 0 (a probability may exceed 1 by the tolerance), and turn -0 into 0."""
    return xp.where(values < 0, 0.0, values) + 0.0


def binary_entropy_terms(xp: Any, p: Any) -> Any:
    """Entropy of a coin for each value, in nats; the gradients at 0 and 1 are finite."""
    log_other = xp.log1p(-xp.where(p < 1, p, 0.0))
    return 0.0 - p * log_or_zero(xp, p) - (1 - p) * log_other


def total_variation_sum(xp: Any, p: Any, q: Any) -> Any:
    """Half the sum of |p - q| over the last axis."""
    return xp.sum(xp.abs(p - q), axis=-1) / 2


def entropy_difference_sum(xp: Any, p: Any, q: Any) -> Any:
    """Compute H(p) - H(q) over the last axis as the sum of (q - p) log q - p log(p/q): each term is of the size of
    p - q, so that near distributions do not cancel."""
    near = (3 * q >= 2 * p) & (2 * q <= 3 * p) & (p > xp.finfo(p.dtype).smallest_normal)
    ratio = xp.log1p(xp.where(near, q - p, 0.0) / xp.where(near, p, 1.0))
    log_q = log_or_zero(xp, q)
    # Where q = 0 its logarithm counts as 0, and what is left is -p log p.
    return xp.sum((q - p) * log_q + p * xp.where(near, ratio, log_q - log_or_zero(xp, p)), axis=-1)


def surprisal_sum(xp: Any, p: Any, q: Any) -> Any:
    """Compute -sum p log q over the last axis; 0 log 0 is 0, and p > 0 where q = 0 gives inf."""
    total = 0.0 - dot(xp, p, log_or_zero(xp, q))
    impossible = xp.any((p > 0) & (q == 0), axis=-1)
    return xp.where(impossible, xp.inf, total)


def _close_terms(p: Any, q: Any) -> Any:
    """Compute p log(p/q) - p + q where p and q differ by less than half, without cancellation.

    With u = (q - p) / p this is p (u - log(1 + u)), two numbers that cancel near u = 0. With s = u / (2 + u),
    log(1 + u) = 2 artanh(s) and u - 2 s = u s turn it into p s (u - 2 s^2 (1/3 + s^2/5 + s^4/7 + ...)).
    """
    u = (q - p) / p
    s = u / (2 + u)
    s2 = s * s  # at most 1/25, so ten terms reach the last bit of float64
    series = s2 * (1 / 21) + 1 / 19
    for odd in range(17, 1, -2):
        series = series * s2 + 1 / odd
    return p * s * (u - 2 * s2 * series)


def divergence_terms(xp: Any, p: Any, q: Any, log_q: Any) -> Any:
    """Compute p log(p/q) - p + q elementwise: never negative, 0 where p = q; `log_q` is finite where p > 0."""
    normal = xp.finfo(p.dtype).smallest_normal  # below it 1/p overflows in the gradient
    near = (3 * q >= 2 * p) & (2 * q <= 3 * p) & (p > normal)
    terms = p * (log_or_zero(xp, p) - log_q) + (q - p)  # q where p = 0
    if is_tensor(p):
        return xp.where(near, _close_terms(xp.where(near, p, 1.0), xp.where(near, q, 1.0)), terms)
    near, q = np.broadcast_arrays(near, q)
    terms[near] = _close_terms(p[near], q[near])
    return terms


def _direct_where_large(direct: Any, mass: Any, careful: Callable[[Any], Any]) -> Any:
    """Keep sums of signed terms where they are large against `mass`; ask `careful(rows)` for the others.

    The direct sum of a row is off by a few units of rounding of its mass. Where it exceeds 1/50 of the mass that
    is a relative error below 1e-13, and summing terms that are never negative would only be slower.
    """
    small = ~(direct > mass / 50)
    if small.any():
        direct[small] = careful(small)
    return direct


def divergence_sum(xp: Any, p: Any, q: Any) -> Any:
    """Sum of `divergence_terms` over the last axis; p > 0 where q = 0 gives inf."""
    if is_tensor(p):
        return _divergence_careful(xp, p, q)
    p, q = np.broadcast_arrays(p, q)
    divisor = q if q.min() > 0 else q + (q == 0)
    if p.min() < 0 or divisor.min() < _QUOTIENT_SAFE:
        return _divergence_careful(xp, p, q)
    ratio = p / divisor
    ratio += p == 0  # log 1 = 0 where nothing happens
    mass_p, mass_q = np.sum(p, axis=-1), np.sum(q, axis=-1)
    direct = dot(xp, p, np.log(ratio, out=ratio)) - (mass_p - mass_q)
    if divisor is not q:
        direct = np.where(np.any((p > 0) & (q == 0), axis=-1), np.inf, direct)
    return _direct_where_large(direct, mass_p + mass_q, lambda rows: _divergence_careful(xp, p[rows], q[rows]))


def _divergence_careful(xp: Any, p: Any, q: Any) -> Any:
    terms = divergence_terms(xp, p, q, log_or_zero(xp, q))
    impossible = xp.any((p > 0) & (q == 0), axis=-1)
    return xp.where(impossible, xp.inf, xp.sum(terms, axis=-1))


def midpoint_divergence_sum(xp: Any, p: Any, q: Any) -> Any:
    """Half of KL(p, m) + KL(q, m) with m = (p + q) / 2, over the last axis; every term is >= 0.

    With d = (p - q) / (p + q) a term is (p + q)/4 times (1 + d) log(1 + d) + (1 - d) log(1 - d).
    """
    if is_tensor(p) or min(p.min(), q.min()) < 0:
        return _midpoint_careful(xp, p, q)
    p, q = np.broadcast_arrays(p, q)
    total = p + q
    d = np.divide(p - q, total + (total == 0))
    up, down = 1 + d, 1 - d
    terms = up * np.log(up + (up == 0))
    terms += down * np.log(down + (down == 0))
    direct = dot(xp, total, terms) / 4
    return _direct_where_large(direct, np.sum(total, axis=-1), lambda rows: _midpoint_careful(xp, p[rows], q[rows]))


def _midpoint_careful(xp: Any, p: Any, q: Any) -> Any:
    """The same where p and q may almost agree: for small d the bracket is log(1 - d^2) + 2 d artanh(d).

    The two parts are of the size of the result, so nothing cancels.
    """
    total = p + q
    occurs = total > xp.finfo(p.dtype).smallest_normal
    safe = xp.where(occurs, total, 1.0)
    near = xp.abs(p - q) <= total / 2
    d = xp.where(near & occurs, p - q, 0.0) / safe
    close = xp.log1p(-d * d) + 2 * d * xp.atanh(d)
    a, b = 2 * p / safe, 2 * q / safe
    far = a * log_or_zero(xp, a) + b * log_or_zero(xp, b)
    return xp.sum(xp.where(occurs, total / 4 * xp.where(near, close, far), 0.0), axis=-1)


def largest_value(xp: Any, values: Any) -> Any:
    """Largest value of each row; a gradient is divided among ties."""
    return xp.amax(values, dim=-1) if is_tensor(values) else np.max(values, axis=-1)


def log1p_ratio(xp: Any, x: Any) -> Any:
    """Compute log(1 + x)/x; below rounding of 1 it is 1, and its gradient, which might overflow there, is 0."""
    told = xp.abs(x) > xp.finfo(x.dtype).eps / 4
    safe = xp.where(told, x, 1.0)
    return xp.where(told, xp.log1p(safe) / safe, 1.0)


def tsallis_sum(xp: Any, p: Any, order: float) -> Any:
    """Compute the sum of (p^order - p) / (1 - order) over the last axis: terms >= 0 where p <= 1, at any order >= 0."""
    if order == 0:
        return xp.sum(xp.where(p > 0, 1 - p, 0.0), axis=-1)
    if order == 2 and not is_tensor(p):
        return dot(xp, p, 1 - p)
    if order == math.inf:
        return 0.0 * xp.sum(p, axis=-1)
    if order == 0.5 and not is_tensor(p):
        root = np.sqrt(p)
        return 2 * dot(xp, root, (1 - p) / (1 + root))  # 1 - sqrt(p), exact near p = 1
    logs = log_or_zero(xp, p)
    if order == 1:
        return 0.0 - dot(xp, p, logs)
    gap = order - 1
    if is_tensor(p):
        # The quotient comes before the product with p, which may be as small as numbers get. For an order below 1,
        # p^gap may overflow where p^order does not: expm1(2 t) = expm1(t) (expm1(t) + 2).
        half = xp.expm1((gap if gap > 0 else gap / 2) * logs)
        return 0.0 - xp.sum(p * (half / gap) * (1.0 if gap > 0 else half + 2), axis=-1)
    if logs.min() * gap < _EXPONENT:
        # In place: with a second temporary of this size, memory is returned and asked for anew at every block.
        logs *= gap
        np.expm1(logs, out=logs)
        logs /= -gap
        return dot(xp, p, logs)
    half = np.expm1(gap / 2 * logs)
    return dot(xp, p * (half / -gap), half + 2)


def power_sum(xp: Any, p: Any, order: float, log_scale: Any = 0.0) -> Any:
    """Sum p (p / scale)^(order - 1) over the last axis, for an order above 0 and `scale` the largest p, or 1.

    Terms below e^-700 may come out as large as that.
    """
    unscaled = isinstance(log_scale, float)
    if order == 2 and unscaled:
        return dot(xp, p, p)
    if is_tensor(p):
        occurs = p > 0
        logs = xp.log(xp.where(occurs, p, 1.0))
        if unscaled:
            return xp.sum(xp.where(occurs, xp.exp(order * logs), 0.0), axis=-1)
        return xp.sum(p * xp.exp((order - 1) * xp.where(occurs, logs - log_scale, 0.0)), axis=-1)
    if order == 0.5 and unscaled:
        return np.sum(np.sqrt(p), axis=-1)
    powers = log_or_zero(xp, p)
    if (order - 1) * powers.min() > _EXPONENT:  # p^(order - 1) would overflow
        return np.sum(np.power(p, order), axis=-1)
    powers -= log_scale
    powers *= order - 1
    if order > 1:
        np.clip(powers, -_EXPONENT, 0, out=powers)  # exp is slow where it underflows, and p = 0 may overflow
    np.exp(powers, out=powers)
    return dot(xp, p, powers)


def largest_and_rest(xp: Any, values: Any) -> tuple[Any, Any]:
    """Index of the largest value of each row (rows, 1), and where the others are (rows, n)."""
    top = xp.argmax(values, axis=-1, keepdims=True)
    index = xp.arange(values.shape[-1], device=values.device) if is_tensor(values) else np.arange(values.shape[-1])
    return top, index != top


def row_entropy_sum(xp: Any, p: Any) -> Any:
    """Compute sum_j p_j log(P / p_j), P = sum_j p_j, over the last axis, for rows of any mass; never negative.

    The largest entry is taken apart: log(P / p_top) = log1p(rest / p_top) keeps a rest far below rounding.
    """
    top, others = largest_and_rest(xp, p)
    peak = xp.take_along_axis(p, top, axis=-1)[..., 0]
    rest = xp.where(others, p, 0.0)
    rest_sum = xp.sum(rest, axis=-1)
    log_mass = log_or_zero(xp, peak + rest_sum)[..., None]
    from_top = peak * xp.log1p(rest_sum / xp.where(peak > 0, peak, 1.0))
    return from_top + xp.sum(rest * (log_mass - log_or_zero(xp, rest)), axis=-1)
