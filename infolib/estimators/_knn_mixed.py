"""Mutual information where some values repeat: labels and vectors, and mixtures of atoms and densities."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi

from infolib._arrays import is_tensor, plain_array
from infolib._units import from_nats
from infolib.discrete import entropy
from infolib.estimators._knn_cloud import Cloud, Floats
from infolib.estimators._knn_inputs import check_k, check_same_samples, clouds, columns, one_device, scaled
from infolib.estimators._knn_warnings import MIXED_REMEDY, ROUNDING, tied, warn_if_negative, warn_of_ties
from infolib.estimators._ksg import cube_terms, shared
from infolib.estimators._warning import EstimateWarning


def mixed_mutual_information(
    x: object, y: object, k: int = 3, *, standardize: bool = True, base: float | None = None
) -> float:
    r"""Mutual information of variables of which each may be discrete, continuous or a mixture, by nearest neighbours.

    .. math:: \hat I = \psi(n) + \langle \psi(k_i) - \psi(n_{x,i} + 1) - \psi(n_{y,i} + 1) \rangle

    Where the k-th neighbour of a sample is apart from it, :math:`k_i = k` and :math:`n_{x,i}` counts the other samples
    whose x is strictly nearer than that neighbour. Where it coincides with the sample, :math:`k_i` is the number of
    samples at this point, and :math:`n_{x,i} + 1` of those with this x.

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
        If the estimate is further below zero than chance explains.

    Notes
    -----
    Bias: for continuous samples this is KSG 1, with its bias. For discrete ones it is the plug-in estimate with psi in
    place of the logarithm. Between the two lies data whose atoms repeat fewer than k times, and atoms within a density:
    the neighbours of a sample are then of the other kind, and the estimate is too small until n is large.
    The paper counts samples at the very distance of the k-th neighbour too, and takes log(n_x + 1) in place of psi.
    This is consistent only as k grows with n: for k = 3, x uniform on 5 integers, y uniform on [x, x + 2], of 1.0549
    nats, that estimate is 0.3 nats too small for every n.
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
    terms = cube_terms(x_cloud, y_cloud, joint, joint.nearest(k).reach, k)
    nats = float(np.mean(terms))
    warn_if_negative(nats, terms)
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
    labels : array or tensor of int, shape (n,)
        Categories; their numbers mean nothing.
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
        If `labels` are not integers, or `k` is not one.
    ValueError
        If samples are missing, not finite, or all the same in a column; if there is not one label a sample; if no
        label occurs twice; if `k` is not below the number of samples.

    Warns
    -----
    EstimateWarning
        If samples are left out, since no other has their label; if samples are tied; if the estimate is above the
        entropy of the labels or further below zero than chance explains.

    Notes
    -----
    Bias: none to speak of for independent variables. The estimate is at most psi(n) - <psi(n_i)>, reached when the
    labels are apart, and that is above the plug-in entropy of K labels by about (K - 1) / (2 n).
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
    categories = _categories(labels)
    check_same_samples("labels", categories, "samples", points)
    check_k(k, len(points))
    _, label, sizes = np.unique(categories, return_inverse=True, return_counts=True)
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
    nats, most = float(np.mean(found.terms)), float(entropy(sizes[sizes > 1] / len(points)))
    if nats > most + ROUNDING:
        warnings.warn(
            f"The estimate is {nats:.6g} nats, above the entropy of the labels, {most:.6g}. They are told apart almost "
            "without error: take that entropy.",
            EstimateWarning,
            stacklevel=2,
        )
    warn_if_negative(nats, found.terms)
    return from_nats(nats, base)


def _categories(labels: object) -> NDArray[np.int64]:
    array = plain_array("labels", labels)
    if is_tensor(array):
        array = array.detach().cpu().numpy()
    if array.dtype.kind not in "biu":
        raise TypeError(
            f"`labels` must be integers; they were {array.dtype}. For numbers that mean something use "
            "`mixed_mutual_information`; number names with np.unique(..., return_inverse=True)."
        )
    if array.ndim != 1:
        raise ValueError(f"`labels` must have shape (n,), one for each sample; it was {array.shape}. Flatten them.")
    return array.astype(np.int64)


class _LabelTerms(NamedTuple):
    terms: Floats  # their mean is the estimate
    tied: NDArray[np.bool_]
    coincide: bool  # whether any two samples of a label do


def _label_terms(label: NDArray[np.int64], sizes: NDArray[np.int64], cloud: Cloud, k: int) -> _LabelTerms:
    n = len(label)
    reach, rank, is_tied, coincide = np.empty(n), np.empty(n), np.empty(n, bool), False
    order = np.argsort(label, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        alike = Cloud(cloud.points[rows], cloud.device)
        nearby = min(k, len(rows) - 1)
        near = alike.nearest(nearby)
        reach[rows], rank[rows] = near.reach, shared(alike, near.reach, nearby)
        is_tied[rows] = tied(near)
        coincide |= near.coincide
    terms = psi(n) + psi(rank) - psi(sizes[label]) - psi(cloud.count_inside(reach) + 1)
    return _LabelTerms(terms, is_tied, coincide)
