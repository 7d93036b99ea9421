"""Mutual information of labels: timed beside scikit-learn; run by itself, what its estimates and intervals are worth.

``python -m benchmarks.contingency_peer`` prints two tables over designs whose information is known: bias and error of
the methods, and how often 95% intervals hold the truth.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

import infolib
from benchmarks.results import store
from benchmarks.timing import Comparison, compare, require_equal
from infolib.estimators import (
    EstimateWarning,
    adjusted_mutual_information,
    bootstrap_interval,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)

TOLERANCE = 1e-10


# Speed.


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    rng = np.random.default_rng(0)
    x, y = _labels(1_000_000, 100, rng)
    mine = partial(mutual_information_from_samples, x, y, "plugin")
    what = "estimators: MI of 1e6 samples x 100 symbols"
    require_equal(what, mine(), mutual_info_score(x, y), TOLERANCE)
    done = [
        compare(
            what, mine, lambda: mutual_info_score(x, y),
            peer_name="sklearn mutual_info_score", aim=20.0, seconds=seconds,
        ),
        compare(
            f"{what}, bias corrected", partial(mutual_information_from_samples, x, y), lambda: mutual_info_score(x, y),
            peer_name="sklearn mutual_info_score", aim=20.0, seconds=seconds,
        ),
    ]  # fmt: skip
    x, y = _labels(100_000, 100, rng)
    what = "adjusted MI of 1e5 samples x 100 symbols"
    require_equal(what, adjusted_mutual_information(x, y), adjusted_mutual_info_score(x, y), TOLERANCE)
    done.append(
        compare(
            what, lambda: adjusted_mutual_information(x, y), lambda: adjusted_mutual_info_score(x, y),
            peer_name="sklearn adjusted_mutual_info_score", aim=10.0, seconds=seconds,
        )
    )  # fmt: skip
    return done


def _labels(n: int, symbols: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A quarter of y copies x."""
    x = rng.integers(symbols, size=n)
    return x, np.where(rng.random(n) < 0.25, x, rng.integers(symbols, size=n))


# Designs of known information.


@dataclass(frozen=True)
class Design:
    """Joint probabilities, and how many samples to draw from them."""

    name: str
    p: np.ndarray
    sizes: tuple[int, ...]
    quick: bool = False

    def tables(self, n: int, how_many: int, seed: int) -> np.ndarray:
        counts = np.random.default_rng(seed).multinomial(n, self.p.reshape(-1), size=how_many)
        return counts.reshape(how_many, *self.p.shape)


def _copied(share: float, x: np.ndarray) -> np.ndarray:
    """Y is X with probability `share`, and otherwise drawn like X but apart from it."""
    return share * np.diag(x) + (1 - share) * np.outer(x, x)


def _designs() -> list[Design]:
    flat = {k: np.full(k, 1 / k) for k in (2, 10, 30, 100)}
    zipf = {k: 1 / np.arange(1, k + 1) / np.sum(1 / np.arange(1, k + 1)) for k in (30, 50)}
    classes = zipf[50][:, None] * (np.arange(50)[:, None] % 5 == np.arange(5))
    some = np.random.default_rng(5).dirichlet(np.full(100, 0.3)).reshape(10, 10)
    return [
        Design("2 x 2, independent", _copied(0, flat[2]), (20, 100, 1000), quick=True),
        Design("2 x 2, 30% copied", _copied(0.3, flat[2]), (20, 100, 1000), quick=True),
        Design("2 x 2, 90% copied", _copied(0.9, flat[2]), (20, 100, 1000)),
        Design("10 x 10, independent", _copied(0, flat[10]), (30, 100, 1000), quick=True),
        Design("10 x 10, 30% copied", _copied(0.3, flat[10]), (30, 100, 1000), quick=True),
        Design("10 x 10, 90% copied", _copied(0.9, flat[10]), (30, 100, 1000)),
        Design("10 x 10, Y = X", _copied(1, flat[10]), (30, 100, 1000)),
        Design("10 x 10, Dirichlet 0.3", some, (30, 100, 1000)),
        Design("50 Zipf x 5, Y = X mod 5", classes, (50, 300, 3000)),
        Design("50 Zipf x 5, 80% X mod 5", 0.8 * classes + 0.2 * np.outer(zipf[50], classes.sum(0)), (50, 300, 3000)),
        Design("30 x 30, independent", _copied(0, flat[30]), (100, 1000, 10_000)),
        Design("30 x 30, 50% copied", _copied(0.5, flat[30]), (100, 1000, 10_000)),
        Design("30 x 30 Zipf, 50% copied", _copied(0.5, zipf[30]), (100, 1000, 10_000)),
        Design("100 x 100, 50% copied", _copied(0.5, flat[100]), (1000, 10_000)),
    ]


# Bias.

METHODS = (
    "plugin", "miller_madow", "jackknife", "grassberger_2003", "zhang", "chao_wang_jost", "chao_shen", "shrinkage"
)  # fmt: skip


def bias(designs: list[Design], repetitions: int) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield "| design | N | I | " + " | ".join(METHODS) + " |"
    yield "|---|--:|--:|" + "--:|" * len(METHODS)
    total = dict.fromkeys(METHODS, 0.0)
    rows = 0
    for design in designs:
        truth = float(infolib.mutual_information(design.p))
        for n in design.sizes:
            tables, cells = design.tables(n, repetitions, seed=n), []
            for method in METHODS:
                off = 1e3 * (mutual_information_from_contingency(tables, method) - truth)
                error = float(np.sqrt(np.mean(off**2)))
                total[method] += math.log(error)
                cells.append(f"{np.mean(off):+.1f} ({error:.1f})")
            rows += 1
            yield f"| {design.name} | {n:,} | {1e3 * truth:.1f} | " + " | ".join(cells) + " |"
    means = (f"{math.exp(t / rows):.1f}" for t in total.values())
    yield "| geometric mean of the errors | | | " + " | ".join(means) + " |"


# Coverage.


def coverage(designs: list[Design], repetitions: int, processes: int) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield "| design | N | I | samples | percentile of the plug-in | `bootstrap_interval` | too high, low | width |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    with ProcessPoolExecutor(processes) as pool:
        for design in designs:
            truth = float(infolib.mutual_information(design.p))
            samples = repetitions if design.p.size <= 500 else repetitions // 4  # large tables take longer
            for n in design.sizes:
                tables = design.tables(n, samples, seed=n)
                ends = np.array(list(pool.map(_ends, tables, range(samples), chunksize=5)))
                below, above = truth < ends[:, :, 0] - 1e-12, truth > ends[:, :, 1] + 1e-12
                percentile, held = 1 - np.mean(below | above, axis=0)
                cells = (
                    design.name, f"{n:,}", f"{truth:.4f}", samples, f"{percentile:.1%}", f"{held:.1%}",
                    f"{below[:, 1].mean():.1%}, {above[:, 1].mean():.1%}",
                    f"{np.median(ends[:, 1, 1] - ends[:, 1, 0]):.4f}",
                )  # fmt: skip
                yield "| " + " | ".join(map(str, cells)) + " |"


def _ends(table: np.ndarray, seed: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of the percentile interval of the plug-in, and of the interval of the library."""
    n, shape = int(table.sum()), table.shape
    x, y = np.divmod(np.repeat(np.arange(table.size), table.reshape(-1)), shape[1])
    again = np.random.default_rng(seed).multinomial(n, table.reshape(-1) / n, size=500).reshape(-1, *shape)
    low, high = np.quantile(mutual_information_from_contingency(again, "plugin"), (0.025, 0.975))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        found = bootstrap_interval(x, y, seed=seed)
    return (low, high), (found.low, found.high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few small designs")
    parser.add_argument("--designs", default="", help="those with this in their name")
    parser.add_argument("--only", choices=("bias", "coverage"), help="one of the two tables")
    parser.add_argument("--repetitions", type=int, help="samples of each design (default: 400, quick 100)")
    parser.add_argument("--processes", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--write", action="store_true", help="replace the tables in RESULTS.md")
    options = parser.parse_args()
    if options.write and (options.only or options.quick or options.designs):
        parser.error("--write stores everything; leave --only, --designs and --quick out.")
    repetitions = options.repetitions or (100 if options.quick else 400)
    designs = [d for d in _designs() if (d.quick or not options.quick) and options.designs in d.name]
    warnings.simplefilter("ignore", EstimateWarning)
    report = []
    for line in _report(designs, repetitions, options.processes, options.only):
        report.append(line)
        print(line, flush=True)
    if options.write:
        store("python -m benchmarks.contingency_peer", "\n".join(report))


def _report(designs: list[Design], repetitions: int, processes: int, only: str | None) -> Iterator[str]:
    if only != "coverage":
        yield f"Bias and, in brackets, root mean square error of I(X;Y), in millinats, from {repetitions} samples:\n"
        yield from bias(designs, repetitions)
        yield ""
    if only != "bias":
        yield "How many 95% intervals hold the truth; I and the median width in nats:\n"
        # Tables of 100 x 100 would take hours.
        yield from coverage([d for d in designs if d.p.size <= 1000], repetitions, processes)


if __name__ == "__main__":
    main()
