"""Mutual information of two columns that depend strongly on each other: neighbourhoods turned along the samples."""

from __future__ import annotations

import warnings
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infolib._units import from_nats
from infolib.estimators._knn_cloud import Floats
from infolib.estimators._knn_inputs import clouds
from infolib.estimators._knn_warnings import MIXED_REMEDY, tied, warn_if_negative, warn_of_ties
from infolib.estimators._ksg import rectangle_terms
from infolib.estimators._warning import EstimateWarning

FALSE_ALARMS = 0.005  # share of evenly filled neighbourhoods that the default `alpha` corrects
DRAWS = 100_000
BLOCK_NUMBERS = 1 << 21  # of the draws, held at once: with what is made of them some 100 MiB
ROUNDING = 4 * np.finfo(np.float64).eps  # relative width of a neighbourhood that is a line but for rounding


def lnc_mutual_information(
    x: object,
    y: object,
    k: int = 5,
    *,
    alpha: float | None = None,
    standardize: bool = True,
    base: float | None = None,
) -> float:
    r"""Mutual information of two columns, with neighbourhoods that follow strong dependence (LNC).

    .. math:: \hat I = \hat I_2 - \frac{1}{n} \sum_{i:\, \bar V_i < \alpha V_i} \log \frac{\bar V_i}{V_i}

    with :math:`\hat I_2` of `ksg_mutual_information`, :math:`V_i` the volume of the rectangle around sample i that
    holds its k neighbours, and :math:`\bar V_i` that of the rectangle turned along their principal axes.

    Parameters
    ----------
    x, y : arrays or tensors of shape (n,) or (n, 1)
        Row i of both belongs to one observation.
    k : int
        Neighbours, at least 3 and below n.
    alpha : float, optional
        From 0, which corrects nothing, to 1. None takes the value under which only 0.5% of the neighbourhoods of
        independent uniform variables fall, 0.32 for k = 5.
    standardize : bool
        Divide each column by its standard deviation, so that units do not matter.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    float
        For tensors too.

    Raises
    ------
    TypeError
        If `k` is not an integer or `alpha` not a number.
    ValueError
        As `ksg_mutual_information`; if `x` or `y` has several columns; if `k` is below 3 or `alpha` not from 0 to 1.

    Warns
    -----
    EstimateWarning
        If samples are tied or the estimate is too far below zero, as `ksg_mutual_information` does; if neighbourhoods
        are lines: y is a function of x there, the information is infinite, and the value says how well floating point
        resolves it.

    Notes
    -----
    Bias: where samples lie along a curve, y = f(x) + noise, the rectangle of KSG is much larger than the region they
    fill, and KSG comes out too small by the log of that ratio. The turned rectangle follows the curve as long as it is
    straight over k neighbours. Between the two, where the region is thin but not yet thinner than `alpha`, some of the
    bias stays: I = 5.4 nats of normal columns and n = 500 come out 0.4 too small with k = 5, where KSG misses 1.1, and
    still 0.8 with k = 3. Weak dependence is estimated as by KSG 2, and a little above: falsely corrected neighbourhoods
    add about 0.01 nats.
    Limits: several columns are refused, since dependence within `x` would be taken for dependence of `x` and `y`.

    Source: Gao, Ver Steeg and Galstyan (2015), who find alpha as here. Chapter: Estimation.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=1000)
    >>> y = x + 1e-4 * rng.normal(size=1000)
    >>> truth = float(0.5 * np.log1p(1e8))
    >>> round(truth, 1), round(lnc_mutual_information(x, y), 1)
    (9.2, 9.2)
    """
    x_cloud, y_cloud = clouds(k, standardize, x=x, y=y)
    for name, cloud in (("x", x_cloud), ("y", y_cloud)):
        if cloud.points.shape[1] > 1:
            raise ValueError(
                f"`{name}` must be one column; it had {cloud.points.shape[1]}. For several columns use "
                "`ksg_mutual_information`: here dependence within a variable would count as dependence of the two."
            )
    if k < 3:
        raise ValueError(f"`k` must be at least 3, to tell a line from a region; it was {k}. Take 5.")
    threshold = default_alpha(int(k)) if alpha is None else _check_alpha(alpha)
    joint = x_cloud.joined(y_cloud)
    near = joint.nearest(k)
    steps = joint.points[near.indices] - joint.points[:, None]
    gap_x, gap_y = np.abs(steps[..., 0]), np.abs(steps[..., 1])
    warn_of_ties(tied(near, gap_x, gap_y), near.coincide, MIXED_REMEDY)
    ratio, is_line = turned_share(steps)
    share = float(np.mean(is_line))
    if share > 0:
        warnings.warn(
            f"In {share:.2%} of the neighbourhoods y is a function of x, up to rounding. Information is infinite "
            "there; the value says only how well floating point resolves the samples.",
            EstimateWarning,
            stacklevel=2,
        )
    terms = rectangle_terms(x_cloud, y_cloud, joint, gap_x.max(axis=1), gap_y.max(axis=1), k)
    terms -= np.where(ratio < threshold, np.log(ratio), 0.0)
    nats = float(np.mean(terms))
    warn_if_negative(nats, len(terms), k, base)
    return from_nats(nats, base)


def _check_alpha(alpha: Any) -> float:
    if not isinstance(alpha, Real) or isinstance(alpha, bool):
        raise TypeError(f"`alpha` must be a number; it was {alpha!r}, a {type(alpha).__name__}. None finds one.")
    if not 0 <= float(alpha) <= 1:
        raise ValueError(f"`alpha` must be from 0 to 1; it was {alpha!r}. None finds one.")
    return float(alpha)


def turned_share(steps: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Area of the rectangle along the principal axes of `steps` (n, k, 2), over that of the rectangle along x and y;
    and whether its width is rounding. The share is 1 where the steps have no area along x and y either."""
    dx, dy = steps[..., 0], steps[..., 1]
    angle = 0.5 * np.arctan2(2 * np.sum(dx * dy, axis=1), np.sum(dx * dx - dy * dy, axis=1))[:, None]
    length = np.abs(np.cos(angle) * dx + np.sin(angle) * dy).max(axis=1)
    width = np.abs(np.cos(angle) * dy - np.sin(angle) * dx).max(axis=1)
    area = np.abs(dx).max(axis=1) * np.abs(dy).max(axis=1)
    is_line = (width <= ROUNDING * length) & (area > 0)
    turned = length * np.maximum(width, ROUNDING * length)
    return np.divide(turned, area, out=np.ones_like(area), where=area > 0), is_line


@lru_cache
def default_alpha(k: int) -> float:
    """Share under which `FALSE_ALARMS` of the neighbourhoods of independent uniform variables fall."""
    rng, block = np.random.default_rng(0), max(1, BLOCK_NUMBERS // (2 * k))
    drawn = (rng.uniform(-1, 1, size=(min(block, DRAWS - start), k, 2)) for start in range(0, DRAWS, block))
    return float(np.quantile(np.concatenate([turned_share(steps)[0] for steps in drawn]), FALSE_ALARMS))
