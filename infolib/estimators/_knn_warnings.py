"""When to warn of the neighbours that were found, or of the estimate made from them."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray

from infolib.estimators._knn_cloud import Floats, Neighbours
from infolib.estimators._knn_counts import EDGE
from infolib.estimators._warning import EstimateWarning

MIXED_REMEDY = "For values that repeat use `mixed_mutual_information`; against rounding add noise of its size."

# Single-precision samples of a continuous variable have a few equal distances by chance, which do no harm.
HARMLESS_SHARE = 0.01
# The terms of neighbours depend on each other, so that the estimate scatters by up to 1.4 times the standard error that
# holds for independent terms: 4 of these are 3 true ones.
STANDARD_ERRORS = 4
ROUNDING = 1e-12  # nats


def tied(near: Neighbours, *gaps: Floats) -> NDArray[np.bool_]:
    """Whether a sample coincides with a neighbour, agrees with one in a variable, or has two equally far.

    `gaps` are distances (n, k) to the neighbours in each variable.
    """
    distances = near.distances
    found = np.any(np.diff(distances, axis=1, prepend=0) <= EDGE * distances, axis=1)
    for gap in gaps:
        found |= np.any(gap == 0, axis=1)
    return found


def warn_of_ties(is_tied: NDArray[np.bool_], any_coincide: bool, remedy: str) -> None:
    """Warn where ties are not an accident: no density was sampled then."""
    share = float(np.mean(is_tied))
    if any_coincide or share > HARMLESS_SHARE:
        warnings.warn(
            f"{share:.2%} of the samples are tied: they coincide with one of their nearest neighbours, agree with it "
            "in one variable, or have two neighbours equally far. The estimator is made for continuous samples. "
            f"{remedy}",
            EstimateWarning,
            stacklevel=3,
        )


def warn_if_negative(nats: float, terms: Floats) -> None:
    """Warn of an information, the mean of `terms`, that is further below zero than chance explains."""
    error = float(np.std(terms)) / math.sqrt(len(terms))
    if nats < -max(STANDARD_ERRORS * error, ROUNDING):
        warnings.warn(
            f"The estimate is {nats:.4g} nats, further below zero than chance explains (standard error {error:.2g}), "
            "and information is never negative. The neighbourhoods are too wide for the structure of the density: take "
            "more samples, a smaller `k`, or fewer columns.",
            EstimateWarning,
            stacklevel=3,
        )
