"""What estimators of the entropy of vectors cost: numbers in, Axes out."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from infolib.plotting import _style

_MIB = 2**20


def partition_costs(
    sizes: ArrayLike,
    seconds: Mapping[str, ArrayLike],
    memory: Mapping[str, ArrayLike],
    *,
    size_name: str = "dimension d",
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw the time and the memory of estimators against the size of what they measure, all axes logarithmic.

    Parameters
    ----------
    sizes : array of shape (n,)
        Dimensions, or numbers of vectors; positive and ascending.
    seconds : mapping from the name of an estimator to an array of shape (n,)
        Time of each run, in seconds.
    memory : mapping from a name to an array of shape (n,)
        Memory in bytes. A name that is not in `seconds` was computed and not run: its curve is dashed.
    size_name : str
        What the sizes are, the label of the horizontal axes.
    axes : tuple of two Axes, optional
        Where to draw; None makes a new figure of two panels.

    Returns
    -------
    tuple of Axes
        Left: seconds. Right: memory in MiB. Each curve is named at its end; an estimator has one colour in both.

    Raises
    ------
    ValueError
        If an array has not one number for each size, or there are more curves than colours.

    Examples
    --------
    >>> left, right = partition_costs([64, 256], {"soft": [0.1, 0.2]}, {"soft": [1e6, 2e6], "one-hot": [1e9, 4e9]})
    >>> left.get_ylabel(), right.get_ylabel()
    ('time (s)', 'memory beyond the vectors (MiB)')
    """
    names = list(dict.fromkeys([*seconds, *memory]))
    if len(names) > len(_style.PALETTE):
        raise ValueError(f"at most {len(_style.PALETTE)} curves have colours that can be told apart; there were "
                         f"{len(names)}. Draw them in two figures.")
    colors = dict(zip(names, _style.PALETTE, strict=False))
    at = np.asarray(sizes, dtype=float)
    if axes is None:
        _, (left, right) = plt.subplots(1, 2, figsize=(11.0, 3.8), layout="constrained")
    else:
        left, right = axes
    for ax, argument, curves, unit in ((left, "seconds", seconds, 1.0), (right, "memory", memory, _MIB)):
        _style.axes(ax)
        ax.set(xscale="log", yscale="log", xlabel=size_name)
        ax.set_xticks(at, [f"{size:,g}" for size in at])
        ax.minorticks_off()
        for name, given in curves.items():
            values = np.asarray(given, dtype=float) / unit
            if values.shape != at.shape:
                raise ValueError(f"`{argument}[{name!r}]` must have one number for each of the {at.size} sizes; its "
                                 f"shape was {values.shape}. Measure every size, or draw fewer.")
            ax.plot(at, values, "o-" if name in seconds else "--", color=colors[name], linewidth=_style.LINE_WIDTH,
                    markersize=4)
        ends = {name: float(np.asarray(given)[-1]) / unit for name, given in curves.items()}
        _name_ends(ax, float(at[-1]), ends, colors)
        ax.set_xlim(right=at[-1] * (at[-1] / at[0]) ** 0.35)  # room for the names
    left.set_ylabel("time (s)")
    right.set_ylabel("memory beyond the vectors (MiB)")
    return left, right


def _name_ends(ax: Axes, x: float, ends: Mapping[str, float], colors: Mapping[str, str]) -> None:
    """Write each name beside the end of its curve, moved up where two ends are closer than a line of text."""
    bottom, top = np.log(ax.get_ylim())
    place = -np.inf
    for name in sorted(ends, key=lambda name: ends[name]):
        place = max(float(np.log(ends[name])), place + 0.065 * (top - bottom))
        _style.label_line(ax, x, float(np.exp(place)), name, colors[name])
    ax.set_ylim(float(np.exp(bottom)), float(np.exp(max(top, place))))
