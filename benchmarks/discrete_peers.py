"""Entropy and divergences beside scipy, and mutual information of two samples beside scikit-learn."""

from __future__ import annotations

import numpy as np
import scipy.stats
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import mutual_info_score

import infolib
from benchmarks.timing import Comparison, compare, require_equal

TOLERANCE = 1e-10
N_SAMPLES, N_SYMBOLS = 1_000_000, 100


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    rng = np.random.default_rng(0)
    return [
        _one_entropy(rng, seconds),
        _many_entropies(rng, seconds),
        *_divergences(rng, seconds),
        _information(rng, seconds),
    ]


def _one_entropy(rng: np.random.Generator, seconds: float) -> Comparison:
    p = _normalised(rng.exponential(size=1_000_000))
    mine, other = float(infolib.entropy(p)), float(scipy.stats.entropy(p))
    require_equal("entropy of 1e6 categories", mine, other, TOLERANCE)
    return compare(
        "entropy of 1e6 categories", lambda: infolib.entropy(p), lambda: scipy.stats.entropy(p),
        peer_name="scipy.stats.entropy", aim=3.0, seconds=seconds,
    )


def _many_entropies(rng: np.random.Generator, seconds: float) -> Comparison:
    p = _normalised(rng.exponential(size=(10_000, 1_000)))
    worst = np.max(np.abs(np.asarray(infolib.entropy(p)) - scipy.stats.entropy(p, axis=-1)))
    require_equal("entropy of 10000 x 1000, largest difference", float(worst), 0.0, TOLERANCE)
    return compare(
        "entropy of 10000 x 1000", lambda: infolib.entropy(p), lambda: scipy.stats.entropy(p, axis=-1),
        peer_name="scipy.stats.entropy", aim=3.0, seconds=seconds,
    )


def _divergences(rng: np.random.Generator, seconds: float) -> list[Comparison]:
    p, q = (_normalised(rng.exponential(size=1_000_000)) for _ in range(2))
    done = []
    for name, ours, peer, peer_name in (
        ("KL divergence", infolib.kl_divergence, scipy.stats.entropy, "scipy.stats.entropy"),
        ("JS divergence", infolib.js_divergence, lambda a, b: jensenshannon(a, b) ** 2, "scipy jensenshannon"),
    ):
        what = f"{name} of 1e6 categories"
        require_equal(what, float(ours(p, q)), float(peer(p, q)), TOLERANCE)
        done.append(
            compare(
                what, lambda f=ours: f(p, q), lambda f=peer: f(p, q), peer_name=peer_name, aim=3.0, seconds=seconds
            )
        )
    return done


def _information(rng: np.random.Generator, seconds: float) -> Comparison:
    x = rng.integers(N_SYMBOLS, size=N_SAMPLES)
    # A quarter of y copies x, so that the information is not a rounding error around zero.
    y = np.where(rng.random(N_SAMPLES) < 0.25, x, rng.integers(N_SYMBOLS, size=N_SAMPLES))

    def ours() -> object:
        return infolib.mutual_information(infolib.empirical_distribution(x, y))

    require_equal("MI of 1e6 samples", float(ours()), float(mutual_info_score(x, y)), TOLERANCE)
    return compare(
        "MI of 1e6 samples x 100 symbols", ours, lambda: mutual_info_score(x, y),
        peer_name="sklearn mutual_info_score", aim=3.0, seconds=seconds,
    )


def _normalised(x: np.ndarray) -> np.ndarray:
    return x / x.sum(-1, keepdims=True)
