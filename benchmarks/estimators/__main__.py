"""The referee: all estimators on problems whose answer is known: ``python -m benchmarks.estimators``.

Prints bias, spread and time of every estimator and of the peers that are installed. Samples are the same in every run,
so that only the times change. ``--write`` stores the tables in RESULTS.md, and all numbers in results.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from benchmarks.estimators import peers
from benchmarks.estimators.plans import PLANS, run_row
from benchmarks.estimators.referee import Score
from benchmarks.estimators.table import bias_and_error, bias_and_spread, table
from benchmarks.results import RESULTS, store

STORED = Path(__file__).resolve().parent / "results.json"
QUICK_REPETITIONS = 2
COMMAND = "python -m benchmarks.estimators"
LEGEND: dict[Callable[[Score], str], str] = {
    bias_and_spread: "Bias ± spread, in nats.",
    bias_and_error: "Bias and, in brackets, root mean square error, in nats.",
}
MARKS = "Bold: the least error of the row. !: half of the estimates or more came with an `EstimateWarning`."


def main() -> None:
    """Judge what was asked for, print it, and store it with ``--write``."""
    options = _options()
    # Sums in one order only, and processor time that is not spent waiting; read when NumPy and torch are imported.
    os.environ["OMP_NUM_THREADS"] = "1"
    report = [f"{_setting()} {MARKS}"]
    print(report[0], flush=True)
    scores: list[Score] = []
    # A worker starts afresh rather than as a copy: it has to read the setting above.
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        for name in options.only:
            found = _judged(pool, name, options.quick, options.repetitions)
            scores += found
            for line in _section(name, found):
                print(line, flush=True)
                report.append(line)
    if options.write:
        _store_numbers(scores)
        store(COMMAND, "\n".join(report))


def _judged(pool: ProcessPoolExecutor, name: str, quick: bool, repetitions: int | None) -> list[Score]:
    plan = PLANS[name]
    rows = plan.chosen(quick)
    times = repetitions or (min(QUICK_REPETITIONS, plan.repetitions) if quick else plan.repetitions)
    indices, samples = zip(*rows, strict=True)
    return [s for found in pool.map(run_row, repeat(name), indices, samples, repeat(times)) for s in found]


def _section(name: str, scores: list[Score]) -> Iterator[str]:
    plan = PLANS[name]
    yield f"\n### {plan.title}\n"
    yield f"{LEGEND[plan.cell]} {scores[0].repetitions} repetitions. {plan.note}".rstrip() + "\n"
    yield from table(scores, plan.cell)


def _store_numbers(scores: list[Score]) -> None:
    """Write what `pandas.DataFrame(stored["scores"], columns=stored["columns"])` reads, one score a line."""
    plain = [s.to_dict() for s in scores]
    setting, columns = json.dumps(_setting()), json.dumps(list(plain[0]))
    rows = ",\n".join(json.dumps(list(p.values())) for p in plain)
    STORED.write_text(f'{{"setting": {setting},\n"columns": {columns},\n"scores": [\n{rows}\n]}}\n', encoding="utf-8")
    print(f"wrote {STORED.name}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer samples and repetitions: a minute")
    parser.add_argument("--only", nargs="+", choices=PLANS, default=list(PLANS), help="tables (default: all)")
    parser.add_argument("--repetitions", type=int, help="samples of each problem (default: by table)")
    parser.add_argument("--processes", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--write", action="store_true", help="replace the tables in RESULTS.md, and results.json")
    options = parser.parse_args()
    if options.write and (options.quick or options.repetitions or set(options.only) != set(PLANS)):
        parser.error("--write stores a full run; leave --quick, --only and --repetitions out.")
    if options.write and f"<!-- written by {COMMAND} --write -->" not in RESULTS.read_text(encoding="utf-8"):
        parser.error(f"{RESULTS.name} has no place for the tables: see benchmarks/results.py.")
    absent = peers.missing()
    if absent and options.write:
        parser.error(f"--write stores a run with all peers; {', '.join(absent)} not found. See benchmarks/README.md.")
    if absent:
        print(f"Without peers: {', '.join(absent)} not found; benchmarks/README.md says how to install them.\n")
    return options


def _setting() -> str:
    named = ["numpy", "scipy", "torch"] + ([] if peers.missing() else ["scikit-learn", "npeet-plus", "ennemi"])
    packages = ", ".join(f"{name} {version(name).partition('+')[0]}" for name in named)
    return (
        f"{os.cpu_count()} cores of a shared {platform.machine().replace('_', '-')} CPU, Python "
        f"{platform.python_version()}, {packages}. Processor time, one thread of BLAS and torch."
    )


if __name__ == "__main__":
    main()
