"""Nearest-neighbour entropy and information beside scikit-learn and npeet_plus, and on a GPU where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable

import npeet_plus
import numpy as np
import torch
from sklearn.feature_selection import _mutual_info

from benchmarks.timing import Comparison, compare, require_equal, table
from infolib.estimators import conditional_knn_mutual_information, knn_entropy, ksg_mutual_information

# npeet_plus adds noise of 1e-10 to the samples, which moves a count by one now and then.
EXACT, NOISY = 1e-10, 1e-5
N, K = 20_000, 3


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    done = [_two_columns(seconds), *(_vectors(d, seconds) for d in (1, 2, 5)), _conditional(seconds), _entropy(seconds)]
    return [*done, _on_gpu(seconds)] if torch.cuda.is_available() else done


def _samples(d: int, n_variables: int = 2) -> list[np.ndarray]:
    """Variables of standardised columns, each correlated 0.6 with the one before."""
    rng = np.random.default_rng(0)
    variables = [rng.normal(size=(N, d))]
    for _ in range(n_variables - 1):
        variables.append(0.6 * variables[-1] + 0.8 * rng.normal(size=(N, d)))
    return [(x - x.mean(0)) / x.std(0) for x in variables]


def _compared(
    what: str,
    ours: Callable[[], float],
    peer: Callable[[], float],
    name: str,
    tolerance: float,
    aim: float,
    seconds: float,
) -> Comparison:
    require_equal(what, ours(), peer(), tolerance)
    return compare(what, ours, peer, peer_name=name, aim=aim, seconds=seconds)


def _two_columns(seconds: float) -> Comparison:
    x, y = (v[:, 0] for v in _samples(1))
    # The part of mutual_info_regression that finds neighbours: without the noise that the rest adds.
    peer = _mutual_info._compute_mi_cc
    return _compared(
        f"KSG of {N:,} samples, 1+1 columns", lambda: ksg_mutual_information(x, y, K), lambda: peer(x, y, K),
        "sklearn _compute_mi_cc", EXACT, 1.0, seconds,
    )  # fmt: skip


def _vectors(d: int, seconds: float) -> Comparison:
    x, y = _samples(d)
    return _compared(
        f"KSG of {N:,} samples, {d}+{d} columns", lambda: ksg_mutual_information(x, y, K),
        lambda: npeet_plus.mi(x, y, k=K, base=math.e), "npeet_plus mi", NOISY, 1.5 if d == 5 else 1.0, seconds,
    )  # fmt: skip


def _conditional(seconds: float) -> Comparison:
    x, z, y = _samples(1, 3)
    return _compared(
        f"conditional KSG of {N:,} samples, 1+1+1 columns", lambda: conditional_knn_mutual_information(x, y, z, K),
        lambda: npeet_plus.cmi(x, y, z, k=K, base=math.e), "npeet_plus cmi", NOISY, 1.0, seconds,
    )  # fmt: skip


def _entropy(seconds: float) -> Comparison:
    (x,) = _samples(3, 1)
    return _compared(
        f"kNN entropy of {N:,} samples, 3 columns", lambda: knn_entropy(x, K),
        lambda: npeet_plus.entropy(x, k=K, base=math.e), "npeet_plus entropy", NOISY, 1.0, seconds,
    )  # fmt: skip


def _on_gpu(seconds: float) -> Comparison:
    x, y = _samples(5)
    on_device = [torch.from_numpy(v).cuda() for v in (x, y)]
    return _compared(
        f"KSG of {N:,} samples on {torch.cuda.get_device_name()}, 5+5 columns",
        lambda: ksg_mutual_information(*on_device, K),
        lambda: npeet_plus.mi(x, y, k=K, base=math.e), "npeet_plus mi, CPU", NOISY, 20.0, seconds,
    )  # fmt: skip


if __name__ == "__main__":
    print(table(comparisons(10.0)))
