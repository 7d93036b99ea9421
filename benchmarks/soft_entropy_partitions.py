"""What the estimators that soft entropy replaces cost beside it as d and N grow, and what each of them says.

Run by ``python -m benchmarks.soft_entropy_partitions``; with ``--write`` the tables replace those in RESULTS.md, with
``--json FILE`` the numbers are stored, with ``--plot FILE`` they are drawn.

Every case runs in a process of its own, on vectors that are there before it starts. Its memory is by how much the
largest resident size of the process (``ru_maxrss``, in which torch's own memory counts) grows. Before, a small case is
run, which loads what is loaded on first use, and memory is filled up to the largest size so far, so that all that comes
on top of it shows. Its time is processor time, the median of five runs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import store

# Neither torch nor infolib is imported here: a process starts with the largest resident size of the one that made it.

N_BINS, N_CELLS, BATCH = 50, 100, 4096
GROWING = {
    "dimension d": [(20_000, dim) for dim in (64, 256, 1024, 4096)],
    "vectors N": [(n, 256) for n in (5_000, 20_000, 80_000)],
}
ESTIMATORS, ONE_HOT, VECTORS = ("binned", "clustered", "soft entropy"), "one-hot bins", "the vectors"
REPEATS = 5

Costs = dict[str, list[float]]  # one number for each size, by the name of the estimator


def entropy_of(estimator: str, z) -> float:
    """Entropy in nats of the vectors `z`: the whole job, from nothing to the number."""
    from infolib.representations import SoftEntropy, binned_entropy, clustered_entropy

    if estimator == "binned":
        return binned_entropy(z, n_bins=N_BINS).entropy
    if estimator == "clustered":
        return clustered_entropy(z, n_clusters=N_CELLS).entropy
    soft = SoftEntropy(z.shape[1], N_CELLS)
    for rows in z.split(BATCH):
        soft.update(rows)
    return float(soft.entropy())


def case(estimator: str, n: int, dim: int, threads: int) -> tuple[float, float]:
    """Seconds and bytes that one estimator takes for float32 noise (n, dim), measured in this process."""
    import torch

    torch.set_num_threads(threads)
    entropy_of(estimator, torch.randn(2 * N_CELLS, 8))
    z = torch.randn(n, dim, generator=torch.Generator().manual_seed(0))
    ballast = _fill_up()
    before, seconds = _largest_resident_size(), []
    for _ in range(REPEATS):
        start = time.process_time()
        entropy_of(estimator, z)
        seconds.append(time.process_time() - start)
    grown = _largest_resident_size() - before
    del ballast
    return statistics.median(seconds), grown


def _fill_up() -> list[bytes]:
    """Take memory until the largest resident size of this process grows: it is then the present one."""
    ballast, largest = [], _largest_resident_size()
    while _largest_resident_size() == largest:
        ballast.append(b"1" * 2**17)
    return ballast


def _largest_resident_size() -> int:
    """Bytes; the system counts KiB, on a Mac bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def costs(sizes: list[tuple[int, int]], threads: int) -> tuple[Costs, Costs]:
    """Seconds, and bytes beyond the vectors; the last two rows of bytes are computed: float32 one-hot bins, vectors."""
    seconds, memory = {}, {}
    for name in ESTIMATORS:
        found = [_in_a_process(name, n, dim, threads) for n, dim in sizes]
        seconds[name], memory[name] = (list(column) for column in zip(*found, strict=True))
    memory[ONE_HOT] = [4.0 * n * dim * N_BINS for n, dim in sizes]
    memory[VECTORS] = [4.0 * n * dim for n, dim in sizes]
    return seconds, memory


def _in_a_process(estimator: str, n: int, dim: int, threads: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.soft_entropy_partitions", "--threads", str(threads)]
    finished = subprocess.run([*command, "--case", estimator, str(n), str(dim)], stdout=subprocess.PIPE, text=True)
    if finished.returncode:
        raise SystemExit(f"the case of {estimator}, {n} x {dim}, ended with status {finished.returncode}.")
    seconds, memory = json.loads(finished.stdout)
    print(f"{estimator}, {n} x {dim}: {seconds:.3f} s, {memory / 2**20:.1f} MiB", file=sys.stderr, flush=True)
    return seconds, memory


def cost_table(by_growth: dict[str, tuple[Costs, Costs]]) -> str:
    """One row for each size: seconds / MiB of each estimator, and MiB of one-hot bins and of the vectors."""
    head = ["N", "d", *(f"{name}, s / MiB" for name in ESTIMATORS), f"{ONE_HOT}, MiB", f"{VECTORS}, MiB"]
    lines = [_row(head), "|---:" * len(head) + "|"]
    done = set()
    for growth, (seconds, memory) in by_growth.items():
        mib = {name: [size / 2**20 for size in sizes] for name, sizes in memory.items()}
        for i, (n, dim) in enumerate(GROWING[growth]):
            if (n, dim) not in done:
                run = (f"{seconds[name][i]:.3f} / {mib[name][i]:.1f}" for name in ESTIMATORS)
                lines.append(_row([f"{n:,}", str(dim), *run, f"{mib[ONE_HOT][i]:,.0f}", f"{mib[VECTORS][i]:,.0f}"]))
            done.add((n, dim))
    return "\n".join(lines)


def what_each_says(threads: int) -> str:
    """Entropies in nats of clouds that are known: noise in more and more dimensions, and noise shrunk and moved."""
    import torch

    from infolib.representations import binned_entropy

    torch.set_num_threads(threads)
    n = 20_000
    fixed = torch.linspace(-1, 1, N_BINS + 1)[1:-1]
    head = ["20,000 vectors", "binned", "alone in their bin", "binned from -1 to 1", "clustered", "soft entropy"]
    most = f"{math.log(n):.3f}", "100%", f"{math.log(n):.3f}", f"{math.log(N_CELLS):.3f}", f"{math.log(N_CELLS):.3f}"
    lines = [_row(head), "|---" + "|---:" * (len(head) - 1) + "|", _row(["the most it can be", *most])]
    noise = torch.randn(n, 1024, generator=torch.Generator().manual_seed(0))
    clouds = {f"noise, d = {dim}": noise[:, :dim] for dim in (2, 4, 16, 64, 256, 1024)}
    clouds["noise, d = 64, times 0.01, plus 5"] = 0.01 * noise[:, :64] + 5
    for name, z in clouds.items():
        bins = binned_entropy(z, n_bins=N_BINS)
        values = (binned_entropy(z, edges=fixed).entropy, *(entropy_of(e, z) for e in ("clustered", "soft entropy")))
        lines.append(_row([name, f"{bins.entropy:.3f}", f"{bins.alone:.0%}", *(f"{v:.3f}" for v in values)]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _setting(threads: int) -> str:
    import torch

    return (
        f"{os.cpu_count()} cores of a shared {platform.machine().replace('_', '-')} server, Python "
        f"{platform.python_version()}, torch {torch.__version__.split('+')[0]}, {threads} thread"
        f"{'s' if threads > 1 else ''}; {N_BINS} bins a dimension, {N_CELLS} clusters, {N_CELLS} anchors, soft entropy "
        f"in batches of {BATCH}. Processor time, and memory beyond the vectors; the two columns at the right are "
        "computed, not measured."
    )


def _draw(by_growth: dict[str, tuple[Costs, Costs]], file: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from infolib import plotting

    figure, panels = plt.subplots(len(by_growth), 2, figsize=(11, 7.6), layout="constrained", squeeze=False)
    for axes, (growth, (seconds, memory)) in zip(panels, by_growth.items(), strict=True):
        sizes = [dim if growth == "dimension d" else n for n, dim in GROWING[growth]]
        plotting.partition_costs(sizes, seconds, memory, size_name=growth, axes=tuple(axes))
    figure.savefig(file, dpi=150)


def main() -> None:
    """Measure, print, and store what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1, help="threads of torch (default: 1)")
    parser.add_argument("--write", action="store_true", help="replace the tables in RESULTS.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to store the costs")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="where to draw the costs")
    parser.add_argument("--case", nargs=3, metavar=("ESTIMATOR", "N", "D"), help="one case, in this process")
    options = parser.parse_args()
    if options.case:
        estimator, n, dim = options.case
        print(json.dumps(case(estimator, int(n), int(dim), options.threads)))
        return
    by_growth = {growth: costs(sizes, options.threads) for growth, sizes in GROWING.items()}
    report = "\n\n".join([_setting(options.threads), cost_table(by_growth), what_each_says(options.threads)])
    print(report)
    if options.json:
        named = {
            growth: {"sizes": GROWING[growth], "seconds": seconds, "bytes": memory}
            for growth, (seconds, memory) in by_growth.items()
        }
        options.json.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    if options.plot:
        _draw(by_growth, options.plot)
    if options.write:
        store("python -m benchmarks.soft_entropy_partitions", report)


if __name__ == "__main__":
    main()
