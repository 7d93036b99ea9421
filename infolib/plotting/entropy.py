"""Figures of the chapter on entropy: numbers in, Axes out, and nothing computed but positions on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style


def surprise_curve(
    p: ArrayLike,
    surprise: ArrayLike,
    events: Sequence[tuple[str, float, float]] = (),
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw surprise against probability, with named events `(name, probability, surprise)` as points on it."""
    ax = _style.axes(ax)
    ax.plot(p, surprise, color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    for name, x, y in events:
        ax.plot([x], [y], "o", color=_style.VERMILION, markersize=6)
        ax.annotate(name, (x, y), xytext=(7, 5), textcoords="offset points", fontsize=9.5, color=_style.INK)
    ax.set(xlabel="probability of the outcome", ylabel=f"surprise ({unit})", xlim=(0, 1.02))
    ax.set_ylim(bottom=0)
    return ax


def surprise_areas(
    p: ArrayLike,
    surprise: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw each outcome as a rectangle, probability wide and surprise high: the shaded area is the entropy."""
    ax = _style.axes(ax)
    widths, heights = np.asarray(p, dtype=float), np.asarray(surprise, dtype=float)
    left = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    colours = [_style.PALETTE[i % len(_style.PALETTE)] for i in range(widths.size)]
    ax.bar(left, heights, width=widths, align="edge", color=colours, edgecolor="white", linewidth=0.8)
    for i, name in enumerate(names or ()):
        ax.annotate(name, (left[i] + widths[i] / 2, heights[i]), xytext=(0, 3), textcoords="offset points",
                    ha="center", va="bottom", fontsize=9.5, color=_style.INK)
    ax.set(xlabel="probability", ylabel=f"surprise ({unit})", xlim=(0, 1))
    return ax


def entropy_term(p: ArrayLike, term: ArrayLike, *, unit: str = "bits", ax: Axes | None = None) -> Axes:
    """Draw what one outcome adds to the entropy against its probability, with the largest value plotted marked."""
    ax = _style.axes(ax)
    p, term = np.asarray(p, dtype=float), np.asarray(term, dtype=float)
    ax.plot(p, term, color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    top = int(np.argmax(term))
    ax.plot([p[top]], [term[top]], "o", color=_style.VERMILION, markersize=6)
    ax.annotate(f"largest at p = {p[top]:.2f}", (p[top], term[top]), xytext=(9, 3), textcoords="offset points",
                fontsize=9.5, color=_style.INK)
    ax.set(xlabel="probability of the outcome", ylabel=f"contribution to the entropy ({unit})", xlim=(0, 1.02))
    ax.set_ylim(0, 1.12 * float(term[top]))
    return ax


def binary_entropy_curve(
    p: ArrayLike,
    entropy: ArrayLike,
    events: Sequence[tuple[str, float, float]] = (),
    *,
    bound: float | None = None,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the entropy of a coin against its bias, with named coins `(name, bias, entropy)` and the upper bound."""
    ax = _style.axes(ax)
    ax.plot(p, entropy, color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    for name, x, y in events:
        ax.plot([x], [y], "o", color=_style.VERMILION, markersize=6)
        right = x <= 0.5
        ax.annotate(name, (x, y), xytext=(8 if right else -8, -11), textcoords="offset points", fontsize=9.5,
                    ha="left" if right else "right", color=_style.INK)
    if bound is not None:
        _style.bound(ax, bound, "upper bound")
    ax.set(xlabel="probability of heads", ylabel=f"entropy ({unit})", xlim=(0, 1))
    ax.set_ylim(bottom=0)
    return ax


def entropy_against(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    unit: str = "bits",
    log_x: bool = False,
    reference: tuple[str, ArrayLike] | None = None,
    bound: tuple[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one entropy curve a name against `x`, an approximation `reference` dashed, and a constant `bound`."""
    ax = _style.axes(ax)
    x = np.asarray(x, dtype=float)
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        _style.label_line(ax, float(x[-1]), float(y[-1]), name, colour)
    if reference is not None:
        y = np.asarray(reference[1], dtype=float)
        ax.plot(x, y, color=_style.INK, linewidth=1.0, linestyle="--", label=reference[0])
        middle = x.size // 2
        ax.annotate(reference[0], (x[middle], y[middle]), xytext=(6, -10), textcoords="offset points", fontsize=9.5,
                    color=_style.INK)
    if log_x:
        ax.set_xscale("log")
    if bound is not None:
        _style.bound(ax, bound[1], bound[0])
    ax.set(xlabel=xlabel, ylabel=f"entropy ({unit})")
    return ax


def entropy_range(
    probability: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    points: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    ceiling: float | None = None,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the entropies that are possible when one outcome has a given probability, and measured ones on top."""
    ax = _style.axes(ax)
    ax.fill_between(np.asarray(probability, dtype=float), np.asarray(lower, dtype=float),
                    np.asarray(upper, dtype=float), color=_style.SKY, alpha=0.3, linewidth=0)
    edges = (("highest", upper, _style.BLUE, 5), ("lowest", lower, _style.GREEN, -12))
    for name, values, colour, rise in edges:
        x, y = np.asarray(probability, dtype=float), np.asarray(values, dtype=float)
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        ax.annotate(name, (x[x.size // 2], y[x.size // 2]), xytext=(5, rise), textcoords="offset points", fontsize=9.5,
                    color=colour)
    if points is not None:
        ax.plot(*points, "o", color=_style.VERMILION, markersize=4, label="measured")
    if ceiling is not None:
        _style.bound(ax, ceiling, "all outcomes equally likely")
    ax.set(xlabel="probability of one outcome", ylabel=f"entropy ({unit})", xlim=(0, 1))
    ax.set_ylim(bottom=0)
    return ax


def mixture_entropy(
    weight: ArrayLike,
    mixture: ArrayLike,
    average: ArrayLike,
    ceiling: ArrayLike,
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the entropy of a mixture of two sources between the average of their entropies and its upper bound."""
    ax = _style.axes(ax)
    weight = np.asarray(weight, dtype=float)
    above, below = ((0, 5), "right", "bottom"), ((12, -8), "center", "top")
    curves = (("average plus $h_b$ of the weight", ceiling, _style.ORANGE, "--", above),
              ("entropy of the mixture", mixture, _style.BLUE, "-", below),
              ("average of the entropies", average, _style.GREEN, "--", above))
    middle = weight.size // 2
    for name, values, colour, dashes, (offset, across, upright) in curves:
        y = np.asarray(values, dtype=float)
        ax.plot(weight, y, color=colour, linewidth=_style.LINE_WIDTH, linestyle=dashes, label=name)
        ax.annotate(name, (weight[middle], y[middle]), xytext=offset, textcoords="offset points", ha=across,
                    va=upright, fontsize=9.5, color=colour)
    ax.set(xlabel="weight of the second source", ylabel=f"entropy ({unit})", xlim=(0, 1))
    return ax


def continuity_bound(
    distance: ArrayLike,
    gap: ArrayLike,
    bound: tuple[ArrayLike, ArrayLike],
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw entropy gaps of pairs of pmfs against their total variation distance, below the bound `(distance, gap)`."""
    ax = _style.axes(ax)
    ax.plot(distance, gap, ".", color=_style.SKY, markersize=4, label="pairs")
    ax.plot(*bound, color=_style.VERMILION, linewidth=_style.LINE_WIDTH, label="bound")
    x, y = (np.asarray(values, dtype=float) for values in bound)
    third = x.size // 3
    ax.annotate("bound", (x[third], y[third]), xytext=(-6, 6), textcoords="offset points", ha="right",
                fontsize=9.5, color=_style.VERMILION)
    ax.set(xlabel="total variation distance of the pair", ylabel=f"difference of the entropies ({unit})")
    ax.set_xlim(left=0)
    ax.set_ylim(bottom=0)
    return ax
