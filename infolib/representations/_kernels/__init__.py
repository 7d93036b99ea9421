"""Soft assignment of a batch: one contract, several bodies.

A kernel takes a batch of vectors z (n, d), unit anchors divided by the temperature (K * m, d), the number K of anchor
sets, and the lengths of the segments into which the rows are cut. With logits ``x[i, j] = cos(z_i, w_j) / temperature``
and ``p[i] = softmax(x[i])`` within each anchor set, it returns sums over each segment as a `BatchSums`. Where `out`
(n, 1 + K * m) is given, it is filled: first the entropy of p[i] in the first set, then p[i].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor


class BatchSums(NamedTuple):
    """Sums over the rows of each segment of one batch, float64. K is the number of sets, m the anchors in one."""

    assignment: Tensor  # (segments, K * m)    sum of p[i]
    row_entropy: Tensor  # (segments, K)       sum of H(p[i]) in nats
    norm: Tensor  # (n,)                       length of each row, zero or non-finite where the row has no direction


Kernel = Callable[[Tensor, Tensor, int, Sequence[int], Tensor | None], BatchSums]
