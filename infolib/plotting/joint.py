"""Figures of the chapter on joint and conditional entropy: numbers in, Axes out; only positions are computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from mpl_toolkits.mplot3d.axes3d import Axes3D
from numpy.typing import ArrayLike

from infolib.plotting import _style

# Three circles of radius 1 about an equilateral triangle: every one of the seven regions has room for a number.
_CENTRES = 0.62 * np.array([[np.cos(a), np.sin(a)] for a in np.deg2rad([150, 30, 270])])
_SHADOW_GAP = 1.5


def information_bars(
    only_x: float,
    shared: float,
    only_y: float,
    names: tuple[str, str] = ("X", "Y"),
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw two variables as overlapping bars: their overlap is what each tells about the other."""
    ax = _style.axes(ax)
    x, y = names
    total = only_x + shared + only_y
    rows = [
        (3, [(f"H({x}, {y})", 0.0, total, _style.SKY)]),
        (2, [(f"H({x})", 0.0, only_x + shared, _style.BLUE)]),
        (1, [(f"H({y})", only_x, shared + only_y, _style.ORANGE)]),
        (0, [(f"H({x} | {y})", 0.0, only_x, _style.BLUE), (f"I({x}; {y})", only_x, shared, _style.GREEN),
             (f"H({y} | {x})", only_x + shared, only_y, _style.ORANGE)]),
    ]
    for height, bars in rows:
        for name, left, width, colour in bars:
            # Mixed with white and not transparent, so that the dotted lines stay behind the text.
            fill = 0.55 * np.array(to_rgb(colour)) + 0.45
            ax.barh(height, width, left=left, height=0.8, color=fill, edgecolor=_style.INK, linewidth=0.8)
            ax.text(left + width / 2, height, f"{name}\n{width:.3f}", ha="center", va="center", fontsize=9.5,
                    color=_style.INK)
    for edge in (only_x, only_x + shared):
        ax.plot([edge, edge], [-0.4, 2.4], color=_style.INK, linestyle=":", linewidth=1.0, zorder=0.5)
    ax.set(xlabel=f"entropy ({unit})", yticks=[], xlim=(0, 1.01 * total))
    ax.spines["left"].set_visible(False)
    return ax


def entropy_by_condition(
    weights: ArrayLike,
    entropies: ArrayLike,
    names: Sequence[str] = (),
    *,
    average: float,
    unconditional: float,
    xlabel: str,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw what is left open by each known value, as wide as the value is probable: the area is H(X|Y)."""
    ax = _style.axes(ax)
    widths, heights = np.asarray(weights, dtype=float), np.asarray(entropies, dtype=float)
    left = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    ax.bar(left, heights, width=widths, align="edge", color=_style.SKY, edgecolor="white", linewidth=0.6)
    for i, name in enumerate(names):
        ax.annotate(name, (left[i] + widths[i] / 2, heights[i]), xytext=(0, 3), textcoords="offset points",
                    ha="center", va="bottom", fontsize=9.5, color=_style.INK,
                    path_effects=[withStroke(linewidth=2.5, foreground="white")])  # readable where a line crosses it
    lines = ((average, "average: H(X | Y)", _style.BLUE, "--"), (unconditional, "nothing known: H(X)", _style.INK, "-"))
    for height, name, colour, dashes in lines:
        ax.axhline(height, color=colour, linestyle=dashes, linewidth=1.2, label=name)
        ax.annotate(name, (0.01, height), xytext=(0, 3), textcoords="offset points", fontsize=9.5, color=colour)
    ax.set(xlabel=xlabel, ylabel=f"entropy left open ({unit})", xlim=(-0.015, 1))  # room for the first name
    ax.set_ylim(0, 1.15 * max(unconditional, float(heights.max())))
    return ax


def region_diagram(
    atoms: Mapping[tuple[int, ...], float],
    names: tuple[str, str, str] = ("X", "Y", "Z"),
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw three variables as circles with the number of each region; negative regions are red and hatched."""
    ax = _style.axes(ax)
    grid = np.linspace(-1.75, 1.75, 351)
    across, up = np.meshgrid(grid, grid)
    inside = [np.hypot(across - x, up - y) < 1 for x, y in _CENTRES]
    largest = max(abs(value) for value in atoms.values()) or 1.0
    picture = np.zeros((*across.shape, 4))
    for size in (1, 2, 3):
        for key in combinations(range(3), size):
            region = np.all([inside[i] if i in key else ~inside[i] for i in range(3)], axis=0)
            value = round(atoms[key], 3) + 0.0  # no "-0.000"
            picture[region] = to_rgba(_style.VERMILION if value < 0 else _style.SKY, 0.75 * abs(value) / largest)
            if value < 0:
                ax.contourf(across, up, region, levels=[0.5, 1.5], colors="none", hatches=["///"])
            ax.text(across[region].mean(), up[region].mean(), f"{value:.3g}".replace("-", "\N{MINUS SIGN}"),
                    ha="center", va="center", fontsize=10, color=_style.INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0} if value < 0 else None)
    ax.imshow(picture, extent=(-1.75, 1.75, -1.75, 1.75), origin="lower", zorder=0)
    for (x, y), name in zip(_CENTRES, names, strict=True):
        ax.add_patch(Circle((x, y), 1, fill=False, edgecolor=_style.INK, linewidth=1.2))
        ax.annotate(name, (x, y), xytext=(1.78 * x / 0.62, 1.78 * y / 0.62), ha="center", va="center", fontsize=11,
                    color=_style.INK)
    ax.annotate(f"in {unit}", (0.98, 0.02), xycoords="axes fraction", ha="right", fontsize=9, color=_style.MUTED)
    ax.set(aspect="equal", xlim=(-1.85, 1.85), ylim=(-1.95, 1.6))
    ax.set_axis_off()
    return ax


def information_against(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    unit: str = "bits",
    reference: tuple[str, ArrayLike] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw one curve of mutual information a name against `x`, and a bound or an approximation dashed."""
    ax = _style.axes(ax)
    x = np.asarray(x, dtype=float)
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, "o-", color=colour, linewidth=_style.LINE_WIDTH, markersize=4, label=name)
        _style.label_line(ax, float(x[-1]), float(y[-1]), name, colour)
    if reference is not None:
        y = np.asarray(reference[1], dtype=float)
        ax.plot(x, y, color=_style.INK, linewidth=1.0, linestyle="--", label=reference[0])
        gaps = [np.abs(np.log(np.asarray(values)) - np.log(y)) if log_y else np.abs(np.asarray(values) - y)
                for values in curves.values()]
        free = int(np.argmax(np.min(gaps, axis=0)))  # where the name is farthest from every curve
        ax.annotate(reference[0], (x[free], y[free]), xytext=(6, 4), textcoords="offset points", fontsize=9.5,
                    color=_style.INK)
    if log_x:
        ax.set_xscale("log")
    if log_y:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    ax.set(xlabel=xlabel, ylabel=f"mutual information ({unit})")
    return ax


def error_region(
    error: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    points: Sequence[tuple[str, float, float]] = (),
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the conditional entropies that an error probability allows, with named `(name, error, entropy)`."""
    ax = _style.axes(ax)
    error, low, high = (np.asarray(values, dtype=float) for values in (error, lower, upper))
    ax.fill_between(error, low, high, color=_style.SKY, alpha=0.3, linewidth=0)
    edges = (("Fano's bound", high, _style.BLUE, "right", (-6, 4)),
             ("twice the error", low, _style.GREEN, "left", (6, -12)))
    for name, y, colour, side, offset in edges:
        ax.plot(error, y, color=colour, linewidth=_style.LINE_WIDTH, label=name)
        middle = error.size // 2
        ax.annotate(name, (error[middle], y[middle]), xytext=offset, textcoords="offset points", ha=side, fontsize=9.5,
                    color=colour)
    for name, x, y in points:
        ax.plot([x], [y], "o", color=_style.VERMILION, markersize=6)
        ax.annotate(name, (x, y), xytext=(8, -4), textcoords="offset points", fontsize=9.5, color=_style.INK)
    ax.set(xlabel="probability of error of the best guess", ylabel=f"conditional entropy ({unit})")
    ax.set_xlim(0, float(error[-1]))
    ax.set_ylim(bottom=0)
    return ax


def subset_averages(
    sizes: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw the average entropy per variable of all subsets of a size, one curve a joint distribution."""
    ax = _style.axes(ax)
    sizes = np.asarray(sizes)
    heights = _apart({name: float(np.asarray(values)[-1]) for name, values in curves.items()},
                     0.06 * max(float(np.max(values)) for values in curves.values()))
    for i, (name, values) in enumerate(curves.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(sizes, y, "o-", color=colour, linewidth=_style.LINE_WIDTH, markersize=5, label=name)
        _style.label_line(ax, float(sizes[-1]), heights[name], name, colour)
    ax.set(xlabel="variables in the subset", ylabel=f"average entropy per variable ({unit})", xticks=sizes)
    ax.set_ylim(bottom=0)
    return ax


def body_with_shadows(body: ArrayLike, *, ax: Axes3D | None = None) -> Axes3D:
    """Draw a set of unit cubes and the shadows that it casts on the floor and on two walls."""
    if ax is None:
        ax = cast(Axes3D, plt.figure(figsize=(5.2, 4.8)).add_subplot(projection="3d"))
    cubes = np.asarray(body, dtype=bool)
    ax.voxels(cubes, facecolors=_style.SKY, edgecolor=_style.INK, linewidth=0.4)
    walls = (-_SHADOW_GAP, cubes.shape[1] + _SHADOW_GAP, -_SHADOW_GAP)
    colours = (_style.ORANGE, _style.GREEN, _style.PURPLE)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    for axis, (wall, colour) in enumerate(zip(walls, colours, strict=True)):
        corners = np.argwhere(cubes.any(axis=axis))[:, None, :] + square
        tiles = np.insert(corners.astype(float), axis, wall, axis=2)
        ax.add_collection3d(Poly3DCollection(tiles, facecolor=colour, edgecolor="white", linewidth=0.5))
    a, b, c = cubes.shape
    ax.set(xlim=(-_SHADOW_GAP, a), ylim=(0, b + _SHADOW_GAP), zlim=(-_SHADOW_GAP, c))
    ax.set(xlabel="x", ylabel="y", zlabel="z")
    ax.set(xticks=range(a + 1), yticks=range(b + 1), zticks=range(c + 1))
    ax.set_box_aspect((a + _SHADOW_GAP, b + _SHADOW_GAP, c + _SHADOW_GAP))
    return ax


def _apart(heights: Mapping[str, float], least: float) -> dict[str, float]:
    """Move labels up until neighbours are `least` apart, lowest first."""
    moved: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        moved[name] = max(height, max(moved.values()) + least) if moved else height
    return moved
