"""The estimators of the library, as functions from samples to nats."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtri

from benchmarks.estimators.problems import Problem, normal_information
from infolib.estimators import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    entropy_from_counts,
    estimated_outcomes,
    expected_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)

ASSUMED = "none"  # no library: what could be had if the kind of distribution were known


def any_size(problem: Problem) -> bool:
    return True


def one_column_each(problem: Problem) -> bool:
    return problem.sizes == (1, 1)


def with_labels(problem: Problem) -> bool:
    return "label" in problem.name


@dataclass(frozen=True)
class Estimator:
    """One way to estimate, with its settings."""

    name: str
    value: Callable[..., float]  # of the arrays of a sample
    fits: Callable[[Problem], bool] = any_size
    library: str = "infolib"


def binned(x: np.ndarray, y: np.ndarray) -> float:
    """Information of two columns cut into bins of equal counts, about n^(1/3) of them."""
    n_bins = round(len(x) ** (1 / 3))
    ranks = (np.argsort(np.argsort(v.reshape(-1))) for v in (x, y))
    return mutual_information_from_samples(*(rank * n_bins // len(x) for rank in ranks))


def ksg_of_normal_scores(x: np.ndarray, y: np.ndarray) -> float:
    """KSG after every column was given the shape of a normal one, by its ranks: the information is the same."""
    ranks = (np.argsort(np.argsort(v, axis=0), axis=0) for v in (x, y))
    return ksg_mutual_information(*(ndtri((rank + 0.5) / len(x)) for rank in ranks))


def normal_assumed(x: np.ndarray, y: np.ndarray) -> float:
    """Information of normal variables with the covariance of the sample: what canonical correlations would give."""
    together = np.corrcoef(np.hstack([x, y]), rowvar=False)
    return normal_information(together, x.shape[1])


def pairs() -> list[Estimator]:
    """List the estimators of mutual information that train nothing."""
    # `mixed_mutual_information` is not here: without ties it is KSG 1.
    settings = [(1, k) for k in (1, 3, 5, 10)] + [(2, k) for k in (3, 10)]
    return [
        *(Estimator(f"KSG {a}, k={k}", partial(ksg_mutual_information, k=k, algorithm=a)) for a, k in settings),
        Estimator("KSG 1, k=3, normal scores", ksg_of_normal_scores),
        Estimator("LNC, k=5", lnc_mutual_information, one_column_each),
        Estimator("binned", binned, one_column_each),
        Estimator("normal assumed", normal_assumed, library=ASSUMED),
    ]


def trained() -> list[Estimator]:
    """List the variational estimators."""
    from infolib.representations.variational import variational_mutual_information

    def value(bound: str, x: np.ndarray, y: np.ndarray) -> float:
        return float(variational_mutual_information(x, y, bound=bound))

    names = ("info_nce", "donsker_varadhan", "mine", "nwj", "smile")
    return [Estimator(name, partial(value, name)) for name in names]


def mixed() -> list[Estimator]:
    """List the estimators for variables with values that repeat."""
    return [
        *(Estimator(f"mixed, k={k}", partial(mixed_mutual_information, k=k)) for k in (3, 5, 10)),
        *(
            Estimator(f"label, k={k}", partial(discrete_continuous_mutual_information, k=k), with_labels)
            for k in (3, 5, 10)
        ),
    ]


def conditional() -> list[Estimator]:
    """List the estimators of information given a third variable."""
    return [
        Estimator(f"conditional KSG, k={k}", partial(conditional_knn_mutual_information, k=k)) for k in (1, 3, 5, 10)
    ]


def entropies() -> list[Estimator]:
    """List the estimators of differential entropy."""
    return [
        *(Estimator(f"max norm, k={k}", partial(knn_entropy, k=k)) for k in (1, 3, 5, 10)),
        Estimator("Euclidean, k=3", partial(knn_entropy, k=3, metric="euclidean")),
    ]


# What `entropy_from_counts` calls them; the second kind asks for the number of outcomes.
WITHOUT_OUTCOMES = (
    "plugin", "miller_madow", "jackknife", "grassberger_1988", "grassberger_2003", "zhang", "chao_wang_jost",
    "chao_shen",
)  # fmt: skip
WITH_OUTCOMES = ("laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage", "bonachela", "nsb")


def counts() -> list[Estimator]:
    """List the estimators of the entropy of counts where nobody says how many outcomes there are."""

    def estimated(counts: np.ndarray, method: str) -> float:
        return entropy_from_counts(counts, method, estimated_outcomes(counts))

    def infinite(counts: np.ndarray) -> float:
        # No entropy is too large for samples that are all different.
        return entropy_from_counts(counts, "nsb", math.inf) if counts.max() > 1 else math.nan

    return [
        *(Estimator(name, partial(entropy_from_counts, method=name)) for name in WITHOUT_OUTCOMES),
        *(Estimator(f"{name}, K estimated", partial(estimated, method=name)) for name in WITH_OUTCOMES),
        Estimator("nsb, K infinite", infinite),
    ]


def counts_known(outcomes: int) -> list[Estimator]:
    """List the estimators of the entropy of counts where the number of outcomes is known."""
    without = "chao_wang_jost"  # to compare with
    return [
        *(Estimator(name, partial(entropy_from_counts, method=name, n_outcomes=outcomes)) for name in WITH_OUTCOMES),
        Estimator(f"{without}, without K", partial(entropy_from_counts, method=without)),
    ]


def labels() -> list[Estimator]:
    """List the estimators of the mutual information of labels, from the table of their counts."""

    def less_chance(table: np.ndarray) -> float:
        x, y = np.divmod(np.repeat(np.arange(table.size), table.reshape(-1)), table.shape[1])
        return mutual_information_from_contingency(table, "plugin") - expected_mutual_information(x, y)

    return [
        *(
            Estimator(name, partial(mutual_information_from_contingency, method=name))
            for name in WITHOUT_OUTCOMES + WITH_OUTCOMES
        ),
        Estimator("plugin less chance", less_chance),
    ]
