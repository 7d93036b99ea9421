"""What the test and the interval of mutual information return."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np


@dataclass(frozen=True)
class IndependenceTest:
    """Plug-in information of labels beside that of the same labels shuffled.

    Attributes
    ----------
    mutual_information : float
        Of the labels as they are, in `unit`.
    p_value : float
        (1 + shufflings with at least as much) / (1 + shufflings).
    null_mean, null_standard_deviation : float
        Of the shuffled labels, in `unit`.
    null : array of shape (n_permutations,)
        The information of each shuffling, ascending, in `unit`.
    unit : str
        ``"nats"`` unless a base was given.
    """

    mutual_information: float
    p_value: float
    null_mean: float
    null_standard_deviation: float
    unit: str
    null: np.ndarray = field(repr=False, compare=False)

    @property
    def excess(self) -> float:
        """Information beyond the mean of the shuffled labels."""
        return self.mutual_information - self.null_mean

    def quantile(self, probability: float) -> float:
        """Information that this part of the shufflings stays below."""
        return float(np.quantile(self.null, probability))

    def __str__(self) -> str:
        return (
            f"I(X;Y) = {self.mutual_information:.4g} {self.unit}, p = {self.p_value:.3g} "
            f"({len(self.null):,} permutations)\n"
            f"by chance {self.null_mean:.4g}, in 95 of 100 cases below {self.quantile(0.95):.4g}"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON."""
        return {
            "mutual_information": self.mutual_information,
            "p_value": self.p_value,
            "null_mean": self.null_mean,
            "null_standard_deviation": self.null_standard_deviation,
            "unit": self.unit,
            "null_quantiles": {str(q): self.quantile(q) for q in (0.05, 0.5, 0.95, 0.99)},
            "n_permutations": len(self.null),
        }


@dataclass(frozen=True)
class InformationInterval:
    """Mutual information of labels with an interval that should hold the truth.

    Attributes
    ----------
    low, high : float
        Ends of the interval, in `unit`.
    mutual_information : float
        The estimate, in `unit`; with few samples its bias may put it outside.
    level : float
        How often such an interval should hold the truth.
    method : str
        The method of the estimate.
    count : int
        How many samples there were.
    unit : str
        ``"nats"`` unless a base was given.
    """

    low: float
    high: float
    mutual_information: float
    level: float
    method: str
    count: int
    unit: str

    def __str__(self) -> str:
        return (
            f"I(X;Y) = {self.mutual_information:.4g} {self.unit} ({self.method}, {self.count:,} samples), "
            f"{100 * self.level:g}% interval {self.low:.4g} to {self.high:.4g}"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON."""
        return asdict(self)
