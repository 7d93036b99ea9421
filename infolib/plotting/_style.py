"""One look for every figure: a palette that survives colour blindness and grey print, and plain axes."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

# Okabe and Ito's colours, ordered so that neighbours differ in lightness as well as in hue.
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION)
INK, MUTED = "#222222", "#777777"
LINE_WIDTH = 1.8
FIGURE_SIZE = (6.4, 3.8)


def axes(ax: Axes | None, *, size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return `ax`, or new Axes of the house size, without top and right spines."""
    if ax is None:
        _, ax = plt.subplots(figsize=size, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def bound(ax: Axes, y: float, text: str) -> None:
    """Draw a theoretical bound as a dashed horizontal line, with its name written on the line."""
    ax.axhline(y, color=MUTED, linestyle="--", linewidth=1.0, zorder=1)
    ax.annotate(text, (1.0, y), xycoords=("axes fraction", "data"), xytext=(0, 2), textcoords="offset points",
                ha="right", va="bottom", color=MUTED, fontsize=9)


def label_line(ax: Axes, x: float, y: float, text: str, color: str, *, ha: str = "left", va: str = "center") -> None:
    """Write a curve's name beside it, in its colour: a direct label instead of a legend."""
    ax.annotate(text, (x, y), xytext=(4 if ha == "left" else -4, 0), textcoords="offset points",
                color=color, ha=ha, va=va, fontsize=9.5)
