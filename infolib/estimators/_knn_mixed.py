"""Mutual information where some values repeat: labels and vectors, and mixtures of atoms and densities."""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi

from infolib._units import from_nats
from infolib.estimators._knn_cloud import Cloud, Floats
from infolib.estimators._knn_inputs import check_k, check_same_samples, clouds, columns, one_device, scaled
from infolib.estimators._knn_warnings import (
    LINE_REMEDY,
    MIXED_REMEDY,
    ceiling,
    tied,
    warn_if_above_entropy,
    warn_if_held_down,
    warn_if_negative,
    warn_of_ties,
)
from infolib.estimators._ksg import cube_terms, rank
from infolib.estimators._labels import label_codes
from infolib.estimators._warning import EstimateWarning


def mixed_mutual_information(
    x: object, y: object, k: int = 3, *, standardize: bool = True, base: float | None = None
) -> float:
    r"""Mutual information of variables of which each may be discrete, continuous or a mixture, by nearest neighbours.

    .. math:: \hat I = \psi(n) + \langle \psi(k_i) - \psi(n_{x,i} + 1) - \psi(n_{y,i} + 1) \rangle

    Where the k-th neighbour of a sample is apart from it, :math:`n_{x,i}` counts the other samples whose x is strictly
    nearer than that neighbour, and :math:`k_i - 1` those of which both x and y are: :math:`k_i = k` if none ties with
    it. Where it coincides with the sample, :math:`k_i` is the number of samples at this point, and :math:`n_{x,i} + 1`
    of those with this x.

    Parameters
    ----------
    x, y : arrays or tensors of shape (n,) or (n, d)
        One sample a row; row i of both belongs to one observation. Distances are taken between the values, so give
        categories without an order one column each, 0 or 1.
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
        If the estimate is above the entropy of x or of y, as counted in these samples; if it is above 0.9 of the
        ceiling of KSG, and that is below these entropies; if it is further below zero than chance explains.

    Notes
    -----
    Bias: for continuous samples this is KSG 1, with its bias. For discrete ones it is the plug-in estimate with psi in
    place of the logarithm. Where y tells an x of K values, that is above its plug-in entropy by about (K - 1) / (2 n).
    Between the two lies data whose atoms repeat fewer than k times, and atoms within a density: the neighbours of a
    sample are then of the other kind, and the estimate is too small until n is large.
    The paper counts samples at the very distance of the k-th neighbour too, takes k_i = k for them, and log(n_x + 1) in
    place of psi. This is consistent only as k grows with n: for k = 3, x uniform on 5 integers, y uniform on
    [x, x + 2], of 1.0549 nats, that estimate is 0.3 nats too small for every n. With rounded samples the ties at that
    distance are many, and :math:`k_i` has to leave them out as the other counts do: else 2000 pairs of independent
    normal columns, rounded to a tenth, would seem to have 0.4 nats.
    Rate and cost as in `ksg_mutual_information`.

    Source: Gao, Kannan, Oh and Viswanath (2017), algorithm 1, with psi as above. Chapter: Estimation.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(5, size=2000)
    >>> y = x + 2 * rng.random(2000)
    >>> truth = float(np.log(5) - 0.8 * np.log(2))
    >>> round(truth, 2), round(mixed_mutual_information(x, y), 2)
    (1.05, 1.07)
    """
    x_cloud, y_cloud = clouds(k, standardize, x=x, y=y)
    joint = x_cloud.joined(y_cloud)
    terms = cube_terms(x_cloud, y_cloud, joint, joint.nearest(k))
    nats, n = float(np.mean(terms)), len(terms)
    warn_if_negative(nats, n, k, base)
    held, of = min((_entropy(cloud.copies()), name) for cloud, name in ((x_cloud, "`x`"), (y_cloud, "`y`")))
    warn_if_above_entropy(nats, held, of, base)
    if max(nats, ceiling(n, k)) <= held:
        warn_if_held_down(nats, ceiling(n, k), n, k, LINE_REMEDY, base)
    return from_nats(nats, base)


def discrete_continuous_mutual_information(
    labels: object, samples: object, k: int = 3, *, standardize: bool = True, base: float | None = None
) -> float:
    r"""Mutual information of a label and a continuous variable, by nearest neighbours of the same label.

    .. math:: \hat I = \psi(n) + \langle \psi(k_i) - \psi(n_i) - \psi(m_i + 1) \rangle

    with :math:`n_i` the number of samples that have the label of sample i, and :math:`m_i` of the other samples, with
    any label, that are strictly nearer than its k-th neighbour of the same label.

    Parameters
    ----------
    labels : sequence, array or tensor of shape (n,)
        Numbers that are whole, strings, or anything that can be hashed. What they are does not matter.
    samples : array or tensor of shape (n,) or (n, d)
        One sample a row, of the continuous variable.
    k : int
        Neighbours, at least 1. :math:`k_i` is k, or less where the label has no k other samples.
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
        If labels cannot be hashed, or `k` is not an integer.
    ValueError
        If samples are missing, not finite, or all the same in a column; if there is not one label a sample; if labels
        are missing, or numbers that are not whole; if no label occurs twice; if `k` is not below the number of samples.

    Warns
    -----
    EstimateWarning
        If samples are left out, since no other has their label; if samples are tied; if the estimate is above the
        entropy of the labels or further below zero than chance explains.

    Notes
    -----
    Bias: none to speak of for independent variables. The estimate is at most psi(n) - <psi(n_i)>, reached when the
    labels are apart, and that is above the plug-in entropy of K labels by about (K - 1) / (2 n). So it has no ceiling
    below what the labels hold.
    Limits: a label seen once tells nothing of its density. Such samples are left out, and the value is that of the
    others.
    Rate as in `ksg_mutual_information`. Cost: a k-d tree for each label, and one count.

    Source: Ross (2014), eq. 2, with the neighbour itself among the m of the paper. Chapter: Estimation.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> labels = rng.integers(2, size=4000)
    >>> samples = labels / 2 + rng.random(4000)
    >>> round(discrete_continuous_mutual_information(labels, samples, base=2), 2)  # the truth is 1/2
    0.5
    """
    points = columns("samples", samples)
    label, _ = label_codes("labels", labels)
    check_same_samples("labels", label, "samples", points)
    check_k(k, len(points))
    sizes = np.bincount(label)
    kept = sizes[label] > 1
    if not np.any(kept):
        raise ValueError(
            "`labels` must hold at least one label twice; each occurred once. For two continuous variables use "
            "`ksg_mutual_information`."
        )
    if not np.all(kept):
        warnings.warn(
            f"{np.mean(~kept):.2%} of the samples are left out, since no other has their label. The value is that of "
            "the others.",
            EstimateWarning,
            stacklevel=2,
        )
    points, _ = scaled("samples", points[kept], standardize)
    cloud = Cloud(points, one_device(labels=labels, samples=samples))
    found = _label_terms(label[kept], sizes, cloud, k)
    warn_of_ties(found.tied, found.coincide, MIXED_REMEDY)
    nats = float(np.mean(found.terms))
    warn_if_above_entropy(nats, _entropy(sizes[label[kept]]), "the labels", base)
    warn_if_negative(nats, len(points), k, base)
    return from_nats(nats, base)


def _entropy(copies: NDArray[np.int64]) -> float:
    """Plug-in entropy in nats of samples that `copies` (n,) samples share the value of, themselves included."""
    return math.log(len(copies)) - float(np.mean(np.log(copies)))


class _LabelTerms(NamedTuple):
    terms: Floats  # their mean is the estimate
    tied: NDArray[np.bool_]
    coincide: bool  # whether any two samples of a label do


def _label_terms(label: NDArray[np.int64], sizes: NDArray[np.int64], cloud: Cloud, k: int) -> _LabelTerms:
    n = len(label)
    reach, nearer, is_tied, coincide = np.empty(n), np.empty(n), np.empty(n, bool), False
    order = np.argsort(label, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        alike = Cloud(cloud.points[rows], cloud.device)
        near = alike.nearest(min(k, len(rows) - 1))
        reach[rows], nearer[rows] = near.reach, rank(alike, near)
        is_tied[rows] = tied(near)
        coincide |= near.coincide
    terms = psi(n) + psi(nearer) - psi(sizes[label]) - psi(cloud.count_inside(reach) + 1)
    return _LabelTerms(terms, is_tied, coincide)
