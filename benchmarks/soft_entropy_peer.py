"""Soft entropy and label information beside the PyPI package `soft-entropy`; entropy beside the bare product.

The peer draws its anchors and solves for its temperature; ours is given both, so the two compute one number. The
whole of the work is timed: an empty state, every batch, and the mutual information read at the end.
"""

from __future__ import annotations

import math

import torch
from soft_entropy import SoftEntropyAccumulator

from benchmarks.timing import Comparison, compare, require_equal
from infolib.representations import SoftEntropy

N_VECTORS, DIM, N_ANCHORS, N_LABELS = 65_536, 768, 100, 20_000
BATCHES = (512, 4096)
AIMS = {512: 10.0, 4096: 5.0}
TOLERANCE = 1e-5


FREQUENCIES = {
    "labels as frequent as 1/rank": 1 / torch.arange(1, N_LABELS + 1, dtype=torch.float64),
    "labels equally frequent": torch.ones(N_LABELS, dtype=torch.float64),
}


def labelled_vectors(frequency: torch.Tensor, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return float32 vectors (N, d) scattered around a centre for each label, and labels drawn by `frequency`."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.multinomial(frequency, N_VECTORS, replacement=True, generator=generator)
    centres = torch.randn(N_LABELS, DIM, generator=generator)
    vectors = torch.randn(N_VECTORS, DIM, generator=generator).add_(centres[labels], alpha=0.5)
    return vectors, labels


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both packages return one number, then time them, and the entropy alone beside ``z @ w``."""
    theirs = SoftEntropyAccumulator(DIM, N_ANCHORS, backend="torch")
    ours = SoftEntropy(DIM, anchors=theirs.w, temperature=theirs.temp, labels={"token": N_LABELS})
    alone = SoftEntropy(DIM, anchors=theirs.w, temperature=theirs.temp)

    results = []
    for kind, frequency in FREQUENCIES.items():
        z, labels = labelled_vectors(frequency)
        seen = len(labels.unique())
        print(f"soft entropy: {N_VECTORS} x {DIM} float32, {N_ANCHORS} anchors, {kind}, {seen} of {N_LABELS} occur")
        _check_that_the_check_can_fail(z, labels, theirs)
        for batch in BATCHES:
            mine, other = our_information(ours, z, labels, batch), peer_information(theirs, z, labels, batch)
            require_equal(f"label MI, batches of {batch}", mine, other, TOLERANCE)
            other = theirs.entropy() * math.log(N_ANCHORS)
            require_equal(f"H(A), batches of {batch}", float(ours.entropy("none")), other, TOLERANCE)
            results.append(
                compare(
                    f"H(A) and label MI, batches of {batch}, {kind}",
                    lambda z=z, labels=labels, batch=batch: our_information(ours, z, labels, batch),
                    lambda z=z, labels=labels, batch=batch: peer_information(theirs, z, labels, batch),
                    peer_name="soft-entropy", aim=AIMS[batch], seconds=seconds,
                )
            )
    weights = theirs.w.T
    require_equal("H(A) in one batch", our_entropy(alone, z, len(z)), float(ours.entropy("none")), TOLERANCE)
    for batch in (4096, len(z)):
        results.append(
            compare(
                f"H(A) alone, {'one batch' if batch == len(z) else f'batches of {batch}'}",
                lambda batch=batch: our_entropy(alone, z, batch),
                lambda: z @ weights,
                peer_name="the product z @ w", aim=1.25, floor=True, seconds=seconds,
            )
        )
    return results


def our_information(estimator: SoftEntropy, z: torch.Tensor, labels: torch.Tensor, batch: int) -> float:
    """Label mutual information in nats, from an empty state."""
    estimator.reset()
    for rows, ids in zip(z.split(batch), labels.split(batch), strict=True):
        estimator.update(rows, {"token": ids})
    return float(estimator.mutual_information("token", "none"))


def peer_information(
    accumulator: SoftEntropyAccumulator, z: torch.Tensor, labels: torch.Tensor, batch: int
) -> float:
    """The peer's label mutual information, which it returns in units of log m, in nats."""
    accumulator.reset()
    for rows, ids in zip(z.split(batch), labels.split(batch), strict=True):
        accumulator.update(rows, {"token": ids})
    return accumulator.mutual_information()["token"] * math.log(N_ANCHORS)


def our_entropy(estimator: SoftEntropy, z: torch.Tensor, batch: int) -> float:
    """H(A) in nats, from an empty state."""
    estimator.reset()
    for rows in z.split(batch):
        estimator.update(rows)
    return float(estimator.entropy("none"))


def _check_that_the_check_can_fail(
    z: torch.Tensor, labels: torch.Tensor, theirs: SoftEntropyAccumulator
) -> None:
    """A temperature 1% off must be seen at the tolerance used; else equality there would mean nothing."""
    z, labels = z[:4096], labels[:4096]
    off = SoftEntropy(DIM, anchors=theirs.w, temperature=1.01 * theirs.temp, labels={"token": N_LABELS})
    gap = abs(our_information(off, z, labels, 4096) - peer_information(theirs, z, labels, 4096))
    if gap <= TOLERANCE:
        raise SystemExit(f"the check of equality is blind: a temperature 1% off moves label MI by {gap:.1e} nats.")
