"""The order of a measure: one number, or a sequence of them that adds a leading axis to the result."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from infolib._arrays import Operand, finish, is_tensor
from infolib._units import from_nats

_REMEDY = "Order 0 counts outcomes, 1 is Shannon's, 2 is collision, math.inf looks at the likeliest outcome alone."


def _one_order(order: Any) -> float:
    if isinstance(order, bool) or not isinstance(order, Real):
        raise TypeError(
            f"`order` must be a number, or a 1-d sequence of numbers; it was {order!r}, a {type(order).__name__}. "
            f"{_REMEDY}"
        )
    if not float(order) >= 0:  # NaN too
        raise ValueError(f"`order` must be from 0 to inf; it was {float(order):.17g}. {_REMEDY}")
    return float(order)


def check_orders(order: Any) -> tuple[tuple[float, ...], bool]:
    """Return the orders, each in [0, inf], and whether a sequence was given."""
    if is_tensor(order) or isinstance(order, np.ndarray):
        order = order.tolist()
    if not isinstance(order, list | tuple | range):
        return (_one_order(order),), False
    if not order:
        raise ValueError(f"`order` must not be empty; it was {order!r}. {_REMEDY}")
    return tuple(_one_order(one) for one in order), True


def collect(by_order: list[Any], sequence: bool, given: Operand, base: float | None = None) -> Any:
    """Lay results in nats out as the caller asked: stacked over a sequence of orders, in the unit of `base`."""
    if not sequence:
        return finish(from_nats(by_order[0], base), given)
    return finish(from_nats(given.xp.stack(by_order), base), given)
