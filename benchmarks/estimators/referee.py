"""Judging: every estimator on the same samples, and how far it falls from the truth."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.estimators.ours import Estimator
from benchmarks.estimators.problems import Problem
from infolib.estimators import EstimateWarning


@dataclass(frozen=True)
class Score:
    """How one estimator did on one problem. Errors are in nats."""

    table: str
    problem: str
    size: str
    samples: int
    truth: float
    estimator: str
    library: str
    repetitions: int
    answered: int  # of the repetitions; the errors are over these
    warned: int  # of the repetitions: with an EstimateWarning
    bias: float
    spread: float  # standard deviation
    rmse: float
    seconds: float  # of processor time, the least of the repetitions

    def to_dict(self) -> dict[str, object]:
        """Return plain values: errors to a hundredth of a millinat, None where there is none, and times to 2 digits."""
        plain = asdict(self)
        for name in ("truth", "bias", "spread", "rmse"):
            plain[name] = round(plain[name], 5) + 0.0 if math.isfinite(plain[name]) else None
        plain["seconds"] = float(f"{self.seconds:.2g}")
        return plain


def judge(table: str, problem: Problem, estimators: Sequence[Estimator], samples: int, repetitions: int) -> list[Score]:
    """Draw `samples` of `problem` so many times, and give each draw to all `estimators` that it fits."""
    fitting = [e for e in estimators if e.fits(problem)]
    values = np.empty((len(fitting), repetitions))
    seconds, warned = np.empty_like(values), np.zeros_like(values, dtype=bool)
    for repetition in range(repetitions):
        drawn = problem.sample(samples, repetition)
        for i, estimator in enumerate(fitting):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                # Of all processors together: other programs do not count, and more threads gain nothing.
                start = time.process_time()
                values[i, repetition] = estimator.value(*drawn)
                seconds[i, repetition] = time.process_time() - start
            warned[i, repetition] = any(issubclass(w.category, EstimateWarning) for w in caught)
    return [
        _score(table, problem, samples, e, values[i], int(warned[i].sum()), float(seconds[i].min()))
        for i, e in enumerate(fitting)
    ]


def _score(
    table: str, problem: Problem, samples: int, estimator: Estimator, values: np.ndarray, warned: int, seconds: float
) -> Score:
    off = values[np.isfinite(values)] - problem.truth
    return Score(
        table=table,
        problem=problem.name,
        size=problem.size,
        samples=samples,
        truth=problem.truth,
        estimator=estimator.name,
        library=estimator.library,
        repetitions=len(values),
        answered=len(off),
        warned=warned,
        bias=float(off.mean()) if len(off) else math.nan,
        spread=float(off.std(ddof=1)) if len(off) > 1 else math.nan,
        rmse=float(np.sqrt(np.mean(off**2))) if len(off) else math.nan,
        seconds=seconds,
    )
