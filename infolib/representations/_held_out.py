"""The value of a bound on pairs that its critic has not seen, with a standard error, block by block of scores."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from infolib.representations._blocks import N_BLOCKS, jackknife_variance
from infolib.representations._bounds import Bound

TILE_ROWS = 1024  # x and y scored against one another at a time


class HeldOut(NamedTuple):
    """A bound on held-out pairs, and what tells whether to trust it."""

    value: float
    standard_error: float
    effective_pairs: float | None  # Kish's effective number of pairs behind the mean weight, where there is one
    clip_effect: float  # what clipping the weights added to the value


class _Sums(NamedTuple):
    """Scores (n, n), summed as far as every bound and its jackknife allow."""

    joint: Tensor  # (n,)
    by_block: Tensor  # (n, blocks): log sums of weights over the columns of each block
    log_weight: float  # of the pairs that do not belong together, before the clip
    log_square: float


def score_matrix(critic: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """Scores (n, m) as float64, tile by tile: a critic may need much memory for a pair."""
    return torch.cat(
        [torch.cat([critic(a, b).double() for b in y.split(TILE_ROWS)], dim=1) for a in x.split(TILE_ROWS)]
    )


@torch.no_grad()
def held_out(critic: nn.Module, bound: Bound, x: Tensor, y: Tensor, batch: int) -> HeldOut:
    """Value `bound` on pairs x (n, dim_x) and y (n, dim_y), in whole batches of pairs that are scored all against all.

    The standard error is that of the jackknife over blocks of pairs, which leaves out the rows and the columns of a
    block. On average it is not too small (Efron and Stein 1981). It holds for this critic.
    """
    n_batches = len(x) // batch
    used = n_batches * batch
    values, variances, pairs, effects = [], [], [], []
    for a, b in zip(x[:used].split(batch), y[:used].split(batch), strict=True):
        size = min(TILE_ROWS, math.ceil(batch / N_BLOCKS))
        sums = _sums(critic, bound, a, b, size)
        block = torch.arange(batch, device=a.device) // size
        full, without = bound.value(sums.joint, sums.by_block), []
        for left_out in range(sums.by_block.shape[1]):
            columns = torch.arange(sums.by_block.shape[1], device=a.device) != left_out
            rows = block != left_out
            without.append(bound.value(sums.joint[rows], sums.by_block[rows][:, columns]))
        values.append(float(full))
        variances.append(float(jackknife_variance(full, torch.stack(without), torch.bincount(block).double())))
        if not bound.scores_joint:
            pairs.append(math.exp(2 * sums.log_weight - sums.log_square))
            effects.append(sums.log_weight - float(sums.by_block.logsumexp((0, 1))))
    return HeldOut(
        value=math.fsum(values) / n_batches,
        standard_error=math.sqrt(math.fsum(variances)) / n_batches,
        effective_pairs=min(pairs) if pairs else None,
        clip_effect=math.fsum(effects) / n_batches,
    )


def _sums(critic: nn.Module, bound: Bound, x: Tensor, y: Tensor, size: int) -> _Sums:
    """Score all of x with all of y, and sum the weights over blocks of `size` columns."""
    joint, by_block, weights, squares = [], [], [], []
    tile = TILE_ROWS // size * size  # whole blocks
    for i, a in enumerate(x.split(tile)):
        row = []
        for j, b in enumerate(y.split(tile)):
            scores = critic(a, b).double()
            same = torch.zeros_like(scores, dtype=torch.bool)
            if i == j:
                joint.append(scores.diagonal())
                same.fill_diagonal_(True)
            if not bound.scores_joint:
                others = scores.masked_fill(same, -math.inf)
                weights.append(others.logsumexp((0, 1)))
                squares.append((2 * others).logsumexp((0, 1)))
                scores = scores.clamp(-bound.clip, bound.clip).masked_fill(same, -math.inf)
            row += [block.logsumexp(1) for block in scores.split(size, dim=1)]
        by_block.append(torch.stack(row, 1))
    log_weight, log_square = (float(torch.stack(s).logsumexp(0)) if s else math.nan for s in (weights, squares))
    return _Sums(torch.cat(joint), torch.cat(by_block), log_weight, log_square)
