"""A quantity computed over and over: for each anchor set, and without each block of vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from infolib.representations._blocks import jackknife_mean, jackknife_variance
from infolib.representations.estimate import Estimate, Source


@dataclass(frozen=True)
class Replicates:
    """What an `Estimate` is made of, float64; K anchor sets, G blocks that hold vectors.

    `control` says how far above its mean over anchors the quantity is expected to lie in each of the K sets, and in
    others that only a sample of the vectors was measured with: a control variate, of mean 0 over all of them.
    """

    plugin: Tensor  # (K,)  the formula on the sample
    per_set: Tensor  # (K,)  corrected for bias
    full: Tensor  # (K,) or (1,)  what `without` replicates: corrected or not, of every set or of the first
    without: Tensor  # (G, K) or (G, 1)
    counts: Tensor  # (G,)  vectors in each block
    control: Tensor | None = None  # (K and more,)
    model_error: float = 0.0

    def estimate(self, name: str, unit: str = "nats") -> Estimate:
        """Return the mean over sets with its sources of error."""
        n_sets, per_set, sources = len(self.per_set), self.per_set, []
        if self.control is not None:
            per_set = per_set - self.control[:n_sets]
            others = float(self.control.std()) / math.sqrt(len(self.control))
            sources.append(Source("anchors", others, len(self.control) - 1))
        spread = float(per_set.var()) / n_sets if n_sets > 1 else 0.0
        between, drawn = spread, len(self.full)
        if len(self.counts) > 1:
            variance = float(jackknife_variance(self.full.mean(), self.without.mean(1), self.counts))
            sources.append(Source("data", math.sqrt(variance), len(self.counts) - 1))
            if drawn > 1:
                # Sets differ by what the data did to each alone, too; the mean's data error has that in it already.
                alone = float(jackknife_variance(self.full, self.without, self.counts).mean())
                between = max(0.0, spread - max(0.0, alone - variance) / (drawn - 1))
        if between:
            # The difference is as unsure as what it was taken from.
            sources.append(Source("anchors", math.sqrt(between), (n_sets - 1) * (between / spread) ** 2))
        if self.model_error:
            sources.append(Source("model", self.model_error))
        plugin, count = float(self.plugin.mean()), int(self.counts.sum())
        return Estimate(name, tuple(per_set.tolist()), count, plugin, tuple(sources), unit)


def less_bias(full: Tensor, without: Tensor, counts: Tensor) -> Tensor:
    """The jackknife's correction of `full` (K,) by `without` (G, K); `full` itself where there is one block."""
    return jackknife_mean(full, without, counts) if len(counts) > 1 else full


def derived(f: Callable[..., Tensor], *parts: Replicates) -> Replicates:
    """A function of several quantities measured on the same vectors: what they share of their errors cancels."""
    means = [part.per_set.mean() for part in parts]

    def moved(i: int, by: Tensor | float) -> Tensor:
        """How the function moves with its i-th argument."""
        return f(*(mean + by if j == i else mean for j, mean in enumerate(means))) - f(*means)

    known = min(len(part.full) for part in parts)  # of how many sets all parts are known without each block
    controls = [moved(i, part.control) for i, part in enumerate(parts) if part.control is not None]
    return Replicates(
        plugin=f(*(part.plugin for part in parts)),
        per_set=f(*(part.per_set for part in parts)),
        # About the corrected means: what is replicated may be of another set, or biased still.
        full=f(*means).expand(known),
        without=f(*(x.without[:, :known] - x.full[:known] + mean for x, mean in zip(parts, means, strict=True))),
        counts=parts[0].counts,
        control=torch.stack(controls).sum(0) if controls else None,
        model_error=float(torch.stack([moved(i, part.model_error) for i, part in enumerate(parts)]).norm()),
    )
