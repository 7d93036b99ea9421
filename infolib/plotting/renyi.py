"""Figures of the chapter on Rényi entropies: numbers in, Axes out, and nothing computed but positions on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style

_ORDER_TICKS = {0.0: "0", 0.5: "1/2", 1.0: "1", 2.0: "2", 5.0: "5", np.inf: "∞"}


def _order_position(orders: ArrayLike) -> np.ndarray:
    """Where an order from 0 to infinity stands on an axis of length 1: a / (1 + a), order 1 in the middle."""
    orders = np.asarray(orders, dtype=float)
    finite = np.isfinite(orders)
    return np.where(finite, orders / (1 + np.where(finite, orders, 0.0)), 1.0)


def _order_axis(ax: Axes) -> None:
    ax.set_xticks(_order_position(list(_ORDER_TICKS)), list(_ORDER_TICKS.values()))
    ax.set_xlabel("order (the axis is bent, so that infinity fits on it)")
    ax.set_xlim(0, 1)


def _label_ends(
    ax: Axes, ends: Sequence[tuple[str, float, float, str]], *, gap: float = 12.0, height: float = 220.0
) -> None:
    """Write names `(name, x, y, colour)` beside curves that end there on a logarithmic axis, `gap` points apart.

    The position on the page is reckoned from the range drawn and an axis `height` points high.
    """
    bottom, top = np.log(ax.get_ylim())
    above = -np.inf
    for name, x, y, colour in sorted(ends, key=lambda end: end[2]):
        natural = (np.log(y) - bottom) / (top - bottom) * height
        above = max(natural, above + gap)
        ax.annotate(name, (x, y), xytext=(5, above - natural), textcoords="offset points", va="center", fontsize=9.5,
                    color=colour)


def renyi_spectrum(
    orders: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    marked: Sequence[float] = (),
    quantity: str = "Rényi entropy",
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw one curve a name against the order from 0 to infinity, with points at the `marked` orders among `orders`."""
    ax = _style.axes(ax)
    orders = np.asarray(orders, dtype=float)
    x, chosen = _order_position(orders), np.isin(orders, np.asarray(marked, dtype=float))
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        ax.plot(x[chosen], y[chosen], "o", color=colour, markersize=5, clip_on=False, zorder=3)
        _style.label_line(ax, float(x[-1]), float(y[-1]), name, colour)
    _order_axis(ax)
    ax.set_ylabel(f"{quantity} ({unit})")
    ax.set_ylim(bottom=0)
    return ax


def surprise_averages(
    p: ArrayLike,
    surprise: ArrayLike,
    averages: Mapping[str, float],
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw outcomes as rectangles, probability wide and surprise high, and averages of the heights as level lines."""
    ax = _style.axes(ax, size=(6.4, 4.4))
    widths, heights = np.asarray(p, dtype=float), np.asarray(surprise, dtype=float)
    left = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    ax.bar(left, heights, width=widths, align="edge", color=_style.SKY, alpha=0.55, edgecolor="white", linewidth=1.2)
    for name, height in averages.items():
        ax.axhline(height, color=_style.VERMILION, linewidth=1.3, label=name)
        ax.annotate(name, (1.0, height), xycoords=("axes fraction", "data"), xytext=(5, 0),
                    textcoords="offset points", va="center", fontsize=9.5, color=_style.VERMILION)
    ax.set(xlabel="probability", ylabel=f"surprise ({unit})", xlim=(0, 1))
    return ax


def simplex_contours(
    points: ArrayLike,
    values: ArrayLike,
    *,
    levels: ArrayLike,
    corners: Sequence[str] = ("a", "b", "c"),
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw contours of `values` at pmfs `points` (m, 3) over the triangle whose corners are the three sure outcomes."""
    ax = _style.axes(ax, size=(3.2, 3.0))
    points = np.asarray(points, dtype=float)
    vertices = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
    x, y = (points @ vertices).T
    values, levels = np.asarray(values, dtype=float), np.asarray(levels, dtype=float)
    ax.tricontourf(x, y, values, levels=levels, cmap="YlGnBu", extend="max")
    ax.tricontour(x, y, values, levels=levels, colors=_style.INK, linewidths=0.6)
    ax.plot(*vertices[[0, 1, 2, 0]].T, color=_style.INK, linewidth=1.0)
    for name, corner, (across, upright) in zip(corners, vertices, (("right", "top"), ("left", "top"),
                                                                   ("center", "bottom")), strict=True):
        ax.annotate(name, tuple(corner), xytext=(0, 3 if upright == "bottom" else -3), textcoords="offset points",
                    ha=across, va=upright, fontsize=9.5, color=_style.INK)
    ax.set_title(title, pad=16)  # above the name of the upper corner
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


def guessing_curve(
    guesses: ArrayLike,
    success: ArrayLike,
    predictions: Mapping[str, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of secrets found against the guesses spent on each, and what single numbers predict, dashed."""
    ax = _style.axes(ax)
    x = np.asarray(guesses, dtype=float)
    ax.plot(x, success, color=_style.BLUE, linewidth=_style.LINE_WIDTH + 0.6, label="best guesser")
    third, y = x.size // 3, np.asarray(success, dtype=float)
    ax.annotate("best guesser", (x[third], y[third]), xytext=(0, -6), textcoords="offset points", ha="center",
                va="top", fontsize=9.5, color=_style.BLUE)
    for i, (name, values) in enumerate(predictions.items()):
        line, colour = np.asarray(values, dtype=float), (_style.VERMILION, _style.GREEN, _style.MUTED)[i % 3]
        ax.plot(x, line, color=colour, linewidth=1.2, linestyle="--", label=name)
        full = int(np.argmax(line))  # where the prediction first reaches its largest value
        ax.annotate(name, (x[full], line[full]), xytext=(0, 4), textcoords="offset points",
                    ha="right" if full == x.size - 1 else "center", va="bottom", fontsize=9.5, color=colour)
    ax.set(xscale="log", yscale="log", xlabel="guesses spent on each account", ylabel="share of accounts opened")
    return ax


def information_spectra(
    spectra: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    mean: float | None = None,
    quantity: str = "surprise",
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw distribution functions of the surprise as steps, one `(surprisals, cumulative)` a name, and their mean."""
    ax = _style.axes(ax)
    low = min(float(np.min(s)) for s, _ in spectra.values())
    high = max(float(np.max(s)) for s, _ in spectra.values())
    margin = 0.04 * (high - low or 1.0)
    for i, (name, (surprisals, cumulative)) in enumerate(spectra.items()):
        x = np.concatenate([[low - margin], np.asarray(surprisals, dtype=float), [high + margin]])
        y = np.concatenate([[0.0], np.asarray(cumulative, dtype=float), [np.asarray(cumulative, dtype=float)[-1]]])
        ax.step(x, y, where="post", color=_style.PALETTE[i % len(_style.PALETTE)], linewidth=_style.LINE_WIDTH,
                label=name)
    if mean is not None:
        ax.axvline(mean, color=_style.MUTED, linestyle="--", linewidth=1.0, zorder=1)
        ax.annotate("entropy", (mean, 0.0), xytext=(4, 3), textcoords="offset points", fontsize=9, color=_style.MUTED)
    if len(spectra) > 1:
        ax.legend(frameon=False, fontsize=9.5, loc="lower right")
    ax.set(xlabel=f"{quantity} ({unit})", ylabel="probability of at most this", ylim=(0, 1.02))
    return ax


def privacy_budget(
    steps: ArrayLike, curves: Mapping[str, ArrayLike], *, delta: float, ax: Axes | None = None
) -> Axes:
    """Draw the privacy loss that each way of accounting guarantees against the number of noisy steps."""
    ax = _style.axes(ax)
    x, ends = np.asarray(steps, dtype=float), []
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        ends.append((name, float(x[-1]), float(y[-1]), colour))
    ax.set(xscale="log", yscale="log", xlabel="noisy steps", ylabel=f"epsilon at delta = {delta:g} (nats)")
    _label_ends(ax, ends)
    return ax


def q_exponential_decay(
    x: ArrayLike, curves: Mapping[str, ArrayLike], *, floor: float = 1e-3, ax: Axes | None = None
) -> Axes:
    """Draw q-exponentials of -x against x on a logarithmic axis from `floor`: those that reach 0 leave it."""
    ax = _style.axes(ax)
    x = np.asarray(x, dtype=float)
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, np.where(y > 0, y, np.nan), color=colour, linewidth=_style.LINE_WIDTH, label=name)
        last = int(np.flatnonzero(y >= floor)[-1])
        _style.label_line(ax, float(x[last]), float(y[last]), name, colour,
                          va="center" if last == x.size - 1 else "bottom")
    ax.set(yscale="log", xlabel="x", ylabel="q-exponential of −x", xlim=(0, float(x[-1])),
           ylim=(floor, 1.2))
    return ax


def two_score_probability(
    difference: ArrayLike, curves: Mapping[str, ArrayLike], *, ax: Axes | None = None
) -> Axes:
    """Draw the probability of the first of two options against how far its score is ahead, one curve a name."""
    ax = _style.axes(ax)
    for i, (name, values) in enumerate(curves.items()):
        ax.plot(difference, values, color=_style.PALETTE[i % len(_style.PALETTE)], linewidth=_style.LINE_WIDTH,
                label=name)
    ax.legend(frameon=False, fontsize=9.5, loc="upper left")
    ax.set(xlabel="score of the first less score of the second", ylabel="probability of the first", ylim=(-0.02, 1.02))
    return ax


def support_size(
    alphas: ArrayLike,
    sizes: Mapping[str, ArrayLike],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many outcomes keep a probability above 0 against the alpha of entmax, one curve a name."""
    ax = _style.axes(ax)
    x, ends = np.asarray(alphas, dtype=float), []
    for i, (name, values) in enumerate(sizes.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        ends.append((name, float(x[-1]), float(y[-1]), colour))
    ax.set(yscale="log", xlabel="alpha", ylabel="outcomes of positive probability", ylim=(0.8, None))
    _label_ends(ax, ends)
    return ax
