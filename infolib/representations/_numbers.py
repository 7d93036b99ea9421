"""Numbers as they are given, and as bounds compute with them: float64 tensors, and plain floats for settings."""

from __future__ import annotations

from numbers import Real

import numpy as np
import torch
from torch import Tensor

from infolib._arrays import plain_array


def as_float64(argument: str, values: object) -> Tensor:
    """Return numbers as a float64 tensor: a tensor on its device and with its gradient, all else as a copy."""
    array = plain_array(argument, values)
    return array.double() if isinstance(array, Tensor) else torch.from_numpy(np.array(array, np.float64))


def as_number(argument: str, value: object) -> float:
    """Require a real number, and return it as a float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"`{argument}` must be a number; it was {value!r}, a {type(value).__name__}. Pass a plain float."
        )
    return float(value)
