"""Mutual information of counted pairs, by any method that estimates an entropy from counts."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import xlog1py

from infolib.estimators import _warning
from infolib.estimators._counts_input import count_rows
from infolib.estimators._labels import PairCounts
from infolib.estimators._pseudocounts import SMOOTHINGS, smoothed_entropy
from infolib.estimators.counts import entropies


def of_pairs(counted: PairCounts, method: str) -> float:
    """Estimate I(X;Y) in nats from the pairs that occurred, which may be far fewer than the cells of their table."""
    pairs, x_counts, y_counts = counted.pairs, counted.x_counts, counted.y_counts
    if method != "plugin":
        return float(_of_entropies(pairs[None], x_counts[None], y_counts[None], method)[0])
    n = counted.total
    expected = x_counts[counted.rows].astype(np.float64) * y_counts[counted.columns] / n
    nats = float(_divergence(pairs, expected))
    if len(pairs) < math.prod(counted.shape):  # of a cell without samples, what was expected is left
        nats += max(n - float(expected.sum()), 0.0)
    return nats / n


def of_tables(tables: np.ndarray, method: str) -> np.ndarray:
    """Estimate I(X;Y) in nats for each of some tables (tables, n_x, n_y)."""
    x_counts, y_counts = tables.sum(axis=2), tables.sum(axis=1)
    if method != "plugin":
        return _of_entropies(tables.reshape(len(tables), -1), x_counts, y_counts, method)
    n = x_counts.sum(axis=1)
    expected = x_counts[:, :, None].astype(np.float64) * y_counts[:, None, :] / n[:, None, None]
    return _divergence(tables.reshape(len(tables), -1), expected.reshape(len(tables), -1)) / n


def _divergence(counts: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Sum n log(n/m) - n + m over the last axis, with m expected of n: terms >= 0, small where n is near m."""
    safe = np.where(expected > 0, expected, 1.0)
    off = (counts - expected) / safe
    return np.sum(expected * (xlog1py(counts / safe, off) - off), axis=-1)


def _of_entropies(pairs: np.ndarray, x_counts: np.ndarray, y_counts: np.ndarray, method: str) -> np.ndarray:
    """Estimate H(X) + H(Y) - H(X,Y), from rows of counts."""
    n_x, n_y = x_counts.shape[1], y_counts.shape[1]
    x, y, joint = count_rows(x_counts, n_x), count_rows(y_counts, n_y), count_rows(pairs, n_x * n_y)
    if method in SMOOTHINGS:
        # X and Y have the distributions of the mended table. Were they mended on their own, the three entropies would
        # belong to no common distribution, and their sum could be far below 0.
        smoothing = SMOOTHINGS[method](joint)
        return smoothed_entropy(x, smoothing) + smoothed_entropy(y, smoothing) - smoothed_entropy(joint, smoothing)
    return entropies(x, method) + entropies(y, method) - entropies(joint, method)


def warn_if_impossible(nats: np.ndarray | float, n_labels: int, method: str, base: float | None) -> None:
    """Say which estimates no labels can have: below 0, or above the log of how many labels X or Y has."""
    # Pairs split the outcomes of X and of Y, which raises an estimate of entropy by any method: I stays below those of
    # H(X) and H(Y). But these may be above the log of the number of labels.
    _warning.warn_if_impossible(
        f"I(X;Y) by {method!r}",
        nats,
        math.log(n_labels),
        f"log {n_labels}, the most of H(X) or H(Y)",
        "These labels cannot have it: the samples are few for what there is.",
        base,
        stacklevel=4,
    )
