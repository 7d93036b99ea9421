"""What the entropy of the mean of k assignments does for labels of many kinds, simulated with vectors of the data.

A label of share r fixes that share of a vector's variance: it takes one sampled vector z_0 for itself, and each of its
tokens another, z_i, about their mean,

    z = mean + sqrt(r) (z_0 - mean) + sqrt(1 - r) (z_i - mean),

scaled to length 1. Mean and covariance over labels and tokens are those of the sample whatever r is. A label of several
senses has as many vectors z_0, of which each token takes one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

# Share of the variance that a label fixes, and its senses.
KINDS = (
    *((r / 10, 1) for r in range(10)), (0.97, 1), (1.0, 1),
    *((r, 3) for r in (0.3, 0.5, 0.7, 0.9)), *((r, 8) for r in (0.6, 0.8, 0.95)),
)  # fmt: skip
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512)
TOKENS = 4 * SIZES[-1]
WEIGHTS = 1.2e7  # softmax weights computed: from 3 to 6 labels of a kind, more where anchors are few
_TINY = 1e-300


def entropy(sums: Tensor) -> Tensor:
    """Entropy in nats of rows of non-negative sums; 0 for an empty row."""
    total = sums.sum(-1)
    safe = total.clamp(min=torch.finfo(sums.dtype).tiny)
    inner = sums.clamp(min=torch.finfo(sums.dtype).tiny).log_().mul_(sums).sum(-1)
    return torch.where(total > 0, safe.log() - inner / safe, 0)


@dataclass(frozen=True)
class Family:
    """Tables (kinds, sizes), float64, over labels and groups of k of their tokens, with the entropy H_k of their mean.

    `growth` is u, H_k less the mean entropy of single assignments; `halves` is v, H_k less the mean of H at its halves.
    """

    deficit: Tensor  # H(A|x) - E H_k
    growth_variance: Tensor  # of u
    halves_variance: Tensor  # of v / E v
    covariance: Tensor  # of u and v / E v

    def deficits(self, k: Tensor) -> Tensor:
        """Deficits at sizes `k` (n,): straight in log-log, as 1/k beyond the table. (n, kinds)."""
        return at_sizes(self.deficit.log(), k).exp() * (SIZES[-1] / k.clamp(min=SIZES[-1]))[:, None]


def at_sizes(table: Tensor, k: Tensor) -> Tensor:
    """`table` (kinds, sizes) at sizes `k` (n,), straight in log k and held beyond the last size: (n, kinds)."""
    x = torch.tensor(SIZES, dtype=torch.float64, device=k.device).log()
    at = k.clamp(1, SIZES[-1]).log()
    j = torch.searchsorted(x, at, right=True).clamp(1, len(x) - 1)
    t = ((at - x[j - 1]) / (x[j] - x[j - 1]))[:, None]
    return table.T[j - 1] * (1 - t) + table.T[j] * t


def simulate(sample: Tensor, scaled_anchors: Tensor, seed: int = 0) -> Family:
    """Simulate labels of every kind from `sample` (n, d), unit vectors; `scaled_anchors` (m, d) are one set."""
    draw = torch.Generator().manual_seed(seed)
    tokens = _tokens(sample, scaled_anchors, draw)
    n_labels = min(6, max(3, int(WEIGHTS / (TOKENS * len(scaled_anchors) * len(KINDS)))))
    tables = []
    for share, senses in KINDS:
        limit, by_size = _entropies(torch.stack([tokens(share, senses) for _ in range(n_labels)]))
        table = torch.stack([_moments(groups, limit) for groups in by_size])
        # Three tokens have no equal halves, and one has none at all.
        table[2, 2:] = (table[1, 2:] + table[3, 2:]) / 2
        table[0, 2:] = table[1, 2:]
        tables.append(table)
    deficit, *spread = torch.stack(tables).unbind(-1)
    return Family(deficit.clamp(min=1e-9), *spread)


def _tokens(sample: Tensor, scaled_anchors: Tensor, draw: torch.Generator) -> Callable[[float, int], Tensor]:
    """Return the function that draws the assignments (TOKENS, m) of one label of a given share and senses."""
    pick = torch.randperm(len(sample), generator=draw)[:TOKENS]
    if len(pick) < TOKENS:
        pick = torch.cat([pick, torch.randint(len(sample), (TOKENS - len(pick),), generator=draw)])
    vectors, anchors = sample[pick.to(sample.device)].float(), scaled_anchors.float()
    mean = vectors.mean(0)
    rest = vectors - mean
    logit, base = rest @ anchors.T, mean @ anchors.T
    mean_square, rest_mean, rest_square = float(mean @ mean), rest @ mean, (rest**2).sum(1)

    def assignments(share: float, senses: int) -> Tensor:
        a, b = math.sqrt(share), math.sqrt(1 - share)
        own = torch.randint(TOKENS, (senses,), generator=draw).to(rest.device)
        sense = torch.randint(senses, (TOKENS,), generator=draw).to(rest.device)
        z0, zi = own[sense], torch.randperm(TOKENS, generator=draw).to(rest.device)
        inner = (rest @ rest[own].T)[zi, sense]
        square = mean_square + 2 * (a * rest_mean[z0] + b * rest_mean[zi])
        square = square + a * a * rest_square[z0] + b * b * rest_square[zi] + 2 * a * b * inner
        return torch.softmax((base + a * logit[z0] + b * logit[zi]) / square.clamp(min=1e-6).sqrt()[:, None], 1)

    return assignments


def _entropies(singles: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Of labels of one kind, (labels, TOKENS, m): their mean entropy at infinitely many tokens, and for each size rows
    (H_k, u, v) over groups of tokens of one label."""
    means, h, rows = {1: singles}, {}, []
    for k in SIZES:
        if k > 1:
            j = 2 if k % 2 == 0 else 3
            part = means[k // j]
            end = part.shape[1] // j * j
            means[k] = part[:, 0:end:j] + part[:, 1:end:j]
            if j == 3:
                means[k] += part[:, 2:end:j]
            means[k] /= j
        h[k] = entropy(means[k]).double()
        n = h[k].shape[1]
        single = h[1][:, : n * k].unflatten(1, (n, k)).mean(2)
        half = h[k // 2][:, : 2 * n].unflatten(1, (n, 2)).mean(2) if k % 2 == 0 else h[k]
        rows.append(torch.stack([h[k], h[k] - single, h[k] - half], 2).flatten(0, 1))
    # The tokens are finite too: halves take the first order of that out.
    halves = means[SIZES[-1]].double().unflatten(1, (2, -1)).mean(2)
    return (2 * entropy(halves.mean(1)) - entropy(halves).mean(1)).mean(), rows


def _moments(groups: Tensor, limit: Tensor) -> Tensor:
    unit = groups[:, 2].mean().clamp(min=1e-6)
    cov = torch.cov(groups[:, 1:].T)
    return torch.stack([limit - groups[:, 0].mean(), cov[0, 0], cov[1, 1] / unit**2, cov[0, 1] / unit])


def unlabelled_deficits(sample: Tensor, scaled_anchors: Tensor) -> Tensor:
    """Deficits (sizes,) of labels that say nothing, from groups of the sample: how far H_k is from H(A) in one set.

    Straight from groups of up to a quarter of the sample and 32 vectors, and as 1/k from there.
    """
    p = torch.softmax(sample @ scaled_anchors.float().T, 1)
    n = len(p)
    limit = entropy(p.double().mean(0)) + variance_term(p) / n
    sizes = [k for k in SIZES if k <= min(32, max(1, n // 4))]
    groups = [entropy(p[: n // k * k].view(-1, k, p.shape[1]).mean(1)).double().mean() for k in sizes]
    found = (limit - torch.stack(groups)).clamp(min=1e-9)
    beyond = torch.tensor(SIZES[len(groups) :], dtype=torch.float64, device=found.device)
    return torch.cat([found, found[-1] * SIZES[len(groups) - 1] / beyond])


def variance_term(p: Tensor) -> Tensor:
    """Sum over anchors of Var(p_j) / (2 E p_j): n times what the entropy of a mean of n falls short, for large n."""
    return (p.double().var(0, correction=0) / p.double().mean(0).clamp(min=_TINY)).sum() / 2
