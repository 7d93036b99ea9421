"""Soft entropy at the speed of reading memory? ``python -m benchmarks.soft_entropy_gpu``, on a machine with a GPU.

Checks the Triton kernel against the formula in float64, then times it: as a fraction of the bandwidth of a copy on the
same device, and beside plain torch and the package `soft-entropy`, where that is installed. ``--write`` puts what is
printed into RESULTS.md. Without a GPU the checks run in Triton's interpreter, at a small size, and nothing is timed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

ON_GPU = torch.cuda.is_available()
if not ON_GPU:
    os.environ.setdefault("TRITON_INTERPRET", "1")  # read when the kernel is imported

from benchmarks.results import store  # noqa: E402
from infolib.representations import SoftEntropy, calibrate_temperature, sample_anchors  # noqa: E402
from infolib.representations._kernels import reference, triton  # noqa: E402

DEVICE = "cuda" if ON_GPU else "cpu"
AIMS = {128: 0.85, 512: 0.60}  # anchors, and the fraction of a copy's bandwidth to reach
N_LABELS, BATCH, REPEATS = 20_000, 65_536, 11
ROW_AIM, MEAN_AIM = {"bfloat16": 4e-5, "float16": 1e-5, "float32": 1e-5}, 3e-6


def main() -> None:
    """Check, time if there is a GPU, print, and store with ``--write``."""
    what = "Check the Triton kernel of soft entropy, and time it where there is a GPU."
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soft_entropy_gpu", description=what)
    parser.add_argument("--rows", type=int, default=1_000_000, help="vectors to time (default: 1,000,000)")
    parser.add_argument("--dim", type=int, default=4096, help="their dimension (default: 4096)")
    parser.add_argument("--write", action="store_true", help="store what is printed in RESULTS.md")
    arguments = parser.parse_args()
    report = [_setting()]
    print(f"{report[0]}\n", flush=True)
    report.append(_checked(rows=8192 if ON_GPU else 256, dim=arguments.dim))
    print(f"{report[-1]}\n", flush=True)
    if ON_GPU:
        report.append(_timed(arguments.rows, arguments.dim))
    else:
        report.append("There was no GPU: the kernel ran in Triton's interpreter, and **nothing was timed**.")
    print(report[-1], flush=True)
    if arguments.write:
        store("python -m benchmarks.soft_entropy_gpu", "\n\n".join(report))


def _setting() -> str:
    versions = f"torch {torch.__version__.split('+')[0]}, Triton {triton.triton.__version__}"
    if not ON_GPU:
        return f"No GPU, {versions}."
    device = torch.cuda.get_device_properties(0)
    return f"{device.name}, {device.total_memory / 2**30:.0f} GB, CUDA {torch.version.cuda}, {versions}."


def _weights(m: int, dim: int, short: bool) -> Tensor:
    """Anchors over the temperature, float64. `short` anchors have 8-bit components, up to a factor for each anchor."""
    anchors = sample_anchors(m, dim)
    if short:
        anchors = F.normalize((anchors / anchors.abs().amax(1, keepdim=True)).bfloat16().double())
    return (anchors / calibrate_temperature(m, dim)).to(DEVICE)


def _vectors(n: int, dim: int, dtype: torch.dtype) -> Tensor:
    generator = torch.Generator(DEVICE).manual_seed(0)
    z = torch.empty(n, dim, dtype=dtype, device=DEVICE)
    for start in range(0, n, BATCH):  # the normals are float32, and all at once would be too many
        part = z[start : start + BATCH]
        part.copy_(torch.randn(part.shape, generator=generator, device=DEVICE))
    return z


def _checked(rows: int, dim: int) -> str:
    """Errors of the entropies of rows against float64; stops the run where they pass what the kernel promises."""
    table = [("vectors", "anchors", "products", "largest error of a row", "error of the mean", "in low precision: row")]
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        z = _vectors(rows, dim, dtype)
        for m in AIMS:
            for short in (False, True) if dtype == torch.bfloat16 else (False,):
                weights = _weights(m, dim, short)
                truth = torch.empty(rows, 1 + m, dtype=torch.float64, device=DEVICE)
                reference.batch_sums(z, weights, 1, [rows], truth)
                out, scaled = torch.empty(rows, 1 + m, device=DEVICE), weights.float()
                sums = triton.batch_sums(z, scaled, 1, [rows], out)
                worst = float((out[:, 0] - truth[:, 0]).abs().max())
                mean = float(sums.row_entropy[0, 0]) / rows - float(truth[:, 0].mean())
                name = str(dtype).removeprefix("torch.")
                # Written so that NaN stops the run too.
                if not (worst <= ROW_AIM[name] and abs(mean) <= MEAN_AIM):
                    raise SystemExit(f"{name}, m={m}: rows off by up to {worst:.1e}, their mean by {mean:.1e} nats.")
                low = torch.bfloat16 if dtype == torch.float32 else dtype
                plain = _plain_rows(z.to(low), weights.to(low)).double()
                products = triton.prepared(scaled, 1, dtype).n_parts + (dtype == torch.float32)
                low_error = float((torch.special.entr(plain).sum(1) - truth[:, 0]).abs().max())
                kind = f"{m}, of 8 bits" if short else str(m)
                row = (name, kind, str(products), f"{worst:.1e}", f"{mean:+.1e}", f"{low_error:.1e}")
                table.append(row)
    return f"Entropies of {rows:,} vectors, d = {dim}, against float64, in nats:\n\n{_table(table)}"


def _plain_rows(z: Tensor, weights: Tensor) -> Tensor:
    """Rows of p as one writes them down first, in the dtype of the vectors."""
    return F.softmax(F.normalize(z, dim=-1) @ weights.T, dim=-1)


def _timed(rows: int, dim: int) -> str:
    z = _vectors(rows, dim, torch.bfloat16)
    read = z.numel() * z.element_size()
    copy = _bandwidth_of_a_copy()
    labels = torch.randint(0, N_LABELS, (rows,), generator=torch.Generator(DEVICE).manual_seed(1), device=DEVICE)
    table = [("what", "m", "ms", "GB/s of z", "of a copy", "aim", "peak memory, MB")]
    beside_peer: list[str] = []

    def add(what: str, m: int, work: Callable[[], object], aim: float | None = None) -> None:
        seconds, memory = _measured(work)
        share = read / seconds / copy
        wanted = "" if aim is None else f"{aim:.0%}{'' if share >= aim else ', missed'}"
        rate = f"{read / seconds / 1e9:.0f}"
        table.append((what, str(m), f"{1e3 * seconds:.2f}", rate, f"{share:.0%}", wanted, memory))
        print("  " + ", ".join(table[-1]), flush=True)

    for m, aim in AIMS.items():
        for short in (False, True):
            scaled = _weights(m, dim, short).float()
            what = "sums, anchors of 8 bits: one product" if short else "sums, anchors as drawn: two products"
            add(what, m, lambda scaled=scaled: triton.batch_sums(z, scaled, 1, [rows]), aim)
        low = _weights(m, dim, False).bfloat16()
        add("plain torch in bfloat16", m, lambda low=low: _plain_sums(z, low))
        ours = SoftEntropy(dim, m, labels={"token": N_LABELS}, device=DEVICE, kernel="triton")
        add(f"H(A) and label MI, {N_LABELS:,} labels", m, lambda ours=ours: _information(ours, z, labels))
        if importlib.util.find_spec("soft_entropy"):
            add("soft-entropy, H(A) alone, in bfloat16", m, lambda m=m: _peer(m, z, None))
            beside_peer.append(_beside_peer(m, z[:BATCH], labels[:BATCH]))
            print(f"  {beside_peer[-1]}", flush=True)
    return (
        f"{rows:,} vectors, d = {dim}, bfloat16: {read / 1e9:.1f} GB. A copy on this device moves {copy / 1e9:.0f} "
        f"GB/s, read and written; reading z once at that rate takes {1e3 * read / copy:.2f} ms. Medians of {REPEATS} "
        f"runs; peak memory is what is taken beside the vectors.\n\n{_table(table)}\n\n" + "\n".join(beside_peer)
    ).strip()


def _peer(m: int, z: Tensor, labels: Tensor | None) -> float:
    """H(A), or label MI, by the package `soft-entropy`, in units of log m."""
    from soft_entropy import SoftEntropyAccumulator  # pyright: ignore[reportMissingImports]

    theirs = SoftEntropyAccumulator(z.shape[1], m, backend="torch", dtype=z.dtype)
    for start in range(0, len(z), BATCH):
        batch = slice(start, start + BATCH)
        theirs.update(z[batch], None if labels is None else {"token": labels[batch]})
    return theirs.entropy() if labels is None else theirs.mutual_information()["token"]


def _beside_peer(m: int, z: Tensor, labels: Tensor) -> str:
    """Label MI of one batch by both: the package takes labels one at a time, and one batch says enough."""
    ours = SoftEntropy(z.shape[1], m, labels={"token": N_LABELS}, device=DEVICE, kernel="triton")
    mine, _ = _measured(lambda: _information(ours, z, labels))
    theirs, _ = _measured(lambda: _peer(m, z, labels), repeats=1)
    return (
        f"- Label MI of {len(z):,} of the vectors with {N_LABELS:,} labels, m = {m}: {1e3 * mine:.1f} ms; "
        f"soft-entropy takes {1e3 * theirs:.0f} ms, {theirs / mine:.0f} times as long."
    )


def _plain_sums(z: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Column sums of p and the sum of the entropies of its rows, batch by batch."""
    total, entropy = torch.zeros(len(weights), device=DEVICE), torch.zeros((), device=DEVICE)
    for part in z.split(BATCH):
        p = _plain_rows(part, weights).float()
        total += p.sum(0)
        entropy += torch.special.entr(p).sum()
    return total, entropy


def _information(estimator: SoftEntropy, z: Tensor, labels: Tensor) -> tuple[float, float]:
    estimator.reset()
    estimator.update(z, {"token": labels})
    return float(estimator.entropy("none")), float(estimator.mutual_information("token", "none"))


def _bandwidth_of_a_copy() -> float:
    """Bytes a second, read and written, of a copy from the device's memory to itself."""
    source = torch.empty(2**31, dtype=torch.uint8, device=DEVICE)
    target = torch.empty_like(source)
    seconds, _ = _measured(lambda: target.copy_(source))
    return 2 * source.numel() / seconds


def _measured(work: Callable[[], object], repeats: int = REPEATS) -> tuple[float, str]:
    """Median seconds of `work` after two uncounted runs, and the memory in MB that it takes at its peak."""
    for _ in range(2 if repeats > 1 else 0):
        work()
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(repeats):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        end.synchronize()
        seconds.append(start.elapsed_time(end) / 1e3)
    return statistics.median(seconds), f"{(torch.cuda.max_memory_allocated() - before) / 2**20:.0f}"


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(x.ljust(w) for x, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


if __name__ == "__main__":
    main()
