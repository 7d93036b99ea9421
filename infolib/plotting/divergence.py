"""Figures of the chapter on divergence: numbers in, Axes out, and nothing computed but positions on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from numpy.typing import ArrayLike

from infolib.plotting import _style


def belief_areas(
    p: ArrayLike,
    surprise: ArrayLike,
    believed: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the surprise under a belief as rectangles, probability wide, with the surprise under the truth outlined.

    The filled area is the cross-entropy, the outlined one the entropy; their difference is the divergence.
    """
    ax = _style.axes(ax)
    widths, true, paid = (np.asarray(values, dtype=float) for values in (p, surprise, believed))
    left = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    colours = [_style.PALETTE[i % len(_style.PALETTE)] for i in range(widths.size)]
    ax.bar(left, paid, width=widths, align="edge", color=colours, edgecolor="white", linewidth=0.8, label="believed")
    ax.bar(left, true, width=widths, align="edge", fill=False, edgecolor=_style.INK, linewidth=1.4, linestyle="--",
           label="true")
    for i, name in enumerate(names or ()):
        ax.annotate(name, (left[i] + widths[i] / 2, max(paid[i], true[i])), xytext=(0, 3), textcoords="offset points",
                    ha="center", va="bottom", fontsize=9.5, color=_style.INK)
    ax.set(xlabel="true probability", ylabel=f"surprise ({unit})", xlim=(0, 1))
    ax.set_ylim(0, 1.12 * float(np.maximum(true, paid).max()))  # room for the names
    return ax


def evidence_walks(
    walks: Mapping[str, ArrayLike],
    slopes: Mapping[str, float],
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw sums of log-likelihood ratios, a group of walks (walk, observation) a name, and the expected line of each.

    Every walk starts at 0 before the first observation, so a row of n numbers is drawn over 0 to n - 1.
    """
    ax = _style.axes(ax)
    for i, (name, group) in enumerate(walks.items()):
        rows, colour = np.atleast_2d(np.asarray(group, dtype=float)), _style.PALETTE[i % len(_style.PALETTE)]
        count = np.arange(rows.shape[-1])
        for row in rows:
            ax.plot(count, row, color=colour, linewidth=0.7, alpha=0.6, label="_walk")
        line = slopes[name] * count
        ax.plot(count, line, color=_style.INK, linewidth=_style.LINE_WIDTH, linestyle="--", label=name)
        _style.label_line(ax, float(count[-1]), float(line[-1]), name, colour)
    ax.axhline(0, color=_style.MUTED, linewidth=0.8, zorder=1)
    ax.set(xlabel="observations", ylabel=f"log-likelihood ratio ({unit})")
    ax.set_xlim(left=0)
    return ax


def divergence_against(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    quantity: str = "divergence",
    unit: str = "bits",
    log_x: bool = False,
    bounds: Mapping[str, float] | None = None,
    marks: Sequence[tuple[str, float, float]] = (),
    label_at: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one curve a name against `x`, dashed lines at `bounds`, and named points `(name, x, y)`.

    The names stand at the right ends of the curves, or above them at the `x` nearest to `label_at`.
    """
    ax = _style.axes(ax)
    x = np.asarray(x, dtype=float)
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        if label_at is None:
            _style.label_line(ax, float(x[-1]), float(y[-1]), name, colour)
        else:
            _above(ax, x, y, label_at, name, colour)
    for name, height in (bounds or {}).items():
        _style.bound(ax, height, name)
    for name, across, up in marks:
        ax.plot([across], [up], "o", color=_style.VERMILION, markersize=6, label=f"_{name}")
        ax.annotate(name, (across, up), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=9.5,
                    color=_style.INK)
    if log_x:
        ax.set_xscale("log")
    ax.set(xlabel=xlabel, ylabel=f"{quantity} ({unit})" if unit else quantity)
    return ax


def fitted_target(
    x: ArrayLike,
    target: ArrayLike,
    fits: Mapping[str, ArrayLike],
    *,
    xlabel: str = "x",
    ax: Axes | None = None,
) -> Axes:
    """Draw a target pmf on a grid as a shaded shape, and one curve a name for the pmfs fitted to it."""
    ax = _style.axes(ax)
    x, height = np.asarray(x, dtype=float), np.asarray(target, dtype=float)
    ax.fill_between(x, height, color=_style.MUTED, alpha=0.3, linewidth=0, label="target")
    dashes = ("-", "--", "-.", ":")
    for i, (name, values) in enumerate(fits.items()):
        ax.plot(x, np.asarray(values, dtype=float), color=_style.PALETTE[i % len(_style.PALETTE)],
                linewidth=_style.LINE_WIDTH, linestyle=dashes[i % len(dashes)], label=name)
    ax.legend(frameon=False, fontsize=9.5)
    ax.set(xlabel=xlabel, ylabel="probability of a grid point")
    ax.set_ylim(bottom=0)
    return ax


def divergence_map(
    x: ArrayLike,
    y: ArrayLike,
    divergence: ArrayLike,
    minima: Sequence[tuple[float, float]] = (),
    *,
    xlabel: str,
    ylabel: str,
    levels: Sequence[float],
    ax: Axes | None = None,
) -> Axes:
    """Draw contours of a divergence over two parameters, `divergence[i, j]` at `(x[j], y[i])`, and its minima.

    The colours follow the logarithm of the divergence, so that valleys of different depth are all seen.
    """
    ax = _style.axes(ax)
    values = np.asarray(divergence, dtype=float)
    across, up = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    ax.contourf(across, up, values, levels=levels, cmap="cividis_r", norm=LogNorm(levels[0], levels[-1]), extend="both")
    lines = ax.contour(across, up, values, levels=levels, colors="white", linewidths=0.6)
    middle = float(np.sqrt(levels[0] * levels[-1]))  # of the colours: dark figures on the light half, white on the dark
    ax.clabel(lines, fmt="%g", fontsize=8, colors=[_style.INK if level < middle else "white" for level in levels])
    for left, low in minima:
        ax.plot([left], [low], "o", color=_style.VERMILION, markeredgecolor="white", markersize=8, label="_minimum")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax


def distance_cloud(
    distance: ArrayLike,
    divergence: ArrayLike,
    bound: tuple[ArrayLike, ArrayLike],
    *,
    sharpest: tuple[ArrayLike, ArrayLike] | None = None,
    unit: str = "nats",
    ax: Axes | None = None,
) -> Axes:
    """Draw divergences of pairs against their total variation, above the bound `(distance, divergence)`."""
    ax = _style.axes(ax)
    ax.plot(distance, divergence, ".", color=_style.SKY, markersize=4, label="pairs")
    curves = [("bound", bound, _style.VERMILION, "-")]
    if sharpest is not None:
        curves.append(("two outcomes, one pmf fair", sharpest, _style.INK, "--"))
    for name, points, colour, dashes in curves:
        x, y = (np.asarray(values, dtype=float) for values in points)
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, linestyle=dashes, label=name)
    ax.legend(frameon=False, fontsize=9.5, loc="upper left")
    ax.set(xlabel="total variation distance of the pair", ylabel=f"divergence ({unit})")
    ax.set_xlim(left=0)
    ax.set_ylim(bottom=0)
    return ax


def loss_above_floor(
    step: ArrayLike,
    losses: Mapping[str, ArrayLike],
    floor: float,
    *,
    unit: str = "nats",
    ax: Axes | None = None,
) -> Axes:
    """Draw training losses, one a name, above the entropy of the data; the gap below the last one is shaded."""
    ax = _style.axes(ax)
    x = np.asarray(step, dtype=float)
    for i, (name, values) in enumerate(losses.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        _above(ax, x, y, float(x[x.size // 2]), name, colour)
        if i == len(losses) - 1:
            ax.fill_between(x, floor, y, color=colour, alpha=0.15, linewidth=0)
    _style.bound(ax, floor, "entropy of the data")
    ax.set(xlabel="step", ylabel=f"loss ({unit})")
    return ax


def divergence_by_shift(
    divergence: ArrayLike,
    key: int | None = None,
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw one bar a shift of the alphabet, with the shift `key` in another colour."""
    ax = _style.axes(ax)
    height = np.asarray(divergence, dtype=float)
    colours = [_style.VERMILION if i == key else _style.BLUE for i in range(height.size)]
    ax.bar(np.arange(height.size), height, color=colours)
    if key is not None:
        # Above all bars: beside a low bar there is no room between its neighbours.
        ax.annotate(f"shift {key}", (key, height[key]), xytext=(key, 1.06 * float(height.max())), ha="center",
                    fontsize=9.5, color=_style.VERMILION, arrowprops={"arrowstyle": "->", "color": _style.VERMILION})
    ax.set(xlabel="shift undone", ylabel=f"divergence ({unit})")
    return ax


def _above(ax: Axes, x: np.ndarray, y: np.ndarray, at: float, text: str, colour: str) -> None:
    """Write a curve's name above it, at the point nearest to `at`."""
    i = int(np.argmin(np.abs(x - at)))
    ax.annotate(text, (x[i], y[i]), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=9.5, color=colour)
