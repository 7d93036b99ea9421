"""Units: the library computes in nats, and this is the one place where a base turns them into something
else."""

from __future__ import annotations

import math
from numbers import Real
from typing import TypeVar

T = TypeVar("T")

_NAMES = {2.0: "bits", math.e: "nats", 10.0: "hartleys"}


def nats_per_unit(base: float | None) -> float:
    """How many nats one unit of the given base is worth: `log(base)`, and 1 for `base=None`.

    Raises
    ------
    TypeError
        If `base` is not a real number.
    ValueError
        If `base` is not finite or not greater than 1.

    Examples
    --------
    >>> round(nats_per_unit(2), 6)
    0.693147
    """
    if base is None:
        return 1.0
    requirement = "`base` must be a finite number greater than 1 (2 gives bits, 10 hartleys), or None for nats"
    if not isinstance(base, Real):
        raise TypeError(f"{requirement}; it was {base!r}, a {type(base).__name__}. Pass a plain number.")
    if not (math.isfinite(base) and base > 1):
        raise ValueError(f"{requirement}; it was {base!r}. Use `base=2` for bits.")
    return math.log(base)


def from_nats(nats: T, base: float | None, *, power: int = 1) -> T:
    """Express a quantity in nats in the unit of `base`.

    `power` is 2 for a quantity in squared nats, such as a variance of surprisal.

    Examples
    --------
    >>> from_nats(math.log(8), 2)
    3.0
    >>> round(from_nats(1.0, 2, power=2), 6)
    2.081369
    """
    unit = nats_per_unit(base)
    return nats if unit == 1.0 else nats / unit**power  # type: ignore[operator]


def unit_name(base: float | None) -> str:
    """Name the unit that `base` gives: nats, bits, hartleys, or "base-3 digits" for the rest.

    Examples
    --------
    >>> unit_name(None), unit_name(2), unit_name(10), unit_name(3)
    ('nats', 'bits', 'hartleys', 'base-3 digits')
    """
    if base is None:
        return "nats"
    nats_per_unit(base)
    return _NAMES.get(float(base), f"base-{base:g} digits")
