r"""The softmax temperature of soft entropy, calibrated by a von Mises-Fisher divergence.

A vector on the sphere :math:`S^{d-1}` is assigned softly to :math:`m` anchors with weights proportional to
:math:`e^{\kappa \cos}`, where :math:`\kappa = 1/\varepsilon`. Seen over the whole sphere, this weight is a
von Mises-Fisher density of concentration :math:`\kappa`. The calibration asks that this density be
:math:`\log m` nats away from the uniform one: just as far as one anchor out of :math:`m` is from all of them.

How it is computed. With :math:`\nu = d/2 - 1`, :math:`A_d = I_{\nu+1}(\kappa) / I_\nu(\kappa)` and
:math:`F_d = \log\bigl(\Gamma(\nu+1)\,(2/\kappa)^\nu\, I_\nu(\kappa)\bigr)`, the divergence is
:math:`\kappa A_d - F_d`. No Bessel function is ever evaluated, since those under- and overflow:

* for large order, the uniform expansion (DLMF 10.41.3), whose logarithm is taken term by term, so that the
  divergence comes out without a difference of large numbers;
* for small order, the same at a larger order, then down two dimensions at a time by the recurrence
  DLMF 10.29.1, :math:`A_d = \kappa/(d + \kappa A_{d+2})` and :math:`F_d = F_{d+2} + \log(1 + \kappa A_{d+2}/d)`,
  which is stable in that direction. It is the continued fraction DLMF 10.33.1, cut off by the expansion.
"""

from functools import lru_cache
from math import exp, log, log1p, sqrt
from operator import index
from typing import Literal, SupportsIndex

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import root_scalar

# Twelve terms from order 20 on leave out less than 1e-14 of the divergence.
_N_TERMS = 12
_MIN_ORDER = 20.0
_MAX_COUNT = 2**63 - 1


def _debye_terms(n_terms: int) -> NDArray[np.float64]:
    r"""Coefficients of :math:`D_k(p)`, the terms in :math:`\nu^{-k}` of :math:`\log \sum_k U_k(p) \nu^{-k}`.

    Row k-1, column j: the coefficient of :math:`p^j` in :math:`D_k`. The recurrence of DLMF 10.41.9 for
    :math:`U_k`, divided by the sum, becomes one for the derivatives :math:`E_k = D_k'`, with
    :math:`g = p^2(1-p^2)/2`: :math:`E_1 = (1-5p^2)/8` and
    :math:`E_{k+1} = (g E_k)' + g \sum_{i+j=k} E_i E_j`.
    """
    g = Polynomial([0.0, 0.0, 0.5, 0.0, -0.5])
    slopes = [Polynomial([0.125, 0.0, -0.625])]
    for k in range(1, n_terms):
        products = sum((slopes[i] * slopes[k - 2 - i] for i in range(k - 1)), Polynomial([0.0]))
        slopes.append((g * slopes[-1]).deriv() + g * products)
    table = np.zeros((n_terms, 3 * n_terms + 1))
    for row, slope in zip(table, slopes, strict=True):
        coefficients = slope.integ().coef
        row[: len(coefficients)] = coefficients
    return table


_DEBYE = _debye_terms(_N_TERMS)
_POWERS = np.arange(_DEBYE.shape[1])


def _expansion(kappa: NDArray[np.float64], order: float) -> tuple[NDArray, NDArray, NDArray]:
    """Mean cosine A, gap kappa (1 - A) and divergence, for an order of at least `_MIN_ORDER`."""
    z = kappa / order
    root = np.hypot(1.0, z)
    half = z / (1.0 + root)
    excess = z * half  # root - 1, without the cancellation
    p = 1.0 / root
    sine = z * p  # sine**2 = 1 - p**2
    log_root = np.log1p(excess)
    series = order ** -np.arange(1.0, _N_TERMS + 1) @ _DEBYE
    powers = p[..., None] ** _POWERS
    slope = powers @ (_POWERS * series)  # p times the derivative of the series
    drop = np.expm1(-log_root[..., None] * _POWERS) @ series  # the series at p, less the series at p = 1
    mean_cosine = half - sine * p * (0.5 + slope) / order
    gap = order * half * (1.0 + 1.0 / (root + z)) + sine**2 * (0.5 + slope)
    divergence = order * np.log1p(excess / 2) + (log_root - sine**2) / 2 - sine**2 * slope - drop
    return mean_cosine, gap, divergence


def _vmf(kappa: NDArray[np.float64], dim: int) -> tuple[NDArray, NDArray]:
    """Mean cosine and divergence from uniform of vMF(kappa) on the unit sphere of R^dim."""
    steps = max(0, int(np.ceil(_MIN_ORDER - (dim / 2 - 1))))
    mean_cosine, gap, divergence = _expansion(kappa, dim / 2 - 1 + steps)
    for d in range(dim + 2 * steps - 2, dim - 1, -2):
        rise = kappa * mean_cosine / d
        below = kappa / (d * (1.0 + rise))
        gap_below = below * (d - gap)
        # kappa (A_d - A_{d+2}), from whichever of A and 1 - A is the smaller
        change = np.where(kappa < d, kappa * (below - mean_cosine), gap - gap_below)
        divergence = divergence + change - np.log1p(rise)
        mean_cosine, gap = below, gap_below
    return mean_cosine, divergence


def vmf_mean_cosine(kappa: ArrayLike, dim: SupportsIndex) -> NDArray[np.float64] | np.float64:
    r"""Mean cosine between a von Mises-Fisher vector and its mean direction.

    .. math:: A_d(\kappa) = \frac{I_{d/2}(\kappa)}{I_{d/2-1}(\kappa)}

    Parameters
    ----------
    kappa : array_like
        Concentration, finite and at least 0; 0 is the uniform distribution. Any shape.
    dim : int
        Dimension :math:`d \ge 2` of the space around the sphere.

    Returns
    -------
    ndarray or float64
        Numbers from 0 to 1, in the shape of `kappa`. About :math:`\kappa/d` when small, and
        :math:`1 - (d-1)/(2\kappa)` when near 1.

    Raises
    ------
    ValueError
        If `kappa` is negative or not finite, or `dim` is not an integer of at least 2.

    Notes
    -----
    Relative error below 1e-14 for every `kappa` and `dim`. Source: DLMF 10.33.1 and 10.41.3.

    Examples
    --------
    >>> float(round(vmf_mean_cosine(2.0, 3), 6))  # on the ordinary sphere: coth(kappa) - 1/kappa
    0.537315
    """
    concentration = _check_kappa(kappa)
    return _vmf(concentration, _check_count("dim", dim))[0][()]


def vmf_kl_to_uniform(kappa: ArrayLike, dim: SupportsIndex) -> NDArray[np.float64] | np.float64:
    r"""KL divergence, in nats, of a von Mises-Fisher distribution from the uniform one on the sphere.

    .. math::
        D(\mathrm{vMF}(\kappa) \,\|\, \mathrm{uniform}) = \kappa A_d(\kappa) + \log C_d(\kappa) - \log C_d(0)
        = \int_0^\kappa t A_d'(t)\,dt, \qquad
        C_d(\kappa) = \frac{\kappa^{d/2-1}}{(2\pi)^{d/2} I_{d/2-1}(\kappa)}

    Parameters
    ----------
    kappa : array_like
        Concentration, finite and at least 0. Any shape.
    dim : int
        Dimension :math:`d \ge 2` of the space around the sphere.

    Returns
    -------
    ndarray or float64
        Nats, in the shape of `kappa`. It rises with `kappa` from 0 without bound.

    Raises
    ------
    ValueError
        If `kappa` is negative or not finite, or `dim` is not an integer of at least 2.

    Notes
    -----
    Relative error below 1e-12, for small `kappa` too. Never more than :math:`\kappa^2/(2d)`, which it
    approaches when :math:`\kappa` is small beside :math:`d`. Source: Mardia and Jupp,
    *Directional Statistics* (2000), section 9.3, for the density; DLMF 10.29.1 and 10.41.3 for the numbers.

    Examples
    --------
    >>> float(round(vmf_kl_to_uniform(2.0, 3), 6))  # kappa coth(kappa) - 1 - log(sinh(kappa) / kappa)
    0.479409
    """
    concentration = _check_kappa(kappa)
    return _vmf(concentration, _check_count("dim", dim))[1][()]


def calibrate_temperature(
    n_anchors: SupportsIndex, dim: SupportsIndex, method: Literal["exact", "leading"] = "exact"
) -> float:
    r"""Softmax temperature at which an assignment carries as many nats as one anchor out of m.

    ``"exact"`` solves :math:`D(\mathrm{vMF}(1/\varepsilon) \,\|\, \mathrm{uniform}) = \log m` on the unit
    sphere of :math:`\mathbb{R}^d`. ``"leading"`` replaces the divergence by its value for small
    :math:`\kappa/d`, which is :math:`\kappa^2/(2d)`:

    .. math:: \varepsilon = \frac{1}{\sqrt{2 d \log m}}

    Parameters
    ----------
    n_anchors : int
        Number of anchors :math:`m \ge 2`.
    dim : int
        Dimension :math:`d \ge 2` of the vectors.
    method : {"exact", "leading"}
        Which of the two.

    Returns
    -------
    float
        The temperature :math:`\varepsilon`, by which cosines are divided before the softmax.

    Raises
    ------
    ValueError
        If `n_anchors` or `dim` is not an integer of at least 2, or `method` is neither of the two.

    Notes
    -----
    ``"exact"`` is good to 1e-12 relative from d = 2 to 100,000 and from m = 2 to 1e9.

    The leading order is too warm for every m and d. The two agree where :math:`\log m` is small beside
    :math:`d`: exact / leading is :math:`1 - \tfrac{3}{2} \log m / (d + 2)` to the next order, and tends to 1. With
    100 anchors the leading temperature is 0.13% too high at d = 5120, but 2.4 times the exact one at d = 8.
    Nor does the exact one only fall with d: for 100 anchors it climbs from 0.00023 at d = 2 to 0.0543 at
    d = 14, and falls from there.

    Source: Conklin (2025), "so u want to estimate the entropy of a vector space", for the criterion and the
    closed form, which the source gives as the temperature where the divergence is exactly log m. That holds
    to leading order only: at d = 64 and m = 100 the divergence is 3.86 nats there, not 4.605.

    Examples
    --------
    >>> round(calibrate_temperature(100, 768), 7), round(calibrate_temperature(100, 768, "leading"), 7)
    (0.0117838, 0.01189)
    """
    m, d = _check_count("n_anchors", n_anchors), _check_count("dim", dim)
    if method == "leading":
        return 1.0 / sqrt(2 * d * log(m))
    if method == "exact":
        return _exact_temperature(m, d)
    raise ValueError(f"`method` must be 'exact' or 'leading'; it was {method!r}. Leave it out for the calibrated one.")


@lru_cache(maxsize=1024)
def _exact_temperature(n_anchors: int, dim: int) -> float:
    target = log(n_anchors)

    def missing(log_kappa: float) -> float:
        return float(_vmf(np.asarray(exp(log_kappa)), dim)[1]) - target

    # The divergence is at most kappa**2 / (2 dim), so leading-order kappa is below the root up to rounding.
    low = log(2 * dim * target) / 2
    width = log1p(3 * target / dim)
    while missing(low + width) < 0:
        width *= 2
    # In log kappa the tolerance is a relative one, and the divergence is nearly straight for large kappa.
    found = root_scalar(missing, bracket=(low - 1e-6, low + width), method="brentq", xtol=1e-15, rtol=1e-15)
    return exp(-found.root)


def _check_count(name: str, value: SupportsIndex) -> int:
    try:
        count = index(value)
    except TypeError:
        count = None
    if count is None or not 2 <= count <= _MAX_COUNT:
        what = "the number of anchors" if name == "n_anchors" else "the length of a vector, `z.shape[-1]`"
        raise ValueError(f"`{name}` must be an integer from 2 to 2**63 - 1; it was {value!r}. Pass {what}.")
    return count


def _check_kappa(kappa: ArrayLike) -> NDArray[np.float64]:
    try:
        values = np.asarray(kappa, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`kappa` must be a number or an array of numbers; it was {kappa!r}. Pass 1 / temperature."
        ) from error
    bad = values[~(np.isfinite(values) & (values >= 0))]
    if bad.size:
        raise ValueError(
            f"`kappa` must be finite and at least 0; it contained {bad.flat[0]}. "
            "Pass a concentration, such as 1 / temperature."
        )
    return values
