"""Rényi's family of entropies, and its members that have a name: Hartley, collision, min-entropy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from infolib._arrays import finish
from infolib._distributions import along
from infolib._terms import checked_sum
from infolib.renyi._orders import check_orders, collect
from infolib.renyi._power_sums import renyi_nats


def renyi_entropy(p: Any, order: float | Sequence[float], *, axis: int = -1, base: float | None = None) -> Any:
    r"""Rényi entropy: the uncertainty of `p` where a high order attends to the likely outcomes.

    .. math::

        H_\alpha(p) = \frac{1}{1 - \alpha} \log \frac{\sum_i p_i^\alpha}{\sum_i p_i}, \qquad
        H_1(p) = -\sum_i p_i \log p_i

    with the limits log of the number of possible outcomes at order 0 and -log max p at order inf.

    Parameters
    ----------
    p : list, array or tensor
        Probabilities that sum to 1 along `axis`; batched over the other axes.
    order : float or 1-d sequence of k floats
        From 0 to inf.
    axis : int
        The axis that runs over the outcomes.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`, with a leading axis of length k for a sequence of orders. Between 0 and
        log n, and not increasing in the order. NumPy and lists give float64, tensors keep their dtype.

    Raises
    ------
    TypeError
        If an order is not a number.
    ValueError
        If an order is negative or NaN, if `p` is not a distribution (see `entropy`), or if `base` is not above 1.

    Notes
    -----
    Relative error below 1e-12 in float64 for every order, also at 1 + 1e-12, for probabilities down to the
    least number above 0. Where the sum of `p` is off 1 by the tolerance, the quotient above keeps the value near
    order 1 as good as it is elsewhere; order 1 itself is `entropy`.
    An outcome with p = 0 gets gradient 0, at every order. (For an order of 1 or less the derivative there is
    infinite.)
    Source: Rényi (1961), eq. 1.21 and, for sums other than 1, section 2. Chapter: Rényi entropies.

    Examples
    --------
    >>> float(renyi_entropy([0.5, 0.25, 0.25], 1, base=2))
    1.5
    >>> renyi_entropy([0.5, 0.25, 0.25], [0, 2, math.inf], base=2).round(6)
    array([1.584963, 1.415037, 1.      ])
    """
    orders, sequence = check_orders(order)
    given, by_order = renyi_nats(p, orders, axis)
    return collect(by_order, sequence, given, base)


def hartley_entropy(p: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Hartley entropy: the logarithm of the number of possible outcomes, `renyi_entropy` of order 0.

    .. math:: H_0(p) = \log \left| \{ i : p_i > 0 \} \right|

    Parameters
    ----------
    p, axis, base
        As in `renyi_entropy`.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; between 0 and log n.

    Raises
    ------
    ValueError
        As in `renyi_entropy`.

    Notes
    -----
    Any positive number counts, however small: a probability that is 0 up to rounding adds a whole outcome.
    Source: Hartley (1928). Chapter: Rényi entropies.

    Examples
    --------
    >>> float(hartley_entropy([0.9, 0.05, 0.03, 0.02, 0.0], base=2))
    2.0
    """
    return renyi_entropy(p, 0.0, axis=axis, base=base)


def collision_entropy(p: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Collision entropy: minus the log of the chance that two draws are equal, `renyi_entropy` of order 2.

    .. math:: H_2(p) = -\log \sum_i p_i^2

    Parameters
    ----------
    p, axis, base
        As in `renyi_entropy`.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; between `min_entropy` and twice that.

    Raises
    ------
    ValueError
        As in `renyi_entropy`.

    Notes
    -----
    As accurate as `renyi_entropy`, also where one outcome has almost all the mass.
    Source: Rényi (1961), eq. 1.21 with order 2. Chapter: Rényi entropies.

    Examples
    --------
    >>> round(float(collision_entropy([0.5, 0.25, 0.25], base=2)), 6)
    1.415037
    """
    return renyi_entropy(p, 2.0, axis=axis, base=base)


def min_entropy(p: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Min-entropy: the surprise of the likeliest outcome, `renyi_entropy` of order inf.

    .. math:: H_\infty(p) = -\log \max_i p_i

    Parameters
    ----------
    p, axis, base
        As in `renyi_entropy`.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; the least of all Rényi entropies.

    Raises
    ------
    ValueError
        As in `renyi_entropy`.

    Notes
    -----
    `guessing_probability` is e to minus this in nats, 2 to minus this in bits. The gradient reaches the
    likeliest outcome only; PyTorch divides it among ties.
    Source: Rényi (1961), the limit of eq. 1.21; Konig, Renner & Schaffner (2009) for the guess. Chapter: Rényi
    entropies.

    Examples
    --------
    >>> float(min_entropy([0.5, 0.25, 0.25], base=2))
    1.0
    """
    return renyi_entropy(p, math.inf, axis=axis, base=base)


def guessing_probability(p: Any, *, axis: int = -1) -> Any:
    r"""Chance that the best single guess of the outcome is right.

    .. math:: \max_i p_i = e^{-H_\infty(p)}

    Parameters
    ----------
    p, axis
        As in `renyi_entropy`.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; between 1/n and 1. It has no unit, so there is no `base`.

    Raises
    ------
    ValueError
        As in `renyi_entropy`.

    Notes
    -----
    The value of `p` itself; a value above 1 by the tolerance becomes 1.
    Source: Konig, Renner & Schaffner (2009), with nothing known about the outcome. Chapter: Rényi entropies.

    Examples
    --------
    >>> float(guessing_probability([0.5, 0.25, 0.25]))
    0.5
    """
    given, _ = along("p", p, axis, lambda xp, block: (checked_sum(xp, block),))
    xp = given.xp
    best = xp.max(given.values, axis=axis)
    return finish(xp.where(best > 1, 1.0, best), given)
