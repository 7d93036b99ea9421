"""Entropy and mutual information of continuous samples, from the distances to their nearest neighbours."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, psi

from infolib._units import from_nats
from infolib.estimators._knn_cloud import NORMS, Cloud, Floats
from infolib.estimators._knn_inputs import check_k, clouds, columns, one_device, scaled
from infolib.estimators._knn_local import lnc_mutual_information
from infolib.estimators._knn_mixed import discrete_continuous_mutual_information, mixed_mutual_information
from infolib.estimators._knn_warnings import (
    LINE_REMEDY,
    MIXED_REMEDY,
    ceiling,
    tied,
    warn_if_held_down,
    warn_if_negative,
    warn_of_ties,
)
from infolib.estimators._ksg import conditional_terms, cube_terms, rectangle_terms

__all__ = [
    "conditional_knn_mutual_information",
    "discrete_continuous_mutual_information",
    "knn_entropy",
    "ksg_mutual_information",
    "lnc_mutual_information",
    "mixed_mutual_information",
]


def knn_entropy(
    samples: object, k: int = 3, *, metric: str = "max", standardize: bool = True, base: float | None = None
) -> float:
    r"""Differential entropy of continuous samples, from the distance of each to its k-th nearest neighbour.

    .. math:: \hat h = \psi(n) - \psi(k) + \log c_d + \frac{d}{n} \sum_i \log \varepsilon_i

    with :math:`\varepsilon_i` the distance from sample i to its k-th neighbour and :math:`c_d` the volume of the unit
    ball: :math:`2^d` in the max norm, :math:`\pi^{d/2} / \Gamma(1 + d/2)` in the Euclidean.

    Parameters
    ----------
    samples : array or tensor of shape (n,) or (n, d)
        One sample a row. A tensor on a GPU is searched there, any other on the CPU.
    k : int
        Neighbours, at least 1 and below n. A larger k scatters less and is more biased.
    metric : {"max", "euclidean"}
        Shape of the neighbourhoods.
    standardize : bool
        Measure distances in units of the standard deviation of each column, and add the logs of these back.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    float
        May be negative: only the entropy of a discrete variable has to be positive.

    Raises
    ------
    TypeError
        If `k` is not an integer.
    ValueError
        If samples are missing, not finite, or all the same in a column; if `k` is not below their number; if `metric`
        is none of the two.

    Warns
    -----
    EstimateWarning
        If samples are tied. The neighbour of a sample with k copies or more is then the nearest sample that is not a
        copy, at the rank it has. The value is finite and says at what resolution the samples are tied; the entropy of
        a distribution that repeats values is minus infinity.

    Notes
    -----
    Accuracy: the density is taken to be constant within each neighbourhood. For a smooth density on all of space the
    bias falls as (k/n)^(2/d), slower at sharp edges; the standard deviation falls as n^(-1/2) for every d. In many
    dimensions the bias rules: there 10 times the samples change little.
    With `standardize`, h(a X + b) = h(X) + log a to rounding, column by column, for any a from 1e-300 to 1e300. A
    shift costs the digits that the samples themselves lose by it.
    Cost: a k-d tree, O(n log n) in few dimensions and O(n^2 d) from about 20 on; all pairs, in blocks, on a GPU.

    Source: Kozachenko and Leonenko (1987); Kraskov, Stögbauer and Grassberger (2004), eq. 20, where the distance is
    twice ours. Bias: Singh and Póczos (2016). Chapter: Estimation.

    Examples
    --------
    >>> samples = np.random.default_rng(0).normal(size=20_000)
    >>> truth = 0.5 * math.log(2 * math.pi * math.e)
    >>> round(truth, 2), round(knn_entropy(samples), 2)
    (1.42, 1.42)
    >>> abs(knn_entropy(1e-8 * samples) - knn_entropy(samples) - math.log(1e-8)) < 1e-12
    True
    """
    if metric not in NORMS:
        raise ValueError(f'`metric` must be "max" or "euclidean"; it was {metric!r}. Take "max" where in doubt.')
    points = columns("samples", samples)
    check_k(k, len(points))
    points, log_volume = scaled("samples", points, standardize)
    cloud, d = Cloud(points, one_device(samples=samples)), points.shape[1]
    near = cloud.nearest(k, metric)
    reach, rank = near.reach, np.full(len(points), k)
    remedy = "For values that repeat use `entropy_from_counts`; against rounding add noise of its size."
    warn_of_ties(tied(near), near.coincide, remedy)
    if not np.all(reach > 0):
        reach, rank = _past_copies(cloud, reach, k, metric)
    log_ball = d * math.log(2) if metric == "max" else d / 2 * math.log(math.pi) - gammaln(1 + d / 2)
    nats = psi(len(points)) - np.mean(psi(rank)) + log_ball + d * np.mean(np.log(reach)) + log_volume
    return from_nats(float(nats), base)


def _past_copies(cloud: Cloud, reach: Floats, k: int, metric: str) -> tuple[Floats, np.ndarray]:
    """Put the nearest sample that is no copy, and its rank, where `reach` is 0."""
    distinct, which, copies = np.unique(cloud.points, axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    to_next = Cloud(distinct, cloud.device).nearest(1, metric).distances[:, 0]
    return np.where(reach > 0, reach, to_next[which]), np.where(reach > 0, k, copies[which])


def ksg_mutual_information(
    x: object,
    y: object,
    k: int = 3,
    *,
    algorithm: int = 1,
    standardize: bool = True,
    base: float | None = None,
) -> float:
    r"""Mutual information of two continuous variables, by the nearest neighbours of Kraskov et al.

    .. math::
        \hat I_1 &= \psi(k) + \psi(n) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle \\
        \hat I_2 &= \psi(k) - 1/k + \psi(n) - \langle \psi(n_x) + \psi(n_y) \rangle

    Algorithm 1 takes the distance from a sample to its k-th neighbour, in the max norm of both variables together, and
    counts in :math:`n_x` the other samples whose x is strictly nearer than that. Algorithm 2 takes the smallest
    rectangle around a sample that holds its k neighbours, and counts those whose x is in it or on its edge.

    Parameters
    ----------
    x, y : arrays or tensors of shape (n,) or (n, d)
        One sample a row; row i of both belongs to one observation. The columns may differ in number. Tensors on a GPU
        are searched there, any others on the CPU.
    k : int
        Neighbours, at least 1 and below n. 3 to 5 for an estimate; up to n / 2 for a test of independence, where only
        scatter matters.
    algorithm : {1, 2}
        1 scatters a little less in one dimension, 2 is less biased in many.
    standardize : bool
        Divide each column by its standard deviation, so that units do not matter. False takes distances as they are.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    float
        For tensors too.

    Raises
    ------
    TypeError
        If `k` is not an integer.
    ValueError
        If samples are missing, not finite, or all the same in a column; if the lengths differ; if `k` is not below the
        length; if `algorithm` is neither 1 nor 2.

    Warns
    -----
    EstimateWarning
        If samples are tied (algorithm 1 then counts as `mixed_mutual_information` does, algorithm 2 only those that
        coincide; other ties pull it down); if the estimate is above 0.9 of its ceiling; if it is further below zero
        than chance explains. Values a little below zero are what independent variables give, half of the time, and no
        cause for a warning.

    Notes
    -----
    Bias: close to none for independent variables, whatever their dimensions. Dependence is underestimated, and strong
    dependence badly: without ties neither algorithm exceeds psi(n) - psi(k + 1), about log(n/k), so that the samples
    needed grow as exp(I). At 0.9 of that the estimate is too small, for normal columns and k = 3, by 0.3 nats with
    n = 20,000, 0.5 with 1500 and 1.1 with 50. In several columns the bias is large long before. For two columns on a
    line use `lnc_mutual_information`.
    False alarms: of ceilings and of values below zero, less than 1 for 1000 samples of independent variables, for n
    from 5 to 50 and k from 1 to n/2.
    Rate: the root of the mean squared error falls as n^(-1/2) + n^(-1/d) for smooth densities, with d the number of all
    columns, up to logarithms.
    Units do not matter, tails do. Where a few enormous values make up the standard deviation of a column, all others
    share one strip beside them, and the estimate tends to 0 without a sign. Take logarithms, ranks or normal scores of
    such columns first; the information stays as it is.
    With `standardize` the value does not change, to rounding, when a column is multiplied by any number from 1e-300 to
    1e300, or shifted. A shift costs the digits that the samples themselves lose by it: after one by 1e8 they lie on
    steps of 1.5e-8, and now and then a count changes by one, which is worth 1 / (n n_x), near 1e-6.
    Cost: a k-d tree for the neighbours, O(n log n) in few dimensions and O(n^2 d) from about 20 on; sorting for the
    counts in one column, O(n^2 d / 64) at most in several. On a GPU all pairs in blocks, and memory is bounded.

    Source: Kraskov, Stögbauer and Grassberger (2004), eqs. 8 and 9. Bias: Gao, Ver Steeg and Galstyan (2015), theorem
    3.1. Rate: Gao, Oh and Viswanath (2018). Chapter: Estimation.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=10_000)
    >>> y = 0.6 * x + 0.8 * rng.normal(size=10_000)
    >>> truth = -0.5 * math.log(1 - 0.6**2)
    >>> round(truth, 3), round(ksg_mutual_information(x, y), 3), round(ksg_mutual_information(1e-8 * x, y), 3)
    (0.223, 0.223, 0.223)
    """
    if algorithm not in (1, 2):
        raise ValueError(f"`algorithm` must be 1 or 2, the two of the paper; it was {algorithm!r}. Take 1.")
    x_cloud, y_cloud = clouds(k, standardize, x=x, y=y)
    joint = x_cloud.joined(y_cloud)
    near = joint.nearest(k)
    gap_x, gap_y = x_cloud.gaps(near.indices), y_cloud.gaps(near.indices)
    warn_of_ties(tied(near, gap_x, gap_y), near.coincide, MIXED_REMEDY)
    if algorithm == 1:
        terms = cube_terms(x_cloud, y_cloud, joint, near)
    else:
        terms = rectangle_terms(x_cloud, y_cloud, joint, gap_x.max(axis=1), gap_y.max(axis=1), k)
    nats, n = float(np.mean(terms)), len(terms)
    warn_if_negative(nats, n, k, base)
    warn_if_held_down(nats, ceiling(n, k), n, k, LINE_REMEDY, base)
    return from_nats(nats, base)


def conditional_knn_mutual_information(
    x: object, y: object, z: object, k: int = 3, *, standardize: bool = True, base: float | None = None
) -> float:
    r"""Mutual information of two continuous variables when a third is known, by nearest neighbours.

    .. math:: \hat I(X; Y \mid Z) = \psi(k) - \langle \psi(n_{xz} + 1) + \psi(n_{yz} + 1) - \psi(n_z + 1) \rangle

    The distance from a sample to its k-th neighbour is taken in the max norm of all three variables together;
    :math:`n_{xz}` counts the other samples whose x and z are both strictly nearer than that.

    Parameters
    ----------
    x, y, z : arrays or tensors of shape (n,) or (n, d)
        One sample a row; row i of all three belongs to one observation. The columns may differ in number.
    k : int
        Neighbours, at least 1 and below n.
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
    TypeError, ValueError
        As `ksg_mutual_information` does.

    Warns
    -----
    EstimateWarning
        As `ksg_mutual_information` does. The ceiling hangs on `z` here: with many columns of it, it is low.

    Notes
    -----
    Bias: the more columns `z` has, the wider the neighbourhoods, and within them x and y still depend on z. So what z
    explains is not wholly taken out, and what it does not explain is underestimated; the first wins where x and y hang
    on z strongly, and the estimate is then above zero although they are independent given z.
    Without ties the estimate is at most <psi(n_z + 1) - psi(k + 1)>, with psi(k) where the k-th neighbour is furthest
    in z. For 2000 samples of x and y close to a line and of columns of z apart from them, k = 3, that is 3.2 nats with
    one column and 0.6 with ten.
    Rate and cost as in `ksg_mutual_information`, with d the number of all columns.

    Source: Frenzel and Pompe (2007), with their sums of 1/n as psi. Samples that coincide are counted as by
    Mesner and Shalizi (2021). Chapter: Estimation.

    Examples
    --------
    On the chain X, Z, Y the first tells of the last only through the middle.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=5000)
    >>> z = x + rng.normal(size=5000)
    >>> y = z + rng.normal(size=5000)
    >>> round(ksg_mutual_information(x, y), 2), round(conditional_knn_mutual_information(x, y, z), 2)
    (0.21, -0.0)
    """
    x_cloud, y_cloud, z_cloud = clouds(k, standardize, x=x, y=y, z=z)
    joint = x_cloud.joined(y_cloud, z_cloud)
    near = joint.nearest(k)
    gaps = [cloud.gaps(near.indices) for cloud in (x_cloud, y_cloud, z_cloud)]
    warn_of_ties(tied(near, *gaps), near.coincide, "Against rounding add noise of its size.")
    terms, most = conditional_terms(x_cloud, y_cloud, z_cloud, joint, near, gaps[2][:, -1])
    nats, n = float(np.mean(terms)), len(terms)
    warn_if_negative(nats, n, k, base)
    remedy = "Take more samples, a smaller `k`, or fewer columns of `z`."
    warn_if_held_down(nats, float(np.mean(most)), n, k, remedy, base)
    return from_nats(nats, base)
