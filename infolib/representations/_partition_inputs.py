"""Vectors and labels that are looked at many times or in pieces: what they must be, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor

Read = Callable[[], Iterable[object]]  # starts a pass over batches of vectors


def as_rows(z: object) -> Tensor:
    """Return `z` (..., d) as at least one row of floats, without gradient."""
    vectors = torch.as_tensor(z)
    if not vectors.is_floating_point():
        raise ValueError(f"`z` must hold floating-point vectors; its dtype was {vectors.dtype}. Convert it to float.")
    if vectors.ndim == 0 or not vectors.numel():
        raise ValueError(
            f"`z` must have shape (..., d) with at least one vector; it was {tuple(vectors.shape)}. Put one vector "
            "along the last axis."
        )
    return vectors.detach().reshape(-1, vectors.shape[-1])


def as_labels(labels: object, n: int) -> Tensor:
    """Return `n` integer labels as one row."""
    ids = torch.as_tensor(labels)
    if ids.is_floating_point() or ids.is_complex():
        raise ValueError(f"`labels` must be integers; their dtype was {ids.dtype}. Convert them with .long().")
    if ids.numel() != n:
        raise ValueError(
            f"`labels` must be one a vector, {n} of them; their shape was {tuple(ids.shape)}. Give `z` and its labels "
            "the same leading axes."
        )
    return ids.reshape(-1)


def work_dtype(vectors: Tensor) -> torch.dtype:
    """Dtype that `vectors` are worked on in."""
    return torch.float64 if vectors.dtype == torch.float64 else torch.float32


def tiles(read: Read, n_rows: int) -> Iterator[Tensor]:
    """Yield all vectors, at most `n_rows` at a time, finite, of one length, in the work dtype of the first."""
    count, dim, dtype = 0, None, None
    for batch in read():
        rows = as_rows(batch)
        if dim is None:
            dim, dtype = rows.shape[1], work_dtype(rows)
        if rows.shape[1] != dim:
            raise ValueError(
                f"`z` must hold vectors of one dimension; a batch had {dim} and another {rows.shape[1]}. Put one "
                "vector along the last axis."
            )
        for tile in rows.split(n_rows):
            finite = torch.isfinite(tile).all(1)
            if not bool(finite.all()):
                first = count + int((~finite).nonzero()[0])
                raise ValueError(f"`z` must hold finite vectors; vector {first} was not. Leave such vectors out.")
            count += len(tile)
            yield tile.to(dtype)
