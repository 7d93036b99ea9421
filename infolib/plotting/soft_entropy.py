"""Figures of the chapter on soft entropy: numbers in, Axes out (new ones where `ax` is None)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style

Key = TypeVar("Key")
Value = TypeVar("Value")


def _coloured(curves: Mapping[Key, Value]) -> Iterator[tuple[str, tuple[Key, Value]]]:
    """Yield each curve with a colour of its own."""
    if len(curves) > len(_style.PALETTE):
        raise ValueError(f"at most {len(_style.PALETTE)} curves have colours that can be told apart; there were "
                         f"{len(curves)}. Draw them in two figures.")
    return zip(_style.PALETTE, curves.items(), strict=False)


def binning_saturation(
    dims: ArrayLike, entropies: Mapping[str, ArrayLike], n_samples: int, ax: Axes | None = None
) -> Axes:
    """Draw the entropy of binned vectors against dimension, under the ceiling log N of N samples.

    Parameters
    ----------
    dims : array of shape (n,)
        Dimensions, positive.
    entropies : mapping from a name to an array of shape (n,)
        Entropies in nats; one curve each, named at its highest rise.
    n_samples : int
        Number N of vectors binned; ``log N`` is drawn as the bound.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = binning_saturation([1, 2, 4], {"2 bins": [0.7, 1.4, 2.1]}, 10)
    >>> ax.get_ylabel()
    'entropy of the codes (nats)'
    """
    ax = _style.axes(ax)
    dims = np.asarray(dims, dtype=float)
    for color, (name, values) in _coloured(entropies):
        values = np.asarray(values, dtype=float)
        ax.plot(dims, values, "o-", color=color, linewidth=_style.LINE_WIDTH, markersize=4)
        # The curves meet at the ceiling, so each is named where it crosses half of it.
        at = int(np.argmin(np.abs(values - 0.5 * np.log(n_samples))))
        _style.label_line(ax, dims[at], values[at], name, color, va="top")
    _style.bound(ax, float(np.log(n_samples)), f"log N (every one of {n_samples:,} vectors alone in its cell)")
    ax.set_xscale("log", base=2)
    ax.set_xticks(dims, [f"{d:g}" for d in dims])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("dimension d")
    ax.set_ylabel("entropy of the codes (nats)")
    return ax


def cloud_spread(
    cosines: ArrayLike, entropies: Mapping[str, ArrayLike], n_cells: int, ax: Axes | None = None
) -> Axes:
    """Draw entropies of clouds against how far each cloud points one way, under the bound log m.

    Parameters
    ----------
    cosines : array of shape (n,)
        Mean cosine of each cloud's vectors with its mean direction: 0 spread out, 1 all alike.
    entropies : mapping from a name to an array of shape (n,)
        Entropies in nats, one curve for each estimator.
    n_cells : int
        Number m of cells or anchors; ``log m`` is drawn as the bound.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = cloud_spread([0.0, 0.9], {"k-means": [4.6, 4.4], "soft": [4.6, 2.5]}, 100)
    >>> len(ax.lines)
    3
    """
    ax = _style.axes(ax)
    cosines = np.asarray(cosines, dtype=float)
    for color, (name, values) in _coloured(entropies):
        values = np.asarray(values, dtype=float)
        ax.plot(cosines, values, "o-", color=color, linewidth=_style.LINE_WIDTH, markersize=4)
        _style.label_line(ax, cosines[-1], values[-1], name, color)
    _style.bound(ax, float(np.log(n_cells)), f"log {n_cells}")
    ax.set_xlim(-0.02, 1.3)
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_ylim(bottom=0)
    ax.set_xlabel("mean cosine with the mean direction")
    ax.set_ylabel("entropy (nats)")
    return ax


def assignment_on_circle(
    anchors: ArrayLike, vector: ArrayLike, weights: ArrayLike, ax: Axes | None = None
) -> Axes:
    """Draw one unit vector among anchors on the circle, with a spoke at each anchor for its weight.

    Parameters
    ----------
    anchors : array of shape (m, 2)
        Unit rows.
    vector : array of shape (2,)
        Unit vector, drawn as an arrow.
    weights : array of shape (m,)
        The soft assignment; spokes start on the circle and stand out of it, 0.6 radii long for a weight of 1.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If the shapes do not belong together.

    Examples
    --------
    >>> ax = assignment_on_circle([[1, 0], [0, 1]], [1, 0], [0.7, 0.3])
    >>> ax.get_aspect()
    1.0
    """
    anchors = np.asarray(anchors, dtype=float)
    vector, weights = np.asarray(vector, dtype=float), np.asarray(weights, dtype=float)
    if anchors.ndim != 2 or anchors.shape[1] != 2 or vector.shape != (2,):
        raise ValueError(f"`anchors` must be (m, 2) and `vector` (2,); they were {anchors.shape} and {vector.shape}. "
                         "Only a plane can be drawn: project first.")
    if weights.shape != (len(anchors),):
        raise ValueError(f"`weights` must have one entry for each of the {len(anchors)} anchors; it had shape "
                         f"{weights.shape}. Pass the assignment of one vector.")
    ax = _style.axes(ax, size=(3.6, 3.6))
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(angle), np.sin(angle), color=_style.MUTED, linewidth=0.8, zorder=1)
    for anchor, weight in zip(anchors, weights, strict=True):
        tip = anchor * (1 + 0.6 * weight)
        ax.plot([anchor[0], tip[0]], [anchor[1], tip[1]], color=_style.ORANGE, linewidth=5, solid_capstyle="butt",
                zorder=2)
    ax.scatter(*anchors.T, color=_style.BLUE, s=28, zorder=3)
    ax.annotate("", xy=tuple(0.97 * vector), xytext=(0, 0), zorder=4,
                arrowprops={"arrowstyle": "-|>", "color": _style.INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0})
    ax.set_aspect("equal")
    ax.set_xlim(-1.65, 1.65)
    ax.set_ylim(-1.65, 1.65)
    ax.axis("off")
    return ax


def temperature_by_dimension(
    dims: ArrayLike, exact: ArrayLike, leading: ArrayLike, n_anchors: int, ax: Axes | None = None
) -> Axes:
    """Draw the exact and the leading-order temperature against dimension, both axes logarithmic.

    Parameters
    ----------
    dims, exact, leading : arrays of shape (n,)
        Dimensions, and the two temperatures at each.
    n_anchors : int
        Number m of anchors, written in the label of the vertical axis.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = temperature_by_dimension([64, 128], [0.036, 0.0276], [0.041, 0.0291], 100)
    >>> ax.get_xscale(), ax.get_yscale()
    ('log', 'log')
    """
    ax = _style.axes(ax)
    dims, exact, leading = (np.asarray(a, dtype=float) for a in (dims, exact, leading))
    ax.plot(dims, leading, "--", color=_style.ORANGE, linewidth=_style.LINE_WIDTH)
    ax.plot(dims, exact, "-", color=_style.BLUE, linewidth=_style.LINE_WIDTH)
    low = len(dims) // 4
    ax.annotate("leading order", (dims[low], leading[low]), xytext=(4, 6), textcoords="offset points",
                color=_style.ORANGE, fontsize=9.5)
    ax.annotate("exact", (dims[low], exact[low]), xytext=(0, -20), textcoords="offset points", ha="right",
                color=_style.BLUE, fontsize=9.5)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("dimension d")
    ax.set_ylabel(f"temperature for m = {n_anchors} (cosine units)")
    return ax


def divergence_by_dimension(dims: ArrayLike, divergence: ArrayLike, n_anchors: int, ax: Axes | None = None) -> Axes:
    """Draw the divergence that the leading-order temperature reaches against dimension, under its target log m.

    Parameters
    ----------
    dims, divergence : arrays of shape (n,)
        Dimensions, and KL(vMF || uniform) in nats at each.
    n_anchors : int
        Number m of anchors; ``log m`` is the target.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = divergence_by_dimension([16, 64], [2.9, 3.86], 100)
    >>> ax.get_ylabel()
    'KL at the leading order (nats)'
    """
    ax = _style.axes(ax)
    ax.plot(np.asarray(dims, dtype=float), np.asarray(divergence, dtype=float), color=_style.ORANGE,
            linewidth=_style.LINE_WIDTH)
    _style.bound(ax, float(np.log(n_anchors)), f"the target, log {n_anchors}")
    ax.set_xscale("log")
    ax.set_ylim(0, 1.15 * np.log(n_anchors))
    ax.set_xlabel("dimension d")
    ax.set_ylabel("KL at the leading order (nats)")
    return ax


def freezing(ratios: ArrayLike, fractions: Mapping[int, ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw the entropy of one vector's assignment against temperature, beside the limit of many anchors.

    Parameters
    ----------
    ratios : array of shape (n,)
        Temperatures in units of the calibrated one.
    fractions : mapping from a number of anchors m to an array of shape (n,)
        Mean entropy of an assignment as a fraction of log m.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Notes
    -----
    The dashed curve is ``max(0, 1 - 1 / ratio**2)``.

    Examples
    --------
    >>> ax = freezing([0.5, 1.0, 2.0], {100: [0.1, 0.44, 0.76]})
    >>> float(ax.lines[-1].get_ydata()[-1])
    0.75
    """
    ax = _style.axes(ax)
    ratios = np.asarray(ratios, dtype=float)
    for color, (m, values) in _coloured(fractions):
        ax.plot(ratios, np.asarray(values, dtype=float), color=color, linewidth=_style.LINE_WIDTH, label=f"m = {m:,}")
    ax.axvline(1.0, color=_style.MUTED, linewidth=1.0, linestyle=":")
    fine = np.linspace(ratios.min(), ratios.max(), 200)
    limit = np.maximum(0.0, 1 - 1 / fine**2)
    ax.plot(fine, limit, "--", color=_style.INK, linewidth=1.2, label="limit of many anchors")
    ax.legend(frameon=False, fontsize=9)
    ax.set_ylim(0, 1)
    ax.set_xlabel("temperature / calibrated temperature")
    ax.set_ylabel("entropy of one assignment / log m")
    return ax


def plug_in_bias(
    sizes: ArrayLike,
    estimates: ArrayLike,
    nulls: ArrayLike,
    truth: float,
    ceiling: float,
    *,
    errors: tuple[ArrayLike, ArrayLike] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a plug-in estimate, its shuffled null and their difference against sample size, with the truth.

    Parameters
    ----------
    sizes, estimates, nulls : arrays of shape (n,)
        Numbers of vectors; I(A;X) and its null, in nats.
    truth, ceiling : float
        The value sought and the largest that any label could reach, in nats.
    errors : pair of arrays of shape (n,), optional
        Standard errors of the estimates and of the nulls.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = plug_in_bias([100, 1000], [2.0, 1.4], [1.9, 1.2], truth=0.48, ceiling=2.7)
    >>> ax.get_ylabel()
    'mutual information (nats)'
    """
    ax = _style.axes(ax)
    sizes, estimates, nulls = (np.asarray(a, dtype=float) for a in (sizes, estimates, nulls))
    curves = (("plug-in", estimates, _style.BLUE), ("null: labels shuffled", nulls, _style.ORANGE))
    for i, (name, values, color) in enumerate(curves):
        ax.errorbar(sizes, values, yerr=None if errors is None else np.asarray(errors[i], dtype=float), fmt="o-",
                    color=color, linewidth=_style.LINE_WIDTH, markersize=4, capsize=2, label=name)
    ax.plot(sizes, estimates - nulls, "s-", color=_style.PURPLE, linewidth=_style.LINE_WIDTH, markersize=4,
            label="plug-in minus null")
    _style.bound(ax, truth, "truth")
    _style.bound(ax, ceiling, "ceiling")
    ax.legend(frameon=False, fontsize=9)
    ax.set_xscale("log")
    ax.set_xlim(right=2.5 * sizes.max())  # room for the names of the bounds
    ax.set_ylim(bottom=min(0.0, float(np.min(estimates - nulls))))
    ax.set_xlabel("vectors N")
    ax.set_ylabel("mutual information (nats)")
    return ax


def anchor_draws(
    values: Mapping[str, Sequence[float]], upper: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one dot for each draw of the anchors, and the mean with its standard error beside them.

    Parameters
    ----------
    values : mapping from a name to a sequence of floats
        Estimates in nats, one for each set of anchors; at least two in each group.
    upper : float, optional
        A bound to draw, in nats.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If a group has fewer than two values: there is no spread to show.

    Examples
    --------
    >>> ax = anchor_draws({"as they are": [3.1, 3.4], "centred": [4.59, 4.6]}, upper=4.605)
    >>> [t.get_text() for t in ax.get_xticklabels()]
    ['as they are', 'centred']
    """
    ax = _style.axes(ax)
    for i, (color, (name, group)) in enumerate(_coloured(values)):
        group = np.asarray(group, dtype=float)
        if group.size < 2:
            raise ValueError(f"`values[{name!r}]` must hold at least 2 estimates; it held {group.size}. "
                             "Measure with more sets of anchors.")
        # Fixed offsets instead of random jitter: the same numbers must give the same picture.
        ax.plot(i + 0.3 * (np.arange(group.size) / (group.size - 1) - 0.5), group, "o", color=color, markersize=4,
                alpha=0.7)
        error = group.std(ddof=1) / np.sqrt(group.size)
        ax.errorbar([i + 0.28], [group.mean()], yerr=[error], fmt="D", color=_style.INK, markersize=5, capsize=3)
    if upper is not None:
        _style.bound(ax, upper, "log m")
    ax.set_xticks(range(len(values)), list(values))
    ax.set_xlim(-0.5, len(values) - 0.4)
    ax.set_ylabel("H(A) (nats)")
    return ax


def counts_kept(steps: ArrayLike, kept: Mapping[str, ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw the share of the mass that a running sum still holds, for each number format.

    Parameters
    ----------
    steps : array of shape (n,)
        Batches added so far.
    kept : mapping from the name of a format to an array of shape (n,)
        Sum of the counts divided by the number of vectors added.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = counts_kept([1, 2], {"float64": [1.0, 1.0], "bfloat16": [1.0, 0.9]})
    >>> len(ax.lines)
    2
    """
    ax = _style.axes(ax)
    steps = np.asarray(steps, dtype=float)
    for color, (name, values) in _coloured(kept):
        values = np.asarray(values, dtype=float)
        ax.plot(steps, values, color=color, linewidth=_style.LINE_WIDTH)
        _style.label_line(ax, steps[-1], values[-1], name, color)
    ax.set_xlim(0, 1.18 * steps[-1])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("batches added")
    ax.set_ylabel("mass kept")
    return ax
