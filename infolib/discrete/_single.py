"""Measures of one distribution: self-information, entropy, varentropy, perplexity."""

from __future__ import annotations

from typing import Any

from infolib import _checks
from infolib._arrays import Operand, finish, operand, rows, sum_rows
from infolib._distributions import along
from infolib._terms import binary_entropy_terms, checked_log_sum, dot, log_or_zero, not_negative
from infolib._units import from_nats


def self_information(p: Any, *, base: float | None = None) -> Any:
    r"""Surprise of an event of probability `p`, element by element.

    .. math:: h(p) = -\log p

    Parameters
    ----------
    p : list, array or tensor of any shape
        Probabilities in [0, 1].
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    array or tensor of the shape of `p`
        inf where `p` is 0; the gradient there is 0.

    Raises
    ------
    ValueError
        If a value lies outside [0, 1] or is NaN, if `p` is empty, or if `base` is not above 1.

    Notes
    -----
    Accurate to the last bits of float64 for every positive `p`.
    Source: Shannon (1948), section 6; MacKay (2003), section 2.4. Chapter: Entropy.

    Examples
    --------
    >>> self_information([1.0, 0.5, 0.25], base=2)
    array([0., 1., 2.])
    """
    given = operand("p", p)
    _checks.check_not_empty("p", given.values, least_axes=0)
    _checks.check_probabilities("p", given.values)
    surprise = given.xp.where(given.values > 0, -log_or_zero(given.xp, given.values) + 0.0, given.xp.inf)
    return finish(from_nats(surprise, base), given)


def binary_entropy(p: Any, *, base: float | None = None) -> Any:
    r"""Entropy of a coin that shows heads with probability `p`, element by element.

    .. math:: h_2(p) = -p \log p - (1 - p) \log(1 - p)

    Parameters
    ----------
    p : list, array or tensor of any shape
        Probabilities in [0, 1].
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    array or tensor of the shape of `p`
        Between 0 and log 2; the gradient at 0 and 1 is finite.

    Raises
    ------
    ValueError
        If a value lies outside [0, 1] or is NaN, if `p` is empty, or if `base` is not above 1.

    Notes
    -----
    Accurate in relative terms down to p = 1e-300, and as close to 1 as floating point reaches.
    Source: Cover & Thomas (2006), eq. 2.5. Chapter: Entropy.

    Examples
    --------
    >>> binary_entropy([0.0, 0.5, 1.0], base=2)
    array([0., 1., 0.])
    """
    given = operand("p", p)
    _checks.check_not_empty("p", given.values, least_axes=0)
    _checks.check_probabilities("p", given.values)
    return finish(from_nats(binary_entropy_terms(given.xp, given.values), base), given)


def entropy_nats(p: Any, axis: int) -> tuple[Operand, Any]:
    """Entropy along `axis`, in nats and in the precision it was computed in."""
    given, (negated,) = along("p", p, axis, checked_log_sum)
    return given, not_negative(given.xp, 0.0 - negated)


def entropy(p: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Shannon entropy: the mean surprise of an outcome.

    .. math:: H(p) = -\sum_i p_i \log p_i, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : list, array or tensor
        Probabilities that sum to 1 along `axis`; batched over the other axes.
    axis : int
        The axis that runs over the outcomes.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; between 0 and log n. NumPy and lists give float64, tensors keep their
        dtype.

    Raises
    ------
    ValueError
        If a value is negative, NaN or inf; if a sum differs from 1 by more than 1e-9 (1e-4 for float32, 1e-2
        for 16-bit numbers); if `p` is empty or has no axis `axis`; if `base` is not above 1.

    Notes
    -----
    Relative error below 1e-12 in float64, for probabilities down to 1e-300. The gradient at p = 0 is 0.
    Source: Shannon (1948), theorem 2; Cover & Thomas (2006), eq. 2.1. Chapter: Entropy.

    Examples
    --------
    >>> float(entropy([0.5, 0.25, 0.25, 0.0], base=2))
    1.5
    """
    given, nats = entropy_nats(p, axis)
    return finish(from_nats(nats, base), given)


def varentropy(p: Any, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Variance of the surprise of an outcome.

    .. math:: V(p) = \sum_i p_i (-\log p_i - H(p))^2

    Parameters
    ----------
    p, axis
        As in `entropy`.
    base : float, optional
        Unit: None is squared nats, 2 squared bits.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; 0 exactly when the outcomes that occur are equally likely, never
        negative.

    Raises
    ------
    ValueError
        As in `entropy`.

    Notes
    -----
    Two passes: the mean of squares minus the squared mean would cancel near uniformity.
    Source: Kontoyiannis & Verdú (2014), "Optimal lossless data compression", where it is the source
    dispersion of a memoryless source. Chapter: Entropy.

    Examples
    --------
    >>> float(varentropy([0.5, 0.25, 0.25], base=2))
    0.25
    """
    given, nats = entropy_nats(p, axis)
    xp = given.xp
    mean = xp.reshape(nats, (-1, 1))

    def kernel(block: Any, mean: Any) -> tuple[Any]:
        deviation = log_or_zero(xp, block) + mean
        return (dot(xp, block, deviation * deviation),)

    by_row = rows(xp, given.values, _checks.check_axis("axis", axis, "p", given.values.ndim))
    (variance,) = sum_rows(kernel, by_row, mean)
    return finish(from_nats(xp.reshape(variance, nats.shape), base, power=2), given)


def perplexity(p: Any, *, axis: int = -1) -> Any:
    r"""Number of equally likely outcomes that would be as uncertain.

    .. math:: \mathrm{PP}(p) = e^{H(p)}

    Parameters
    ----------
    p, axis
        As in `entropy`.

    Returns
    -------
    scalar, array or tensor
        The shape of `p` without `axis`; between 1 and n. It has no unit, so there is no `base`.

    Raises
    ------
    ValueError
        As in `entropy`.

    Notes
    -----
    Source: Jelinek, Mercer, Bahl & Baker (1977). Chapter: Entropy.

    Examples
    --------
    >>> round(float(perplexity([0.25, 0.25, 0.25, 0.25])), 12)
    4.0
    """
    given, nats = entropy_nats(p, axis)
    return finish(given.xp.exp(nats), given)
