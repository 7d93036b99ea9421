"""A measure on every subset of the variables of a table, without going back to the whole table for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from infolib._arrays import BLOCK, is_tensor

MOST_VARIABLES = 20
_TENSOR_BLOCK = 2**22  # an accelerator wants long vectors, and a processor ones that fit its cache


def check_variables(name: str, n: int) -> None:
    """Require so few variables that all their subsets fit in memory."""
    if n > MOST_VARIABLES:
        raise ValueError(
            f"`{name}` must have at most {MOST_VARIABLES} variables; it had {n}, so {2**n - 1:,} subsets of them, "
            "which do not fit in memory. Sum out variables first, or use `joint_entropy` for the subsets you need."
        )


def subset_sums(xp: Any, table: Any, kernel: Callable[[Any], Any]) -> Any:
    """Sum a kernel over the cells of every marginal of a table.

    `table` is (b, k_1, ..., k_r, m, l): b and the last two axes stay, the r axes between are the variables. The
    result is (2,) * r, indexed by 0 for a variable that is summed out and 1 for one that is kept. `kernel` takes
    cells (c, m, l) and returns one number a cell.

    A table with a slot more on each axis, for the sum over it, holds every marginal, and one pass of the kernel
    over it does for all. It is made a block at a time: a variable is summed out, or joins the cells that stay.
    """
    *_, m, n = table.shape
    b, sizes = table.shape[0], table.shape[1:-2]
    width = math.prod(size + 1 for size in sizes) * m * n
    most = _TENSOR_BLOCK if is_tensor(table) else BLOCK
    if not sizes or width <= most:
        step = max(1, most // width)
        parts = [_all_marginals(xp, table[start : start + step], kernel) for start in range(0, b, step)]
        return sum(parts[1:], parts[0])
    kept = subset_sums(xp, xp.reshape(table, (b * sizes[0], *sizes[1:], m, n)), kernel)
    return xp.stack([subset_sums(xp, xp.sum(table, axis=1), kernel), kept])


def _all_marginals(xp: Any, block: Any, kernel: Callable[[Any], Any]) -> Any:
    """`subset_sums` of one block, by writing the table with a slot more on each axis."""
    r = block.ndim - 3
    for axis in range(1, r + 1):
        block = xp.concat([block, xp.sum(block, axis=axis, keepdims=True)], axis=axis)
    shape = block.shape[:-2]
    sums = xp.sum(xp.reshape(kernel(xp.reshape(block, (-1, *block.shape[-2:]))), shape), axis=0)
    for _ in range(r):  # the first axis goes and comes back as the last, so each is met once, and in order
        sums = xp.stack([sums[-1], xp.sum(sums[:-1], axis=0)], axis=-1)
    return sums


def marginals_of_size(xp: Any, table: Any, size: int) -> Iterator[Any]:
    """Give the marginal of every subset of `size` variables, as a vector; `table` is (b, k_1, ..., k_r)."""
    r = table.ndim - 1
    if size in (0, r):
        yield xp.reshape(table, (-1,)) if size == r else xp.sum(xp.reshape(table, (table.shape[0], -1)), axis=1)
        return
    yield from marginals_of_size(xp, xp.reshape(table, (-1, *table.shape[2:])), size - 1)
    yield from marginals_of_size(xp, xp.sum(table, axis=1), size)
