"""Tsallis entropy, and the deformed logarithm and exponential that it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

from infolib import _checks
from infolib._arrays import finish, operand
from infolib._distributions import along
from infolib._terms import checked_sum, log_or_zero, not_negative, tsallis_sum
from infolib.renyi._orders import check_orders, collect


def tsallis_entropy(p: Any, order: float | Sequence[float], *, axis: int = -1) -> Any:
    r"""Tsallis entropy: the mean of the deformed surprise :math:`\log_q (1/p)`.

    .. math::

        S_q(p) = \frac{1 - \sum_i p_i^q}{q - 1} = \sum_i p_i \frac{1 - p_i^{q-1}}{q - 1}, \qquad
        S_1(p) = -\sum_i p_i \log p_i

    Parameters
    ----------
    p : list, array or tensor
        Probabilities that sum to 1 along `axis`; batched over the other axes.
    order : float or 1-d sequence of k floats
        q, from 0 to inf.
    axis : int
        The axis that runs over the outcomes.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`, with a leading axis of length k for a sequence of orders. Never negative;
        the number of possible outcomes less 1 at order 0, H in nats at order 1, 0 at order inf. A value of order
        other than 1 has no unit, so there is no `base`.

    Raises
    ------
    TypeError
        If an order is not a number.
    ValueError
        If an order is negative or NaN, or if `p` is not a distribution (see `entropy`).

    Notes
    -----
    The second sum is computed, with expm1: its terms are all >= 0, so the relative error stays below 1e-12 for
    every order, also next to 1. An outcome with p = 0 gets gradient 0.
    Source: Havrda & Charvat (1967); Tsallis (1988), eq. 1. Chapter: Rényi entropies.

    Examples
    --------
    >>> tsallis_entropy([0.5, 0.25, 0.25], [0, 2])
    array([2.   , 0.625])
    """
    orders, sequence = check_orders(order)

    def kernel(xp: Any, block: Any) -> tuple[Any, ...]:
        return checked_sum(xp, block), *(tsallis_sum(xp, block, one) for one in orders)

    given, by_order = along("p", p, axis, kernel)
    return collect([not_negative(given.xp, part) for part in by_order], sequence, given)


def _finite_order(order: Any) -> float:
    remedy = "Order 1 gives the ordinary logarithm and exponential."
    if isinstance(order, bool) or not isinstance(order, Real):
        raise TypeError(f"`order` must be a number; it was {order!r}, a {type(order).__name__}. {remedy}")
    if not math.isfinite(order):
        raise ValueError(f"`order` must be finite; it was {float(order)}. {remedy}")
    return float(order)


def q_logarithm(x: Any, order: float) -> Any:
    r"""Deformed logarithm of order q, element by element; the inverse of `q_exponential`.

    .. math:: \log_q x = \frac{x^{1-q} - 1}{1 - q}, \qquad \log_1 x = \log x

    Parameters
    ----------
    x : list, array or tensor of any shape
        Numbers >= 0.
    order : float
        q, any finite number.

    Returns
    -------
    scalar, array or tensor of the shape of `x`
        At 0 it is -1/(1-q) for q < 1 and -inf else, with gradient 0.

    Raises
    ------
    TypeError
        If `order` is not a number.
    ValueError
        If an `x` is negative, NaN or inf, if `x` is empty, or if `order` is not finite.

    Notes
    -----
    Computed as expm1((1-q) log x)/(1-q), without cancellation near q = 1 and near x = 1.
    Source: Tsallis (1994). Chapter: Rényi entropies.

    Examples
    --------
    >>> q_logarithm([0.25, 1.0, 4.0], 2)
    array([-3.  ,  0.  ,  0.75])
    """
    given = operand("x", x)
    xp, values = given.xp, given.values
    _checks.check_not_empty("x", values, least_axes=0)
    _checks.check_not_negative("x", values)
    gap = 1 - _finite_order(order)
    logs = log_or_zero(xp, values)
    deformed = xp.expm1(gap * logs) / gap if gap else logs
    return finish(xp.where(values > 0, deformed, -1 / gap if gap > 0 else -xp.inf), given)


def q_exponential(x: Any, order: float) -> Any:
    r"""Deformed exponential of order q, element by element, cut off at 0; the inverse of `q_logarithm`.

    .. math:: \exp_q x = [1 + (1 - q) x]_+^{1/(1-q)}, \qquad \exp_1 x = e^x

    Parameters
    ----------
    x : list, array or tensor of any shape
    order : float
        q, any finite number.

    Returns
    -------
    scalar, array or tensor of the shape of `x`
        Where 1 + (1-q) x is not above 0 it is 0 for q < 1 (x too small) and inf for q > 1 (x too large), with
        gradient 0.

    Raises
    ------
    TypeError
        If `order` is not a number.
    ValueError
        If an `x` is NaN or infinite, if `x` is empty, or if `order` is not finite.

    Notes
    -----
    Computed as exp(log1p((1-q) x)/(1-q)), without cancellation near q = 1. At the cut-off, where (1-q) x is near -1,
    the result is as uncertain as rounding of `x` and `order` makes it.
    Source: Tsallis (1994). Chapter: Rényi entropies.

    Examples
    --------
    >>> q_exponential([-3.0, 0.0, 3.0], 0.5)
    array([0.  , 1.  , 6.25])
    """
    given = operand("x", x)
    xp, values = given.xp, given.values
    _checks.check_not_empty("x", values, least_axes=0)
    _checks.check_finite("x", values)
    gap = 1 - _finite_order(order)
    if not gap:
        return finish(xp.exp(values), given)
    inside = gap * values
    live = inside > -1
    power = xp.exp(xp.log1p(xp.where(live, inside, 0.0)) / gap)
    return finish(xp.where(live, power, 0.0 if gap > 0 else xp.inf), given)
