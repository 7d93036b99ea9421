"""The layers of a language model in one picture: how much is there, and of what."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from infolib.plotting import _style

_LN2 = float(np.log(2))
_CURVES = (
    # column, its plug-in, name beside the curve, colour, marker
    ("mi_token", "mi_token_plugin", "I(A; token)", _style.BLUE, "o"),
    ("mi_next", "mi_next_plugin", "I(A; next)", _style.VERMILION, "s"),
)


def plane_by_layer(result: Any, *, units: str = "nats", axes: tuple[Axes, Axes] | None = None) -> tuple[Axes, Axes]:
    """Draw a `PlaneResult` against layer: entropy under its bound, and information under its ceiling.

    Parameters
    ----------
    result : PlaneResult
        What `infolib.lm.measure` returned.
    units : {"nats", "bits"}
        Units of the vertical axes.
    axes : tuple of two Axes, optional
        Where to draw; None makes a new figure of two panels.

    Returns
    -------
    tuple of Axes
        Left: H(A), the most it can be, log m, and the ceiling I(A;Z). Right: I(A; token) and I(A; next token), each
        with its plug-in estimate (dashed), and the ceiling. Bars are one standard error.

    Raises
    ------
    ValueError
        If `units` is neither.
    """
    if units not in ("nats", "bits"):
        raise ValueError(f"`units` must be 'nats' or 'bits'; it was {units!r}")
    scale = 1.0 if units == "nats" else 1.0 / _LN2
    left, right = _panels() if axes is None else axes
    table = result.table
    for ax in (left, right):
        _style.axes(ax)
        ax.set(xlabel="layer", ylabel=units)
        _curve(ax, table, "ceiling", scale, color=_style.MUTED, marker="", linestyle="-")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))

    _curve(left, table, "entropy", scale, color=_style.INK, marker="o", linestyle="-")
    _style.bound(left, scale * float(np.log(result.n_anchors)), f"log {result.n_anchors}")
    for column, plugin, _, color, marker in _CURVES:
        _curve(right, table, column, scale, color=color, marker=marker, linestyle="-")
        _curve(right, table, plugin, scale, color=color, marker="", linestyle="--")
    _names(left, table, scale, {"entropy": ("H(A)", _style.INK), "ceiling": ("ceiling I(A; Z)", _style.MUTED)})
    names = {column: (name, color) for column, _, name, color, _ in _CURVES}
    names["mi_next_plugin"] = ("plug-in (biased)", _style.MUTED)
    _names(right, table, scale, {"ceiling": ("ceiling", _style.MUTED), **names})
    left.set_title("How much the anchor holds", fontsize=10, loc="left")
    right.set_title("What it holds: the token, the next token", fontsize=10, loc="left")
    for ax in (left, right):
        ax.set_ylim(bottom=0)
    return left, right


def _panels() -> tuple[Axes, Axes]:
    import matplotlib.pyplot as plt

    _, (left, right) = plt.subplots(1, 2, figsize=(11.0, 3.8), layout="constrained")
    return left, right


def _curve(ax: Axes, table: Any, column: str, scale: float, *, color: str, marker: str, linestyle: str) -> None:
    errors = table[f"{column}_se"].to_numpy() if f"{column}_se" in table else np.zeros(len(table))
    ax.errorbar(
        table["layer"].to_numpy(), scale * table[column].to_numpy(), yerr=scale * np.nan_to_num(errors),
        color=color, marker=marker, markersize=3.5, linestyle=linestyle, linewidth=_style.LINE_WIDTH, elinewidth=1.0,
        label=column,
    )


def _names(ax: Axes, table: Any, scale: float, names: dict[str, tuple[str, str]]) -> None:
    """Write names beside the ends of the curves, moved apart where the curves end close together."""
    last = table.iloc[-1]
    ends = sorted((scale * float(last[column]), column) for column in names)
    top = scale * float(table[[*names]].to_numpy().max())
    floor = -np.inf
    for y, column in ends:
        floor = max(y, floor + 0.06 * top)
        text, color = names[column]
        _style.label_line(ax, float(last["layer"]), floor, text, color)
