"""What can be told of one variable from another: Fano's inequality and its inverse, data processing."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

from infolib import _checks
from infolib._arrays import finish, is_tensor, operand, operand_pair
from infolib._distributions import joint_table, marginal
from infolib._terms import binary_entropy_terms, checked_sum, largest_and_rest, row_entropy_sum
from infolib._units import nats_per_unit
from infolib.discrete._joint import Axes, dependence_sums
from infolib.inequalities._inequality import Inequality, inequality


def uncertainty_of_error(xp: Any, error: Any, n: int) -> Any:
    """Compute h(e) + e log(n - 1): the entropy of n outcomes of which one has probability 1 - e and the others are
    equally likely."""
    # With one outcome the error is 0, and so is its product with the logarithm of 0.
    return binary_entropy_terms(xp, error) + error * math.log(max(n - 1, 1))


def fano_bound(p_xy: Any, *, x: Axes = 0, y: Axes = 1, base: float | None = None) -> Inequality:
    r"""Fano's inequality: whoever guesses X from Y and is seldom wrong has little uncertainty left.

    .. math:: H(X \mid Y) \le h_2(P_e) + P_e \log(|X| - 1), \qquad P_e = 1 - \sum_y \max_x p(x, y)

    Parameters
    ----------
    p_xy : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    x, y : int or tuple of int
        The axes of the variable that is guessed and of the one that is seen; axes in neither are summed out.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`. With the error probability of the best
        guess; a worse guesser (up to 1 - 1/|X|) has a larger right side.

    Raises
    ------
    ValueError
        If `p_xy` is not a distribution (see `entropy`), if an axis is missing, repeated or in both groups, or if
        `base` is not above 1.

    Notes
    -----
    \|X\| is the number of outcomes in the table, also of those that have probability 0: leave them out for the sharper
    bound. The error is summed from the outcomes that are not guessed, so that a small one is accurate. The sides are
    equal where, for every y, the error is the same and all wrong outcomes are equally likely.
    Source: Fano (1961); Cover & Thomas (2006), theorem 2.10.1. Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> print(fano_bound([[0.5, 0.0], [0.25, 0.25]], base=2))
    H(X|Y) <= h(Pe) + Pe log(|X| - 1): 0.6887 <= 0.8113 bits
    """
    table = joint_table("p_xy", p_xy, least_axes=2)
    xp, ndim = table.xp, table.values.ndim
    x_axes = _checks.check_axes("x", x, "p_xy", ndim)
    y_axes = _checks.check_axes("y", y, "p_xy", ndim)
    _checks.check_disjoint("p_xy", x=x_axes, y=y_axes)
    p = marginal(table, y_axes, x_axes)
    _, others = largest_and_rest(xp, p)
    error = xp.sum(xp.where(others, p, 0.0))
    left = xp.sum(row_entropy_sum(xp, p))
    right = uncertainty_of_error(xp, error, p.shape[-1])
    return inequality("H(X|Y) <= h(Pe) + Pe log(|X| - 1)", left, right, table, base)


def fano_error(conditional_entropy: Any, n_outcomes: int, *, base: float | None = None) -> Any:
    r"""The smallest probability of a wrong guess that Fano's inequality allows: the inequality turned round.

    .. math:: h_2(e) + e \log(n - 1) = H(X \mid Y), \qquad 0 \le e \le 1 - \tfrac1n

    Parameters
    ----------
    conditional_entropy : number, list, array or tensor
        H(X|Y), from 0 to log n, element by element.
    n_outcomes : int
        The number n of outcomes of X, at least 2.
    base : float, optional
        Unit of `conditional_entropy`: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    array or tensor of the shape of `conditional_entropy`
        The error probability e, from 0 to 1 - 1/n; it has no unit.

    Raises
    ------
    TypeError
        If `n_outcomes` is not an integer.
    ValueError
        If `n_outcomes` is below 2, if an entropy is negative, NaN or above log n by more than 1e-9 (1e-4 for float32,
        1e-2 for 16-bit numbers), or if `base` is not above 1. Less than that above counts as log n.

    Notes
    -----
    Newton steps from below: the left side is concave, so they rise to the root and cannot pass it. The relative error
    is near 1e-15 down to e = 1e-300. Near log n the left side is flat, and the rounding of the entropy by 1e-16 moves e
    by up to 1e-8; what is returned is then a root for an entropy within rounding of the one given. The gradient is
    1 / log((1 - e)(n - 1) / e), with 0 in place of infinity at log n.
    Source: Cover & Thomas (2006), section 2.10, solved for the error. Chapter: Joint and conditional entropy.

    Examples
    --------
    One bit is unknown about one of 16 equally likely messages: then at least 12 in 100 guesses are wrong.

    >>> round(float(fano_error(1.0, 16, base=2)), 4)
    0.1203
    """
    if isinstance(n_outcomes, bool) or not isinstance(n_outcomes, Integral):
        raise TypeError(
            f"`n_outcomes` must be an integer; it was {n_outcomes!r}, a {type(n_outcomes).__name__}. "
            "Count the outcomes of X."
        )
    if n_outcomes < 2:
        raise ValueError(
            f"`n_outcomes` must be at least 2; it was {n_outcomes}. With one outcome there is nothing to guess."
        )
    given = operand("conditional_entropy", conditional_entropy)
    xp, n = given.xp, int(n_outcomes)
    _checks.check_not_empty("conditional_entropy", given.values, least_axes=0)
    nats = given.values * nats_per_unit(base)
    most = math.log(n)
    known = nats.detach() if is_tensor(nats) else nats
    _checks.check_entropies("conditional_entropy", given.values, known, most, given.tolerance, n)
    inside = (known > 0) & (known < most)
    error = _error_of(xp, xp.where(inside, known, most / 2), n)
    found = xp.where(inside, error, (1 - 1 / n) * xp.where(known > 0, xp.ones_like(known), 0.0))
    if is_tensor(nats):  # the implicit function theorem: a step of 0 that carries the slope
        slope = _slope(xp, error, n)
        live = inside & (slope > 0)
        found = found + xp.where(live, nats - known, 0.0) / xp.where(live, slope, 1.0)
    return finish(found, given)


def _slope(xp: Any, error: Any, n: int) -> Any:
    """Differentiate `uncertainty_of_error`; where the error underflowed to 0, as at the smallest number above."""
    positive = xp.where(error > 0, error, xp.finfo(error.dtype).smallest_normal)
    return xp.log1p(-error) + (math.log(n - 1) - xp.log(positive))


def _error_of(xp: Any, target: Any, n: int) -> Any:
    """Solve `uncertainty_of_error` = target for the error, target strictly between 0 and log n, by Newton steps from
    below: as the function is concave, they rise to the root and do not pass it."""
    eps, top = xp.finfo(target.dtype).eps, 1 - 1 / n
    # At this start e (1 + log((n - 1) / e)) is below the target, and so is the function, which is smaller.
    error = target / (2 + 2 * (xp.log(target + float(n - 1)) - xp.log(target)))
    for _ in range(64):  # halving what is missing where the slope vanishes, doubling the digits elsewhere
        slope = _slope(xp, error, n)
        missing = target - uncertainty_of_error(xp, error, n)
        live = (slope > 0) & (missing > 0)
        step = xp.where(live, missing, 0.0) / xp.where(live, slope, 1.0)
        error = xp.where(error + step < top, error + step, top)
        if not bool(xp.any(step > eps / 4 * error)):
            break
    return error


def data_processing(p_xy: Any, channel: Any, *, base: float | None = None) -> Inequality:
    r"""Data processing: what is computed from Y cannot tell more about X than Y does.

    .. math:: I(X; Z) \le I(X; Y), \qquad p(x, z) = \sum_y p(x, y)\, p(z \mid y)

    Parameters
    ----------
    p_xy : list, array or tensor of shape (n_x, n_y)
        Joint probabilities; the whole array sums to 1.
    channel : list, array or tensor of shape (n_y, n_z)
        channel[y, z] = p(z|y); every row sums to 1.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`.

    Raises
    ------
    ValueError
        If `p_xy` is not a distribution or a row of `channel` is not (see `entropy`), if one of them has not two axes,
        if `channel` has not a row for every y, or if `base` is not above 1.

    Notes
    -----
    Both sides as in `mutual_information`. They are equal where Z keeps all that Y says about X, such as under a
    renumbering of the outcomes; there rounding decides which side is larger.
    Source: Cover & Thomas (2006), theorem 2.8.1. Chapter: Joint and conditional entropy.

    Examples
    --------
    A copy of a fair bit, sent through a channel that flips one bit in four:

    >>> print(data_processing([[0.5, 0.0], [0.0, 0.5]], [[0.75, 0.25], [0.25, 0.75]], base=2))
    I(X;Z) <= I(X;Y): 0.1887 <= 1.0000 bits
    """
    left, right = operand_pair("p_xy", p_xy, "channel", channel)
    xp = left.xp
    for name, side in (("p_xy", left), ("channel", right)):
        if side.values.ndim != 2:
            raise ValueError(
                f"`{name}` must have two axes; it had shape {tuple(side.values.shape)}. "
                + ("Give X and Y one axis each." if name == "p_xy" else "Give it a row for each y.")
            )
        _checks.check_not_empty(name, side.values)
    if right.values.shape[0] != left.values.shape[1]:
        raise ValueError(
            f"`channel` must have one row for each of the {left.values.shape[1]} columns of `p_xy`; it had shape "
            f"{tuple(right.values.shape)}. Transpose it if its columns are the y."
        )
    joint_table("p_xy", p_xy, least_axes=2)
    _checks.check_pmf("channel", right.values, checked_sum(xp, right.values), right.tolerance, -1)
    after = xp.matmul(left.values, right.values)
    before, behind = (xp.sum(dependence_sums(xp, table[None])) for table in (left.values, after))
    return inequality("I(X;Z) <= I(X;Y)", behind, before, left, base)
