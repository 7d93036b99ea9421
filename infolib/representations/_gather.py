"""The arrays of every process, in the order of the ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
import torch.distributed as dist
from torch import Tensor


def check_alike(settings: Mapping[str, object]) -> None:
    """Require that all processes of the default group have the same `settings`.

    Raises
    ------
    RuntimeError
        If no process group is initialised.
    ValueError
        If a setting differs; in every process.
    """
    if not (dist.is_available() and dist.is_initialized()):
        raise RuntimeError(
            "`all_reduce` needs a process group, and none is initialised. Call torch.distributed.init_process_group "
            "first, or run under torchrun."
        )
    everyone: list[Mapping[str, object]] = [{} for _ in range(dist.get_world_size())]
    dist.all_gather_object(everyone, dict(settings))
    for rank, theirs in enumerate(everyone):
        for what, first in everyone[0].items():
            if theirs[what] != first:
                raise ValueError(
                    f"all processes must have the same `{what}`; that of process {rank} differs from that of "
                    "process 0. Make their estimators alike, with one `seed`."
                )


def from_each(arrays: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Yield the `arrays` of each process of the default group in turn; their first axes may differ in length.

    Those of one process are held at a time: label tables of all of them may not fit.
    """
    own = torch.tensor([len(array) for array in arrays.values()], device=next(iter(arrays.values())).device)
    lengths = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(lengths, own)
    for rank, shape in enumerate(lengths):
        shard = {}
        for (name, array), n in zip(arrays.items(), shape.tolist(), strict=True):
            mine = rank == dist.get_rank()
            shard[name] = array.contiguous() if mine else array.new_empty(n, *array.shape[1:])
            if n:
                dist.broadcast(shard[name], rank)
        yield shard
