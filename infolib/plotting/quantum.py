"""Figures of the chapter on quantum entropy: numbers in, Axes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style


def passing_probability(
    degrees: ArrayLike,
    states: Mapping[str, ArrayLike],
    mixture: ArrayLike,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw how likely each state, and their mixture, passes a filter turned by an angle."""
    ax = _style.axes(ax)
    x = np.asarray(degrees, dtype=float)
    for i, (name, values) in enumerate(states.items(), start=1):  # blue is kept for the mixture
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(x, y, color=colour, linewidth=1.2, label=name)
        top = int(np.argmax(y))
        ax.annotate(name, (x[top], y[top]), xytext=(3 if top == 0 else 0, 3), textcoords="offset points",
                    ha="left" if top == 0 else "center", va="bottom", fontsize=9.5, color=colour)
    y = np.asarray(mixture, dtype=float)
    ax.plot(x, y, color=_style.BLUE, linewidth=2.6, label="mixture")
    ax.annotate("mixture", (x[-1], y[-1]), xytext=(-3, 4), textcoords="offset points", ha="right", va="bottom",
                fontsize=9.5, color=_style.BLUE)
    ax.set(xlabel="angle of the filter (degrees)", ylabel="probability of passing", xlim=(x[0], x[-1]),
           ylim=(0, 1.12))
    ax.set_xticks(np.linspace(x[0], x[-1], 5))
    return ax


def bloch_disc(
    ensembles: Mapping[str, ArrayLike],
    centre: ArrayLike,
    *,
    centre_name: str = "mixture",
    point_names: Mapping[str, Sequence[str]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw pure states as points of the unit circle, and their mixture inside the disc.

    The first point of an ensemble carries its name, unless `point_names` gives a name for each of its points.
    """
    ax = _style.axes(ax, size=(4.4, 4.4))
    turn = np.linspace(0, 2 * np.pi, 361)
    ax.fill(np.cos(turn), np.sin(turn), color=_style.SKY, alpha=0.15, linewidth=0)
    ax.plot(np.cos(turn), np.sin(turn), color=_style.MUTED, linewidth=1.0)
    for i, (name, points) in enumerate(ensembles.items(), start=1):  # blue is kept for the mixture
        xy, colour = np.atleast_2d(np.asarray(points, dtype=float)), _style.PALETTE[i % len(_style.PALETTE)]
        closed = np.concatenate([xy, xy[:1]])
        ax.plot(closed[:, 0], closed[:, 1], color=colour, linewidth=1.0, linestyle=":")
        ax.plot(xy[:, 0], xy[:, 1], "o", color=colour, markersize=8, label=name)
        for point, text in zip(xy, [name] if point_names is None else point_names[name], strict=False):
            out = point / max(float(np.hypot(*point)), 1e-12)
            ax.annotate(text, tuple(point), xytext=tuple(8 * out), textcoords="offset points",
                        ha="left" if out[0] > 0.3 else "right" if out[0] < -0.3 else "center",
                        va="bottom" if out[1] > 0.3 else "top" if out[1] < -0.3 else "center",
                        fontsize=9.5, color=colour)
    x, z = (float(v) for v in np.asarray(centre, dtype=float))
    ax.plot([x], [z], "s", color=_style.BLUE, markersize=8, label=centre_name)
    ax.annotate(centre_name, (x, z), xytext=(8, -12), textcoords="offset points", fontsize=9.5, color=_style.BLUE)
    ax.set(xlabel="$x$", ylabel="$z$", xlim=(-1.45, 1.45), ylim=(-1.3, 1.3), aspect="equal")
    ax.set_xticks([-1, 0, 1])
    ax.set_yticks([-1, 0, 1])
    return ax


def entropy_by_radius(
    radius: ArrayLike,
    entropy: ArrayLike,
    collision: ArrayLike,
    *,
    bound: float,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw von Neumann entropy and that of order 2 against the length of the Bloch vector, below the upper bound."""
    ax = _style.axes(ax)
    x, middle = np.asarray(radius, dtype=float), np.asarray(radius).size // 2
    curves = (("von Neumann", entropy, _style.BLUE, "-", (6, 4), "left"),
              ("order 2", collision, _style.GREEN, "--", (-6, -12), "right"))
    for name, values, colour, dashes, offset, side in curves:
        y = np.asarray(values, dtype=float)
        ax.plot(x, y, color=colour, linewidth=_style.LINE_WIDTH, linestyle=dashes, label=name)
        ax.annotate(name, (x[middle], y[middle]), xytext=offset, textcoords="offset points", ha=side, fontsize=9.5,
                    color=colour)
    _style.bound(ax, bound, "upper bound")
    ax.set(xlabel="length of the Bloch vector", ylabel=f"entropy ({unit})", xlim=(x[0], x[-1]))
    ax.set_ylim(0, 1.12 * bound)
    return ax


def entropy_with_floor(
    x: ArrayLike,
    entropy: ArrayLike,
    floor: tuple[str, float],
    ceiling: tuple[str, float],
    *,
    xlabel: str,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw an entropy that varies between a floor and a ceiling, both named, with its least value marked."""
    ax = _style.axes(ax)
    x, y = np.asarray(x, dtype=float), np.asarray(entropy, dtype=float)
    ax.plot(x, y, color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    low = int(np.argmin(y))
    ax.plot([x[low]], [y[low]], "o", color=_style.VERMILION, markersize=6)
    ax.annotate(f"{x[low]:g}°", (x[low], y[low]), xytext=(0, 7), textcoords="offset points", ha="center",
                fontsize=9.5, color=_style.INK)
    for name, height in (floor, ceiling):
        _style.bound(ax, height, name)
    ax.set(xlabel=xlabel, ylabel=f"entropy ({unit})", xlim=(x[0], x[-1]))
    ax.set_ylim(0, 1.12 * ceiling[1])
    return ax


def page_curve(
    size: ArrayLike,
    bound: ArrayLike,
    page: ArrayLike,
    samples: ArrayLike,
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw entanglement of random states, `samples` (states, sizes), against the size of the part, and the bound.

    Points are means over the states; bars reach from the least to the largest value seen.
    """
    ax = _style.axes(ax)
    x, drawn = np.asarray(size, dtype=float), np.asarray(samples, dtype=float)
    ax.plot(x, np.asarray(bound, dtype=float), color=_style.MUTED, linestyle="--", linewidth=1.0, label="bound")
    ax.plot(x, np.asarray(page, dtype=float), color=_style.BLUE, linewidth=_style.LINE_WIDTH, label="Page's average")
    mean = drawn.mean(axis=0)
    reach = np.clip(np.stack([mean - drawn.min(axis=0), drawn.max(axis=0) - mean]), 0, None)
    ax.errorbar(x, mean, yerr=reach, fmt="o", color=_style.VERMILION, markersize=4, linewidth=1.0, capsize=3,
                label="random states")
    top = int(np.argmax(bound))
    ax.annotate("bound: all of the smaller part", (x[top], float(np.max(bound))), xytext=(0, 4), fontsize=9.5,
                textcoords="offset points", ha="center", va="bottom", color=_style.MUTED)
    curve, points = ax.get_legend_handles_labels()[0][1:]
    ax.legend([points, curve], ["random states", "Page's average"], frameon=False, fontsize=9.5, loc="lower center")
    ax.set(xlabel="qubits in the part", ylabel=f"entanglement entropy ({unit})", xlim=(x[0], x[-1]))
    ax.set_ylim(0, 1.15 * float(np.max(bound)))
    return ax


def conditional_by_weight(
    weight: ArrayLike,
    conditional: ArrayLike,
    marks: Sequence[tuple[str, float, float]] = (),
    *,
    unit: str = "bits",
    ax: Axes | None = None,
) -> Axes:
    """Draw a conditional entropy against the weight of the entangled state, shaded where it is below 0.

    `marks` are named points `(name, weight, value)`.
    """
    ax = _style.axes(ax)
    x, y = np.asarray(weight, dtype=float), np.asarray(conditional, dtype=float)
    ax.fill_between(x, y, 0, where=(y < 0).tolist(), color=_style.ORANGE, alpha=0.3, linewidth=0, interpolate=True)
    ax.plot(x, y, color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    ax.axhline(0, color=_style.MUTED, linestyle="--", linewidth=1.0, zorder=1)
    ax.annotate("no classical pair is below this line", (x[0], 0), xytext=(4, -4), textcoords="offset points",
                va="top", fontsize=9, color=_style.MUTED)
    for name, across, up in marks:
        ax.plot([across], [up], "o", color=_style.VERMILION, markersize=6, clip_on=False)
        ax.annotate(name, (across, up), xytext=(-9, -2), textcoords="offset points", ha="right", va="center",
                    fontsize=9.5, color=_style.INK)
    ax.set(xlabel="weight of the entangled state", ylabel=f"conditional entropy ({unit})", xlim=(x[0], x[-1]))
    ax.margins(y=0.08)
    return ax


def spectra(
    eigenvalues: Mapping[str, tuple[ArrayLike, float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw spectra in falling order on logarithmic axes, each with its effective rank `(eigenvalues, rank)` marked.

    The eigenvalues must be greater than 0.
    """
    ax = _style.axes(ax)
    for i, (name, (values, rank)) in enumerate(eigenvalues.items()):
        y = np.sort(np.asarray(values, dtype=float))[::-1]
        colour = _style.PALETTE[i % len(_style.PALETTE)]
        position = np.arange(1, y.size + 1)
        ax.plot(position, y, color=colour, linewidth=_style.LINE_WIDTH, label=f"{name}: {rank:.1f}")
        there = float(np.exp(np.interp(np.log(rank), np.log(position), np.log(y))))
        ax.plot([rank], [there], "o", color=colour, markersize=7)
    ax.set(xscale="log", yscale="log", xlabel="eigenvalue, largest first", ylabel="size of the eigenvalue")
    ax.legend(frameon=False, fontsize=9.5, title="effective rank")
    return ax


def effective_rank_against(
    x: ArrayLike,
    ranks: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    log_x: bool = False,
    log_y: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw effective ranks against `x`, one curve a way to prepare the vectors, and the floor of one direction."""
    ax = _style.axes(ax)
    across = np.asarray(x, dtype=float)
    for i, (name, values) in enumerate(ranks.items()):
        y, colour = np.asarray(values, dtype=float), _style.PALETTE[i % len(_style.PALETTE)]
        ax.plot(across, y, color=colour, linewidth=_style.LINE_WIDTH, label=name, linestyle=("-", "--", "-.")[i % 3])
    _style.bound(ax, 1.0, "one direction")
    ax.set(xlabel=xlabel, ylabel="effective rank (directions)", xlim=(across[0], across[-1]))
    ax.set_xscale("log" if log_x else "linear")
    ax.set_yscale("log" if log_y else "linear")
    if not log_y:
        ax.set_ylim(bottom=0)
    ax.legend(frameon=False, fontsize=9.5)
    return ax
