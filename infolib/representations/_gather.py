"""The arrays of every process, in the order of the ranks."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.distributed as dist
from torch import Tensor


def gathered(arrays: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """Return the `arrays` of each process of the default group; their first axes may differ in length.

    Raises
    ------
    RuntimeError
        If no process group is initialised.
    """
    if not (dist.is_available() and dist.is_initialized()):
        raise RuntimeError(
            "`all_reduce` needs a process group, and none is initialised. Call torch.distributed.init_process_group "
            "first, or run under torchrun."
        )
    world = dist.get_world_size()
    shards: list[dict[str, Tensor]] = [{} for _ in range(world)]
    for name, array in arrays.items():
        length = torch.tensor([len(array)], device=array.device)
        lengths = [torch.empty_like(length) for _ in range(world)]
        dist.all_gather(lengths, length)
        longest = max(int(n) for n in lengths)
        padded = array.new_zeros(longest, *array.shape[1:])
        padded[: len(array)] = array
        everyone = [torch.empty_like(padded) for _ in range(world)]
        dist.all_gather(everyone, padded)
        for shard, part, n in zip(shards, everyone, lengths, strict=True):
            shard[name] = part[: int(n)]
    return shards
