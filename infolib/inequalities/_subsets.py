"""The entropy of all variables, bounded by the entropies of some of them: Han, Shearer."""

from __future__ import annotations

import math
from collections import Counter
from numbers import Integral
from typing import Any

from infolib import _checks
from infolib._distributions import joint_table, marginal
from infolib._terms import row_entropy_sum
from infolib.discrete._lattice import check_variables, marginals_of_size
from infolib.inequalities._inequality import Inequality, inequality


def _entropy(xp: Any, p: Any) -> Any:
    # With the largest probability apart: one next to 1 is rounded, and more so in a marginal than in the whole table.
    return row_entropy_sum(xp, xp.reshape(p, (-1,)))


def _joint(n: int) -> str:
    """Write the entropy of all variables."""
    return f"H({', '.join(f'X_{i}' for i in range(1, n + 1))})" if n <= 3 else f"H(X_1, ..., X_{n})"


def han(p: Any, size: int | None = None, *, base: float | None = None) -> Inequality:
    r"""Han's inequality: the entropy of n variables is at most n/k times the mean entropy of k of them.

    .. math:: H(X_1, \dots, X_n) \le \frac{n}{k} \binom{n}{k}^{-1} \sum_{|S| = k} H(X_S)

    For k = n - 1 the right side is the sum over i of H(all but X_i), divided by n - 1.

    Parameters
    ----------
    p : list, array or tensor
        Joint probabilities, one axis for each of at most 20 variables; the whole array sums to 1.
    size : int, optional
        The number k of variables in each subset, from 1 to n. None is n - 1.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`. The right side falls, or stays, as `size`
        grows, and equals the left for `size` n.

    Raises
    ------
    TypeError
        If `size` is not an integer.
    ValueError
        If `p` is not a distribution (see `entropy`), has fewer than two axes or more than 20, if `size` is not from 1
        to n, or if `base` is not above 1.

    Notes
    -----
    Equality holds for independent variables, for every size; there rounding decides which side is larger, by about
    1e-16 of their size. The subsets number n over k, and tables are shared between them.
    Source: Han (1978); Cover & Thomas (2006), theorem 17.6.1. Some texts print H(X_i) in place of H(all
    but X_i), which is false for three variables or more: three independent fair bits have 3 bits, and half the sum
    of their entropies is 1.5. Chapter: Joint and conditional entropy.

    Examples
    --------
    Two fair coins and their parity: any two of them hold 2 bits.

    >>> p = [[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]]
    >>> print(han(p, base=2))
    H(X_1, X_2, X_3) <= 3/2 mean of H(X_S) over |S| = 2: 2.0000 <= 3.0000 bits
    """
    table = joint_table("p", p, least_axes=2)
    xp, values = table.xp, table.values
    n = values.ndim
    check_variables("p", n)
    k = n - 1 if size is None else size
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise TypeError(f"`size` must be an integer; it was {size!r}, a {type(size).__name__}. Pass 1 to {n}.")
    k = int(k)
    if not 1 <= k <= n:
        raise ValueError(
            f"`size` must be from 1 to the number of variables of `p`, {n}; it was {size}. Leave it out for {n - 1}."
        )
    total: Any = 0.0
    for part in marginals_of_size(xp, values[None], k):
        total = total + _entropy(xp, part)
    right = total * (n / (k * math.comb(n, k)))
    factor = math.gcd(n, k)
    ratio = f"{n // factor}/{k // factor} " if n != k else ""
    statement = f"{_joint(n)} <= {ratio}mean of H(X_S) over |S| = {k}"
    return inequality(statement, _entropy(xp, values), right, table, base)


def shearer(p: Any, cover: Any, *, base: float | None = None) -> Inequality:
    r"""Shearer's lemma: sets that cover every variable t times hold at least t times the entropy of all.

    .. math::

        t\, H(X_1, \dots, X_n) \le \sum_{S \in \mathcal C} H(X_S), \qquad
        t = \min_i |\{S \in \mathcal C : i \in S\}|

    Parameters
    ----------
    p : list, array or tensor
        Joint probabilities, one axis for each variable; the whole array sums to 1.
    cover : sequence of tuples of int
        The sets of variables, by axis. A set may occur more than once, and then counts so often.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`. t is the number of sets that hold the least
        covered variable.

    Raises
    ------
    TypeError
        If `cover` is not a sequence of sets of axes.
    ValueError
        If `p` is not a distribution (see `entropy`), if a set is empty or names an axis twice or one that is missing,
        if a variable is in no set, or if `base` is not above 1.

    Notes
    -----
    The pairs of three variables give H(X,Y,Z) <= (H(X,Y) + H(Y,Z) + H(X,Z)) / 2; all sets of one size give Han's
    inequality. Equality holds for independent variables if all are covered equally often; there rounding decides
    which side is larger, by about 1e-16 of their size.
    Source: Chung, Graham, Frankl & Shearer (1986). Chapter: Joint and conditional entropy.

    Examples
    --------
    >>> p = [[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]]
    >>> print(shearer(p, [(0, 1), (1, 2), (2, 0)], base=2))
    2 H(X_1, X_2, X_3) <= sum of H(X_S) over 3 sets: 4.0000 <= 6.0000 bits
    """
    table = joint_table("p", p, least_axes=1)
    xp, values = table.xp, table.values
    n = values.ndim
    if isinstance(cover, str) or not hasattr(cover, "__iter__"):
        raise TypeError(
            f"`cover` must be a sequence of tuples of axes; it was {cover!r}. Pass [(0, 1), (1, 2), (0, 2)]."
        )
    sets = [tuple(sorted(_checks.check_axes(f"cover[{i}]", axes, "p", n))) for i, axes in enumerate(cover)]
    times = Counter(axis for axes in sets for axis in axes)
    bare = [axis for axis in range(n) if not times[axis]]
    if bare:
        raise ValueError(
            f"`cover` must hold every variable of `p` in at least one set; axis {bare[0]} was in none. Add a set with "
            "it, or sum it out of `p`."
        )
    total: Any = 0.0
    for axes, count in Counter(sets).items():
        total = total + count * _entropy(xp, marginal(table, axes))
    least = min(times.values())
    left = least * _entropy(xp, values)
    factor = f"{least} " if least > 1 else ""
    statement = f"{factor}{_joint(n)} <= sum of H(X_S) over {len(sets)} {'sets' if len(sets) > 1 else 'set'}"
    return inequality(statement, left, total, table, base)
