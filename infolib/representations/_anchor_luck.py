"""What other anchors would have measured, seen on a small sample of the vectors."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from infolib.representations._label_kinds import entropy

VECTORS = 128  # in each of two samples
# Sets beside those that all vectors are measured with: fewer where the products would cost more than this.
MORE_SETS, PRODUCTS = 192, 1 << 33
_TILE_ELEMENTS = 1 << 20


class Luck(NamedTuple):
    """By how much each set may be expected to lie above the mean over anchors, float64 (n_sets + more,), mean 0."""

    entropy: Tensor
    ceiling: Tensor


def luck(sample: Tensor, anchors: Tensor, n_sets: int, temperature: float, seed: int) -> Luck | None:
    """Measure two samples of the vectors with the `n_sets` sets of unit `anchors`, and with as many more as are cheap.

    None where too few more are cheap, or the vectors too few, to say anything.
    """
    sample = sample[: 2 * VECTORS].float()
    halves = sample[: len(sample) // 2 * 2].unflatten(0, (2, -1))
    n_anchors, dim = len(anchors) // n_sets, anchors.shape[1]
    # As if the sample were whole: fewer vectors must not bring more anchors than memory holds.
    more = min(MORE_SETS, PRODUCTS // (2 * VECTORS * n_anchors * dim))
    if more < 4 * n_sets or halves.shape[1] < 2:
        return None
    others = _other_anchors(more * n_anchors, dim, seed).to(sample.device)
    tile = max(1, _TILE_ELEMENTS // (n_anchors * len(sample))) * n_anchors
    found = [_profiles(halves, anchors, n_sets, temperature)]
    found += [_profiles(halves, rows, len(rows) // n_anchors, temperature) for rows in others.split(tile)]
    # What two samples share, all vectors share with them; the rest of their variance over the sets is their own.
    entropies, ceilings = torch.cat(found, 2)
    return Luck(_shared(entropies), _shared(ceilings))


@lru_cache(maxsize=2)  # the layers of a model share them
def _other_anchors(n: int, dim: int, seed: int) -> Tensor:
    """Unit vectors (n, dim) from another stream of random numbers than the sets themselves."""
    rows = torch.randn(n, dim, generator=torch.Generator().manual_seed((seed + 1_000_003) % 2**64))
    return rows.div_(rows.norm(dim=1, keepdim=True))


def _shared(halves: Tensor) -> Tensor:
    """Deviations of the mean of two samples' values (2, sets), drawn in to the variance that the two have in common."""
    mean, common = halves.mean(0), torch.cov(halves)[0, 1]
    return (mean - mean.mean()) * (common / mean.var().clamp(min=torch.finfo(mean.dtype).tiny)).clamp(0, 1)


def _profiles(halves: Tensor, anchors: Tensor, n_sets: int, temperature: float) -> Tensor:
    """H(A) and I(A;Z) of two samples (2, n, d): (2 quantities, 2, n_sets)."""
    logits = halves @ (anchors / temperature).float().T
    p = torch.softmax(logits.unflatten(2, (n_sets, -1)), -1)
    entropies = entropy(p.double().mean(1))
    return torch.stack([entropies, entropies - entropy(p).double().mean(1)])
