"""One estimated number with its error bar."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from scipy.special import stdtrit


class Source(NamedTuple):
    """One source of an estimate's error: its name, standard error in nats, and degrees of freedom behind it."""

    name: str
    standard_error: float
    degrees: float = math.inf


@dataclass(frozen=True)
class Estimate:
    """An estimated quantity, averaged over independent anchor sets: nats, or a plain ratio where `unit` is empty.

    Attributes
    ----------
    name : str
        What was estimated, such as ``"I(A;token)"``.
    per_set : tuple of float
        The estimate from each anchor set.
    count : int
        How many vectors it rests on.
    plugin : float, optional
        The same without any correction: the formula on the sample. Left out, it is the mean of `per_set`.
    sources : tuple of Source
        Where error comes from: ``"anchors"`` (another draw of the anchors would give another value; absent for one
        set), ``"data"`` (other vectors would), ``"model"`` (the correction rests on one).
    unit : str
        ``"nats"``, or ``""`` for a ratio.

    Notes
    -----
    ``float(estimate)`` is the mean over the sets, corrected; ``correction`` is what was taken off the plug-in.
    ``standard_error`` adds the sources in quadrature and is NaN where none is known. With one anchor set it holds for
    those anchors only.

    Examples
    --------
    >>> from infolib.representations.estimate import Estimate, Source
    >>> print(Estimate("H(A)", (3.1, 3.3), 512, sources=(Source("anchors", 0.1, 1), Source("data", 0.02, 15))))
    H(A) = 3.2000 +- 0.1020 nats (2 anchor sets, 512 vectors)
    """

    name: str
    per_set: tuple[float, ...]
    count: int
    plugin: float = math.nan
    sources: tuple[Source, ...] = field(default=())
    unit: str = "nats"

    def __post_init__(self) -> None:
        if math.isnan(self.plugin):
            object.__setattr__(self, "plugin", self.value)

    @property
    def value(self) -> float:
        """Mean over the anchor sets."""
        return math.fsum(self.per_set) / len(self.per_set)

    @property
    def correction(self) -> float:
        """What was taken off the plug-in."""
        return self.plugin - self.value

    @property
    def standard_error(self) -> float:
        """Standard error, all its sources together; NaN where none is known."""
        return math.hypot(*(s.standard_error for s in self.sources)) if self.sources else math.nan

    def error_from(self, name: str) -> float:
        """Standard error from one source, ``"anchors"``, ``"data"`` or ``"model"``; NaN where it is not known."""
        found = [s.standard_error for s in self.sources if s.name == name]
        return math.hypot(*found) if found else math.nan

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval: Student's t, with the degrees of freedom of Welch and Satterthwaite.

        Raises
        ------
        ValueError
            If `level` is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"`level` must be between 0 and 1; it was {level!r}. Take 0.95 for 95%.")
        error = self.standard_error
        if math.isnan(error):
            return math.nan, math.nan
        spread = math.fsum(s.standard_error**4 / s.degrees for s in self.sources)
        degrees = error**4 / spread if spread > 0 else 1e9
        half = float(stdtrit(degrees, (1 + level) / 2)) * error
        return self.value - half, self.value + half

    @property
    def bits(self) -> float:
        """The value in bits."""
        return self.value / math.log(2)

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        error = "" if math.isnan(self.standard_error) else f" +- {self.standard_error:.4f}"
        sets = "1 anchor set" if len(self.per_set) == 1 else f"{len(self.per_set)} anchor sets"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name} = {self.value:.4f}{error}{unit} ({sets}, {self.count:,} vectors)"

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON (what is not known, NaN, is None)."""
        return {
            "name": self.name,
            "value": _known(self.value),
            "unit": self.unit,
            "standard_error": _known(self.standard_error),
            "errors": {source.name: _known(self.error_from(source.name)) for source in self.sources},
            "interval_95": [_known(end) for end in self.interval()],
            "plugin": _known(self.plugin),
            "per_set": [_known(value) for value in self.per_set],
            "count": self.count,
        }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
