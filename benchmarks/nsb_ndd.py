"""The NSB estimator beside the package `ndd`, speed and exactness: ``python -m benchmarks.nsb_ndd``.

Not part of `make bench`: `ndd` is Fortran, and to build it takes a compiler for that and an old setuptools (README.md).
Which of the two is nearer to the truth is decided by the formulas, integrated by scipy.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from benchmarks.nsb_quadrature import sample, textbook
from benchmarks.results import store
from benchmarks.timing import Comparison, compare, table
from infolib.estimators import nsb_entropy

# Outcomes K, samples N, and the parameter of the Dirichlet distribution that the source is drawn from.
CASES = (
    (10_000, 1000, 0.1),
    (100, 1000, 0.1),
    (100, 30, 0.1),
    (1000, 100_000, 1.0),
    (100_000, 10_000, 0.01),
    (1_000_000, 1000, 0.001),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="rough length of a comparison (default: 5)")
    parser.add_argument("--write", action="store_true", help="replace the table in RESULTS.md")
    options = parser.parse_args()
    ndd = _ndd()
    errors = ["| counts | by the formulas | infolib, relative error | ndd, relative error |", "|:--|--:|--:|--:|"]
    done: list[Comparison] = []
    for outcomes, samples, beta in CASES:
        what = f"NSB, K = {outcomes:,}, {samples:,} samples"
        counts = sample(outcomes, samples, beta)
        errors.append(_errors(what, counts, outcomes, ndd))
        done.append(
            compare(
                what, lambda n=counts, k=outcomes: nsb_entropy(n, k),
                lambda n=counts, k=outcomes: ndd.entropy(n, k=k, return_std=True),
                peer_name="ndd", aim=1.0, seconds=options.seconds,
            )
        )  # fmt: skip
    report = f"{table(done)}\n\n" + "\n".join(errors)
    print(report)
    if options.write:
        store("python -m benchmarks.nsb_ndd", report)


def _errors(what: str, counts: np.ndarray, outcomes: int, ndd: Any) -> str:
    truth = textbook(counts, outcomes)
    ours, peer = nsb_entropy(counts, outcomes).mean, float(ndd.entropy(counts, k=outcomes))
    return f"| {what} | {truth:.9f} | {abs(ours / truth - 1):.0e} | {abs(peer / truth - 1):.0e} |"


def _ndd() -> Any:
    setattr(np, "PZERO", 0.0)  # noqa: B010  # gone from numpy 2; ndd 1.10.6 looks it up
    try:
        import ndd  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise SystemExit("the peer package `ndd` is not there. benchmarks/README.md says how to build it.") from None
    return ndd


if __name__ == "__main__":
    main()
