"""Entmax: a softmax with exact zeros."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from infolib import _checks
from infolib._arrays import BLOCK, finish, is_tensor, operand, rows
from infolib._terms import largest_value

_STEPS = 100


def _powers(xp: Any, base: Any, share: float) -> Any:
    """Compute base^(1/share) for base >= 0."""
    if share == 1:
        return base
    return base * base if share == 0.5 else base ** (1 / share)


def _from_top(xp: Any, gaps: Any, share: float) -> Any:
    """Entmax for alpha up to 2 (share = alpha - 1) from how far each logit is below the largest.

    p = y^(1/share) with y = (1 - share (shift + gap))_+. The norm of y of order 1/share is a convex function of the
    shift, so that Newton's method from shift 0 goes to the shift where it is 1 without passing it.
    """
    p = total = shift = xp.zeros_like(gaps[..., :1])
    tiny = 4 * float(xp.finfo(gaps.dtype).eps)
    for _ in range(_STEPS):
        depth = share * (shift + gaps)
        inside = depth < 1
        if share in (0.5, 1):
            p = _powers(xp, xp.where(inside, 1 - depth, 0.0), share)
        else:
            p = xp.where(inside, xp.exp(xp.log1p(-xp.where(inside, depth, 0.0)) / share), 0.0)
        total = xp.sum(p, axis=-1, keepdims=True)
        slope = xp.sum(p / xp.where(inside, 1 - depth, 1.0), axis=-1, keepdims=True)
        step = -xp.expm1(-share * xp.log(total)) / share * (total / slope)
        if bool(xp.all(step <= tiny * (1 + shift))):
            break
        shift = shift + xp.where(step > 0, step, 0.0)
    return p / total


def _from_edge(xp: Any, gaps: Any, share: float) -> Any:
    """Entmax for alpha above 2 (share = alpha - 1), where the last outcome of the support sets the precision.

    Outcome k is possible where the sum of (share (gap_k - gap_i))^(1/share) over the outcomes above it is below 1. With
    x the probability of the last one, the others have (x^share + share (gap_k - gap_i))^(1/share), which is convex in
    x: Newton's method from x = 1 goes to the x where they sum to 1 without passing it.
    """
    n = gaps.shape[-1]
    ordered = xp.sort(gaps, axis=-1)
    low = xp.zeros_like(ordered[..., :1], dtype=xp.int64)
    high = low + n
    for _ in range(n.bit_length()):
        middle = (low + high) // 2
        above = xp.take_along_axis(ordered, middle, axis=-1) - gaps
        total = xp.sum(_powers(xp, share * xp.where(above > 0, above, 0.0), share), axis=-1, keepdims=True)
        low, high = xp.where(total < 1, middle, low), xp.where(total < 1, high, middle)
    above = xp.take_along_axis(ordered, low, axis=-1) - gaps
    inside = above >= 0
    rise = _powers(xp, share * xp.where(inside, above, 0.0), share)  # the norm of order `share` of x and this is p
    p = total = x = xp.ones_like(rise[..., :1])
    tiny = 4 * float(xp.finfo(gaps.dtype).eps)
    for _ in range(_STEPS):
        larger = xp.where(rise > x, rise, x)
        ratio = xp.where(inside, xp.where(rise > x, x, rise) / larger, 0.0) ** share
        p = xp.where(inside, larger * xp.exp(xp.log1p(ratio) / share), 0.0)
        total = xp.sum(p, axis=-1, keepdims=True)
        slope = xp.sum(xp.where(inside, (x / xp.where(inside, p, 1.0)) ** (share - 1), 0.0), axis=-1, keepdims=True)
        step = (total - 1) / slope
        if bool(xp.all(step <= tiny)):
            break
        x = x - xp.where(step > 0, step, 0.0)
    return p / total


def _among_the_near(xp: Any, gaps: Any, share: float, solve: Callable[[Any, Any, float], Any]) -> Any:
    """Solve for the outcomes near enough to the largest to be possible, where these are few, and give the others 0."""
    most = int(xp.max(xp.sum(gaps < 1 / share, axis=-1)))
    if 4 * most > gaps.shape[-1]:
        return solve(xp, gaps, share)
    p = xp.zeros_like(gaps)
    if is_tensor(gaps):
        near, where = xp.topk(gaps, most, dim=-1, largest=False, sorted=False)
        return p.scatter_(-1, where, solve(xp, near, share))
    where = np.argpartition(gaps, most - 1, axis=-1)[..., :most]
    np.put_along_axis(p, where, solve(xp, np.take_along_axis(gaps, where, axis=-1), share), axis=-1)
    return p


def _entmax_rows(xp: Any, logits: Any, alpha: float) -> Any:
    """Entmax over the last axis, for finite alpha."""
    tensor = is_tensor(logits)
    possible = logits > -xp.inf
    safe = xp.where(possible, logits, 0.0)
    fixed = safe.detach() if tensor else safe
    peak = largest_value(xp, logits.detach() if tensor else logits)[..., None]
    if alpha == 1:
        weights = xp.where(possible, xp.exp(safe - peak), 0.0)
        return weights / xp.sum(weights, axis=-1, keepdims=True)
    # So large an alpha leaves ties only, and so would a larger one.
    share = min(alpha - 1, math.sqrt(float(xp.finfo(fixed.dtype).max)))
    out_of_reach = 2 / share  # an outcome is impossible from a gap of 1 / share on
    gaps = xp.where(possible & (peak - fixed < out_of_reach), peak - fixed, out_of_reach)
    p = _among_the_near(xp, gaps, share, _from_top if alpha <= 2 else _from_edge)
    return _with_gradient(xp, p, safe, share) if tensor else p


def _with_gradient(xp: Any, p: Any, logits: Any, share: float) -> Any:
    """Attach the Jacobian diag(s) - s s^T / sum s with s = p^(1 - share) on the support, to p found without one."""
    power = (1 - share) * xp.log(xp.where(p > 0, p, 1.0))
    most = 0.4 * math.log(float(xp.finfo(p.dtype).max))
    s = xp.where(p > 0, xp.exp(xp.where(power < most, power, most)), 0.0)
    change = logits - logits.detach()  # 0, with a gradient
    # Counted from where s is largest, since a tiny p has an s far above all others when share > 1.
    change = change - xp.take_along_axis(change, xp.argmax(s, axis=-1, keepdims=True), axis=-1)
    mean = xp.sum(s * change, axis=-1, keepdims=True) / xp.sum(s, axis=-1, keepdims=True)
    return p + s * (change - mean)


def _check_alpha(alpha: Any) -> float:
    remedy = "1 is softmax, 1.5 and 2 (sparsemax) give exact zeros."
    if isinstance(alpha, bool) or not isinstance(alpha, Real):
        raise TypeError(f"`alpha` must be a number; it was {alpha!r}, a {type(alpha).__name__}. {remedy}")
    if not (math.isfinite(alpha) and float(alpha) >= 1):
        raise ValueError(f"`alpha` must be finite and at least 1; it was {float(alpha):.17g}. {remedy}")
    return float(alpha)


def entmax(logits: Any, alpha: float = 1.5, *, axis: int = -1) -> Any:
    r"""Softmax with exact zeros: the distribution that best trades mean logit against Tsallis entropy.

    .. math::

        \operatorname{entmax}_\alpha(z) = \arg\max_{p} \left[ \langle p, z \rangle + \tfrac{1}{\alpha} S_\alpha(p)
        \right] = \left[ (\alpha - 1) z - \tau \right]_+^{1/(\alpha-1)}

    with S the Tsallis entropy and tau such that the sum is 1.

    Parameters
    ----------
    logits : list, array or tensor
        Any numbers; -inf marks an impossible outcome. Batched over the other axes.
    alpha : float
        At least 1: 1 is softmax, 2 sparsemax; the higher, the fewer outcomes keep a probability.
    axis : int
        The axis that runs over the outcomes.

    Returns
    -------
    array or tensor of the shape of `logits`
        Distributions along `axis`. NumPy and lists give float64, tensors keep their dtype (16-bit tensors are
        computed in float32).

    Raises
    ------
    TypeError
        If `alpha` is not a number.
    ValueError
        If a logit is NaN or +inf, if all logits of a row are -inf, if `logits` is empty, or if `alpha` is below 1 or
        not finite.

    Notes
    -----
    Absolute error of a probability and of the sum below 1e-14 in float64, for every alpha. The threshold is found by
    Newton's method on a convex function, from the side where it cannot overshoot. The gradient is exact, and 0
    outside the support; second derivatives are not carried.
    Source: Peters, Niculae & Martins (2019), section 3; Martins & Astudillo (2016) for alpha = 2. Chapter: Rényi
    entropies.

    Examples
    --------
    >>> entmax([2.0, 1.0, -1.0], 2)
    array([1., 0., 0.])
    >>> entmax([1.0, 0.5, -1.0], 1.5).round(4)
    array([0.674, 0.326, 0.   ])
    """
    given = operand("logits", logits)
    xp, values = given.xp, given.values
    _checks.check_not_empty("logits", values)
    where = _checks.check_axis("axis", axis, "logits", values.ndim)
    alpha = _check_alpha(alpha)
    by_row = rows(xp, values, where)
    batch = values.shape[:where] + values.shape[where + 1 :]
    peaks = xp.reshape(largest_value(xp, by_row), batch)
    _checks.check_peaks("logits", peaks.detach() if is_tensor(peaks) else peaks, axis)
    if is_tensor(by_row):
        # A meta tensor has a shape and no values: every alpha gives the same.
        out = _entmax_rows(xp, by_row, 1.0 if by_row.device.type == "meta" else alpha)
    else:
        height = max(1, BLOCK // by_row.shape[-1])
        out = np.empty_like(by_row)
        with np.errstate(over="ignore"):
            for start in range(0, by_row.shape[0], height):
                block = slice(start, start + height)
                out[block] = _entmax_rows(xp, by_row[block], alpha)
    moved = xp.reshape(out, (*batch, by_row.shape[-1]))
    return finish(xp.moveaxis(moved, -1, where), given)
