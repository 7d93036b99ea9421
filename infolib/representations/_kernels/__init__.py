"""Soft assignment summed over a batch: one contract, several bodies.

A kernel takes a batch of vectors and returns sums over its rows. With logits ``x[i, j] = cos(z_i, w_j) / temperature``
and ``p[i] = softmax(x[i])`` within each anchor set, it returns a `BatchSums`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor


class Segments(NamedTuple):
    """Which row belongs to which label: `index` (n,) in 0..size-1, each value occurring at least once."""

    index: Tensor
    size: int


class BatchSums(NamedTuple):
    """Sums over the rows of one batch, all float64. K is the number of sets, m the anchors in one."""

    assignment: Tensor  # (K * m,)       sum of p[i]
    row_entropy: Tensor  # (K,)          sum of H(p[i]) in nats
    by_label: list[Tensor]  # (size, K * m) for each label set: sum of p[i] over the rows of a label
    norm: Tensor  # (n,)                 length of each row, zero or non-finite where the row has no direction


Kernel = Callable[[Tensor, Tensor, int, Sequence[Segments]], BatchSums]
