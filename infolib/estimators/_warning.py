"""The one warning of the estimators, and when an estimate has earned it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from infolib._units import from_nats, unit_name

ROUNDING = 1e-12  # what an estimate may be beyond a bound and still count as on it


class EstimateWarning(UserWarning):
    """An estimate that no distribution can have, or data on which the estimator's assumptions fail.

    The value is returned as computed: cutting it off at the bound would bias every average over it.
    """


def warn_if_impossible(
    what: str, nats: Any, most: Any, most_is: str, why: str, base: float | None, *, stacklevel: int = 3
) -> None:
    """Say which estimates of `what` are below 0 or above `most`, which is `most_is`, and `why` they cannot be right."""
    nats = np.atleast_1d(nats)
    for wrong, bounds, side in (
        (nats < -ROUNDING, 0.0, "below 0"),
        (nats > most + ROUNDING * (1 + most), most, f"above {most_is}"),
    ):
        if wrong.any():
            first = int(np.argmax(wrong))
            which = f"{int(wrong.sum())} of {len(nats)} estimates" if len(nats) > 1 else "the estimate"
            bound = float(np.broadcast_to(bounds, nats.shape)[first])
            value, bound = from_nats(float(nats[first]), base), from_nats(bound, base)
            warnings.warn(
                f"{which} of {what}: {value:.6g} {unit_name(base)} is {side}, {bound:.6g}. {why} It is returned as "
                "computed; cutting it off would bias averages.",
                EstimateWarning,
                stacklevel=stacklevel,
            )
