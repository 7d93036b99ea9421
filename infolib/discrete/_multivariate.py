"""Measures of how any number of variables depend on each other: total correlation, dual total correlation,
interaction information."""

from __future__ import annotations

import math
from typing import Any

from infolib import _checks
from infolib._arrays import Operand, finish, sum_rows
from infolib._distributions import joint_table, marginal
from infolib._terms import divergence_terms, log_or_zero
from infolib._units import from_nats
from infolib.discrete._joint import Axes, dependence_sums
from infolib.discrete._lattice import check_variables, subset_sums


def _table_of(p: Any, axes: Axes | None, least: int) -> tuple[Operand, Any]:
    """Check the table and sum out the variables that are not asked for."""
    table = joint_table("p", p, least_axes=2)
    ndim = table.values.ndim
    kept = tuple(range(ndim)) if axes is None else _checks.check_axes("axes", axes, "p", ndim)
    if len(kept) < least:
        raise ValueError(
            f"`axes` must name at least {least} variables; it was {axes!r}. Interaction is a matter of two or more."
        )
    return table, marginal(table, *((axis,) for axis in kept))


def total_correlation(p: Any, axes: Axes | None = None, *, base: float | None = None) -> Any:
    r"""How far several variables are from independence: what their joint table says beyond its marginals.

    .. math:: T(X_1, \dots, X_n) = \sum_i H(X_i) - H(X_1, \dots, X_n)
        = D\Big(p(x_1, \dots, x_n) \,\Big\|\, \prod_i p(x_i)\Big)

    Parameters
    ----------
    p : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    axes : int or tuple of int, optional
        The variables; the others are summed out. None takes all.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        Never negative; 0 exactly when the variables are independent, the mutual information when there are two, 0
        when there is one.

    Raises
    ------
    ValueError
        If `p` is not a distribution (see `entropy`) or has fewer than two axes, if an axis is missing or repeated,
        or if `base` is not above 1.

    Notes
    -----
    The divergence is summed, in terms >= 0, and not the difference of entropies: the relative error stays below
    1e-12 unless the dependence is weak. Where p differs from the product by a factor 1 + O(e), the value is of size
    e^2 and its relative error about n 1e-16/e, from the rounding of the n marginals.
    Source: Watanabe (1960). Chapter: Joint and conditional entropy.

    Examples
    --------
    Three copies of one fair bit hold one bit where three independent ones would hold three.

    >>> p = [[[0.5, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.5]]]
    >>> round(float(total_correlation(p, base=2)), 12)
    2.0
    """
    table, joint = _table_of(p, axes, least=1)
    xp, n = table.xp, joint.ndim
    mass = xp.sum(joint)
    # A mass off 1 by the tolerance is shared out as in the joint table, so that both sum to the same.
    product, log_product = xp.reshape(mass, (1,)), xp.reshape(log_or_zero(xp, mass), (1,))
    for axis in range(n):
        others = tuple(other for other in range(n) if other != axis)
        single = (xp.sum(joint, axis=others) if others else joint) / mass
        product = xp.reshape(product[:, None] * single, (-1,))
        log_product = xp.reshape(log_product[:, None] + log_or_zero(xp, single), (-1,))
    flat = (xp.reshape(array, (1, -1)) for array in (joint, product, log_product))
    (nats,) = sum_rows(lambda p, q, log_q: (xp.sum(divergence_terms(xp, p, q, log_q), axis=-1),), *flat)
    return finish(from_nats(nats[0], base), table)


def dual_total_correlation(p: Any, axes: Axes | None = None, *, base: float | None = None) -> Any:
    r"""What several variables share: their joint entropy less what each holds alone once all others are known.

    .. math:: D(X_1, \dots, X_n) = H(X_1, \dots, X_n) - \sum_i H(X_i \mid X_{-i})
        = \sum_{i=2}^{n} I(X_i; X_1, \dots, X_{i-1} \mid X_{i+1}, \dots, X_n)

    Parameters
    ----------
    p, axes, base
        As in `total_correlation`.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        Never negative; 0 exactly when the variables are independent, the mutual information when there are two, 0
        when there is one. With T the total correlation, T / (n - 1) <= D <= (n - 1) T, and D <= H.

    Raises
    ------
    ValueError
        As in `total_correlation`.

    Notes
    -----
    The second sum is computed; it follows from the first by the chain rule. Its terms are divergences, so nothing
    cancels: accuracy as in `total_correlation`.
    Source: Han (1978). Chapter: Joint and conditional entropy.

    Examples
    --------
    Two fair coins and their parity: any one follows from the other two, so all two bits are shared.

    >>> p = [[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]]
    >>> round(float(dual_total_correlation(p, base=2)), 12)
    2.0
    """
    table, joint = _table_of(p, axes, least=1)
    xp, sizes = table.xp, joint.shape
    nats = 0.0 * xp.sum(joint)
    for i in range(1, len(sizes)):
        before, after = math.prod(sizes[:i]), math.prod(sizes[i + 1 :])
        cells = xp.permute_dims(xp.reshape(joint, (before, sizes[i], after)), (2, 0, 1))
        nats = nats + xp.sum(dependence_sums(xp, cells))
    return finish(from_nats(nats, base), table)


def interaction_information(p: Any, axes: Axes | None = None, *, base: float | None = None) -> Any:
    r"""How much the dependence of some variables changes when one more is known.

    .. math::

        I(X; Y; Z) = I(X; Y \mid Z) - I(X; Y), \qquad
        I(X_1; \dots; X_n) = \sum_{S \subseteq \{3, \dots, n\}} (-1)^{n - 2 - |S|}\, I(X_1; X_2 \mid X_S)

    Parameters
    ----------
    p : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    axes : tuple of int, optional
        The variables, at least two; the others are summed out. None takes all.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar (float64 or a 0-d tensor)
        The same for every order of the variables, of either sign: of three, positive where together they tell what
        none tells alone (parity: +1 bit), negative where they repeat each other (three copies of a bit: -1 bit). For
        two it is the mutual information.

    Raises
    ------
    ValueError
        As in `total_correlation`; also if there are fewer than two variables or more than 20.

    Notes
    -----
    Two signs are in use. This one is McGill's. Co-information, the centre of the area diagram (see `entropy_profile`),
    is (-1)^n times this, so the two differ for an odd number of variables.
    Signs differ between the terms, so they may cancel: what is accurate to about 1e-16 is the value against the
    largest conditional mutual information in the sum, and not against itself. These are smaller than the
    entropies in the usual formula, and 0 where variables are independent, so parity is exact.
    Source: McGill (1954); Bell (2003) for co-information. Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> parity = [[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]]
    >>> copies = [[[0.5, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.5]]]
    >>> [round(float(interaction_information(p, base=2)), 12) for p in (parity, copies)]
    [1.0, -1.0]
    """
    table, joint = _table_of(p, axes, least=2)
    xp = table.xp
    check_variables("p", joint.ndim)
    cells = xp.permute_dims(joint, (*range(2, joint.ndim), 0, 1))[None]
    sums = subset_sums(xp, cells, lambda block: dependence_sums(xp, block))
    for _ in range(joint.ndim - 2):
        sums = sums[1] - sums[0]
    return finish(from_nats(sums, base), table)
