"""One estimated number with its error bar."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """An entropy or mutual information in nats, averaged over independent anchor sets.

    Attributes
    ----------
    name : str
        What was estimated, such as ``"I(A;token)"``.
    per_set : tuple of float
        The estimate from each anchor set, in nats.
    count : int
        How many vectors it rests on.

    Notes
    -----
    ``float(estimate)`` is the mean over the sets. ``standard_error`` is the standard deviation over the sets divided by
    the root of their number: it says how far another draw of anchors would move the mean, and is NaN for one set. It
    does not hold the error from having few vectors.

    Examples
    --------
    >>> from infolib.representations import Estimate
    >>> print(Estimate("H(A)", (3.1, 3.3), 512))
    H(A) = 3.2000 +- 0.1000 nats (2 anchor sets, 512 vectors)
    """

    name: str
    per_set: tuple[float, ...]
    count: int

    @property
    def value(self) -> float:
        """Mean over the anchor sets, in nats."""
        return math.fsum(self.per_set) / len(self.per_set)

    @property
    def standard_error(self) -> float:
        """Standard error of the mean over the anchor sets, in nats; NaN for a single set."""
        n = len(self.per_set)
        if n == 1:
            return math.nan
        mean = self.value
        return math.sqrt(math.fsum((x - mean) ** 2 for x in self.per_set) / (n - 1) / n)

    @property
    def bits(self) -> float:
        """The value in bits."""
        return self.value / math.log(2)

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        error = "" if len(self.per_set) == 1 else f" +- {self.standard_error:.4f}"
        sets = "1 anchor set" if len(self.per_set) == 1 else f"{len(self.per_set)} anchor sets"
        return f"{self.name} = {self.value:.4f}{error} nats ({sets}, {self.count:,} vectors)"

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON (an absent error bar is None)."""
        error = self.standard_error
        return {
            "name": self.name,
            "nats": self.value,
            "bits": self.bits,
            "standard_error_nats": None if math.isnan(error) else error,
            "per_set_nats": list(self.per_set),
            "count": self.count,
        }
