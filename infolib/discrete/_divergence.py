"""Measures between two distributions over the same outcomes: cross-entropy, Kullback-Leibler, Jensen-Shannon,
total variation."""

from __future__ import annotations

import math
from typing import Any

from infolib._arrays import finish, is_tensor
from infolib._distributions import between
from infolib._terms import (
    divergence_sum,
    midpoint_divergence_sum,
    not_negative,
    surprisal_sum,
    total_variation_sum,
)
from infolib._units import from_nats


def cross_entropy(p: Any, q: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Mean surprise of outcomes drawn from `p` for an observer who believes in `q`.

    .. math:: H(p, q) = -\sum_i p_i \log q_i

    Parameters
    ----------
    p, q : list, array or tensor
        Probabilities that sum to 1 along `axis`. Both have one length along `axis`; the other axes broadcast,
        aligned at the last axis. A list beside a tensor becomes a tensor.
    axis : int
        The axis that runs over the outcomes.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor
        The broadcast shape without `axis`; at least H(p). It is inf where `q` is 0 and `p` is not.

    Raises
    ------
    ValueError
        If either is not a distribution (see `entropy`), if the shapes do not fit, or if `base` is not above
        1.

    Notes
    -----
    Relative error below 1e-12 in float64. An outcome with p = 0 adds 0 to the value, also where q = 0.
    Source: Cover & Thomas (2006), theorem 5.4.3 (H(p) + D(p||q), the cost of the wrong code). Chapter:
    Entropy.

    Examples
    --------
    >>> float(cross_entropy([0.5, 0.5], [0.25, 0.75], base=2).round(6))
    1.207519
    """
    given, nats = between(p, q, axis, surprisal_sum)
    return finish(from_nats(not_negative(given.xp, nats), base), given)


def kl_divergence(p: Any, q: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Kullback-Leibler divergence of `q` from `p`: the extra surprise of believing `q` when `p` is true.

    .. math::

        D(p \,\|\, q) = \sum_i p_i \log \frac{p_i}{q_i}
        = \sum_i \left( p_i \log \frac{p_i}{q_i} - p_i + q_i \right)

    Parameters
    ----------
    p, q, axis, base
        As in `cross_entropy`.

    Returns
    -------
    scalar, array or tensor
        The broadcast shape without `axis`; never negative, 0 exactly when `p` equals `q`, inf where `q` is 0
        and `p` is not.

    Raises
    ------
    ValueError
        As in `cross_entropy`.

    Notes
    -----
    The second sum is computed. Its terms are all >= 0, so nothing cancels: the relative error stays below
    1e-12 even where `p` and `q` differ by 1e-12. It equals the first when both sum to 1. When the sums P and
    Q are off by what is tolerated, the first sum is wrong by P - Q, the second by (P - Q)^2 / 2 only (against
    the divergence of p/P from q/Q, times P). Gradients are those of the second sum: they differ from the
    first one's by a constant, which vanishes along every direction that keeps the sums.
    Source: Kullback & Leibler (1951), section 2; Cover & Thomas (2006), eq. 2.26; Csiszár (1975) for the second
    sum.
    Chapter: Divergence.

    Examples
    --------
    >>> float(kl_divergence([1.0, 0.0], [0.25, 0.75], base=2))
    2.0
    """
    given, nats = between(p, q, axis, divergence_sum)
    return finish(from_nats(nats, base), given)


def js_divergence(p: Any, q: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Jensen-Shannon divergence: the mean divergence of `p` and `q` from the midpoint between them.

    .. math:: \mathrm{JS}(p, q) = \tfrac12 D(p \,\|\, m) + \tfrac12 D(q \,\|\, m), \qquad m = \tfrac12 (p + q)

    Parameters
    ----------
    p, q, axis, base
        As in `cross_entropy`.

    Returns
    -------
    scalar, array or tensor
        The broadcast shape without `axis`; symmetric, from 0 (equal) to log 2 (never both possible). Its
        square root is a metric.

    Raises
    ------
    ValueError
        As in `cross_entropy`.

    Notes
    -----
    A sum of terms >= 0, without cancellation: relative error below 1e-12 also where `p` and `q` almost agree.
    Source: Lin (1991), section IV; Endres & Schindelin (2003) for the metric. Chapter: Divergence.

    Examples
    --------
    >>> float(js_divergence([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """
    given, nats = between(p, q, axis, midpoint_divergence_sum)
    # The sums of `p` and `q` may exceed 1 by the tolerance; the bound may not.
    nats = given.xp.where(nats > math.log(2), math.log(2), nats)
    return finish(from_nats(nats, base), given)


def total_variation(p: Any, q: Any, *, axis: int = -1) -> Any:
    r"""Total variation distance: the largest difference between the probabilities that `p` and `q` give to one event.

    .. math:: \mathrm{TV}(p, q) = \max_A |p(A) - q(A)| = \tfrac12 \sum_i |p_i - q_i|

    Parameters
    ----------
    p, q, axis
        As in `cross_entropy`.

    Returns
    -------
    scalar, array or tensor
        The broadcast shape without `axis`; a metric, from 0 (equal) to 1 (never both possible). It has no unit, so
        there is no `base`.

    Raises
    ------
    ValueError
        As in `cross_entropy`.

    Notes
    -----
    Half the l1 distance, without cancellation: relative error below 1e-12. The gradient with respect to p_i is half
    the sign of p_i - q_i, and 0 where they are equal.
    Source: Cover & Thomas (2006), section 11.6. Chapter: Divergence.

    Examples
    --------
    >>> float(total_variation([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]))
    0.5
    """
    given, distance = between(p, q, axis, total_variation_sum)
    # The sums of `p` and `q` may exceed 1 by the tolerance; the bound may not. The gradient stays.
    excess = given.xp.where(distance > 1, distance - 1, 0.0)
    return finish(distance - (excess.detach() if is_tensor(excess) else excess), given)
