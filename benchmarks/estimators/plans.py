"""What is judged: for each table its problems, its estimators, how many samples and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.estimators import discrete_problems, ours, peers, problems, special_problems
from benchmarks.estimators.ours import Estimator
from benchmarks.estimators.problems import Problem
from benchmarks.estimators.referee import Score, judge
from benchmarks.estimators.table import bias_and_error, bias_and_spread


@dataclass(frozen=True)
class Plan:
    """One table."""

    title: str
    problems: Callable[[], list[Problem]]
    estimators: Callable[[Problem], list[Estimator]]
    samples: tuple[int, ...] = (2000,)
    repetitions: int = 20
    quick_samples: tuple[int, ...] = (500,)
    quick_problems: int | None = None
    cell: Callable[[Score], str] = bias_and_spread
    note: str = ""

    def chosen(self, quick: bool) -> list[tuple[int, int]]:
        """Index of the problem and number of samples, for each row."""
        last = self.quick_problems if quick else None
        sizes = self.quick_samples if quick else self.samples
        return [(i, n) for i in range(len(self.problems()))[:last] for n in sizes]


GROWING = (
    ("normal, correlation 0.75", "1+1"),
    ("normal, correlation 0.999", "1+1"),
    ("wiggly", "1+1"),
    ("sparse normal", "2+2"),
    ("sparse normal", "5+5"),
)
TRAINED = (
    ("independent normal", "5+5"),
    ("normal, correlation 0.75", "1+1"),
    ("normal, correlation 0.999", "1+1"),
    ("wiggly", "1+1"),
    ("swiss roll", "2+1"),
    ("uniform plus uniform noise of +-0.1", "1+1"),
    ("Student t, 1 degree", "1+1"),
    ("sparse normal", "5+5"),
    ("dense normal", "5+5"),
    ("sparse normal", "25+25"),
    ("dense normal", "25+25"),
    ("half-cube of sparse", "25+25"),
)


def _named(*wanted: tuple[str, str]) -> Callable[[], list[Problem]]:
    return lambda: [p for p in problems.pairs() if (p.name, p.size) in wanted]


def _growing(problem: Problem) -> list[Estimator]:
    names = ("KSG 1, k=3", "KSG 2, k=3", "KSG 1, k=10", "LNC, k=5", "binned", "normal assumed")
    return [e for e in ours.pairs() if e.name in names]


def _trained(problem: Problem) -> list[Estimator]:
    return ours.trained() + [e for e in ours.pairs() if e.name in ("KSG 2, k=3", "normal assumed")]


def _with_peers(name: str, estimators: Callable[[], list[Estimator]]) -> Callable[[Problem], list[Estimator]]:
    return lambda problem: estimators() + peers.all_peers().get(name, [])


PLANS = {
    "pairs": Plan(
        "Mutual information of continuous variables",
        problems.pairs,
        _with_peers("pairs", ours.pairs),
        note='"Normal assumed" takes the correlations of the sample for those of normal variables. Below 0, '
        "scikit-learn gives 0.",
    ),
    "growth": Plan(
        "The same with fewer and more samples",
        _named(*GROWING),
        _growing,
        samples=(250, 1000, 4000, 16_000),
        repetitions=8,
        quick_samples=(250, 1000),
    ),
    "trained": Plan(
        "Trained bounds",
        _named(*TRAINED),
        _trained,
        repetitions=2,
        quick_problems=1,
        note="So few trainings make the spread a hint and no more. Of the samples 60% train, 20% stop and 20% value.",
    ),
    "mixed": Plan(
        "Mutual information where values repeat",
        special_problems.mixed,
        _with_peers("mixed", ours.mixed),
        note="Below 0, scikit-learn gives 0, and npeet_plus the size.",
    ),
    "conditional": Plan(
        "Mutual information given a third variable",
        special_problems.conditional,
        _with_peers("conditional", ours.conditional),
    ),
    "entropy": Plan(
        "Differential entropy",
        special_problems.entropies,
        _with_peers("entropy", ours.entropies),
    ),
    "counts": Plan(
        "Entropy from counts, the number K of outcomes not known",
        discrete_problems.counts,
        lambda problem: ours.counts(),
        samples=(10, 100, 1000, 10_000),
        repetitions=200,
        quick_samples=(10, 100),
        cell=bias_and_error,
        note='"K estimated" is `estimated_outcomes`.',
    ),
    "counts_known": Plan(
        "Entropy from counts, the number of outcomes known",
        discrete_problems.counts_known,
        lambda problem: ours.counts_known(int(problem.sizes[0])),
        samples=(10, 100, 1000, 10_000),
        repetitions=200,
        quick_samples=(10, 100),
        cell=bias_and_error,
    ),
    "labels": Plan(
        "Mutual information of labels",
        discrete_problems.labels,
        lambda problem: ours.labels(),
        samples=(30, 100, 1000, 10_000),
        repetitions=200,
        quick_samples=(30, 100),
        cell=bias_and_error,
        note='Methods that ask for K are given the labels that were seen. "Less chance" takes away what labels '
        "shuffled at random would have.",
    ),
}


def run_row(name: str, index: int, samples: int, repetitions: int) -> list[Score]:
    """Judge all estimators of a table on one of its problems."""
    plan = PLANS[name]
    problem = plan.problems()[index]
    return judge(name, problem, plan.estimators(problem), samples, repetitions)
