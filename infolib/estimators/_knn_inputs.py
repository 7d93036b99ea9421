"""Samples for the nearest-neighbour estimators: checked, standardised, and ready to be searched."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from infolib import _checks
from infolib._arrays import is_tensor, plain_array
from infolib.estimators._knn_cloud import Cloud, Floats

# Devices whose tensors are searched by trees: on the CPU these are faster up to some 20 columns and not much slower
# beyond, and MPS has no float64.
TREES = ("cpu", "mps")


def clouds(k: Any, standardize: bool, **variables: object) -> list[Cloud]:
    """Make samples of variables ready: of one length, all finite, each column varying, centred and standardised."""
    given = {name: columns(name, values) for name, values in variables.items()}
    first, *rest = given
    for name in rest:
        check_same_samples(first, given[first], name, given[name])
    check_k(k, len(given[first]))
    device = one_device(**variables)
    return [Cloud(scaled(name, points, standardize)[0], device) for name, points in given.items()]


def columns(name: str, values: object) -> Floats:
    """Return samples (n,) or (n, d) as finite float64 columns (n, d) on the CPU."""
    array = plain_array(name, values)
    if is_tensor(array):
        array = array.detach().cpu().double().numpy()
    if array.ndim not in (1, 2) or not array.size:
        raise ValueError(
            f"`{name}` must have shape (n,) or (n, d), one row a sample; it was {tuple(array.shape)}. "
            "Put one sample in a row."
        )
    points = np.asarray(array, np.float64).reshape(len(array), -1)
    _checks.check_finite(name, points)
    return points


def one_device(**values: object) -> Any:
    """Return the torch device to search on: that of the tensors, which must be one; None where trees do it better."""
    devices = {name: value.device for name, value in values.items() if is_tensor(value)}  # type: ignore[attr-defined]
    if len(set(devices.values())) > 1:
        places = ", ".join(f"`{name}` on {device}" for name, device in devices.items())
        raise ValueError(f"Tensors must be on one device; they were {places}. Move them with .to().")
    device = next(iter(devices.values()), None)
    return None if device is None or device.type in TREES else device


def check_same_samples(name_a: str, a: Any, name_b: str, b: Any) -> None:
    """Require as many samples of one variable as of another."""
    if len(a) != len(b):
        raise ValueError(
            f"`{name_a}` and `{name_b}` must hold the same samples; `{name_a}` had {len(a)} and `{name_b}` {len(b)}. "
            "Row i of each belongs to the same observation."
        )


def check_k(k: Any, n: int) -> None:
    """Require a number of neighbours that `n` samples have."""
    if _checks.check_integer("k", k, 1) >= n:
        raise ValueError(
            f"`k` must be below the number of samples, which was {n}; it was {k}. A sample is not its own neighbour: "
            "take a smaller `k` or more samples."
        )


def scaled(name: str, points: Floats, standardize: bool) -> tuple[Floats, float]:
    """Centre columns and, if asked, divide each by its standard deviation; also the log of the product of these."""
    low, high = points.min(axis=0), points.max(axis=0)
    constant = np.flatnonzero(low == high)
    if len(constant):
        column = constant[0]
        raise ValueError(
            f"`{name}` must vary in every column; column {column} was {points[0, column]:.6g} throughout. "
            "Leave it out: what does not vary holds no information."
        )
    # Distances are differences: coordinates close to 0 keep them best. A power of 2 moves no digit, and keeps the sums
    # and squares of very large and very small columns in range.
    _, exponent = np.frexp(np.maximum(np.abs(low), np.abs(high)))
    centred = np.ldexp(points, -exponent)
    centred -= centred.mean(axis=0)
    if not standardize:
        if np.any(high / 2 - low / 2 > np.finfo(np.float64).max / 2):
            raise ValueError(f"`{name}` must span a finite range; it did not. Divide it, or leave it to `standardize`.")
        return np.ldexp(centred, exponent), 0.0
    deviation = np.sqrt(np.mean(np.square(centred), axis=0))
    return centred / deviation, float(np.sum(np.log(deviation) + exponent * math.log(2)))
