"""Which kernel does the work."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from infolib.representations._kernels import BatchSums, Kernel, chunked, reference


def _triton(
    z: Tensor, scaled_anchors: Tensor, n_sets: int, lengths: Sequence[int], out: Tensor | None = None
) -> BatchSums:
    from infolib.representations._kernels import triton  # the package is not needed by those who do not use it

    return triton.batch_sums(z, scaled_anchors, n_sets, lengths, out)


KERNELS: dict[str, Kernel] = {"chunked": chunked.batch_sums, "reference": reference.batch_sums, "triton": _triton}
