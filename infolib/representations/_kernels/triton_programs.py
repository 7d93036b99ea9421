"""What runs on the device for `triton.batch_sums`: see there for the plan and the accuracy."""

# The compiler of this language reads the functions, not Python: their types are not Python's.
# pyright: reportArgumentType=false, reportCallIssue=false, reportGeneralTypeIssues=false, reportOperatorIssue=false

from __future__ import annotations

import triton
import triton.language as tl
from triton import knobs

# The interpreter takes bfloat16 for the integers of its bits in a product; float32 holds the same numbers.
INTERPRETED = tl.constexpr(knobs.runtime.interpret)


@triton.jit
def _products(
    z, anchors, row, column, d, ROWS: tl.constexpr, COLUMNS: tl.constexpr, BLOCK_D: tl.constexpr, PARTS: tl.constexpr
):
    """Inner products (ROWS, COLUMNS) of rows and anchors, and the lengths (ROWS,) of the rows."""
    products = tl.full((ROWS, COLUMNS), 0, tl.float32)
    squares = tl.full((ROWS,), 0, tl.float32)
    for k in range(0, d, BLOCK_D):
        tile = z.load([row, k])
        wide = tile.to(tl.float32)
        squares += tl.sum(wide * wide, axis=1)
        block = tl.full((ROWS, COLUMNS), 0, tl.float32)
        for i in tl.static_range(PARTS):  # the small part of the anchors first, while the accumulator is small
            part = anchors.load([column * PARTS + (PARTS - 1 - i) * COLUMNS, k]).T
            # `max_num_imprecise_acc` keeps the addition to `products` out of the tensor core. Were it folded in, the
            # accumulator would lose bits, and the product still run while its operand is overwritten by a later tile.
            if tile.dtype == tl.float32:
                # Rounded to the 11 bits of TF32; what is left over fits them too.
                coarse = ((tile.to(tl.int32, bitcast=True) + 0x1000) & -0x2000).to(tl.float32, bitcast=True)
                if i == PARTS - 1:
                    block = tl.dot(tile - coarse, part, block, input_precision="tf32", max_num_imprecise_acc=BLOCK_D)
                block = tl.dot(coarse, part, block, input_precision="tf32", max_num_imprecise_acc=BLOCK_D)
            elif INTERPRETED:
                block = tl.dot(wide, part.to(tl.float32), block)
            else:
                block = tl.dot(tile, part, block, max_num_imprecise_acc=BLOCK_D)
        products += block
    return products, tl.sqrt(squares)


@triton.jit
def _softmax(x, valid):
    """Softmax over the last axis of logits in units of log 2, where `valid`, and its entropy in nats."""
    x = tl.where(valid, x, float("-inf"))
    x -= tl.max(x, axis=2)[:, :, None]
    weight = tl.exp2(x)
    total = tl.sum(weight, axis=2)
    # H(p) = log(total) - sum(p x) for logits x whose largest is 0: no logarithm of a small p is ever taken.
    mean = tl.sum(tl.where(valid, weight * x, 0.0), axis=2) / total
    return weight / total[:, :, None], 0.6931471805599453 * (tl.log2(total) - mean)


@triton.jit
def _rows_of(bounds, slot, slots, slot_rows):
    """First row of a slot, and the row behind its last; each segment has `slots` of them."""
    segment = slot // slots
    start = tl.load(bounds + segment) + slot % slots * slot_rows
    return start, tl.minimum(tl.load(bounds + segment + 1), start + slot_rows)


@triton.jit
def fused_sums(
    z, anchors, scale, bounds, norm, sums, entropies, out, out_stride, d, n_sets, slots, slot_rows, column_tiles,
    M: tl.constexpr, SET_COLUMNS: tl.constexpr, SETS: tl.constexpr, ROWS: tl.constexpr, BLOCK_D: tl.constexpr,
    PARTS: tl.constexpr,
):  # fmt: skip
    """Sums of softmax and entropy over the rows of one slot, for the sets in one tile of columns."""
    COLUMNS: tl.constexpr = SETS * SET_COLUMNS
    # Programs that share rows are neighbours: they run at one time, and read the rows from memory once.
    column_tile, slot = tl.program_id(0) % column_tiles, tl.program_id(0) // column_tiles
    start, end = _rows_of(bounds, slot, slots, slot_rows)
    own_set = column_tile * SETS + tl.arange(0, SETS)
    anchor = tl.arange(0, SET_COLUMNS)
    column = own_set[:, None] * M + anchor[None, :]
    held = (own_set < n_sets)[:, None] & (anchor < M)[None, :]
    own_scale = tl.load(scale + column_tile * COLUMNS + tl.arange(0, COLUMNS))
    own_sums = sums + slot.to(tl.int64) * n_sets * M + column
    own_entropies = entropies + slot.to(tl.int64) * n_sets + own_set
    for first in range(start, end, ROWS):
        products, length = _products(z, anchors, first, column_tile * COLUMNS, d, ROWS, COLUMNS, BLOCK_D, PARTS)
        row = first + tl.arange(0, ROWS)
        inside = row < end
        if column_tile == 0:
            tl.store(norm + row, length, mask=inside)
        x = tl.reshape(products * (1 / length)[:, None] * own_scale[None, :], (ROWS, SETS, SET_COLUMNS))
        p, h = _softmax(x, (anchor < M)[None, None, :])
        if out is not None:
            at = out + row.to(tl.int64)[:, None] * out_stride
            tl.store(at + own_set[None, :], h, mask=inside[:, None] & (own_set == 0)[None, :])
            tl.store(at[:, :, None] + 1 + column[None, :, :], p, mask=inside[:, None, None] & held[None, :, :])
        # Kept in memory from tile to tile, since the products need the registers.
        p = tl.sum(tl.where(inside[:, None, None], p, 0.0), axis=0).to(tl.float64)
        tl.store(own_sums, tl.load(own_sums, mask=held) + p, mask=held)
        h = tl.sum(tl.where(inside[:, None], h, 0.0), axis=0).to(tl.float64)
        tl.store(own_entropies, tl.load(own_entropies, mask=own_set < n_sets) + h, mask=own_set < n_sets)


@triton.jit
def tile_of_logits(
    z, anchors, scale, norm, x, x_stride, first_row, end_row, d, columns, column_tiles,
    ROWS: tl.constexpr, COLUMNS: tl.constexpr, BLOCK_D: tl.constexpr, PARTS: tl.constexpr,
):  # fmt: skip
    """Write a tile of the logits, in units of log 2, of the rows from `first_row` to `end_row`."""
    column_tile, row_tile = tl.program_id(0) % column_tiles, tl.program_id(0) // column_tiles
    first = first_row + row_tile * ROWS
    products, length = _products(z, anchors, first, column_tile * COLUMNS, d, ROWS, COLUMNS, BLOCK_D, PARTS)
    row = first + tl.arange(0, ROWS)
    column = column_tile * COLUMNS + tl.arange(0, COLUMNS)
    if column_tile == 0:
        tl.store(norm + row, length, mask=row < end_row)
    logits = products * (1 / length)[:, None] * tl.load(scale + column)[None, :]
    at = x + (row - first_row).to(tl.int64)[:, None] * x_stride + column[None, :]
    tl.store(at, logits, mask=(row < end_row)[:, None] & (column < columns)[None, :])


@triton.jit
def softmax_sums(
    x, x_stride, bounds, sums, entropies, out, n_sets, slots, slot_rows,
    M: tl.constexpr, SET_COLUMNS: tl.constexpr, ROWS: tl.constexpr,
):  # fmt: skip
    """Sums of softmax and entropy over the rows of one slot, for one set, from logits in memory."""
    own_set, slot = tl.program_id(0) % n_sets, tl.program_id(0) // n_sets
    start, end = _rows_of(bounds, slot, slots, slot_rows)
    anchor = tl.arange(0, SET_COLUMNS)[None, :]
    p_sum = tl.full((1, SET_COLUMNS), 0, tl.float64)
    h_sum = tl.full((1,), 0, tl.float64)
    for first in range(start, end, ROWS):
        row = first + tl.arange(0, ROWS)
        inside = (row < end)[:, None]
        at = x + row.to(tl.int64)[:, None, None] * x_stride + own_set * M + anchor[None, :, :]
        mask = inside[:, :, None] & (anchor < M)[None, :, :]
        p, h = _softmax(tl.load(at, mask=mask, other=0.0), (anchor < M)[None, :, :])
        if out is not None:  # the rows of p go where their logits were
            tl.store(at, p, mask=mask)
            if own_set == 0:
                tl.store(out + row.to(tl.int64)[:, None] * x_stride, h, mask=inside)
        p_sum += tl.sum(tl.where(inside[:, :, None], p, 0.0), axis=0).to(tl.float64)
        h_sum += tl.sum(tl.where(inside, h, 0.0), axis=0).to(tl.float64)
    own = slot.to(tl.int64) * n_sets + own_set
    tl.store(sums + own * M + anchor, p_sum, mask=anchor < M)
    tl.store(entropies + own + tl.arange(0, 1), h_sum)
