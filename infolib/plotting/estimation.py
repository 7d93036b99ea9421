"""Figures of the chapter on estimation: numbers in, Axes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from infolib.plotting import _style


def estimates_against(
    x: ArrayLike,
    estimates: Mapping[str, ArrayLike],
    truth: ArrayLike | None = None,
    *,
    xlabel: str = "samples N",
    ylabel: str = "estimate (nats)",
    log_x: bool = True,
    ceiling: tuple[str, ArrayLike] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates against what is varied: the mean over repetitions, and the central 80% of them as a band.

    Parameters
    ----------
    x : array of shape (n,)
        Sample sizes, or what else is varied.
    estimates : mapping from a name to an array of shape (repeats, n) or (n,)
        At most 6.
    truth : number or array of shape (n,), optional
        What should come out, drawn dashed.
    xlabel, ylabel : str
        Names of the axes, with units.
    log_x : bool
        Whether `x` is logarithmic.
    ceiling : tuple of a name and a number or an array of shape (n,), optional
        What no estimate can exceed, drawn dotted.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If there are more estimates than colours, or an array does not have a column for each `x`.

    Examples
    --------
    >>> ax = estimates_against([10, 100], {"plug-in": [[0.8, 1.2], [1.0, 1.2]]}, truth=1.3)
    >>> [round(float(y), 2) for y in ax.lines[-1].get_ydata()]
    [0.9, 1.2]
    """
    ax = _style.axes(ax)
    x = np.asarray(x, dtype=float)
    if len(estimates) > len(_style.PALETTE):
        raise ValueError(
            f"`estimates` must be at most {len(_style.PALETTE)}, one for each colour; there were {len(estimates)}. "
            "Draw them in two figures."
        )
    if truth is not None:
        ax.plot(x, np.broadcast_to(np.asarray(truth, dtype=float), x.shape), color=_style.INK, linewidth=1.2,
                linestyle="--", label="truth", zorder=1)
    if ceiling is not None:
        name, height = ceiling
        ax.plot(x, np.broadcast_to(np.asarray(height, dtype=float), x.shape), color=_style.MUTED, linewidth=1.2,
                linestyle=":", label=name, zorder=1)
    markers = "osD^vP"
    for color, marker, (name, values) in zip(_style.PALETTE, markers, estimates.items(), strict=False):
        drawn = np.atleast_2d(np.asarray(values, dtype=float))
        if drawn.ndim != 2 or drawn.shape[1] != len(x):
            raise ValueError(
                f"`estimates[{name!r}]` must have shape (repeats, {len(x)}); it was {np.shape(values)}. Give a column "
                "for each x."
            )
        if len(drawn) > 1:
            low, high = np.quantile(drawn, [0.1, 0.9], axis=0)
            ax.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
        ax.plot(x, drawn.mean(axis=0), marker=marker, color=color, markersize=4, linewidth=_style.LINE_WIDTH,
                label=name)
    if log_x:
        ax.set_xscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(frameon=False, fontsize=9)
    return ax


def bias_by_size(
    sizes: ArrayLike,
    shortfalls: Mapping[str, ArrayLike],
    expansion: ArrayLike,
    *,
    expansion_name: str = "(K - 1) / 2N",
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much estimates fall short against sample size, on two logarithmic axes, beside an expansion.

    Parameters
    ----------
    sizes : array of shape (n,)
        Numbers of samples.
    shortfalls : mapping from a name to an array of shape (n,)
        Truth less mean estimate, in nats, above 0.
    expansion : array of shape (n,)
        What a formula says of it, drawn dashed.
    expansion_name : str
        Its name.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = bias_by_size([10, 100], {"uniform": [0.9, 0.1]}, [1.0, 0.1])
    >>> ax.get_yscale()
    'log'
    """
    ax = _style.axes(ax)
    sizes = np.asarray(sizes, dtype=float)
    ax.plot(sizes, np.asarray(expansion, dtype=float), color=_style.INK, linewidth=1.2, linestyle="--",
            label=expansion_name)
    for color, marker, (name, values) in zip(_style.PALETTE, "osD^vP", shortfalls.items(), strict=False):
        ax.plot(sizes, np.asarray(values, dtype=float), marker=marker, color=color, markersize=4,
                linewidth=_style.LINE_WIDTH, label=name)
    ax.set(xscale="log", yscale="log", xlabel="samples N", ylabel="entropy missing from the plug-in (nats)")
    ax.legend(frameon=False, fontsize=9)
    return ax


def sampled_density(
    samples: Mapping[str, ArrayLike],
    theory: tuple[str, ArrayLike, ArrayLike] | None = None,
    *,
    xlabel: str,
    marks: Sequence[tuple[str, float]] = (),
    bins: int = 40,
    ax: Axes | None = None,
) -> Axes:
    """Draw how samples are distributed, as steps, beside a density in theory and with values marked.

    Parameters
    ----------
    samples : mapping from a name to an array of shape (n,)
        Drawn as histograms of area 1, at most 6.
    theory : tuple of a name and two arrays of shape (m,), optional
        Points and density of a curve, drawn dashed.
    xlabel : str
        What was sampled, with its unit.
    marks : sequence of tuples of a name and a number
        Values marked by a vertical line.
    bins : int
        Of each histogram, over the range of its samples.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If there are more groups of samples than colours.

    Examples
    --------
    >>> ax = sampled_density({"draws": [0.1, 0.2, 0.4]}, ("flat", [0, 1], [1, 1]), xlabel="mass", bins=3)
    >>> ax.get_xlabel()
    'mass'
    """
    ax = _style.axes(ax)
    if len(samples) > len(_style.PALETTE):
        raise ValueError(
            f"`samples` must be at most {len(_style.PALETTE)} groups, one for each colour; there were {len(samples)}. "
            "Draw them in two figures."
        )
    for color, (name, values) in zip(_style.PALETTE, samples.items(), strict=False):
        height, edges = np.histogram(np.asarray(values, dtype=float), bins=bins, density=True)
        ax.stairs(height, edges, color=color, fill=True, alpha=0.2)
        ax.stairs(height, edges, color=color, linewidth=1.4, label=name)
    if theory is not None:
        name, points, density = theory
        ax.plot(np.asarray(points, dtype=float), np.asarray(density, dtype=float), color=_style.INK, linewidth=1.4,
                linestyle="--", label=name)
    for name, value in marks:
        ax.axvline(value, color=_style.VERMILION, linewidth=_style.LINE_WIDTH)
        ax.annotate(name, (value, 1.0), xycoords=("data", "axes fraction"), xytext=(-4, -2), rotation=90,
                    textcoords="offset points", ha="right", va="top", fontsize=9.5, color=_style.VERMILION)
    ax.set(xlabel=xlabel, ylabel="density")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, fontsize=9)
    return ax


def neighbourhood(
    points: ArrayLike,
    centre: int,
    reach: tuple[float, float],
    counted: tuple[ArrayLike, ArrayLike],
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the box around one point, the two strips through it, and which points were counted in each.

    Parameters
    ----------
    points : array of shape (n, 2)
        Samples of x and y.
    centre : int
        The point whose neighbourhood is drawn.
    reach : tuple of two floats
        Half the width and half the height of the box.
    counted : two boolean arrays of shape (n,)
        Whether a point was counted in the strip of x, and in the strip of y.
    title : str, optional
        None says how many were counted.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = neighbourhood([[0, 0], [1, 3], [3, 1]], 0, (2, 2), ([False, True, False], [False, False, True]))
    >>> ax.get_title()
    'x: 1 counted, y: 1 counted'
    """
    ax = _style.axes(ax, size=(4.4, 4.4))
    xy = np.asarray(points, dtype=float)
    in_x, in_y = (np.asarray(mask, dtype=bool) for mask in counted)
    (x, y), (wide, high) = xy[centre], reach
    ax.axvspan(x - wide, x + wide, color=_style.BLUE, alpha=0.13, linewidth=0)
    ax.axhspan(y - high, y + high, color=_style.ORANGE, alpha=0.18, linewidth=0)
    ax.add_patch(Rectangle((x - wide, y - high), 2 * wide, 2 * high, fill=False, edgecolor=_style.INK, linewidth=1.4))
    other = np.arange(len(xy)) != centre
    groups = (
        (other & ~in_x & ~in_y, _style.MUTED, "o", "not counted"),
        (other & in_x & ~in_y, _style.BLUE, "^", "counted in x"),
        (other & ~in_x & in_y, _style.ORANGE, "s", "counted in y"),
        (other & in_x & in_y, _style.GREEN, "D", "counted in both"),
    )
    for mask, color, marker, name in groups:
        ax.plot(*xy[mask].T, marker, color=color, markersize=5, linestyle="none", label=name)
    ax.plot([x], [y], "*", color=_style.VERMILION, markersize=12, linestyle="none", label="the sample")
    counts = f"x: {int(in_x.sum())} counted, y: {int(in_y.sum())} counted"
    ax.set_title(counts if title is None else title, fontsize=10)
    ax.set(xlabel="x", ylabel="y")
    ax.set_aspect("equal", adjustable="datalim")
    return ax


def estimate_errors(
    errors: ArrayLike,
    tasks: Sequence[str],
    estimators: Sequence[str],
    *,
    most: float = 1.0,
    unit: str = "nats",
    ax: Axes | None = None,
) -> Axes:
    """Draw a table of errors as coloured cells: blue too low, red too high, white right; the number in each.

    Parameters
    ----------
    errors : array of shape (tasks, estimators)
        Mean estimate less truth; NaN where there is none.
    tasks, estimators : sequences of str
        Names of the rows and columns.
    most : float
        Error of the fullest colour.
    unit : str
        Unit of the errors.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If the names do not fit the shape of `errors`.

    Examples
    --------
    >>> ax = estimate_errors([[0.1, -0.5]], ["normal"], ["KSG 1", "InfoNCE"])
    >>> [t.get_text() for t in ax.texts]
    ['+0.10', '-0.50']
    """
    table = np.asarray(errors, dtype=float)
    if table.shape != (len(tasks), len(estimators)):
        raise ValueError(
            f"`errors` must have shape ({len(tasks)}, {len(estimators)}), one row a task and one column an estimator; "
            f"it was {table.shape}. Transpose it, or name all of them."
        )
    ax = _style.axes(ax, size=(1.6 + 0.85 * len(estimators), 0.8 + 0.3 * len(tasks)))
    image = ax.imshow(table, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        strong = abs(value) > 0.6 * most
        ax.text(column, row, "" if np.isnan(value) else f"{value:+.2f}", ha="center", va="center", fontsize=8,
                color="white" if strong else _style.INK)
    ax.set_xticks(range(len(estimators)), list(estimators), rotation=30, ha="right", fontsize=9)
    ax.set_yticks(range(len(tasks)), list(tasks), fontsize=9)
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    bar = ax.figure.colorbar(image, ax=ax, pad=0.02)
    bar.set_label(f"estimate less truth ({unit})", fontsize=9)
    return ax
