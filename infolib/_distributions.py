"""What the measures are taken of, checked: rows of probabilities, a pair of them, a joint table and its marginals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from infolib import _checks
from infolib._arrays import Operand, operand, operand_pair, rows, sum_rows
from infolib._terms import checked_sum


def along(name: str, p: Any, axis: int, kernel: Callable[..., tuple[Any, ...]]) -> tuple[Operand, list[Any]]:
    """Check that `p` holds distributions along `axis`, and sum what `kernel` returns over each of them.

    `kernel(xp, block)` returns a tuple of sums over the last axis, of which the first is the `checked_sum`; the
    others come back in the shape of `p` without `axis`.
    """
    given = operand(name, p)
    xp, values = given.xp, given.values
    _checks.check_not_empty(
        name, values, scalar_remedy="Pass all probabilities, or use `binary_entropy` for two outcomes."
    )
    where = _checks.check_axis("axis", axis, name, values.ndim)
    batch = values.shape[:where] + values.shape[where + 1 :]
    parts = sum_rows(lambda block: kernel(xp, block), rows(xp, values, where))
    sums, *others = (xp.reshape(part, batch) for part in parts)
    _checks.check_pmf(name, values, sums, given.tolerance, axis)
    return given, others


class Pair(NamedTuple):
    """Two distributions as rows over the outcomes."""

    left: Operand
    right: Operand
    first: Any  # (n_rows, n), or (1, n) where one distribution meets many
    second: Any
    batch: tuple[int, ...]  # shape of a result

    def check(self, sums_p: Any, sums_q: Any, axis: int) -> None:
        """Require the rows to be distributions, from their `checked_sum`."""
        for name, side, sums in (("p", self.left, sums_p), ("q", self.right, sums_q)):
            _checks.check_pmf(name, side.values, side.xp.reshape(sums, self.batch), side.tolerance, axis)


def row_pair(p: Any, q: Any, axis: int) -> Pair:
    """Lay `p` and `q` out as rows along `axis`, broadcast over the other axes; their values are not looked at yet."""
    left, right = operand_pair("p", p, "q", q)
    xp = left.xp
    for name, array in (("p", left.values), ("q", right.values)):
        _checks.check_not_empty(name, array)
    ndim = max(left.values.ndim, right.values.ndim)
    first, second = (
        xp.reshape(side.values, (1,) * (ndim - side.values.ndim) + tuple(side.values.shape)) for side in (left, right)
    )
    where = _checks.check_axis("axis", axis, "p", ndim)
    _checks.check_same_length("p", first, "q", second, where)
    shape = np.broadcast_shapes(tuple(first.shape), tuple(second.shape))

    def as_rows(array: Any) -> Any:
        # One distribution against many is broadcast block by block; only a mixed pattern is written out.
        one_row = math.prod(array.shape) == array.shape[where]
        return rows(xp, array if one_row else xp.broadcast_to(array, shape), where)

    return Pair(left, right, as_rows(first), as_rows(second), shape[:where] + shape[where + 1 :])


def between(p: Any, q: Any, axis: int, sum_of_terms: Callable[[Any, Any, Any], Any]) -> tuple[Operand, Any]:
    """Check two distributions along `axis` and sum the terms of a measure between them, in nats."""
    pair = row_pair(p, q, axis)
    xp = pair.left.xp

    def kernel(p_block: Any, q_block: Any) -> tuple[Any, ...]:
        return checked_sum(xp, p_block), checked_sum(xp, q_block), sum_of_terms(xp, p_block, q_block)

    sums_p, sums_q, nats = sum_rows(kernel, pair.first, pair.second)
    pair.check(sums_p, sums_q, axis)
    return pair.left, xp.reshape(nats, pair.batch)


def joint_table(name: str, table: Any, least_axes: int) -> Operand:
    """Check that a whole array is one joint distribution."""
    given = operand(name, table)
    _checks.check_not_empty(
        name,
        given.values,
        least_axes=least_axes,
        scalar_remedy="Pass a joint table with one axis for each variable.",
    )
    flat = given.xp.reshape(given.values, (1, -1))
    (sums,) = sum_rows(lambda block: (checked_sum(given.xp, block),), flat)
    _checks.check_pmf(name, given.values, sums[0], given.tolerance, None)
    return given


def marginal(given: Operand, *groups: tuple[int, ...]) -> Any:
    """Sum out the axes in no group, and lay each group out as one axis, in the order given."""
    xp, values = given.xp, given.values
    kept = tuple(axis for group in groups for axis in group)
    dropped = tuple(axis for axis in range(values.ndim) if axis not in kept)
    shape = tuple(math.prod(values.shape[axis] for axis in group) for group in groups)
    moved = xp.permute_dims(values, kept + dropped)
    return xp.sum(xp.reshape(moved, (*shape, -1)), axis=-1) if dropped else xp.reshape(moved, shape)
