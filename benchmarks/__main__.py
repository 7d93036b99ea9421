"""Every benchmark in turn, printed as one table: ``python -m benchmarks``, or ``make bench``.

With ``--write`` the table replaces the one in RESULTS.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.results import store
from benchmarks.timing import Comparison, table

HERE = Path(__file__).resolve().parent
COMPARED = {
    "soft_entropy": "benchmarks.soft_entropy_peer",
    "discrete": "benchmarks.discrete_peers",
    "contingency": "benchmarks.contingency_peer",
    "knn": "benchmarks.knn_peers",
    "nsb": "benchmarks.nsb_quadrature",
    "dit": "benchmarks.dit_peer",
    "entmax": "benchmarks.entmax_peer",
}
OVERHEAD = "overhead"
PEERS = ("soft_entropy", "sklearn", "joblib", "cloudpickle", "threadpoolctl", "narwhals", "entmax", "npeet_plus")


def main() -> None:
    """Run what was asked for, print it, and store it with ``--write``."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    report = [_setting()]
    print(f"{report[0]}\n", flush=True)
    done: list[Comparison] = []
    for name, module in COMPARED.items():
        if name in arguments.only:
            done += _imported(module).comparisons(arguments.seconds)
    if done:
        report.append(table(done))
        print(f"\n{report[-1]}\n", flush=True)
    if OVERHEAD in arguments.only:
        printed = _overhead(arguments.threads)
        report.append(f"A model measured, beside its bare forward pass:\n\n```\n{printed}\n```")
        print(printed, flush=True)
    if arguments.write:
        store("python -m benchmarks", "\n\n".join(report))


def _arguments() -> argparse.Namespace:
    names = [*COMPARED, OVERHEAD]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Time infolib beside its peers, in one process."
    )
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="benchmarks to run (default: all)")
    parser.add_argument("--seconds", type=float, default=10.0, help="rough length of a comparison (default: 10)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch (default: 2)")
    parser.add_argument("--write", action="store_true", help="replace the table in RESULTS.md")
    arguments = parser.parse_args()
    if arguments.write and set(arguments.only) != set(names):
        parser.error("--write stores a full run; leave --only out.")
    return arguments


def _setting() -> str:
    return (
        f"{os.cpu_count()} cores of a shared {platform.machine().replace('_', '-')} server, "
        f"Python {platform.python_version()}, torch {torch.__version__.split('+')[0]}, "
        f"torch.get_num_threads() = {torch.get_num_threads()}. Medians of wall time."
    )


def _imported(module: str):
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PEERS:
            raise
        raise SystemExit(
            f"the peer package `{error.name}` is not there. `make bench` installs it; by hand:\n"
            "  pip install --no-deps --target .bench-peers -r benchmarks/peers.txt\n"
            "  PYTHONPATH=.bench-peers python -m benchmarks"
        ) from None


def _overhead(threads: int) -> str:
    """Run in its own process: the model should meet neither the arrays nor the caches of what ran before."""
    finished = subprocess.run(
        [sys.executable, str(HERE / "measure_overhead.py")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
    )
    if finished.returncode:
        raise SystemExit(f"measure_overhead.py ended with status {finished.returncode}:\n{finished.stdout}")
    return finished.stdout.strip()


if __name__ == "__main__":
    main()
