"""Mutual information of counted pairs, by any method that estimates an entropy from counts."""

from __future__ import annotations

import math
import warnings

import numpy as np
from scipy.special import xlog1py, xlogy

from infolib._units import from_nats, unit_name
from infolib.estimators._labels import PairCounts
from infolib.estimators._warning import EstimateWarning
from infolib.estimators.counts import entropy_from_counts

_ROUNDING = 1e-12  # what an estimate may be beyond a bound and still count as on it

# How many counts each of these adds to the whole table, given the samples and the cells.
_ADDED = {
    "laplace": lambda total, cells: cells,
    "jeffreys": lambda total, cells: cells / 2,
    "minimax": lambda total, cells: np.sqrt(total),
    "schurmann_grassberger": lambda total, cells: 1.0,
}


def of_pairs(counted: PairCounts, method: str) -> float:
    """Estimate as `of_tables` does, from the pairs that occurred."""
    products = counted.x_counts[counted.rows].astype(np.float64) * counted.y_counts[counted.columns]
    sides = (part[None] for part in (counted.pairs, products, counted.x_counts, counted.y_counts))
    return float(_estimate(*sides, method=method)[0])


def of_tables(tables: np.ndarray, method: str) -> np.ndarray:
    """Estimate I(X;Y) in nats for each of some tables (tables, n_x, n_y)."""
    x_counts, y_counts = tables.sum(axis=2), tables.sum(axis=1)
    products = x_counts[:, :, None].astype(np.float64) * y_counts[:, None, :]
    flat = (len(tables), -1)
    return _estimate(tables.reshape(flat), products.reshape(flat), x_counts, y_counts, method=method)


def _estimate(
    pairs: np.ndarray, products: np.ndarray, x_counts: np.ndarray, y_counts: np.ndarray, *, method: str
) -> np.ndarray:
    n_x, n_y = x_counts.shape[1], y_counts.shape[1]
    if method == "plugin":
        total = x_counts.sum(axis=1, keepdims=True).astype(np.float64)
        return _plugin(pairs, products / total, total[:, 0], pairs.shape[1] == n_x * n_y)
    with warnings.catch_warnings():
        # A warning about one of three entropies would not say what became of their sum.
        warnings.simplefilter("ignore", EstimateWarning)
        joint = entropy_from_counts(pairs, method, n_x * n_y)
        if method == "shrinkage" or method in _ADDED:
            weight = _uniform_share(pairs, n_x * n_y, method)
            x_entropy, y_entropy = _entropy_with(weight, x_counts), _entropy_with(weight, y_counts)
        else:
            x_entropy, y_entropy = (entropy_from_counts(c, method, c.shape[1]) for c in (x_counts, y_counts))
    return x_entropy + y_entropy - joint


def _plugin(pairs: np.ndarray, expected: np.ndarray, total: np.ndarray, all_cells: bool) -> np.ndarray:
    """Sum n log(n/m) - n + m over the cells, with m the expected count: terms >= 0, small where n is near m."""
    safe = np.where(expected > 0, expected, 1.0)
    off = (pairs - expected) / safe
    nats = np.sum(expected * (xlog1py(pairs / safe, off) - off), axis=1)
    if not all_cells:  # of a cell without samples, m is left
        nats += np.maximum(total - expected.sum(axis=1), 0.0)
    return nats / total


def _uniform_share(pairs: np.ndarray, cells: int, method: str) -> np.ndarray:
    """Weight w of these methods, whose probability of a cell is (1 - w) n/N + w/cells.

    X and Y then have the distributions of that table. Were they mended on their own, with weights of their own, the
    three entropies would belong to no common distribution, and their sum could be far below 0.
    """
    total = pairs.sum(axis=1)
    if method in _ADDED:
        added = _ADDED[method](total, cells)
        return added / (total + added)
    p = pairs / total[:, None]
    power = (p * p).sum(axis=1)
    apart = (total - 1) * (power - 1 / cells)
    return np.minimum(np.where(apart > 0, (1 - power) / np.where(apart > 0, apart, 1.0), 1.0), 1.0)


def _entropy_with(weight: np.ndarray, counts: np.ndarray) -> np.ndarray:
    p = (1 - weight[:, None]) * counts / counts.sum(axis=1, keepdims=True) + weight[:, None] / counts.shape[1]
    return -xlogy(p, p).sum(axis=1)


def warn_if_impossible(nats: np.ndarray, n_labels: int, method: str, base: float | None) -> None:
    """Say which estimates no labels can have: below 0, or above the log of how many labels X or Y has."""
    # Pairs split the outcomes of X and of Y, which raises an estimate of entropy by any method: I stays below those of
    # H(X) and H(Y). But these may be above the log of the number of labels.
    for wrong, bound, side in (
        (nats < -_ROUNDING, 0.0, "below 0"),
        (nats > math.log(n_labels) + _ROUNDING, math.log(n_labels), f"above log {n_labels}, the most of H(X) or H(Y)"),
    ):
        if wrong.any():
            first = int(np.argmax(wrong))
            which = f"{int(wrong.sum())} of {len(nats)} estimates" if len(nats) > 1 else "the estimate"
            value, limit = from_nats(float(nats[first]), base), from_nats(bound, base)
            warnings.warn(
                f"{which} of I(X;Y) by {method!r}: {value:.6g} {unit_name(base)} is {side}, {limit:.6g}. These labels "
                "cannot have it: the samples are few for what there is. It is returned as computed; cutting it off "
                "would bias averages.",
                EstimateWarning,
                stacklevel=3,
            )
