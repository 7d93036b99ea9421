"""What a distance between two distributions says about their divergence and their entropies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infolib._arrays import sum_rows
from infolib._distributions import Pair, row_pair
from infolib._terms import checked_sum, divergence_sum, entropy_difference_sum, total_variation_sum
from infolib.inequalities._guessing import uncertainty_of_error
from infolib.inequalities._inequality import Inequality, inequality


def pinsker(p: Any, q: Any, *, axis: int = -1, base: float | None = None) -> Inequality:
    r"""Pinsker's inequality: distributions of small divergence are near in total variation.

    .. math:: 2\, \mathrm{TV}(p, q)^2 \le D(p \,\|\, q) \quad \text{(nats)}

    Parameters
    ----------
    p, q : list, array or tensor
        Probabilities that sum to 1 along `axis`; the other axes broadcast, as in `kl_divergence`.
    axis : int
        The axis that runs over the outcomes.
    base : float, optional
        Unit of both sides: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`. Both sides have the broadcast shape without
        `axis`. The right one is inf where `q` is 0 and `p` is not.

    Raises
    ------
    ValueError
        As in `kl_divergence`.

    Notes
    -----
    Both sides have a relative error below 1e-12, also where `p` and `q` almost agree. For two outcomes near 1/2 the
    sides become equal, so 2 is the best constant.
    Source: Pinsker (1964); Csiszár (1967) for the constant; Cover & Thomas (2006), lemma 11.6.1. Chapter:
    Divergence.

    Examples
    --------
    >>> print(pinsker([0.5, 0.5], [0.75, 0.25]))
    2 TV^2 <= D(p || q): 0.1250 <= 0.1438 nats
    """
    pair, (distance, divergence) = _sums(p, q, axis, total_variation_sum, divergence_sum)
    return inequality("2 TV^2 <= D(p || q)", 2 * distance * distance, divergence, pair.left, base)


def entropy_continuity(p: Any, q: Any, *, axis: int = -1, base: float | None = None) -> Inequality:
    r"""Entropy is continuous: near distributions have near entropies, by the best bound that their distance allows.

    .. math:: |H(p) - H(q)| \le T \log(n - 1) + h_2(T), \qquad T = \mathrm{TV}(p, q)

    Parameters
    ----------
    p, q, axis, base
        As in `pinsker`.

    Returns
    -------
    Inequality
        `left`, `right`, `slack` (their difference), `statement` and `unit`. Both sides have the broadcast shape without
        `axis`.

    Raises
    ------
    ValueError
        As in `kl_divergence`.

    Notes
    -----
    n is the length along `axis`. The bound holds for every T from 0 to 1; it rises to log n at T = 1 - 1/n and falls
    to log(n - 1) at T = 1. The sides are equal for a certain outcome against one of probability 1 - T with T spread
    evenly over the rest. The left side is summed term by term in p - q, so that it is accurate to 1e-15 T log n where
    the difference of two entropies would be rounding.
    Source: Zhang (2007); Audenaert (2007), theorem 1. Chapter: Entropy.

    Examples
    --------
    >>> print(entropy_continuity([1.0, 0.0, 0.0], [0.5, 0.25, 0.25], base=2))
    |H(p) - H(q)| <= T log(n - 1) + h(T): 1.5000 <= 1.5000 bits
    """
    pair, (difference, gain, loss) = _sums(p, q, axis, entropy_difference_sum, _gain_sum, _loss_sum)
    xp = pair.left.xp
    # Gain and loss are one number but for rounding; an outcome that is almost certain may have lost all of one.
    right = uncertainty_of_error(xp, xp.maximum(gain, loss), pair.first.shape[-1])
    return inequality("|H(p) - H(q)| <= T log(n - 1) + h(T)", xp.abs(difference), right, pair.left, base)


def _gain_sum(xp: Any, p: Any, q: Any) -> Any:
    return xp.sum(xp.where(q > p, q - p, 0.0), axis=-1)


def _loss_sum(xp: Any, p: Any, q: Any) -> Any:
    return _gain_sum(xp, q, p)


def _sums(p: Any, q: Any, axis: int, *terms: Callable[[Any, Any, Any], Any]) -> tuple[Pair, list[Any]]:
    """Check two distributions along `axis`, and sum several measures of them over it in one pass."""
    pair = row_pair(p, q, axis)
    xp = pair.left.xp

    def kernel(p_block: Any, q_block: Any) -> tuple[Any, ...]:
        measures = (sums(xp, p_block, q_block) for sums in terms)
        return checked_sum(xp, p_block), checked_sum(xp, q_block), *measures

    sums_p, sums_q, *parts = sum_rows(kernel, pair.first, pair.second)
    pair.check(sums_p, sums_q, axis)
    return pair, [xp.reshape(part, pair.batch) for part in parts]
