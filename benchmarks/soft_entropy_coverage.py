"""How often error bars hold the truth, and how precise few anchor sets are.

``python -m benchmarks.soft_entropy_coverage`` prints two tables. Coverage: vectors and anchors are drawn again and
again from a known population, and the 95% intervals that hold the truth are counted. The truth is a mean over anchor
draws and over the population of vectors; with one anchor set, it is that of these anchors. Precision: H(A) of
scikit-learn's digits over many seeds.

``--quick`` takes a few small designs, ``--write`` stores both tables in RESULTS.md.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import torch
from sklearn.datasets import load_digits
from torch import Tensor

from benchmarks.results import store
from infolib.representations import Estimate, SoftEntropy, calibrate_temperature, sample_anchors

LOW, HIGH = 0.92, 0.98  # what the share of intervals that hold the truth should lie between
BATCH = 1024
COARSE = 5  # labels of the coarse label set, each a class of the others
MARGINAL = ("H(A)", "I(A;Z)")
LABELLED = ("I(A;X)", "H(A|X)", "I(A;X)/H(A)", "I(A;X)/I(A;Z)", "optimality")


@dataclass(frozen=True)
class Design:
    """A population and a way to sample it. Vectors are a mean, a label's direction, a document's and their own."""

    name: str
    vectors: int
    sets: int
    dim: int = 16
    anchors: int = 50
    mean: float = 0.0  # length of the mean, in units of the standard deviation of all dimensions
    decay: float = 0.0  # variance of the i-th dimension is as i ** -decay
    labels: int = 0
    zipf: bool = False
    share: float = 0.3  # of the variance, that the label explains
    documents: int = 0  # the rest is half the document's
    shuffled: bool = False  # documents are cut up and mixed
    units: bool = True  # whether the estimator is told the documents
    quick: bool = False


DESIGNS = (
    Design("isotropic", 200, 4),
    Design("isotropic", 1000, 4, quick=True),
    Design("isotropic", 1000, 16),
    Design("isotropic", 20_000, 4),
    Design("isotropic, d=64, m=100", 2000, 4, dim=64, anchors=100),
    Design("strong mean", 50, 4, mean=1.0),
    Design("strong mean", 200, 4, mean=1.0),
    Design("strong mean", 1000, 4, mean=1.0, quick=True),
    Design("strong mean", 1000, 16, mean=1.0),
    Design("strong mean", 20_000, 4, mean=1.0),
    Design("strong mean", 20_000, 16, mean=1.0),
    Design("strong mean, uneven dimensions, d=64, m=100", 2000, 4, dim=64, anchors=100, mean=1.5, decay=0.7),
    Design("these anchors, isotropic", 200, 1),
    Design("these anchors, isotropic", 1000, 1, quick=True),
    Design("these anchors, strong mean", 20_000, 1, mean=1.0),
    Design("40 documents as units", 4000, 4, mean=0.5, documents=40, quick=True),
    Design("40 documents as units, mixed", 4000, 4, mean=0.5, documents=40, shuffled=True),
    Design("40 documents, one after another, no units", 4000, 4, mean=0.5, documents=40, units=False),
    Design("40 documents, mixed, no units", 4000, 4, mean=0.5, documents=40, shuffled=True, units=False, quick=True),
    Design("these anchors, 40 documents as units", 4000, 1, documents=40),
    Design("these anchors, 40 documents, mixed, no units", 4000, 1, documents=40, shuffled=True, units=False),
    Design("10 labels", 1000, 4, mean=0.5, labels=10, quick=True),
    Design("10 labels", 1000, 16, mean=0.5, labels=10),
    Design("10 labels, isotropic, no information", 1000, 4, labels=10, share=0.0),
    Design("10 labels, these anchors", 1000, 1, mean=0.5, labels=10),
    Design("10 labels, 40 documents as units", 4000, 4, mean=0.5, labels=10, documents=40),
    Design("50 labels", 20_000, 4, mean=0.5, labels=50),
    Design("500 labels", 2000, 4, mean=0.5, labels=500, quick=True),
    Design("500 labels", 2000, 16, mean=0.5, labels=500),
    Design("500 labels, these anchors", 2000, 1, labels=500),
    Design("500 labels, no information", 2000, 4, labels=500, share=0.0),
    Design("2000 labels, Zipf", 10_000, 4, mean=0.5, labels=2000, zipf=True),
    Design("2000 labels, Zipf, strong", 10_000, 4, labels=2000, zipf=True, share=0.7),
)


class Population:
    """What a design draws from. It is fixed: the labels keep their directions from one sample to the next."""

    def __init__(self, design: Design):
        self.design = design
        draw = torch.Generator().manual_seed(1)
        variance = torch.arange(1, design.dim + 1).float() ** -design.decay
        self.deviation = (variance * design.dim / variance.sum()).sqrt()
        self.mean = torch.zeros(design.dim)
        self.mean[-1] = design.mean * math.sqrt(design.dim)
        self.direction = torch.randn(max(1, design.labels), design.dim, generator=draw)
        weight = 1 / torch.arange(1, design.labels + 1).double() ** float(design.zipf)
        self.probability = weight / weight.sum()
        self.share = design.share if design.labels else 0.0

    def labels(self, n: int, draw: torch.Generator) -> Tensor:
        if not self.design.labels:
            return torch.zeros(n, dtype=torch.int64)
        return torch.multinomial(self.probability, n, replacement=True, generator=draw)

    def vectors(self, labels: Tensor, draw: torch.Generator, documents: Tensor | None = None) -> Tensor:
        """Vectors of these labels; those of one of the `documents` have a part in common, drawn anew in each call."""
        noise = torch.randn(len(labels), self.design.dim, generator=draw)
        if documents is not None:
            common = torch.randn(self.design.documents, self.design.dim, generator=draw)
            noise = (noise + common[documents]) / math.sqrt(2)
        own = self.direction[labels]
        return self.mean + self.deviation * (math.sqrt(self.share) * own + math.sqrt(1 - self.share) * noise)


# The truth


def truth(design: Design) -> dict[str, tuple[float, float]]:
    """Population value of every quantity, a mean over anchor draws, and its standard error."""
    population, at_once = Population(design), 8 if design.sets > 1 else 1
    rounds = 400 if design.sets == 1 else 125 if design.labels else 2000
    anchors = sample_anchors(design.anchors, design.dim, seed=0)
    found = []
    for i in range(rounds):
        if design.sets > 1:
            anchors = sample_anchors(design.anchors, design.dim, n_sets=at_once, seed=1_000_000 + i)
        found.append(_of_sets(population, anchors, at_once, torch.Generator().manual_seed(2_000_000 + i)))
    values = {name: torch.stack([x[name] for x in found]) for name in found[0]}
    # Sets of one round are measured with the same vectors: rounds are independent, sets are not.
    by_round = {name: x.mean(1) for name, x in values.items()}
    return {name: (float(x.mean()), float(x.std()) / math.sqrt(len(x))) for name, x in by_round.items()}


def _of_sets(population: Population, anchors: Tensor, n_sets: int, draw: torch.Generator) -> dict[str, Tensor]:
    """The quantities for each of a few anchor sets, free of the first order of the bias that few vectors bring."""
    design = population.design
    scaled = (anchors / calibrate_temperature(design.anchors, design.dim)).float()

    def assigned(labels: Tensor) -> Tensor:
        z = population.vectors(labels, draw)
        cosine = (z / z.norm(dim=1, keepdim=True)) @ scaled.T
        return torch.softmax(cosine.unflatten(1, (n_sets, -1)), 2)

    p = assigned(population.labels(4096 if design.labels or n_sets == 1 else 1024, draw))
    marginal, blur = _entropy_less_bias(p[None])[0], torch.special.entr(p).sum(2).double().mean(0)
    result: dict[str, Tensor] = dict(zip(MARGINAL, (marginal, marginal - blur), strict=True))
    if not design.labels:
        return result

    def conditional(labels: Tensor, weight: Tensor) -> Tensor:
        """H(A|X) of each set from a row of labels for each class, (classes, n)."""
        parts = (assigned(x.flatten()).unflatten(0, (len(x), -1)) for x in labels.split(16))
        return weight @ torch.cat([_entropy_less_bias(x) for x in parts])

    every, weight = torch.arange(design.labels), population.probability
    if design.labels > 64:  # drawn by their probability, so that each stands for the same part
        every = torch.multinomial(weight, 64, replacement=True, generator=draw)
        weight = torch.full((64,), 1 / 64, dtype=torch.float64)
    left = conditional(every[:, None].expand(-1, 512), weight)
    in_class = population.probability * (torch.arange(COARSE)[:, None] == torch.arange(design.labels) % COARSE)
    tokens = torch.multinomial(in_class, 2048, replacement=True, generator=draw)
    about, coarse = marginal - left, marginal - conditional(tokens, in_class.sum(1))
    values = (about, left, about / marginal, about / result["I(A;Z)"], coarse / about)
    result.update(zip(LABELLED, values, strict=True))
    return result


def _entropy_less_bias(p: Tensor) -> Tensor:
    """Entropy of the mean of assignments (groups, n, sets, m): twice that of all less that of the halves."""
    halves = p.double().unflatten(1, (2, -1)).mean(2)
    h = torch.special.entr(halves).sum(-1).mean(1)
    return 2 * torch.special.entr(halves.mean(1)).sum(-1) - h


# Coverage


def measured(design: Design, seed: int) -> dict[str, Estimate]:
    """One sample of the vectors with one draw of the anchors, by the library."""
    population, draw = Population(design), torch.Generator().manual_seed(seed)
    labels, documents = population.labels(design.vectors, draw), None
    if design.documents:
        documents = torch.arange(design.vectors) * design.documents // design.vectors
        if design.shuffled:
            documents = documents[torch.randperm(design.vectors, generator=draw)]
    z = population.vectors(labels, draw, documents)
    sets = {"x": design.labels, "class": COARSE} if design.labels else {}
    anchor_seed = seed if design.sets > 1 else 0
    est = SoftEntropy(design.dim, design.anchors, n_sets=design.sets, seed=anchor_seed, labels=sets)
    for at in torch.arange(design.vectors).split(BATCH):
        ids = {"x": labels[at], "class": labels[at] % COARSE} if sets else {}
        est.update(z[at], ids, units=documents[at] if documents is not None and design.units else None)
    found: dict[str, Estimate] = dict(zip(MARGINAL, (est.entropy(), est.ceiling()), strict=True))
    if not sets:
        return found
    about, left = est.mutual_information("x"), est.conditional_entropy("x")
    ratios = est.regularity("x"), est.ceiling_share("x"), est.optimality("x", "class")
    found.update(zip(LABELLED, (about, left, *ratios), strict=True))
    return found


Numbers = dict[str, tuple[float, float, float, float]]  # value, standard error, ends of the interval


@dataclass(frozen=True)
class Verdict:
    """How a quantity's intervals did; all but the coverage in standard deviations of the estimate."""

    coverage: float
    bias: float
    error: float  # root mean square of the standard errors
    truth_error: float

    def __str__(self) -> str:
        mark = "" if LOW <= self.coverage <= HIGH else " !"
        return f"{self.coverage:.1%}{mark} ({self.bias:+.2f}, {self.error:.2f})"


def coverage(designs: list[Design], repetitions: int, processes: int) -> Iterator[str]:
    """Lines of a Markdown table; samples with labels take longer, and half as many are drawn."""
    quantities = (*MARGINAL, *LABELLED)
    yield "| design | N | sets | samples | " + " | ".join(quantities).replace("H(A|X)", r"H(A\|X)") + " |"
    yield "|---|--:|--:|--:|" + "---|" * len(quantities)
    with ProcessPoolExecutor(processes, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        truths = {}  # designs that share a population share its truth
        for design in designs:
            key = _population_of(design)
            if key not in truths:
                truths[key] = pool.submit(truth, key)
            n = repetitions // 2 if design.labels else repetitions
            rows = list(pool.map(_numbers, [design] * n, range(1, n + 1), chunksize=10))
            verdicts = _judged(rows, truths[key].result())
            cells = [str(verdicts[name]) if name in verdicts else "" for name in quantities]
            yield f"| {design.name} | {design.vectors:,} | {design.sets} | {n} | " + " | ".join(cells) + " |"


def _population_of(design: Design) -> Design:
    """The design without what its truth does not depend on."""
    plain = {"documents": 0, "shuffled": False, "units": True, "quick": False}
    return replace(design, name="", vectors=0, sets=min(2, design.sets), **plain)


def _numbers(design: Design, seed: int) -> Numbers:
    found = measured(design, seed).items()
    return {name: (float(x), x.standard_error, *x.interval()) for name, x in found}


def _judged(rows: list[Numbers], known: dict[str, tuple[float, float]]) -> dict[str, Verdict]:
    verdicts = {}
    for name, (target, uncertainty) in known.items():
        if name == "optimality" and abs(known["I(A;X)"][0]) < 0.01:
            continue  # nothing over nothing
        value, error, low, high = torch.tensor([row[name] for row in rows], dtype=torch.float64).T
        spread = float(value.std())
        inside = float(((low <= target) & (target <= high)).double().mean())
        rms = float(error.square().mean().sqrt())
        verdicts[name] = Verdict(inside, float(value.mean() - target) / spread, rms / spread, uncertainty / spread)
    return verdicts


# Precision


def precision(seeds: int) -> Iterator[str]:
    """Lines of a Markdown table: H(A) / log m of the digits over seeds of the anchors."""
    z = torch.from_numpy(load_digits(return_X_y=True)[0]).float()
    m, dim = 100, z.shape[1]
    temperature = calibrate_temperature(m, dim, "leading")

    def found(n_sets: int, seed: int, correction: str, drawn: bool = True) -> Estimate:
        # Anchors of the caller's own are like any others, but the library draws no more of their kind.
        given = None if drawn else sample_anchors(m, dim, n_sets=n_sets, seed=seed)
        est = SoftEntropy(dim, m, n_sets=n_sets, temperature=temperature, anchors=given, seed=seed)
        est.update(z)
        return est.efficiency(correction)

    many = {c: [x for s in range(64) for x in found(64, 7_000_000 + s, c, False).per_set] for c in ("none", "auto")}
    yield "| sets | correction | mean | sd | above 4096 plain sets | twice its error | reported error | CPU ms |"
    yield "|--:|---|--:|--:|--:|--:|--:|--:|"
    plain = {c: torch.tensor(x, dtype=torch.float64) for c, x in many.items()}
    for n_sets, correction in ((1, "none"), *((k, c) for k in (4, 8, 16) for c in ("none", "auto")), (64, "none")):
        start = time.process_time()
        estimates = [found(n_sets, seed, correction) for seed in range(seeds)]
        seconds = (time.process_time() - start) / seeds
        value = torch.tensor([float(x) for x in estimates], dtype=torch.float64)
        errors = torch.tensor([x.standard_error for x in estimates], dtype=torch.float64)
        # With one set the error is that of the data alone.
        reported = "" if n_sets == 1 else f"{errors.square().mean().sqrt():.4f}"
        other = plain[correction]
        shift = float(value.mean() - other.mean())
        allowed = 2 * math.hypot(float(value.std()) / math.sqrt(seeds), float(other.std()) / math.sqrt(len(other)))
        numbers = (f"{value.mean():.4f}", f"{value.std():.4f}", f"{shift:+.4f}", f"{allowed:.4f}")
        yield f"| {n_sets} | {correction} | " + " | ".join([*numbers, reported, f"{1e3 * seconds:.0f}"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few small designs")
    parser.add_argument("--only", help="designs with this in their name, without the digits")
    parser.add_argument("--repetitions", type=int, help="samples of each design (default: 400, quick 100)")
    parser.add_argument("--processes", type=int, default=2, help="processes of one thread (default: 2)")
    parser.add_argument("--write", action="store_true", help="replace the tables in RESULTS.md")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write stores all designs; leave --only out.")
    torch.set_num_threads(1)
    designs = [d for d in DESIGNS if (d.quick or not options.quick) and (options.only or "") in d.name]
    repetitions = options.repetitions or (100 if options.quick else 400)
    report = []
    for line in _report(designs, repetitions, options.processes, not options.only):
        report.append(line)
        print(line, flush=True)
    if options.write:
        store("python -m benchmarks.soft_entropy_coverage", "\n".join(report))


def _report(designs: list[Design], repetitions: int, processes: int, digits: bool) -> Iterator[str]:
    if digits:
        yield "H(A) / log m of scikit-learn's digits, m = 100, temperature of leading order, 100 seeds:\n"
        yield from precision(100)
        yield ""
    yield "95% intervals that hold the truth; in brackets, in standard deviations of the estimate, its bias and the"
    yield "root mean square of its standard error. `!` marks what is not between 92% and 98%; with 400 samples, a true"
    yield "95% shows as 93% to 97% in 19 of 20 cells.\n"
    yield from coverage(designs, repetitions, processes)


if __name__ == "__main__":
    main()
