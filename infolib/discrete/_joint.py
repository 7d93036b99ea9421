"""Measures of several variables, given as one joint table with an axis for each."""

from __future__ import annotations

from typing import Any

from infolib import _checks
from infolib._arrays import Operand, finish, sum_rows
from infolib._distributions import joint_table, marginal
from infolib._terms import (
    divergence_terms,
    dot,
    log_or_zero,
    not_negative,
    row_entropy_sum,
)
from infolib._units import from_nats

Axes = int | tuple[int, ...]


def joint_entropy(p_xy: Any, axes: Axes | None = None, *, base: float | None = None) -> Any:
    r"""Entropy of several variables taken together.

    .. math:: H(X, Y) = -\sum_{x, y} p(x, y) \log p(x, y)

    Parameters
    ----------
    p_xy : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    axes : int or tuple of int, optional
        The variables to keep; the others are summed out. None keeps all.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)

    Raises
    ------
    ValueError
        If `p_xy` is not a distribution (see `entropy`), if an axis is missing or repeated, or if `base` is
        not above 1.

    Notes
    -----
    Relative error below 1e-12 in float64.
    Source: Cover & Thomas (2006), eq. 2.8. Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> p_xy = [[0.5, 0.0], [0.25, 0.25]]
    >>> float(joint_entropy(p_xy, base=2)), float(joint_entropy(p_xy, axes=0, base=2))
    (1.5, 1.0)
    """
    given = joint_table("p_xy", p_xy, least_axes=1)
    xp, ndim = given.xp, given.values.ndim
    kept = tuple(range(ndim)) if axes is None else _checks.check_axes("axes", axes, "p_xy", ndim)
    flat = xp.reshape(marginal(given, kept), (1, -1))
    (negated,) = sum_rows(lambda block: (dot(xp, block, log_or_zero(xp, block)),), flat)
    return finish(from_nats(not_negative(xp, 0.0 - negated[0]), base), given)


def conditional_entropy(p_xy: Any, *, of: Axes, given: Axes, base: float | None = None) -> Any:
    r"""Mean entropy that is left in some variables once others are known.

    .. math:: H(Y \mid X) = \sum_{x, y} p(x, y) \log \frac{p(x)}{p(x, y)}

    Parameters
    ----------
    p_xy : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    of, given : int or tuple of int
        The variables whose entropy is asked for, and those that are known; axes in neither are summed out.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        Never negative; 0 exactly when `given` determines `of`.

    Raises
    ------
    ValueError
        If `p_xy` is not a distribution (see `entropy`), if an axis is missing, repeated or in both groups, or
        if `base` is not above 1.

    Notes
    -----
    Computed as above and not as H(X, Y) - H(X), which cancels when X almost determines Y.
    Source: Cover & Thomas (2006), eq. 2.10. Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> float(conditional_entropy([[0.5, 0.0], [0.25, 0.25]], of=1, given=0, base=2))
    0.5
    """
    table = joint_table("p_xy", p_xy, least_axes=2)
    ndim = table.values.ndim
    of_axes = _checks.check_axes("of", of, "p_xy", ndim)
    given_axes = _checks.check_axes("given", given, "p_xy", ndim)
    _checks.check_disjoint("p_xy", of=of_axes, given=given_axes)
    nats = table.xp.sum(row_entropy_sum(table.xp, marginal(table, given_axes, of_axes)))
    return finish(from_nats(nats, base), table)


def dependence_sums(xp: Any, p: Any) -> Any:
    """Sum over x and y of the divergence of p(z,x,y) from p(z,x) p(z,y) / p(z), which has the same sum: one number
    for each z, all terms >= 0; `p` is (z, x, y)."""
    p_xz, p_yz = xp.sum(p, axis=2, keepdims=True), xp.sum(p, axis=1, keepdims=True)
    p_z = xp.sum(p_xz, axis=1, keepdims=True)
    product = p_xz * (p_yz / xp.where(p_z > 0, p_z, 1.0))
    # The product may underflow where the logarithm is still exact.
    log_product = log_or_zero(xp, p_xz) + (log_or_zero(xp, p_yz) - log_or_zero(xp, p_z))
    return xp.sum(divergence_terms(xp, p, product, log_product), axis=(1, 2))


def dependence_nats(table: Operand, x: tuple[int, ...], y: tuple[int, ...], given: tuple[int, ...]) -> Any:
    """Compute I(X;Y|Z) as a divergence, in nats and in the precision of the table."""
    return table.xp.sum(dependence_sums(table.xp, marginal(table, given, x, y)))


def mutual_information(p_xy: Any, x: Axes = 0, y: Axes = 1, *, base: float | None = None) -> Any:
    r"""What one variable tells about another.

    .. math:: I(X; Y) = \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)\, p(y)}

    Parameters
    ----------
    p_xy : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    x, y : int or tuple of int
        The axes of the two variables; axes in neither are summed out.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        Never negative.

    Raises
    ------
    ValueError
        If `p_xy` is not a distribution (see `entropy`), if an axis is missing, repeated or in both groups, or
        if `base` is not above 1.

    Notes
    -----
    A sum of terms p log(p/q) - p + q >= 0 with q = p(x) p(y): 0 to 1e-15 and better for independent
    variables. Where the dependence is weak, p = q (1 + O(e)), the value is of size e^2 and its relative error
    about 1e-16/e, from the rounding of the marginals. A table counted from samples overestimates I by about
    (n_x - 1)(n_y - 1) / (2 n).
    Source: Shannon (1948), section 12; Cover & Thomas (2006), eq. 2.28. Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> round(float(mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2)), 12)
    1.0
    """
    table = joint_table("p_xy", p_xy, least_axes=2)
    x_axes = _checks.check_axes("x", x, "p_xy", table.values.ndim)
    y_axes = _checks.check_axes("y", y, "p_xy", table.values.ndim)
    _checks.check_disjoint("p_xy", x=x_axes, y=y_axes)
    return finish(from_nats(dependence_nats(table, x_axes, y_axes, ()), base), table)


def conditional_mutual_information(p: Any, x: Axes, y: Axes, given: Axes, *, base: float | None = None) -> Any:
    r"""What one variable tells about another when a third is known.

    .. math:: I(X; Y \mid Z) = \sum_{x, y, z} p(x, y, z) \log \frac{p(x, y, z)\, p(z)}{p(x, z)\, p(y, z)}

    Parameters
    ----------
    p : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    x, y, given : int or tuple of int
        The axes of the three variables; axes in none are summed out.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        Never negative. It may be larger or smaller than I(X; Y).

    Raises
    ------
    ValueError
        If `p` is not a distribution (see `entropy`), if an axis is missing, repeated or in two groups, or if
        `base` is not above 1.

    Notes
    -----
    Accuracy as in `mutual_information`.
    Source: Cover & Thomas (2006), eq. 2.60. Chapter: Joint and conditional entropy.

    Examples
    --------
    Two fair coins and whether they agree: any two are independent, and the third makes each tell the other.

    >>> p = [[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]]
    >>> float(mutual_information(p, 0, 1, base=2))
    0.0
    >>> round(float(conditional_mutual_information(p, 0, 1, 2, base=2)), 12)
    1.0
    """
    table = joint_table("p", p, least_axes=3)
    ndim = table.values.ndim
    x_axes, y_axes = _checks.check_axes("x", x, "p", ndim), _checks.check_axes("y", y, "p", ndim)
    z_axes = _checks.check_axes("given", given, "p", ndim)
    _checks.check_disjoint("p", x=x_axes, y=y_axes, given=z_axes)
    return finish(from_nats(dependence_nats(table, x_axes, y_axes, z_axes), base), table)
