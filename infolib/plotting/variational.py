"""Figures on trained bounds of mutual information: numbers in, Axes out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style


def bounds_against_truth(
    truth: ArrayLike, values: Mapping[str, ArrayLike], batch: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what bounds say of a mutual information that is known: median and central 80% of repeated measurements.

    Parameters
    ----------
    truth : array of shape (n,)
        True informations in nats, ascending.
    values : mapping from the name of a bound to an array of shape (repeats, n)
        What each repetition gave, in nats; at most 6 bounds.
    batch : int, optional
        Pairs scored against one another: its logarithm, InfoNCE's ceiling, is drawn.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If there are more bounds than colours, or an array does not have a column for each truth.

    Notes
    -----
    The vertical axis runs from 0 to 1.5 times the largest truth: bands that leave it go on.

    Examples
    --------
    >>> ax = bounds_against_truth([1, 4], {"InfoNCE": [[0.9, 2.0], [1.0, 2.1]]}, batch=8)
    >>> len(ax.collections), ax.get_xlabel()
    (1, 'true mutual information (nats)')
    """
    ax = _style.axes(ax)
    truth = np.asarray(truth, dtype=float)
    _check_curves(values)
    ax.plot(truth, truth, color=_style.INK, linewidth=1.0, linestyle=":", label="truth")
    for color, (name, repeats) in zip(_style.PALETTE, values.items(), strict=False):
        repeats = np.asarray(repeats, dtype=float)
        if repeats.ndim != 2 or repeats.shape[1] != len(truth):
            raise ValueError(
                f"`values[{name!r}]` must have shape (repeats, {len(truth)}); it was {repeats.shape}. Give a column "
                "for each truth."
            )
        low, middle, high = np.quantile(repeats, [0.1, 0.5, 0.9], axis=0)
        ax.fill_between(truth, low, high, color=color, alpha=0.2, linewidth=0)
        ax.plot(truth, middle, color=color, linewidth=_style.LINE_WIDTH, label=name)
    if batch is not None:
        _style.bound(ax, math.log(batch), f"log {batch:,}")
    ax.legend(frameon=False, fontsize=9, loc="upper left")
    ax.set_ylim(0, 1.5 * truth.max())
    ax.set_xlabel("true mutual information (nats)")
    ax.set_ylabel("bound (nats)")
    return ax


def spread_against_truth(truth: ArrayLike, spreads: Mapping[str, ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw the standard deviation of bounds against the mutual information, on a logarithmic axis.

    Exponential growth is a straight line there.

    Parameters
    ----------
    truth : array of shape (n,)
        True informations in nats, ascending.
    spreads : mapping from the name of a bound to an array of shape (n,)
        Standard deviations over repetitions, in nats; at most 6.
    ax : Axes, optional
        Where to draw; new Axes without it.

    Raises
    ------
    ValueError
        If there are more bounds than colours.

    Examples
    --------
    >>> ax = spread_against_truth([1, 4], {"NWJ": [0.1, 0.4], "InfoNCE": [0.1, 0.05]})
    >>> ax.get_yscale()
    'log'
    """
    ax = _style.axes(ax)
    _check_curves(spreads)
    for color, (name, spread) in zip(_style.PALETTE, spreads.items(), strict=False):
        ax.plot(np.asarray(truth, dtype=float), np.asarray(spread, dtype=float), "o-", color=color, markersize=4,
                linewidth=_style.LINE_WIDTH, label=name)
    ax.legend(frameon=False, fontsize=9, loc="upper left")
    ax.set_yscale("log")
    ax.set_xlabel("true mutual information (nats)")
    ax.set_ylabel("standard deviation (nats)")
    return ax


def _check_curves(curves: Mapping[str, ArrayLike]) -> None:
    if len(curves) > len(_style.PALETTE):
        raise ValueError(f"at most {len(_style.PALETTE)} curves have colours that can be told apart; there were "
                         f"{len(curves)}. Draw them in two figures.")
