"""Discrete problems whose answer is known: counts of outcomes, and tables of counts of two labels."""

from __future__ import annotations

import math

import numpy as np

import infolib
from benchmarks.estimators.problems import Problem


def zipf(k: int) -> np.ndarray:
    p = 1 / np.arange(1, k + 1)
    return p / p.sum()


def geometric(mean: float) -> np.ndarray:
    """Probabilities of 1, 2, ... up to where what is left is lost in rounding."""
    stay = 1 - 1 / mean
    p = stay ** np.arange(math.ceil(-40 / math.log(stay))) / mean
    return p / p.sum()


def dirichlet(k: int, concentration: float) -> np.ndarray:
    """One draw, always the same."""
    return np.random.default_rng(k).dirichlet(np.full(k, concentration))


def hidden(k: int) -> np.ndarray:
    """One outcome has half of the probability, and the others share the rest."""
    return np.r_[0.5, np.full(k - 1, 0.5 / (k - 1))]


def counted(name: str, p: np.ndarray, outcomes: float | None = None) -> Problem:
    """Counts of the outcomes that were seen; the size is how many there can be."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        counts = rng.multinomial(n, p)
        return (counts[counts > 0],)

    return Problem(name, (len(p) if outcomes is None else outcomes,), float(infolib.entropy(p)), draw)


def counts() -> list[Problem]:
    """List the problems of the entropy of counts."""
    return [
        counted("uniform", np.full(10, 0.1)),
        counted("uniform", np.full(1000, 0.001)),
        counted("Zipf", zipf(1000)),
        counted("geometric, mean 10", geometric(10.0), math.inf),
        counted("Dirichlet(1)", dirichlet(100, 1.0)),
        counted("Dirichlet(0.1)", dirichlet(1000, 0.1)),
        counted("half on one, half on the others", hidden(100_001)),
    ]


def counts_known() -> list[Problem]:
    """List those of them that have an end of outcomes."""
    return [problem for problem in counts() if math.isfinite(problem.sizes[0])]


def copied(share: float, p: np.ndarray) -> np.ndarray:
    """y copies x with probability `share`, and otherwise is drawn from the same distribution apart from it."""
    return share * np.diag(p) + (1 - share) * np.outer(p, p)


def tabled(name: str, p: np.ndarray) -> Problem:
    """A table of counts of x and y, labels that were not seen left out."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        table = rng.multinomial(n, p.reshape(-1)).reshape(p.shape)
        return (table[table.any(axis=1)][:, table.any(axis=0)],)

    return Problem(name, p.shape, float(infolib.mutual_information(p)), draw)


def labels() -> list[Problem]:
    """List the problems of the mutual information of labels."""
    flat, steep = np.full(10, 0.1), zipf(30)
    return [
        tabled("independent", copied(0.0, flat)),
        tabled("30% copied", copied(0.3, flat)),
        tabled("95% copied", copied(0.95, flat)),
        tabled("Zipf, independent", copied(0.0, steep)),
        tabled("Zipf, 90% copied", copied(0.9, steep)),
    ]
