"""How models of a family learn, and how their losses fall with size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from infolib.plotting import _style


def loss_curves(curves: Mapping[str, Sequence[tuple[float, float]]], *, ax: Axes | None = None) -> Axes:
    """Draw loss against the bytes trained on, one curve a model, both axes logarithmic.

    Parameters
    ----------
    curves : mapping of str to sequence of (tokens, loss)
        For each model its points; those at 0 tokens are left out, since a logarithm has no place for them.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes
        Every curve with its name at its end.
    """
    ax = _style.axes(ax)
    ends = []
    for i, (name, points) in enumerate(curves.items()):
        tokens, loss = np.array([point for point in points if point[0] > 0]).T
        color = _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(tokens, loss, color=color, linewidth=_style.LINE_WIDTH)
        ends.append((loss[-1], tokens[-1], name, color))
    height = np.inf
    for loss, tokens, name, color in sorted(ends, reverse=True):
        height = min(loss, height / 1.045)  # names of curves that end side by side would cover each other
        _style.label_line(ax, tokens, height, name, color)
    ax.set(xscale="log", yscale="log", xlabel="bytes trained on", ylabel="bits per byte")
    _plain_ticks(ax, [loss for points in curves.values() for _, loss in points])
    ax.margins(x=0.08)
    return ax


def scaling_fit(
    sizes: Sequence[float],
    losses: Sequence[float],
    law: Callable[[float], float],
    *,
    names: Sequence[str] = (),
    floor: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw loss against size, with the law fitted to it, both axes logarithmic.

    Parameters
    ----------
    sizes, losses : (n,) sequence of float
        The models.
    law : callable
        Loss as a function of size.
    names : sequence of str
        Written beside the points.
    floor : float, optional
        Drawn as a bound where it lies within the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes
        Points, and the law as a line over their range.
    """
    ax = _style.axes(ax)
    grid = np.geomspace(min(sizes) / 1.5, max(sizes) * 1.5, 100)
    ax.plot(grid, [law(size) for size in grid], color=_style.MUTED, linewidth=_style.LINE_WIDTH, zorder=1)
    ax.plot(sizes, losses, color=_style.BLUE, marker="o", linestyle="", zorder=2)
    for size, loss, name in zip(sizes, losses, names, strict=False):
        ax.annotate(name, (size, loss), xytext=(5, 4), textcoords="offset points", color=_style.INK, fontsize=9.5)
    if floor is not None and floor > 0.5 * min(losses):
        _style.bound(ax, floor, "fitted floor")
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="bits per byte")
    _plain_ticks(ax, [*losses, *([floor] if floor and floor > 0.5 * min(losses) else [])])
    return ax


def _plain_ticks(ax: Axes, values: Sequence[float]) -> None:
    # Losses span less than a decade, where logarithmic ticks would leave one number or none.
    candidates = np.array([1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6, 8, 10])
    inside = candidates[(candidates >= 0.95 * min(values)) & (candidates <= 1.05 * max(values))]
    ax.set_yticks(inside, [f"{tick:g}" for tick in inside])
    ax.minorticks_off()
