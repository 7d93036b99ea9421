"""Rényi differential privacy of the Gaussian mechanism: composition, and conversion to (epsilon, delta)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class RenyiDP:
    """What a mechanism leaks: for each order, a bound on the Rényi divergence between neighbouring data sets.

    `a + b` is running both mechanisms on the same data, `k * a` running one of them k times.

    Attributes
    ----------
    orders : float64 array of shape (k,)
        Orders above 1, increasing.
    epsilons : float64 array of shape (k,)
        The bound at each order, in nats.
    """

    orders: np.ndarray
    epsilons: np.ndarray

    __array_ufunc__ = None  # so that a NumPy integer leaves `k * a` to `__rmul__`

    def __add__(self, other: RenyiDP) -> RenyiDP:
        if not isinstance(other, RenyiDP):
            return NotImplemented
        if not np.array_equal(self.orders, other.orders):
            raise ValueError(
                f"Both mechanisms must be given at the same orders; one had {_describe(self.orders)} and the other "
                f"{_describe(other.orders)}. Pass the same `orders` to `renyi_dp`."
            )
        return RenyiDP(self.orders, self.epsilons + other.epsilons)

    def __mul__(self, times: int) -> RenyiDP:
        if isinstance(times, bool) or not isinstance(times, Integral):
            return NotImplemented
        if times < 0:
            raise ValueError(
                f"The number of runs must not be negative; it was {times}. Multiply by how often the mechanism runs."
            )
        return RenyiDP(self.orders, self.epsilons * int(times))

    __rmul__ = __mul__

    def _at_delta(self, delta: float) -> np.ndarray:
        delta = _number("delta", delta, "between 0 and 1, both excluded", lambda d: 0 < d < 1)
        a = self.orders
        return self.epsilons + np.log1p(-1 / a) - (math.log(delta) + np.log(a)) / (a - 1)

    def epsilon(self, delta: float) -> float:
        """Smallest epsilon over the orders for which the mechanism is (epsilon, delta)-private; never negative."""
        return max(0.0, float(self._at_delta(delta).min()))

    def best_order(self, delta: float) -> float:
        """Order at which `epsilon(delta)` is reached."""
        return float(self.orders[np.argmin(self._at_delta(delta))])

    def delta(self, epsilon: float) -> float:
        """Smallest delta over the orders for which the mechanism is (epsilon, delta)-private; above 0, at most 1."""
        epsilon = _number("epsilon", epsilon, "finite and at least 0", lambda e: e >= 0 and math.isfinite(e))
        a = self.orders
        logs = (a - 1) * (self.epsilons - epsilon + np.log1p(-1 / a)) - np.log(a)
        # A delta of 0 is a stronger promise, which underflow must not make.
        return max(math.exp(min(0.0, float(logs.min()))), math.ulp(0.0))

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists."""
        return {"orders": self.orders.tolist(), "epsilons": self.epsilons.tolist()}

    def __str__(self) -> str:
        return (
            f"Rényi differential privacy at {_describe(self.orders)}: epsilon from {self.epsilons[0]:.4g} "
            f"to {self.epsilons[-1]:.4g} nats; (epsilon, delta) = ({self.epsilon(1e-5):.4g}, 1e-5)"
        )


def _describe(orders: np.ndarray) -> str:
    return f"{len(orders)} {'order' if len(orders) == 1 else 'orders'} from {orders[0]:.6g} to {orders[-1]:.6g}"


def _number(name: str, number: Any, requirement: str, holds: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError(
            f"`{name}` must be a number; it was {number!r}, a {type(number).__name__}. Pass a plain number."
        )
    if not holds(float(number)):
        raise ValueError(f"`{name}` must be {requirement}; it was {float(number):.17g}. Pass a number in that range.")
    return float(number)


def _orders(orders: Any) -> np.ndarray:
    if orders is None:
        return 1 + 10.0 ** np.linspace(-3, 5, 801)
    values = np.unique(np.asarray(orders, dtype=np.float64))
    if np.ndim(orders) != 1 or not values.size or not (np.isfinite(values).all() and values[0] > 1):
        raise ValueError(
            f"`orders` must be a 1-d sequence of finite numbers above 1; it was {orders!r}. "
            "Leave it out for a dense grid up to 1e5."
        )
    return values


def renyi_dp(noise_multiplier: float, *, sensitivity: float = 1.0, orders: Sequence[float] | None = None) -> RenyiDP:
    r"""Rényi differential privacy of the Gaussian mechanism, with its composition and its (epsilon, delta).

    .. math::

        \varepsilon(\alpha) = \frac{\alpha s^2}{2 \sigma^2}, \qquad
        \varepsilon_\delta = \min_\alpha \left[ \varepsilon(\alpha) + \log \frac{\alpha - 1}{\alpha}
        - \frac{\log \delta + \log \alpha}{\alpha - 1} \right]

    Parameters
    ----------
    noise_multiplier : float
        Standard deviation sigma of the noise, in the units of `sensitivity`; positive.
    sensitivity : float
        The most by which the answer moves (in Euclidean length) when one person's data change; s above.
    orders : 1-d sequence of floats above 1, optional
        None: 801 orders from 1.001 to 100,001, spaced evenly in log(order - 1), 100 to a factor of ten.

    Returns
    -------
    RenyiDP
        A frozen record of `orders` and `epsilons` (nats). `a + b` composes two mechanisms, `k * a` one k times;
        `epsilon(delta)`, `delta(epsilon)`, `best_order(delta)` and `to_dict()`.

    Raises
    ------
    TypeError
        If a number is not one.
    ValueError
        If sigma or s is not positive and finite, or if `orders` is empty or holds one that is not above 1.

    Notes
    -----
    Exact at each order; the grid costs less than 1e-4 of epsilon. (epsilon, delta) is an upper bound, never below
    the exact curve of the mechanism (Balle & Wang 2018, theorem 8).
    Source: Mironov (2017), proposition 1 (composition) and corollary 3 (Gaussian); Canonne, Kamath & Steinke (2020),
    proposition 12, and Balle et al. (2020), theorem 21, for the conversion. Chapter: Rényi entropies.

    Examples
    --------
    >>> one = renyi_dp(4.0)
    >>> print(round(one.epsilon(1e-5), 4), round((16 * one).epsilon(1e-5), 4))
    1.0123 4.7285
    """
    positive = "finite and greater than 0"

    def holds(number: float) -> bool:
        return number > 0 and math.isfinite(number)

    sigma = _number("noise_multiplier", noise_multiplier, positive, holds)
    ratio = _number("sensitivity", sensitivity, positive, holds) / sigma
    grid = _orders(orders)
    return RenyiDP(grid, grid * (ratio * ratio / 2))
