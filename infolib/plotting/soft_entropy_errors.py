"""Figures of the chapter on soft entropy that show bias, luck and error bars: numbers in, Axes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style


def label_growth(
    sizes: ArrayLike,
    curves: Mapping[str, ArrayLike],
    labels: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how far the entropy of a label's mean assignment grows with its tokens, and where real labels are.

    Parameters
    ----------
    sizes : array of shape (n,)
        Numbers k of tokens that are averaged, from 1 on.
    curves : mapping from a kind of label to an array of shape (n,)
        Mean of H_k - H_1 in nats, for labels of that kind.
    labels : mapping from a name to two arrays of shape (labels,), optional
        Real labels: how many tokens each has, and by how much its entropy exceeds that of its single assignments. The
        first group is drawn as dots, the others as crosses, triangles and squares.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = label_growth([1, 2, 4], {"share 0": [0.0, 0.6, 1.1]}, {"rare": ([2, 3], [0.5, 0.8])})
    >>> ax.get_xscale()
    'log'
    """
    ax = _style.axes(ax)
    sizes = np.asarray(sizes, dtype=float)
    for (name, values), marker in zip((labels or {}).items(), "ox^s", strict=False):
        counts, grown = (np.asarray(v, dtype=float) for v in values)
        ax.plot(counts, grown, marker, color=_style.MUTED, markersize=3.5, alpha=0.6, label=name, zorder=1)
    for color, (name, values) in zip(_style.PALETTE, curves.items(), strict=False):
        values = np.asarray(values, dtype=float)
        ax.plot(sizes, values, color=color, linewidth=_style.LINE_WIDTH, zorder=2)
        _style.label_line(ax, sizes[-1], values[-1], name, color)
    if labels:
        ax.legend(frameon=False, fontsize=9, loc="upper left")
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [f"{k:g}" for k in sizes])
    ax.set_xlim(0.9, 3.2 * sizes.max())
    ax.set_ylim(bottom=0)
    ax.set_xlabel("tokens of the label, k")
    ax.set_ylabel("entropy grown since the first (nats)")
    return ax


def corrected_information(
    sizes: ArrayLike,
    rivals: Mapping[str, ArrayLike],
    corrected: ArrayLike,
    intervals: ArrayLike,
    truth: float,
    ax: Axes | None = None,
) -> Axes:
    """Draw a corrected mutual information with its interval against sample size, beside rivals and the truth.

    Parameters
    ----------
    sizes : array of shape (n,)
        Numbers of vectors.
    rivals : mapping from a name to an array of shape (n,)
        Other estimates in nats, drawn thin.
    corrected : array of shape (n,)
        The corrected estimate in nats.
    intervals : array of shape (n, 2)
        Lower and upper ends of its interval.
    truth : float
        The population's value in nats.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = corrected_information([100, 1000], {"plug-in": [2.2, 1.5]}, [0.5, 0.48], [[0.2, 0.8], [0.4, 0.6]], 0.48)
    >>> ax.get_ylabel()
    'I(A;X) (nats)'
    """
    ax = _style.axes(ax)
    sizes, corrected = (np.asarray(a, dtype=float) for a in (sizes, corrected))
    low, high = np.asarray(intervals, dtype=float).T
    for color, (name, values) in zip((_style.BLUE, _style.PURPLE, _style.SKY), rivals.items(), strict=False):
        ax.plot(sizes, np.asarray(values, dtype=float), color=color, linewidth=1.2, label=name)
    ax.errorbar(sizes, corrected, yerr=[corrected - low, high - corrected], fmt="o", color=_style.VERMILION,
                markersize=5, capsize=3, linewidth=_style.LINE_WIDTH, label="corrected, 95% interval")
    _style.bound(ax, truth, "truth")
    ax.legend(frameon=False, fontsize=9)
    ax.set_xscale("log")
    ax.set_xlim(right=3 * sizes.max())  # room for the name of the truth
    ax.set_xlabel("vectors N")
    ax.set_ylabel("I(A;X) (nats)")
    return ax


def label_draws(names: Sequence[str], per_set: ArrayLike, one: ArrayLike | None = None, ax: Axes | None = None) -> Axes:
    """Draw what every anchor set says of each label: mean and standard deviation over the sets, and one set.

    Parameters
    ----------
    names : sequence of str
        The labels.
    per_set : array of shape (sets, labels)
        A ratio for each set and label.
    one : array of shape (labels,), optional
        The same from a single set, joined by a line.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = label_draws(["a", "b"], [[0.1, 0.3], [0.3, 0.1]], one=[0.1, 0.3])
    >>> [t.get_text() for t in ax.get_xticklabels()]
    ['a', 'b']
    """
    ax = _style.axes(ax)
    per_set, x = np.asarray(per_set, dtype=float), np.arange(len(names))
    ax.errorbar(x, per_set.mean(0), yerr=per_set.std(0, ddof=1), fmt="D", color=_style.BLUE, markersize=5, capsize=3,
                linewidth=_style.LINE_WIDTH, label=f"mean and standard deviation of {len(per_set)} sets")
    if one is not None:
        ax.plot(x, np.asarray(one, dtype=float), "o--", color=_style.ORANGE, markersize=5, linewidth=1.2,
                label="one set")
    ax.axhline(0, color=_style.MUTED, linewidth=0.8)
    ax.legend(frameon=False, fontsize=9)
    ax.set_xticks(x, list(names))
    ax.set_ylabel("regularity, 1 - H(A|x) / H(A)")
    return ax


def control_variate(sampled: ArrayLike, measured: ArrayLike, slope: float, ax: Axes | None = None) -> Axes:
    """Draw what each anchor set measures on all vectors against what it measures on a sample, with a line.

    Parameters
    ----------
    sampled, measured : arrays of shape (sets,)
        Entropies in nats of a small sample and of all vectors, by the same sets.
    slope : float
        The control variate's coefficient: slope of the line through the means.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = control_variate([2.0, 3.0, 4.0], [2.1, 3.0, 3.9], slope=0.9)
    >>> [round(float(y), 6) for y in ax.lines[-1].get_ydata()]
    [2.1, 3.9]
    """
    ax = _style.axes(ax, size=(4.6, 3.8))
    sampled, measured = (np.asarray(a, dtype=float) for a in (sampled, measured))
    ax.plot(sampled, measured, "o", color=_style.BLUE, markersize=4)
    ends = np.array([sampled.min(), sampled.max()])
    ax.plot(ends, measured.mean() + slope * (ends - sampled.mean()), color=_style.ORANGE, linewidth=_style.LINE_WIDTH)
    ax.annotate(f"slope {slope:.2f}", (0.95, 0.1), xycoords="axes fraction", ha="right", color=_style.ORANGE,
                fontsize=9.5)
    ax.set_xlabel("H(A) of a sample (nats)")
    ax.set_ylabel("H(A) of all vectors (nats)")
    return ax


def repeated_intervals(intervals: ArrayLike, truth: float, ax: Axes | None = None) -> Axes:
    """Draw intervals of repeated measurements, those that miss the truth in another colour.

    Parameters
    ----------
    intervals : array of shape (n, 2)
        Lower and upper ends, one row a repetition.
    truth : float
        What they should hold.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = repeated_intervals([[0.9, 1.1], [1.2, 1.4]], truth=1.0)
    >>> ax.get_title()
    '1 of 2 hold the truth'
    """
    ax = _style.axes(ax, size=(4.6, 3.8))
    low, high = np.asarray(intervals, dtype=float).T
    holds = (low <= truth) & (truth <= high)
    for at, color in ((holds, _style.BLUE), (~holds, _style.VERMILION)):
        ax.hlines(np.flatnonzero(at), low[at], high[at], color=color, linewidth=1.4)
    ax.axvline(truth, color=_style.INK, linewidth=1.0, linestyle="--")
    ax.set_title(f"{int(holds.sum())} of {len(holds)} hold the truth", fontsize=10)
    ax.set_yticks([])
    ax.set_xlabel("H(A) (nats)")
    ax.set_ylabel("repetition")
    return ax


def lower_bounds(x: ArrayLike, curves: Mapping[str, ArrayLike], xlabel: str, ax: Axes | None = None) -> Axes:
    """Draw mutual informations that bound one another from below, the largest first.

    Parameters
    ----------
    x : array of shape (n,)
        What is varied.
    curves : mapping from a name to an array of shape (n,)
        Mutual informations in nats, in falling order.
    xlabel : str
        What `x` is.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Examples
    --------
    >>> ax = lower_bounds([0, 1], {"vector": [0.0, 0.4], "anchor": [0.0, 0.3]}, "distance")
    >>> len(ax.lines)
    2
    """
    ax = _style.axes(ax)
    for color, style, (name, values) in zip(_style.PALETTE, ("-", "--", "-", ":", "-."), curves.items(), strict=False):
        ax.plot(np.asarray(x, dtype=float), np.asarray(values, dtype=float), style, color=color,
                linewidth=_style.LINE_WIDTH, label=name)
    ax.legend(frameon=False, fontsize=9)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("mutual information (nats)")
    return ax
