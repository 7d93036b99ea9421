"""The same by other packages, installed for this purpose only (``benchmarks/peers.txt``).

scikit-learn is under the BSD licence; npeet_plus, which carries on NPEET, and ennemi are under MIT.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np
import scipy.stats

from benchmarks.estimators.ours import Estimator, any_size, one_column_each, with_labels
from benchmarks.estimators.problems import Problem

PACKAGES = ("sklearn", "npeet_plus", "ennemi")
K = 3  # the default of all three


def missing() -> list[str]:
    """Name the packages that are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def all_peers() -> dict[str, list[Estimator]]:
    """List the peers by table, none where they are not installed; they are imported here and not before."""
    if missing():
        return {}
    import ennemi
    import npeet_plus
    from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

    def column(values: np.ndarray) -> np.ndarray:
        return values.reshape(-1)

    def rows(values: np.ndarray) -> np.ndarray:
        return values.reshape(len(values), -1).astype(float)

    nats = {"k": K, "base": math.e}

    def one_column(problem: Problem) -> bool:
        return problem.sizes[:2] == (1, 1)

    def alone(problem: Problem) -> bool:
        return problem.sizes == (1,)

    def ordered(problem: Problem) -> bool:
        return one_column_each(problem) and not with_labels(problem)

    def labelled_column(problem: Problem) -> bool:
        return with_labels(problem) and problem.sizes == (1, 1)

    sklearn = partial(mutual_info_regression, n_neighbors=K, random_state=0)
    sklearn_labels = partial(mutual_info_classif, n_neighbors=K, random_state=0)
    npeet = _seeded
    return {
        "pairs": [
            Estimator("scikit-learn", lambda x, y: sklearn(x, column(y))[0], one_column_each, "scikit-learn"),
            Estimator("npeet_plus", npeet(lambda x, y: npeet_plus.mi(x, y, **nats)), any_size, "npeet_plus"),
            Estimator(
                "npeet_plus LNC, k=5",
                npeet(lambda x, y: npeet_plus.mi(x, y, k=5, base=math.e, alpha=0.25)),
                one_column_each,
                "npeet_plus",
            ),
            Estimator(
                "ennemi", lambda x, y: ennemi.estimate_mi(column(y), column(x), k=K).item(), one_column_each, "ennemi"
            ),
        ],
        "mixed": [
            Estimator("scikit-learn", lambda x, y: sklearn(rows(x), column(y))[0], ordered, "scikit-learn"),
            Estimator("scikit-learn", lambda x, y: sklearn_labels(y, x)[0], labelled_column, "scikit-learn"),
            Estimator("npeet_plus", npeet(lambda x, y: npeet_plus.micd(y, rows(x), **nats)), with_labels, "npeet_plus"),
            Estimator(
                "ennemi",
                lambda x, y: ennemi.estimate_mi(x, column(y), k=K, discrete_y=True).item(),
                labelled_column,
                "ennemi",
            ),
        ],
        "conditional": [
            Estimator("npeet_plus", npeet(lambda x, y, z: npeet_plus.cmi(x, y, z, **nats)), any_size, "npeet_plus"),
            Estimator(
                "ennemi",
                lambda x, y, z: ennemi.estimate_mi(column(y), column(x), cond=z, k=K).item(),
                one_column,
                "ennemi",
            ),
        ],
        "entropy": [
            Estimator("npeet_plus", npeet(lambda x: npeet_plus.entropy(x, **nats)), any_size, "npeet_plus"),
            Estimator("ennemi", lambda x: float(ennemi.estimate_entropy(x, k=K, multidim=True)), any_size, "ennemi"),
            Estimator("scipy", lambda x: float(scipy.stats.differential_entropy(column(x))), alone, "scipy"),
        ],
    }


def _seeded(value: Callable[..., Any]) -> Callable[..., float]:
    """Give npeet_plus, which adds noise from NumPy's global generator, the same noise every time."""

    @wraps(value)
    def seeded(*samples: np.ndarray) -> float:
        np.random.seed(0)  # noqa: NPY002
        return float(value(*samples))

    return seeded
