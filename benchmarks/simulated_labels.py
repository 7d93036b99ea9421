"""A candidate for the library: I(A;X) corrected for rare labels by what simulated labels of the same data do.

Judge it with ``python -m benchmarks.soft_entropy_bias --method benchmarks/simulated_labels.py``.

`simulate(bank, anchors)` draws labels that fix a share r of the variance of a sample of unit vectors kept in the pass,
and tabulates by how much the entropy of the mean of k assignments falls short of H(A|x), for a family of shares.
`estimate(S, n, row_entropy, family)` finds by EM which mixture of shares explains how far each label's entropy has
grown from one token to n (nonparametric empirical Bayes), and adds what is expected to be missing.
A label seen once says nothing of itself: it is taken to be like those seen two or three times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

# Kinds of label: the share of a vector's variance that its label fixes, and between how many senses a label's tokens
# are divided.
EIGHT = ((0.6, 8), (0.8, 8), (0.95, 8))
KINDS = (
    tuple((r / 10, 1) for r in range(10)) + ((0.97, 1), (1.0, 1)) + tuple((r, 3) for r in (0.3, 0.5, 0.7, 0.9)) + EIGHT
)
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512)
BANK = 4 * SIZES[-1]
PRIOR_LABELS = 5.0  # what neighbouring classes of counts weigh in a class's mixture, in labels
SCALE_SPREAD = 0.3  # prior standard deviation of the scale by which halves may correct a class
MODEL_ERROR = 0.05  # error of the family as a share of the correction, from the referee's grid
FLOOR = 1e-4  # variance in nats^2 below which no likelihood sharpens
GROUPS = 8  # label groups of the jackknife
TINY = 1e-300


def entropy(sums: Tensor) -> Tensor:
    """Entropy in nats of rows of non-negative sums; 0 for an empty row."""
    total = sums.sum(-1)
    safe = total.clamp(min=torch.finfo(sums.dtype).tiny)
    return torch.where(total > 0, safe.log() - torch.xlogy(sums, sums).sum(-1) / safe, 0)


@dataclass(frozen=True)
class Family:
    """What the entropy of the mean of k assignments does, for each kind of label: tables (kinds, sizes), float64."""

    deficit: Tensor  # H(A|x) - E H_k
    growth_variance: Tensor  # of u = H_k - mean row entropy
    halves_variance: Tensor  # of v / E v, with v = H_k - mean of H at the two halves
    covariance: Tensor  # of u and v / E v
    noise: Tensor  # variance of KL(mean of k || marginal) among draws from one label


def simulate(bank: Tensor, anchors: Tensor, seed: int = 0, budget: float = 2.5e7) -> Family:
    """Simulate labels from `bank` (b, d), unit vectors sampled from the pass; `anchors` (m, d), unit / temperature.

    A label of share r takes one bank vector z_0 for itself and each token another, z_i, about their mean:
    z = mean + sqrt(r) (z_0 - mean) + sqrt(1 - r) (z_i - mean), scaled to length 1. Mean and covariance over labels and
    tokens are the bank's for every r. `budget` is the number of softmax weights computed.
    """
    gen = torch.Generator().manual_seed(seed)
    pick = torch.randperm(len(bank), generator=gen)[:BANK]
    if len(pick) < BANK:
        pick = torch.cat([pick, torch.randint(len(bank), (BANK - len(pick),), generator=gen)])
    bank, anchors, m = bank[pick].float(), anchors.float(), len(anchors)
    mean = bank.mean(0)
    rest = bank - mean
    logit, base = rest @ anchors.T, mean @ anchors.T
    mean_sq, rest_mean, rest_sq = float(mean @ mean), rest @ mean, (rest**2).sum(1)
    log_marginal = torch.softmax(base + logit, 1).double().mean(0).clamp(min=TINY).log()
    n_labels = min(160, max(6, int(budget / (BANK * m * len(KINDS)))))

    def tokens(share: float, senses: int) -> Tensor:
        """Assignments (BANK, m) of the tokens of one label."""
        a, b = math.sqrt(share), math.sqrt(1 - share)
        own = torch.randint(BANK, (senses,), generator=gen)
        sense = torch.randint(senses, (BANK,), generator=gen)
        z0, zi = own[sense], torch.randperm(BANK, generator=gen)
        inner = (rest @ rest[own].T)[zi, sense]
        square = mean_sq + 2 * (a * rest_mean[z0] + b * rest_mean[zi])
        square = square + a * a * rest_sq[z0] + b * b * rest_sq[zi] + 2 * a * b * inner
        return torch.softmax((base + a * logit[z0] + b * logit[zi]) / square.clamp(min=1e-6).sqrt()[:, None], 1)

    tables = []
    for share, senses in KINDS:
        draws: dict[int, list[Tensor]] = {k: [] for k in SIZES}
        limits = []
        for _ in range(n_labels if share else max(3, n_labels // 4)):
            means, h = {1: tokens(share, senses)}, {}
            for k in SIZES:
                if k > 1:
                    j = 2 if k % 2 == 0 else 3
                    part = means[k // j]
                    means[k] = part[: len(part) // j * j].view(-1, j, m).mean(1)
                h[k] = entropy(means[k]).double()
                single = h[1][: len(h[k]) * k].view(-1, k).mean(1)
                half = h[k // 2][: 2 * len(h[k])].view(-1, 2).mean(1) if k % 2 == 0 else h[k]
                divergence = -h[k] - means[k].double() @ log_marginal
                draws[k].append(torch.stack([h[k], h[k] - single, h[k] - half, divergence], 1))
            halves = means[SIZES[-1]].double().view(2, -1, m).mean(1)
            # The bank is finite too: its halves take the first order of that out.
            limits.append(2 * entropy(halves.mean(0)) - entropy(halves).mean())
        limit = torch.stack(limits).mean()
        rows = []
        for k in SIZES:
            every = torch.cat(draws[k])
            unit = every[:, 2].mean().clamp(min=1e-6)
            cov = torch.cov(every[:, 1:3].T)
            within = torch.stack([d[:, 3].var() for d in draws[k]]).mean()
            rows.append(
                torch.stack([limit - every[:, 0].mean(), cov[0, 0], cov[1, 1] / unit**2, cov[0, 1] / unit, within])
            )
        table = torch.stack(rows)
        table[2, 2:4] = (table[1, 2:4] + table[3, 2:4]) / 2  # three tokens have no equal halves, one has none at all
        table[0, 2:4] = table[1, 2:4]
        tables.append(table)
    deficit, *spread = torch.stack(tables).unbind(-1)
    return Family(deficit.clamp(min=1e-9), *spread)


def _at(table: Tensor, k: Tensor) -> Tensor:
    """`table` (kinds, sizes) at sizes `k` (n,), straight in log k and held beyond the last size: (n, kinds)."""
    x = torch.tensor(SIZES, dtype=torch.float64).log()
    at = k.clamp(1, SIZES[-1]).log()
    j = torch.searchsorted(x, at, right=True).clamp(1, len(x) - 1)
    t = ((at - x[j - 1]) / (x[j] - x[j - 1]))[:, None]
    return table.T[j - 1] * (1 - t) + table.T[j] * t


def _deficit(table: Tensor, k: Tensor) -> Tensor:
    """The deficit at sizes `k`: straight in log-log, 1/k beyond the table."""
    return _at(table.log(), k).exp() * (SIZES[-1] / k.clamp(min=SIZES[-1]))[:, None]


def _by_class(values: Tensor, which: Tensor, n_classes: int) -> Tensor:
    return values.new_zeros(n_classes, *values.shape[1:]).index_add_(0, which, values)


@dataclass(frozen=True)
class Corrected:
    value: float
    plugin: float
    standard_error: float
    parts: tuple[float, float, float, float]  # of the standard error: tokens, labels, fit, model
    share: float  # mean share of variance over the tokens' labels, a diagnostic


def estimate(
    S: Tensor,
    n: Tensor,
    row_entropy: Tensor,
    family: Family,
    A: Tensor | None = None,
    nA: Tensor | None = None,
    steps: int = 80,
) -> Corrected:
    """Correct one anchor set.

    S (labels, m): sums of assignments; n: counts; row_entropy: sums of the entropies of single assignments; A, nA: the
    same sums and counts of a random half of the tokens, optional. All float64, labels seen only.
    """
    total = n.sum()
    marginal = S.sum(0) / total
    h = entropy(S)
    plugin = entropy(marginal) - (n * h).sum() / total
    u = h - row_entropy / n
    dn = _deficit(family.deficit, n)
    vu = _at(family.growth_variance, n) + FLOOR
    eu = u[:, None] - (family.deficit[:, 0] - dn)
    log_lik = -0.5 * (vu.log() + eu**2 / vu)
    split, v, mv = torch.zeros_like(n), torch.zeros_like(n), torch.zeros_like(dn)
    if A is not None and nA is not None:
        B, nB = (S - A).clamp(min=0), n - nA
        v = h - (nA * entropy(A) + nB * entropy(B)) / n
        in_halves = [x[:, None] * _deficit(family.deficit, x.clamp(min=1)) for x in (nA, nB)]
        mv = sum(in_halves) / n[:, None] - dn
        split = ((nA > 0) & (nB > 0) & (n > 2)).double()  # the halves of two tokens are the singles
        vv, cov = _at(family.halves_variance, n) * mv**2 + FLOOR, _at(family.covariance, n) * mv
        slope = cov / vu
        left = vv * (1 - (cov * slope / vv).clamp(max=0.9))
        log_lik = log_lik - 0.5 * split[:, None] * (left.log() + (v[:, None] - mv - slope * eu) ** 2 / left)
    log_lik = torch.where((n > 1)[:, None], log_lik, 0)  # one token says nothing of its label
    lik = (log_lik - log_lik.amax(1, keepdim=True)).clamp(min=-200).exp()
    present, which = torch.unique(torch.floor(torch.log2(n)), return_inverse=True)
    n_classes = len(present)
    single = bool(present[0] == 0)

    def mixtures(weight: Tensor, w: Tensor, steps: int) -> Tensor:
        """Mixture of kinds in each class of counts, by EM; neighbours lend to a class, and singletons live of it."""
        for _ in range(steps):
            post = lik * w[which]
            mass = _by_class(post * (weight / post.sum(1).clamp(min=TINY))[:, None], which, n_classes)
            if single:
                mass[0] = 0
            near = mass + 1e-3 * mass.sum(0) + 1e-9
            near[1:] += 0.5 * mass[:-1]
            near[:-1] += 0.5 * mass[1:]
            w = mass + PRIOR_LABELS * near / near.sum(1, keepdim=True)
            w = w / w.sum(1, keepdim=True)
        return w

    def deficits(w: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean deficit of each label, and the posterior."""
        post = lik * w[which]
        post = post / post.sum(1, keepdim=True).clamp(min=TINY)
        mine, use, pred = (post * dn).sum(1), split * weight * n, (post * mv).sum(1)
        expected = _by_class(use * pred, which, n_classes)
        known = expected > 1e-9
        expected = torch.where(known, expected, 1)
        ratio = (_by_class(use * v, which, n_classes) / expected).clamp(0.2, 3)
        variance = _by_class((use * (v - pred)) ** 2, which, n_classes) / expected**2
        scale = torch.where(known, 1 + (ratio - 1) * SCALE_SPREAD**2 / (SCALE_SPREAD**2 + variance), 1)
        if single and n_classes > 1:
            scale[0] = scale[1]
        return mine * scale[which], post

    every = torch.ones_like(n)
    w = mixtures(every, torch.full((n_classes, len(KINDS)), 1 / len(KINDS), dtype=torch.float64), steps)
    mine, post = deficits(w, every)
    # H(A) falls short as well: the marginal is that of one label without information that has all the tokens.
    of_marginal = _deficit(family.deficit[:1], total[None])[0, 0]
    correction = (n * mine).sum() / total - of_marginal
    # Tokens of given labels; which labels came up; what the mixtures owe to these labels; the family itself.
    tokens = (n**2 * (post * _at(family.noise, n)).sum(1)).sum() / total**2
    information = -h - (S / n[:, None]) @ marginal.clamp(min=TINY).log() - mine
    labels = (n * (information - (n * information).sum() / total) ** 2).sum() / total**2
    group = torch.arange(len(n)) % GROUPS
    without = [(group != g).double() for g in range(GROUPS)]
    left_out = torch.stack([(n * deficits(mixtures(x, w, 15), x)[0]).sum() / total for x in without])
    fit = left_out.var(correction=0) * (GROUPS - 1)
    parts = torch.stack([tokens, labels, fit, (MODEL_ERROR * correction) ** 2])
    shares = torch.tensor([share for share, _ in KINDS], dtype=torch.float64)
    value, error = plugin - correction, parts.sum().sqrt()
    if not bool((n > 1).any()):  # nothing is known between 0 and the ceiling, which is the plug-in here
        value, error = plugin / 2, plugin / math.sqrt(12)
    return Corrected(
        float(value),
        float(plugin),
        float(error),
        tuple(parts.sqrt().tolist()),
        float((n * (post @ shares)).sum() / total),
    )


def method(sample, halves: bool = True) -> tuple[float, float]:
    """The plug-in point of the referee: (estimate, standard error) of a sample of vectors and labels."""
    gen = torch.Generator().manual_seed(1)
    ids, x, n = sample.labels.unique(return_inverse=True, return_counts=True)
    S, A = (torch.zeros(len(ids), len(sample.anchors), dtype=torch.float64) for _ in range(2))
    row, half = torch.zeros(len(ids), dtype=torch.float64), torch.rand(len(x), generator=gen) < 0.5
    for at in torch.arange(len(x)).split(8192):
        p = sample.assign(sample.vectors[at]).double()
        S.index_add_(0, x[at], p)
        A.index_add_(0, x[at][half[at]], p[half[at]])
        row.index_add_(0, x[at], entropy(p))
    bank = sample.vectors[torch.randperm(len(x), generator=gen)[:BANK]]
    family = simulate(bank, sample.anchors / sample.temperature)
    nA = torch.zeros(len(ids), dtype=torch.float64).index_add_(0, x, half.double())
    result = estimate(S, n.double(), row, family, A, nA) if halves else estimate(S, n.double(), row, family)
    return result.value, result.standard_error
