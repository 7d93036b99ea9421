"""When to warn of the neighbours that were found, or of the estimate made from them."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.special import psi, zeta

from infolib._units import from_nats, unit_name
from infolib.estimators._knn_cloud import Floats, Neighbours
from infolib.estimators._knn_counts import EDGE
from infolib.estimators._warning import ROUNDING, EstimateWarning

MIXED_REMEDY = "For values that repeat use `mixed_mutual_information`; against rounding add noise of its size."
LINE_REMEDY = "For two columns along a line use `lnc_mutual_information`; else take more samples or a smaller `k`."

# Single-precision samples of a continuous variable have a few equal distances by chance, which do no harm.
HARMLESS_SHARE = 0.01
# Standard errors that chance is granted: below zero, and above zero before a ceiling counts.
BELOW, ABOVE = 5, 2
NEAR = 0.9  # share of its ceiling from which an estimate is held down by it


def tied(near: Neighbours, *gaps: Floats) -> NDArray[np.bool_]:
    """Whether a sample coincides with a neighbour, agrees with one in a variable, or has two equally far.

    `gaps` are distances (n, k) to the neighbours in each variable.
    """
    distances = near.and_next
    found = np.any(np.diff(distances, axis=1, prepend=0) <= EDGE * distances, axis=1)
    for gap in gaps:
        found |= np.any(gap == 0, axis=1)
    return found


def warn_of_ties(is_tied: NDArray[np.bool_], any_coincide: bool, remedy: str) -> None:
    """Warn where ties are not an accident: no density was sampled then."""
    share = float(np.mean(is_tied))
    if any_coincide or share > HARMLESS_SHARE:
        _warn(
            f"{share:.2%} of the samples are tied: they coincide with one of their nearest neighbours, agree with it "
            "in one variable, or have two neighbours equally far. The estimator is made for continuous samples. "
            f"{remedy}"
        )


def warn_if_negative(nats: float, n: int, k: int, base: float | None) -> None:
    """Warn of an information that is further below zero than chance explains."""
    error = _standard_error(n, k)
    if nats < -BELOW * error:
        _warn(
            f"The estimate is {from_nats(nats, base):.4g} {unit_name(base)}, further below zero than chance explains "
            f"(standard error {from_nats(error, base):.2g}), and information is never negative. The neighbourhoods are "
            "too wide for the structure of the density: take more samples, a smaller `k`, or fewer columns."
        )


def ceiling(n: int, k: int) -> float:
    """The most that either algorithm of KSG makes of samples without ties, in nats."""
    # In both variables the k - 1 nearer neighbours are inside, and in one of them the k-th is too.
    return float(psi(n) - psi(k + 1))


def warn_if_held_down(nats: float, most: float, n: int, k: int, remedy: str, base: float | None) -> None:
    """Warn of an information close to `most`, its ceiling for these samples without ties, and not there by chance."""
    if nats > max(NEAR * most, ABOVE * _standard_error(n, k)):
        _warn(
            f"The estimate is {from_nats(nats, base):.4g} {unit_name(base)}, and {from_nats(most, base):.4g} is the "
            f"most that {n} samples show with k = {k} where none are tied. The information may be far more. {remedy}"
        )


def warn_if_above_entropy(nats: float, entropy: float, of: str, base: float | None) -> None:
    """Warn of an information that is more than one of the variables holds."""
    if nats > entropy + ROUNDING:
        _warn(
            f"The estimate is {from_nats(nats, base):.6g} {unit_name(base)}, above the entropy of {of}, "
            f"{from_nats(entropy, base):.6g}. The other variable tells almost all of it: take that entropy."
        )


def _standard_error(n: int, k: int) -> float:
    # For independent variables. The log of the mass that k neighbours fill varies by psi'(k), which is zeta(2, k); what
    # the shape of the densities adds, some 0.02 by measurement, shows where k is large. The terms of neighbours depend
    # on each other, so that the true scatter is up to 1.4 times this. The scatter of the terms at hand would not do:
    # in the samples that come out lowest it is small.
    return math.sqrt((float(zeta(2, k)) + 0.02) / n)


def _warn(message: str) -> None:
    warnings.warn(message, EstimateWarning, stacklevel=4)  # the caller of the public function
