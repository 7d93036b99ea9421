"""Which kernel does the work."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import torch
from torch import Tensor

from infolib.representations._kernels import BatchSums, Kernel, chunked, reference


def _triton(
    z: Tensor, scaled_anchors: Tensor, n_sets: int, lengths: Sequence[int], out: Tensor | None = None
) -> BatchSums:
    from infolib.representations._kernels import triton  # the package is not needed by those who do not use it

    return triton.batch_sums(z, scaled_anchors, n_sets, lengths, out)


KERNELS: dict[str, Kernel] = {"chunked": chunked.batch_sums, "reference": reference.batch_sums, "triton": _triton}


def default_kernel(device: torch.device) -> str:
    """`"triton"` on an NVIDIA or AMD GPU where the package is installed, else `"chunked"`."""
    return "triton" if device.type == "cuda" and importlib.util.find_spec("triton") else "chunked"
