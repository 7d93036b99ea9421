"""Soft assignment of a batch: one contract, several bodies.

A kernel takes a batch of vectors. With logits ``x[i, j] = cos(z_i, w_j) / temperature`` and ``p[i] = softmax(x[i])``
within each anchor set, it returns sums over the rows as a `BatchSums`, and writes the rows p themselves where asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


class BatchSums(NamedTuple):
    """Sums over the rows of one batch, float64. K is the number of sets, m the anchors in one."""

    assignment: Tensor  # (K * m,)       sum of p[i]
    row_entropy: Tensor  # (K,)          sum of H(p[i]) in nats
    norm: Tensor  # (n,)                 length of each row, zero or non-finite where the row has no direction


Kernel = Callable[[Tensor, Tensor, int, Tensor | None], BatchSums]
