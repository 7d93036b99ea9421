"""What an inequality is here: a statement and the value of each of its sides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from infolib._arrays import Operand, finish
from infolib._units import from_nats, unit_name


@dataclass(frozen=True, eq=False)
class Inequality:
    """The claim that `left` is at most `right`, and both as numbers.

    The numbers are what was computed, unaltered: where the sides are equal, rounding may put `left` above `right` by a
    few units in the last place.

    Attributes
    ----------
    statement : str
        The inequality in symbols.
    left, right : scalar, array or tensor
        Its sides, of one shape.
    unit : str
        The unit of both sides.

    Examples
    --------
    >>> print(Inequality("2 TV^2 <= D(p || q)", 0.125, 0.1308, "nats"))
    2 TV^2 <= D(p || q): 0.1250 <= 0.1308 nats
    """

    statement: str
    left: Any
    right: Any
    unit: str

    @property
    def slack(self) -> Any:
        """How far the sides are apart: `right - left`."""
        return self.right - self.left

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON; batches become nested lists."""
        left, right = _plain(self.left), _plain(self.right)
        return {
            "statement": self.statement,
            "left": left,
            "right": right,
            "slack": _plain(self.slack),
            "unit": self.unit,
        }

    def __str__(self) -> str:
        count = math.prod(getattr(self.left, "shape", ()))
        if getattr(self.left, "ndim", 0) == 0:
            return f"{self.statement}: {_number(self.left)} <= {_number(self.right)} {self.unit}"
        if count == 0:
            return f"{self.statement}: no cases"
        return f"{self.statement}: {count:,} cases, smallest slack {_number(self.slack.min())} {self.unit}"


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _number(value: Any) -> str:
    number = float(value)
    small = 0 < abs(number) < 5e-4
    return f"{number:.4g}" if small else f"{number:.4f}"


def inequality(statement: str, left: Any, right: Any, given: Operand, base: float | None) -> Inequality:
    """Put together two sides in nats, in the unit and the precision that the caller asked for."""
    left, right = (finish(from_nats(side, base), given) for side in (left, right))
    return Inequality(statement, left, right, unit_name(base))
