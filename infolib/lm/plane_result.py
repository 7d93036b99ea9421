"""What `measure` returns: a table of layers, with the settings that made it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

# Name in the table -> what is printed above it. Each has a standard error beside it, but for the plug-ins.
QUANTITIES = {
    "entropy": "H(A)",
    "ceiling": "ceiling",
    "mi_token": "I(A;token)",
    "mi_token_plugin": "plug-in",
    "mi_next": "I(A;next)",
    "mi_next_plugin": "plug-in",
}


@dataclass(frozen=True, eq=False)
class PlaneResult:
    """What each layer of a model holds about the current and the next token.

    Attributes
    ----------
    table : DataFrame
        One row a layer, in nats: `layer`, then `entropy`, `ceiling`, `mi_token`, `mi_next`, each corrected for bias and
        followed by its standard error (`entropy_se`, ...), which holds the choice of anchors, the choice of text, and
        what the correction assumes. `mi_token_plugin` and `mi_next_plugin` are the same without correction. An
        information is NaN where no label occurs twice: nothing is known of it then.
    model : str
        The model's name.
    n_tokens : int
        Positions measured.
    context, n_anchors, n_sets, seed : int
        As given to `measure`.
    center : str
        As given to `measure`.
    temperatures : tuple of float
        The softmax temperature of each row of the table.
    n_labels : dict
        How many distinct labels occurred, for `"token"` and `"next"`.
    vocabulary_size : int
        How many labels are possible.
    """

    table: pd.DataFrame
    model: str
    n_tokens: int
    context: int
    n_anchors: int
    n_sets: int
    seed: int
    center: str
    temperatures: tuple[float, ...]
    n_labels: dict[str, int]
    vocabulary_size: int
    units: str = "nats"

    def in_bits(self) -> pd.DataFrame:
        """Return the table with every quantity and standard error in bits."""
        bits = self.table.copy()
        measured = bits.columns != "layer"
        bits.loc[:, measured] = bits.loc[:, measured] / math.log(2)
        return bits

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON: the settings, and the rows in nats and in bits (NaN is None)."""
        return {
            "model": self.model,
            "n_tokens": self.n_tokens,
            "context": self.context,
            "n_anchors": self.n_anchors,
            "n_sets": self.n_sets,
            "seed": self.seed,
            "center": self.center,
            "temperatures": list(self.temperatures),
            "n_labels": dict(self.n_labels),
            "vocabulary_size": self.vocabulary_size,
            "nats": _rows(self.table),
            "bits": _rows(self.in_bits()),
        }

    def to_text(self, units: str = "nats") -> str:
        """Return a readable table in `"nats"` or `"bits"`, every corrected estimate with its standard error."""
        if units not in ("nats", "bits"):
            raise ValueError(f"`units` must be 'nats' or 'bits'; it was {units!r}")
        table = self.table if units == "nats" else self.in_bits()
        lines = ["layer  " + "".join(f"{heading:>16}" for heading in QUANTITIES.values())]
        for row in table.to_dict("records"):
            cells = [_cell(row[name], row.get(f"{name}_se", math.nan)) for name in QUANTITIES]
            lines.append(f"{row['layer']:>5}  " + "".join(f"{cell:>16}" for cell in cells))
        return "\n".join(lines)

    def __str__(self) -> str:
        head = (
            f"{self.model}: {self.n_tokens:,} tokens in windows of {self.context}, "
            f"{self.n_sets} x {self.n_anchors} anchors, nats (log {self.n_anchors} = {math.log(self.n_anchors):.3f})"
        )
        return f"{head}\n{self.to_text()}"


def _rows(table: pd.DataFrame) -> list[dict[str, float | None]]:
    records: list[dict[str, float | None]] = []
    for row in table.to_dict("records"):
        records.append({str(name): None if value != value else value for name, value in row.items()})
    return records


def _cell(value: float, error: float) -> str:
    return f"{value:.3f}" if math.isnan(error) else f"{value:.3f} ± {error:.3f}"
