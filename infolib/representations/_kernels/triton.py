"""Tensor cores, and z read from memory once. For GPUs; under ``TRITON_INTERPRET=1`` for the CPU, slowly, to be tested.

A program takes a tile of rows and a tile of anchors. One loop over the dimensions gives the products with the anchors
and the squared lengths of the rows; softmax, entropy and the sum over the rows follow in registers. A set of more than
`TILE_COLUMNS` anchors does not fit there: its logits go through memory, a chunk of rows at a time. To compute them
twice instead would save 8 bytes a logit and cost 2 d operations, dear from d of about a hundred on.

Each program adds to a row of the buffer of sums that is its own. There are no atomics: all sums have a fixed order, and
repeats agree to the last bit.

Accuracy, in nats, at the calibrated temperature:

- Anchors. Tensor cores multiply 16-bit numbers exactly. Anchors rounded to bfloat16 would be wrong by up to 1e-2 in the
  entropy of a row; so each is the sum of two 16-bit numbers, and bfloat16 vectors err by 4e-6 a row (3e-5 at most),
  with either sign: the mean over a thousand rows keeps 1e-7. With float16 vectors rounding to float32 is all that is
  left. Anchors that are 16-bit numbers, up to one factor for each, need one product and lose nothing.
- Float32 vectors are sums of two TF32 numbers, and so are their anchors: three products, the smallest left out.
- Accumulators. A tensor core cuts bits off where others round (Fasi et al., 2021, "Numerical behavior of NVIDIA tensor
  cores"). Adding up all of d = 4096 it would shrink every logit by an estimated 1e-5 and raise every entropy by 3e-5.
  It adds `BLOCK_D` products at a time, and float32 registers add those.
- Sums over the rows of one tile are float32, all others float64.

Speed, on paper. Tiles and steps are made for the H100: at 3.35 TB/s and 990 TFLOP/s it has time for 295 operations a
byte. Bfloat16 vectors need m of them with one product and 2 m with two, so reading sets the pace up to some m between
100 and 250, and the tensor cores beyond. GPUs before Hopper, which cannot copy tiles on their own, run it too, slowly.
"""

# A program takes plain numbers for its compile-time constants, and options of the compiler beside its parameters.
# pyright: reportArgumentType=false, reportCallIssue=false

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import torch
import triton
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary
from triton import knobs
from triton.tools.tensor_descriptor import TensorDescriptor

from infolib.representations._kernels import BatchSums
from infolib.representations._kernels.triton_programs import fused_sums, softmax_sums, tile_of_logits

# With 8 warps the products, and what the tensor cores are adding to them, take 128 of the 255 registers of a thread.
TILE_ROWS, TILE_COLUMNS = 128, 128
OPTIONS = {"num_warps": 8, "enable_fp_fusion": True}
PROGRAMS = 2048  # at most, about: 16 for each multiprocessor of an H100, so that few idle at the end
CHUNK_LOGITS = 1 << 24  # in memory at a time, 64 MB: enough rows to fill a device several times over
TILE_LOGITS, SLOT_ROWS = 1 << 13, 64  # read back at a time, and by one program at least: its sums are 8 bytes a column


class Anchors(NamedTuple):
    """Anchors in tiles of columns, with zeros where there is no anchor."""

    parts: Tensor  # (tiles * n_parts * columns, d or a little more): for each tile its large part, then its small one
    scale: Tensor  # (tiles * columns,) float32: makes logits in units of log 2 out of products with unit rows
    n_parts: int
    columns: int  # of one tile
    tiles: int


class Slots(NamedTuple):
    """Segments cut into slots, as many for each as the longest needs; a program takes the rows of one slot."""

    bounds: Tensor  # (segments + 1,) int32: where the segments start and end
    per_segment: int
    rows: int  # of one slot


def batch_sums(
    z: Tensor, scaled_anchors: Tensor, n_sets: int, lengths: Sequence[int], out: Tensor | None = None
) -> BatchSums:
    """Assign `z` (n, d) softly to `scaled_anchors` (K * m, d), unit anchors divided by the temperature.

    `scaled_anchors` must keep their values: they are prepared once, and that is kept as long as the tensor lives. Rows
    of `z` that do not start at multiples of 16 bytes are copied.
    """
    _check(z)
    columns, device, edges = len(scaled_anchors), z.device, [0, *accumulate(lengths)]
    norm = torch.empty(len(z), dtype=torch.float32, device=device)
    assignment = torch.zeros(len(lengths), columns, dtype=torch.float64, device=device)
    row_entropy = torch.zeros(len(lengths), n_sets, dtype=torch.float64, device=device)
    if len(z):
        anchors, z = prepared(scaled_anchors, n_sets, z.dtype), _addressable(z)
        run = _run_fused if columns // n_sets <= TILE_COLUMNS else _run_through_memory
        with torch.cuda.device_of(z):
            run(z, anchors, edges, BatchSums(assignment, row_entropy, norm), out)
    by_set = assignment.unflatten(1, (n_sets, -1))
    # A row of p sums to 1 within a float32 rounding that leans to one side: small, but it would add up over batches.
    rows_in = _copied(lengths, torch.float64, device)
    by_set *= rows_in[:, None, None] / by_set.sum(-1, keepdim=True).clamp(min=torch.finfo(torch.float64).tiny)
    return BatchSums(assignment, row_entropy, norm)


def _run_fused(z: Tensor, anchors: Anchors, edges: list[int], to: BatchSums, out: Tensor | None) -> None:
    n_sets, blocks = to.row_entropy.shape[1], blocks_for(anchors, z)
    m = to.assignment.shape[1] // n_sets
    slots = _cut(edges, TILE_ROWS, anchors.tiles, z.device)
    sums, entropies = (x.new_zeros(len(x), slots.per_segment, x.shape[1]) for x in to[:2])
    fused_sums[(sums.shape[0] * sums.shape[1] * anchors.tiles,)](
        _tiled(z, TILE_ROWS, blocks), _tiled(anchors.parts, anchors.columns, blocks), anchors.scale, slots.bounds,
        to.norm, sums, entropies, out, 0 if out is None else out.stride(0), z.shape[1], n_sets, slots.per_segment,
        slots.rows, anchors.tiles, M=m, SET_COLUMNS=_set_columns(m), SETS=anchors.columns // _set_columns(m),
        ROWS=TILE_ROWS, PARTS=anchors.n_parts, **blocks,
    )  # fmt: skip
    to.assignment.copy_(sums.sum(1))
    to.row_entropy.copy_(entropies.sum(1))


def _run_through_memory(z: Tensor, anchors: Anchors, edges: list[int], to: BatchSums, out: Tensor | None) -> None:
    n_sets, blocks = to.row_entropy.shape[1], blocks_for(anchors, z)
    n, columns = len(z), to.assignment.shape[1]
    m = columns // n_sets
    vectors, weights = _tiled(z, TILE_ROWS, blocks), _tiled(anchors.parts, anchors.columns, blocks)
    size = TILE_ROWS * max(1, CHUNK_LOGITS // (TILE_ROWS * columns))
    room = torch.empty(min(n, size), columns, dtype=torch.float32, device=z.device) if out is None else out[:, 1:]
    for start in range(0, n, size):
        stop = min(start + size, n)
        logits = room if out is None else room[start:stop]
        tile_of_logits[(triton.cdiv(stop - start, TILE_ROWS) * anchors.tiles,)](
            vectors, weights, anchors.scale, to.norm, logits, logits.stride(0), start, stop, z.shape[1], columns,
            anchors.tiles, ROWS=TILE_ROWS, COLUMNS=anchors.columns, PARTS=anchors.n_parts, **blocks,
        )  # fmt: skip
        # The segments that the chunk reaches into, and where in it they start and end.
        first, last = bisect_right(edges, start) - 1, bisect_left(edges, stop)
        slots = _cut([min(max(x, start), stop) - start for x in edges[first : last + 1]], SLOT_ROWS, n_sets, z.device)
        sums, entropies = (x.new_zeros(last - first, slots.per_segment, x.shape[1]) for x in to[:2])
        softmax_sums[((last - first) * slots.per_segment * n_sets,)](
            logits, logits.stride(0), slots.bounds, sums, entropies, None if out is None else out[start:stop], n_sets,
            slots.per_segment, slots.rows, M=m, SET_COLUMNS=triton.next_power_of_2(m),
            ROWS=max(1, TILE_LOGITS // triton.next_power_of_2(m)), **OPTIONS,
        )  # fmt: skip
        to.assignment[first:last] += sums.sum(1)
        to.row_entropy[first:last] += entropies.sum(1)


def _cut(edges: list[int], rows: int, beside: int, device: torch.device) -> Slots:
    """Cut segments into slots of a multiple of `rows`; for the rows of each there are `beside` programs."""
    lengths = [b - a for a, b in pairwise(edges)]
    programs = beside * sum(triton.cdiv(length, rows) for length in lengths)
    rows *= max(1, triton.cdiv(programs, PROGRAMS))
    return Slots(_copied(edges, torch.int32, device), max(1, triton.cdiv(max(lengths), rows)), rows)


def _copied(values: Sequence[int], dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=dtype).to(device, non_blocking=True)  # nothing waits for what is under way


def _set_columns(m: int) -> int:
    """Columns that one set takes in a tile: a power of two, and no fewer than the tensor cores take."""
    return max(16, triton.next_power_of_2(m))


def blocks_for(anchors: Anchors, z: Tensor) -> dict[str, int]:
    """Return how many dimensions a step takes and how many steps are read ahead: by rule, so that repeats are equal."""
    shared = _shared_bytes(z.device)
    lines = TILE_ROWS + anchors.n_parts * anchors.columns
    # Long steps wait less often, but two of them must fit, and with two parts of the anchors three would not.
    width = 256 if anchors.n_parts == 1 and 2 * 256 * lines < shared else 128  # bytes
    stages = min(4, max(2, shared // (width * lines)))
    return {"BLOCK_D": width // z.element_size(), "num_stages": stages, **OPTIONS}


def _shared_bytes(device: torch.device) -> int:
    """Memory that the threads of one program can share; without meaning in the interpreter."""
    return torch.cuda.get_device_properties(device).shared_memory_per_block_optin if device.type == "cuda" else 0


def _tiled(matrix: Tensor, rows: int, blocks: dict[str, int]) -> TensorDescriptor:
    return TensorDescriptor(matrix, list(matrix.shape), [matrix.stride(0), 1], [rows, blocks["BLOCK_D"]])


def _addressable(z: Tensor) -> Tensor:
    """Return `z`, or a copy where its rows do not start at multiples of 16 bytes, which the copy engine asks for."""
    (n, d), unit = z.shape, 16 // z.element_size()
    if z.stride(1) == 1 and z.stride(0) >= d and not z.stride(0) % unit and not z.data_ptr() % 16:
        return z
    return z.new_empty(n, triton.cdiv(d, unit) * unit)[:, :d].copy_(z)


_prepared = WeakTensorKeyDictionary()


def prepared(scaled_anchors: Tensor, n_sets: int, dtype: torch.dtype) -> Anchors:
    """Return anchors as the products with vectors of `dtype` take them, made at the first call."""
    if scaled_anchors not in _prepared:
        _prepared[scaled_anchors] = {}
    known = _prepared[scaled_anchors]
    if (n_sets, dtype) not in known:
        known[n_sets, dtype] = _prepare(scaled_anchors.double().unflatten(0, (n_sets, -1)), dtype)
    return known[n_sets, dtype]


def _prepare(scaled_anchors: Tensor, dtype: torch.dtype) -> Anchors:
    n_sets, m, d = scaled_anchors.shape
    if m <= TILE_COLUMNS:  # a tile holds whole sets, as many as fit and are there
        step = _set_columns(m)
        columns = min(TILE_COLUMNS, step * triton.next_power_of_2(n_sets))
    else:
        step, columns = m, TILE_COLUMNS
    tiles = triton.cdiv(n_sets * step, columns)
    unit = 16 // dtype.itemsize
    weights = scaled_anchors.new_zeros(tiles * columns, triton.cdiv(d, unit) * unit)
    weights[: n_sets * step].unflatten(0, (n_sets, step))[:, :m, :d] = scaled_anchors
    # The largest component becomes 1: then float16 holds all that matter, and components that are 16-bit numbers up to
    # a factor can be told, if the largest is a power of two.
    scale = weights.abs().amax(1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny)
    weights /= scale
    parts = [_rounded(weights, dtype)]
    rest = weights - parts[0].double()
    if bool((rest.abs() > 2.0**-22).any()):
        parts.append(_rounded(rest, dtype))
    stacked = torch.stack([part.unflatten(0, (tiles, columns)) for part in parts], dim=1)
    return Anchors(stacked.flatten(0, 2), (scale[:, 0] / math.log(2)).float(), len(parts), columns, tiles)


def _rounded(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Round to what the tensor cores take beside vectors of `dtype`: for float32 the 11 bits of TF32."""
    if dtype != torch.float32:
        return x.to(dtype)
    return ((x.float().view(torch.int32) + 0x1000) & -0x2000).view(torch.float32)


def _check(z: Tensor) -> None:
    if z.dtype not in (torch.bfloat16, torch.float16, torch.float32):
        raise TypeError(f"`z` must be bfloat16, float16 or float32 for kernel 'triton'; it was {z.dtype}.")
    if not z.is_cuda and not knobs.runtime.interpret:
        raise ValueError(f"`z` must be on a CUDA device for kernel 'triton'; it was on {z.device}. Take 'chunked'.")
