"""How far estimates of I(A;X) fall from the truth when labels are rare: ``python -m benchmarks.soft_entropy_bias``.

Vectors are drawn from distributions that depend on their label, so that the population value can be computed by drawing
each label many times. For every design and estimator the bias and the root mean square error in nats are printed, and
estimators with a standard error how often their 95% interval holds the truth. ``--quick`` takes the designs marked so.

An estimator is a function of a `Sample`; another one, to judge before it is in the library, is named by
``--method FILE``, a Python file with a function ``method(sample) -> Estimate``.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.results import store
from infolib.representations import Estimate, SoftEntropy, calibrate_temperature, sample_anchors

ROWS = 4096  # vectors assigned at a time
AIM_BIAS, AIM_RMSE, AIM_SINGLETONS = 0.05, 0.07, 0.10


@dataclass(frozen=True)
class Design:
    """One way to draw labels and vectors. A label's own direction explains the share `share` of the variance."""

    name: str
    labels: int
    vectors: int
    share: float
    dim: int = 128
    anchors: int = 100
    zipf: bool = False
    mean: float = 0.0  # length of the mean direction they share, in units of the standard deviation
    decay: float = 0.0  # variance of the i-th dimension is as i ** -decay
    directions: int = 0  # directions that the labels share; 0: every label has its own
    spread: str = "equal"  # shares of the labels: "equal", "uniform" (0 to 2 share), "half" (0 or 2 share), "rarer"
    senses: int = 1  # directions of one label, of which each token takes one
    noise: str = "normal"  # or "clusters", "heavy" (Student t, 4 degrees), "flat" (12 dimensions), "apart"
    plane: float = 1.0  # part of the dimensions that hold the labels' directions; noise "apart" is in the others
    quick: bool = False


DESIGNS = (
    Design("no information, 3 a label", 2000, 6000, 0.0, dim=64, quick=True),
    Design("no information, Zipf", 20_000, 40_000, 0.0, dim=256, zipf=True),
    Design("no information, Zipf, anisotropic", 3000, 20_000, 0.0, zipf=True, mean=0.7, decay=0.7, quick=True),
    Design("no information, 10 a label, m=1000", 800, 8000, 0.0, dim=256, anchors=1000),
    Design("weak, 3 a label", 2000, 6000, 0.1, dim=64, quick=True),
    Design("medium, 2 a label, m=50", 4000, 8000, 0.4, dim=64, anchors=50, quick=True),
    Design("medium, 3 a label", 2000, 6000, 0.3, dim=64, quick=True),
    Design("strong, 3 a label", 2000, 6000, 0.6, dim=64),
    Design("near the ceiling, 3 a label", 2000, 6000, 0.9, dim=64, quick=True),
    Design("at the ceiling, 3 a label", 2000, 6000, 1.0, dim=64),
    Design("medium, 8 a label", 1000, 8000, 0.3, dim=256),
    Design("medium, 30 a label", 300, 9000, 0.3, dim=256),
    Design("medium, 1000 a label", 50, 50_000, 0.3, dim=256),
    Design("medium, 15 a label, m=512", 600, 9000, 0.3, dim=256, anchors=512),
    Design("strong, 15 a label, m=512", 600, 9000, 0.6, dim=256, anchors=512),
    Design("medium, 4 a label, m=1000", 1500, 6000, 0.4, dim=768, anchors=1000),
    Design("10 labels, 1000 each", 10, 10_000, 0.3, dim=64, quick=True),
    Design("10 labels, 50 each", 10, 500, 0.3, dim=64, quick=True),
    Design("medium, Zipf", 20_000, 40_000, 0.3, dim=256, zipf=True),
    Design("strong, Zipf", 20_000, 40_000, 0.6, dim=256, zipf=True),
    Design("medium, Zipf, 50,000 labels, d=1024", 50_000, 50_000, 0.3, dim=1024, zipf=True),
    Design("medium, uniform, 1 a label", 8000, 8000, 0.3, dim=64),
    Design("rare labels say more, Zipf", 5000, 20_000, 0.35, zipf=True, spread="rarer"),
    Design("half the labels say nothing, 4 a label", 1500, 6000, 0.4, spread="half", quick=True),
    Design("half the labels say nothing, Zipf", 5000, 20_000, 0.4, zipf=True, spread="half"),
    Design("unequal labels, 8 a label", 1500, 12_000, 0.4, spread="uniform"),
    Design("20 directions, 4 a label", 2000, 8000, 0.4, dim=64, directions=20, quick=True),
    Design("200 directions, Zipf", 20_000, 40_000, 0.5, dim=256, zipf=True, directions=200),
    Design("anisotropic, 4 a label", 2000, 8000, 0.4, mean=0.7, decay=0.7),
    Design("strong mean, 8 a label", 1000, 8000, 0.4, dim=256, mean=1.5, decay=0.5),
    Design("anisotropic, Zipf, d=1024", 10_000, 30_000, 0.4, dim=1024, zipf=True, mean=0.7, decay=0.7),
    Design("d=16, 4 a label", 2000, 8000, 0.4, dim=16),
    Design("d=16, Zipf, m=50", 3000, 20_000, 0.3, dim=16, anchors=50, zipf=True, quick=True),
    Design("3 senses, 6 a label", 1000, 6000, 0.7, senses=3, quick=True),
    Design("3 senses, 20 a label", 400, 8000, 0.7, senses=3),
    Design("8 senses, 6 a label", 1000, 6000, 0.8, senses=8),
    Design("clustered noise, 4 a label", 2000, 8000, 0.3, noise="clusters"),
    Design("clustered noise, Zipf", 8000, 30_000, 0.3, zipf=True, noise="clusters"),
    Design("heavy-tailed noise, 4 a label", 2000, 8000, 0.4, noise="heavy"),
    Design("heavy-tailed noise, Zipf, d=256", 8000, 30_000, 0.4, dim=256, zipf=True, noise="heavy"),
    Design("heavy-tailed noise, 8 a label, d=256", 1000, 8000, 0.6, dim=256, noise="heavy", quick=True),
    Design("labels in 1/8 of the dimensions, 4 a label", 2000, 8000, 0.3, plane=1 / 8),
    Design("noise beside the labels' half, 6 a label", 1000, 6000, 0.4, plane=1 / 2, noise="apart"),
    Design("noise beside the labels' 1/8, Zipf", 5000, 20_000, 0.3, zipf=True, plane=1 / 8, noise="apart"),
    Design("noise in 12 dimensions, 5 a label", 1200, 6000, 0.4, noise="flat"),
)


@dataclass(frozen=True)
class Sample:
    """What an estimator is given: vectors (N, d) and labels (N,), unit anchors (m, d) and the temperature."""

    vectors: Tensor
    labels: Tensor
    anchors: Tensor
    temperature: float
    seed: int

    def assign(self, rows: Tensor) -> Tensor:
        """Softmax of cosine / temperature, (n, m)."""
        cosine = rows @ self.anchors.T / rows.norm(dim=1, keepdim=True)
        return torch.softmax(cosine / self.temperature, 1)


Method = Callable[[Sample], Estimate]


def entropy(sums: Tensor) -> Tensor:
    """Entropy in nats of rows of sums."""
    total = sums.sum(-1)
    return total.log() - torch.xlogy(sums, sums).sum(-1) / total


class World:
    """A population: the labels' probabilities and directions, from a design and a seed."""

    def __init__(self, design: Design, seed: int):
        self.design, self.gen = design, torch.Generator().manual_seed(seed)
        dim, n = design.dim, design.labels
        weight = 1 / torch.arange(1, n + 1).double() if design.zipf else torch.ones(n, dtype=torch.float64)
        self.probability = weight / weight.sum()
        variance = torch.arange(1, dim + 1).float() ** -design.decay
        self.deviation = (variance * dim / variance.sum()).sqrt()
        mean = self._normal(dim)
        self.mean = design.mean * math.sqrt(dim) * mean / mean.norm()
        own = design.directions or n * design.senses
        self.inside = max(1, round(dim * design.plane))
        self.direction = self._normal(own, dim)
        self.direction[:, self.inside :] = 0
        self.direction *= math.sqrt(dim / self.inside)
        drawn = torch.randint(own, (n, design.senses), generator=self.gen)
        self.sense = drawn if design.directions else torch.arange(own).view(n, design.senses)
        factor = {
            "equal": torch.ones(n),
            "uniform": 2 * torch.rand(n, generator=self.gen),
            "half": 2 * (torch.rand(n, generator=self.gen) < 0.5).float(),
            "rarer": 2 * torch.arange(n) / n,
        }[design.spread]
        self.share = (design.share * factor).clamp(max=1)
        self.centres = self._normal(30, dim)

    def labels(self, n: int) -> Tensor:
        return torch.multinomial(self.probability, n, replacement=True, generator=self.gen)

    def vectors(self, labels: Tensor) -> Tensor:
        """Unit vectors of these labels."""
        which = torch.randint(self.design.senses, (len(labels),), generator=self.gen)
        signal, share = self.direction[self.sense[labels, which]], self.share[labels][:, None]
        z = self.mean + self.deviation * (share.sqrt() * signal + (1 - share).sqrt() * self._noise(len(labels)))
        return z / z.norm(dim=1, keepdim=True)

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self.gen)

    def _noise(self, n: int) -> Tensor:
        dim, noise = self.design.dim, self._normal(n, self.design.dim)
        if self.design.noise == "clusters":
            centre = self.centres[torch.randint(len(self.centres), (n,), generator=self.gen)]
            return math.sqrt(0.6) * centre + math.sqrt(0.4) * noise
        if self.design.noise == "heavy":
            chi2 = self._normal(n, 4).square().sum(1, keepdim=True)
            return noise / (chi2 / 2).sqrt()
        if self.design.noise == "flat":
            noise[:, :-12] = 0
            return noise * math.sqrt(dim / 12)
        if self.design.noise == "apart":
            noise[:, : self.inside] = 0
            return noise * math.sqrt(dim / (dim - self.inside))
        return noise


def population(world: World, sample: Sample) -> float:
    """I(A;X) of the population: H(A) of many vectors, less the mean over labels of H(A|x) of many vectors each.

    Half the vectors give an entropy with twice the bias, so twice the entropy of all less that of the halves is free
    of its first order. Where there are too many labels, the most frequent are taken and some of the others.
    """
    # Higher orders are below 0.001 nats then (0.01 with 512 vectors and 1000 anchors).
    each, room = (512, 1000) if len(sample.anchors) <= 200 else (2048, 500)
    probability = world.probability
    top = room // 8 if world.design.zipf and room < len(probability) else 0
    ids, weight = torch.arange(len(probability)), probability
    if room < len(probability):
        others = probability[top:]
        # With replacement where they are unequal, so that each draw stands for the same part of the rest.
        drawn = torch.multinomial(others, room - top, replacement=world.design.zipf, generator=world.gen)
        ids = torch.cat([ids[:top], top + drawn])
        weight = torch.cat([probability[:top], (others.sum() / (room - top)).expand(room - top)])
    conditional = []
    for label in ids:
        rows = [sample.assign(world.vectors(x)).double() for x in label.expand(each).split(ROWS)]
        halves = torch.cat(rows).view(2, each // 2, -1).mean(1)
        conditional.append(2 * entropy(halves.mean(0)) - entropy(halves).mean())
    marginal = sum(sample.assign(world.vectors(x)).double().sum(0) for x in world.labels(100_000).split(ROWS))
    return float(entropy(marginal) - (weight * torch.stack(conditional)).sum())


def ours(sample: Sample) -> Estimate:
    """What the library gives by default, with the sample's anchors."""
    n_labels = int(sample.labels.max()) + 1
    est = SoftEntropy(sample.vectors.shape[1], anchors=sample.anchors, labels={"x": n_labels})
    for z, x in zip(sample.vectors.split(ROWS), sample.labels.split(ROWS), strict=True):
        est.update(z, {"x": x})
    return est.mutual_information("x")


def simple(sample: Sample) -> dict[str, float]:
    """The plug-in, the plug-in less that of shuffled labels, and chance-adjusted."""
    assigned = torch.cat([sample.assign(x) for x in sample.vectors.split(ROWS)]).double()
    _, x, count = sample.labels.unique(return_inverse=True, return_counts=True)
    marginal, row = entropy(assigned.sum(0)), entropy(assigned.clamp(min=1e-300)).mean()

    def plugin(labels: Tensor) -> float:
        sums = torch.zeros(len(count), assigned.shape[1], dtype=torch.float64).index_add_(0, labels, assigned)
        return float(marginal - (count * entropy(sums)).sum() / len(labels))

    raw = plugin(x)
    null = plugin(x[torch.randperm(len(x), generator=torch.Generator().manual_seed(sample.seed))])
    ceiling = float(marginal - row)
    adjusted = (raw - null) / (ceiling - null) * ceiling if ceiling > null else math.nan
    return {"plug-in": raw, "less null": raw - null, "chance-adj.": adjusted}


@dataclass(frozen=True)
class Verdict:
    """One line of the table, and how often the interval of the last estimator held the truth."""

    line: str
    inside: list[bool]


def judge(design: Design, repetitions: int, method: Method) -> Verdict:
    """Draw a design a few times and see how far each estimator falls from the truth."""
    results: dict[str, list[float]] = {}
    truths, spreads, inside, singles, mean_count, seconds = [], [], [], 0.0, 0.0, 0.0
    for seed in range(repetitions):
        world = World(design, 1000 + seed)
        labels = world.labels(design.vectors)
        vectors = torch.cat([world.vectors(x) for x in labels.split(ROWS)])
        anchors = sample_anchors(design.anchors, design.dim, seed=seed).float()
        sample = Sample(vectors, labels, anchors, calibrate_temperature(design.anchors, design.dim), seed)
        truths.append(population(world, sample))
        found = simple(sample)
        start = time.process_time()
        estimate = method(sample)
        seconds += (time.process_time() - start) / repetitions
        low, high = estimate.interval()
        inside.append(low <= truths[-1] <= high)
        spreads.append(estimate.standard_error)
        for name, value in {**found, "corrected": float(estimate)}.items():
            results.setdefault(name, []).append(value - truths[-1])
        counts = labels.unique(return_counts=True)[1]
        singles, mean_count = float((counts == 1).float().mean()), float(counts.float().mean())
    errors = torch.tensor(list(results.values()))
    bias, rmse = errors.mean(1), errors.square().mean(1).sqrt()
    lenient = mean_count < 4 and singles > 0.3
    aims = (AIM_SINGLETONS, AIM_SINGLETONS) if lenient else (AIM_BIAS, AIM_RMSE)
    reached = abs(float(bias[-1])) <= aims[0] and float(rmse[-1]) <= aims[1]
    cells = [design.name, f"{mean_count:.1f}", f"{singles:.0%}", f"{sum(truths) / len(truths):.3f}"]
    cells += [f"{b:+.3f} / {r:.3f}" for b, r in zip(bias.tolist(), rmse.tolist(), strict=True)]
    cells += [f"{sum(spreads) / len(spreads):.3f}", f"{seconds:.1f}", "yes" if reached else "no"]
    return Verdict("| " + " | ".join(cells) + " |", inside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a dozen small designs instead of all")
    parser.add_argument("--only", help="designs with this in their name")
    parser.add_argument("--repetitions", type=int, help="draws of each design (default: 4, quick 2)")
    parser.add_argument("--method", type=Path, help="a Python file with method(sample) -> Estimate, instead of ours")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch (default: 1)")
    parser.add_argument("--write", action="store_true", help="replace the table in RESULTS.md")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    method = _method(options.method) if options.method else ours
    head = ["design", "mean count", "once", "truth", "plug-in", "less null", "chance-adj.", "corrected"]
    head += ["standard error", "seconds", "aim"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    print("Bias / root mean square error, in nats", *lines, sep="\n", flush=True)
    inside: list[bool] = []
    for design in DESIGNS:
        if (options.quick and not design.quick) or (options.only and options.only not in design.name):
            continue
        verdict = judge(design, options.repetitions or (2 if options.quick else 4), method)
        inside += verdict.inside
        lines.append(verdict.line)
        print(verdict.line, flush=True)
    if inside:
        lines.append(f"\nThe 95% interval holds the truth in {sum(inside) / len(inside):.0%} of {len(inside)} samples.")
        print(lines[-1])
    if options.write:
        store("python -m benchmarks.soft_entropy_bias", "\n".join(lines))


def _method(file: Path) -> Method:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"--method must be a Python file; it was {file}.")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.method


if __name__ == "__main__":
    main()
