"""What `SoftEntropy` takes: usable values are returned, others raise what was wanted, what came, and the remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from infolib.representations._blocks import N_BLOCKS

MOST_LABELS = 2**63 // N_BLOCKS  # label and block share 63 bits


def check_temperature(temperature: float) -> float:
    """Require a positive, finite softmax temperature."""
    value = float(temperature)
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"`temperature` must be positive and finite; it was {temperature!r}. None calibrates it.")
    return value


def check_center(center: object, dim: int, device: torch.device) -> Tensor | str | None:
    """Return None, ``"running"``, or a vector (dim,) to subtract, float64 on `device`."""
    if center is None or (isinstance(center, str) and center == "running"):
        return center
    if isinstance(center, str):
        raise ValueError(f"`center` must be None, 'running' or a vector; it was {center!r}.")
    vector = torch.as_tensor(center).detach().to(device).double()
    if vector.shape != (dim,) or not bool(torch.isfinite(vector).all()):
        raise ValueError(
            f"`center` must be a finite vector of shape ({dim},); its shape was {tuple(vector.shape)}. "
            "Give the mean of the vectors, from a pass before."
        )
    return vector


def same_center(one: Tensor | str | None, other: Tensor | str | None) -> bool:
    """Whether two estimators subtract the same."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return torch.equal(one, other.to(one.device))
    return not isinstance(one, Tensor) and not isinstance(other, Tensor) and one == other


def check_label_sets(labels: Mapping[str, int]) -> dict[str, int]:
    """Require a number of possible labels, from 1 to 2**59, for every label set."""
    for name, n in labels.items():
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= MOST_LABELS:
            raise ValueError(
                f"labels[{name!r}] must be the number of possible labels, at least 1 and at most 2**59; it was {n!r}."
            )
    return {name: int(n) for name, n in labels.items()}


def check_names(given: Mapping[str, object], declared: Mapping[str, int]) -> None:
    """Require ids for all the label sets declared, and for no others."""
    if set(given) != set(declared):
        raise ValueError(
            f"`labels` must name the label sets {sorted(declared)}; it named {sorted(given)}. "
            "Declare label sets with SoftEntropy(..., labels={name: number of labels})."
        )


def unit_rows(anchors: object, dim: int, n_sets: int) -> Tensor:
    """Return `anchors` (n_sets * m, dim) scaled to unit length, float64 on the CPU."""
    if isinstance(n_sets, bool) or not isinstance(n_sets, (int, np.integer)) or n_sets < 1:
        raise ValueError(f"`n_sets` must be an integer of at least 1; it was {n_sets!r}.")
    rows = torch.as_tensor(anchors).detach().cpu().double()
    if rows.ndim != 2 or rows.shape[1] != dim or len(rows) % n_sets or len(rows) < 2 * n_sets:
        raise ValueError(
            f"`anchors` must have shape (n_sets * m, {dim}) with n_sets = {n_sets} and m at least 2; "
            f"it was {tuple(rows.shape)}. Give one row an anchor, sets stacked."
        )
    norm = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    bad = ~(torch.isfinite(norm) & (norm > 0))
    if bool(bad.any()):
        raise ValueError(f"`anchors` must be finite and non-zero; {int(bad.sum())} were not. Only directions count.")
    return rows / norm


def as_vectors(z: object, dim: int) -> Tensor:
    """Return `z` as a tensor of floats of shape (..., dim)."""
    vectors = torch.as_tensor(z)
    if not vectors.is_floating_point():
        raise ValueError(f"`z` must hold floating-point vectors; its dtype was {vectors.dtype}. Convert it to float.")
    if vectors.ndim == 0 or vectors.shape[-1] != dim:
        raise ValueError(
            f"`z` must have shape (..., {dim}), since `dim` was set to {dim}; it was {tuple(vectors.shape)}. "
            "Put one vector along the last axis."
        )
    return vectors


def as_ids(argument: str, value: object, batch: torch.Size, device: torch.device) -> Tensor:
    """Return ids of shape `batch`, flattened to int64."""
    ids = torch.as_tensor(value, device=device)
    if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        raise ValueError(f"{argument} must be integers; their dtype was {ids.dtype}. Convert them with .long().")
    if ids.shape != batch:
        raise ValueError(
            f"{argument} must have shape {tuple(batch)}, one id a vector; it was {tuple(ids.shape)}. "
            "Give `z` and its ids the same leading axes."
        )
    return ids.reshape(-1).long()


def as_mask(mask: object, batch: torch.Size, device: torch.device) -> Tensor:
    """Return a mask of shape `batch`, flattened to bool."""
    keep = torch.as_tensor(mask, device=device)
    if keep.shape != batch:
        raise ValueError(
            f"`mask` must have shape {tuple(batch)}, one value a vector; it was {tuple(keep.shape)}. "
            "Give `z` and its mask the same leading axes."
        )
    if keep.dtype != torch.bool and not bool(((keep == 0) | (keep == 1)).all()):
        raise ValueError("`mask` must be True (or 1) where a vector counts and False (or 0) elsewhere; it held others.")
    return keep.reshape(-1).bool()


def check_ids(name: str, ids: Tensor, n_labels: int) -> None:
    """Require ids from 0 to n_labels - 1."""
    outside = (ids < 0) | (ids >= n_labels)
    if bool(outside.any()):
        raise ValueError(
            f"labels[{name!r}] must be from 0 to {n_labels - 1}; {int(outside.sum())} of {len(ids)} were not, "
            f"the first {int(ids[outside][0])}. Leave positions without a label out with `mask`."
        )


def check_directions(n_wild: int, n_zero: int, n: int) -> None:
    """Require that no vector was zero or non-finite."""
    if n_wild or n_zero:
        raise ValueError(
            f"`z` must hold finite, non-zero vectors; of {n} vectors {n_wild} were not finite and {n_zero} were zero. "
            'Leave them out with `mask`, or with SoftEntropy(..., invalid="mask").'
        )
