"""Entropy and varentropy of a softmax, from its logits in one read."""

from __future__ import annotations

from typing import Any

import numpy as np

from infolib import _checks
from infolib._arrays import Operand, finish, is_tensor, operand, rows, sum_rows
from infolib._terms import dot, largest_and_rest
from infolib._units import from_nats


def _gaps_and_weights(xp: Any, logits: Any, temperature: float) -> tuple[Any, Any, Any]:
    """Largest logit of each row, the scaled gap of each logit to it, and exp of the gap: 0 for the largest.

    The largest outcome has weight exactly 1. Leaving it out keeps the sum of the others when that is far
    below 1.
    """
    if is_tensor(logits):
        top, others = largest_and_rest(xp, logits)
        peak = xp.take_along_axis(logits, top, axis=-1)
        live = others & (logits > -xp.inf)
        gap = xp.where(live, logits - peak, 0.0) / temperature
        return peak[..., 0], gap, xp.where(live, xp.exp(gap), 0.0)
    top = np.argmax(logits, axis=-1, keepdims=True)
    peak = np.take_along_axis(logits, top, axis=-1)
    gap = logits - peak
    if temperature != 1.0:
        gap /= temperature
    np.maximum(gap, -1e100, out=gap)  # exp gives 0 all the same, and 0 * gap is 0 where 0 * -inf is not
    weight = np.exp(gap)
    np.put_along_axis(weight, top, 0.0, axis=-1)
    return peak[..., 0], gap, weight


def _moments(logits: Any, axis: int, temperature: float) -> tuple[Operand, Any, Any]:
    """Mean and variance of the surprisal, in nats."""
    given = operand("logits", logits)
    xp, values = given.xp, given.values
    _checks.check_not_empty("logits", values)
    where = _checks.check_axis("axis", axis, "logits", values.ndim)
    scale = _checks.check_positive("temperature", temperature)
    batch = values.shape[:where] + values.shape[where + 1 :]

    def kernel(block: Any) -> tuple[Any, ...]:
        peak, gap, weight = _gaps_and_weights(xp, block, scale)
        rest = xp.sum(weight, axis=-1)
        mean_gap = dot(xp, weight, gap) / (1 + rest)
        deviation = gap - mean_gap[..., None]
        # The largest outcome, of weight 1 and gap 0, adds mean_gap^2.
        variance = (dot(xp, weight, deviation * deviation) + mean_gap * mean_gap) / (1 + rest)
        return peak, xp.log1p(rest) - mean_gap, variance

    parts = sum_rows(kernel, rows(xp, values, where), whole_rows=True)
    peak, mean, variance = (xp.reshape(part, batch) for part in parts)
    _checks.check_peaks("logits", peak.detach() if is_tensor(peak) else peak, axis)
    return given, mean, variance


def entropy_from_logits(logits: Any, *, axis: int = -1, temperature: float = 1.0, base: float | None = None) -> Any:
    r"""Shannon entropy of the softmax of `logits`, without computing the probabilities.

    .. math:: H = \log Z - \frac{1}{Z} \sum_i e^{g_i} g_i, \qquad g_i = \frac{l_i - \max_j l_j}{T}, \quad
        Z = \sum_i e^{g_i}

    Parameters
    ----------
    logits : list, array or tensor
        Unnormalised log-probabilities; -inf marks an impossible outcome. Batched over the other axes.
    axis : int
        The axis that runs over the outcomes.
    temperature : float
        Divides the logits; positive.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor
        The shape of `logits` without `axis`. NumPy and lists give float64, tensors keep their dtype (16-bit
        tensors are computed in float32).

    Raises
    ------
    ValueError
        If a logit is NaN or +inf, if all logits of a row are -inf, if `logits` is empty, if `temperature` is
        not positive and finite, or if `base` is not above 1.

    Notes
    -----
    Both terms of H are >= 0 and the largest outcome is taken apart, so the relative error stays near rounding
    even where one outcome has almost all the mass. The gradient at a logit of -inf is 0.
    Source: Cover & Thomas (2006), eq. 2.1, with p the softmax. Chapter: Entropy.

    Examples
    --------
    >>> round(float(entropy_from_logits([0.0, 0.0, float("-inf")], base=2)), 12)
    1.0
    """
    given, mean, _ = _moments(logits, axis, temperature)
    return finish(from_nats(mean, base), given)


def varentropy_from_logits(logits: Any, *, axis: int = -1, temperature: float = 1.0, base: float | None = None) -> Any:
    r"""Variance of the surprise under the softmax of `logits`.

    .. math:: V = \frac{1}{Z} \sum_i e^{g_i} (g_i - \bar g)^2, \qquad \bar g = \frac{1}{Z} \sum_i e^{g_i} g_i

    with g and Z as in `entropy_from_logits`.

    Parameters
    ----------
    logits, axis, temperature
        As in `entropy_from_logits`.
    base : float, optional
        Unit: None is squared nats, 2 squared bits.

    Returns
    -------
    scalar, array or tensor
        The shape of `logits` without `axis`; never negative.

    Raises
    ------
    ValueError
        As in `entropy_from_logits`.

    Notes
    -----
    The variance of the logits and that of the surprisal are one, since they differ by the constant log Z.
    Source: Kontoyiannis & Verdú (2014), with p the softmax. Chapter: Entropy.

    Examples
    --------
    >>> import math
    >>> round(float(varentropy_from_logits([math.log(2), 0.0, 0.0], base=2)), 12)
    0.25
    """
    given, _, variance = _moments(logits, axis, temperature)
    return finish(from_nats(variance, base, power=2), given)
