"""A uniform sample of the vectors seen, from one pass; samples of shards merge into a sample of the whole."""

from __future__ import annotations

import torch
from torch import Tensor

SAMPLE_SIZE = 2048
_ROOM = 3 * SAMPLE_SIZE // 2  # what is sampled waits here until it is worth to choose among it
_LARGEST = torch.iinfo(torch.int64).max


class VectorSample:
    """The vectors with the smallest keys, unit length, float32; a key is a hash of where a vector stood.

    Keys of equal vectors differ by their places, so that a vector which occurs often is in the sample often.
    """

    def __init__(self, dim: int, device: torch.device):
        self._dim, self._device = dim, device
        self._keys = torch.empty(0, dtype=torch.int64, device=device)
        self._vectors = torch.empty(0, dim, device=device)
        self._held = 0
        self._threshold = _LARGEST  # no key from here on can be among the smallest

    def add(self, keys: Tensor, vectors: Tensor, norm: Tensor) -> None:
        """Consider vectors (n, d) of lengths `norm` (n,) under their `keys` (n,)."""
        chosen = (keys < self._threshold).nonzero()[:, 0]
        if len(chosen) > SAMPLE_SIZE:
            chosen = chosen[torch.topk(keys[chosen], SAMPLE_SIZE, largest=False).indices]
        while len(chosen):
            part = chosen[: self._room()]
            rows = self._take(keys[part])
            if vectors.dtype == rows.dtype:
                torch.index_select(vectors, 0, part, out=rows)  # no copy but the one that stays
            else:
                rows.copy_(vectors[part])
            rows.div_(norm[part, None])
            chosen = chosen[len(part) :]

    def append(self, keys: Tensor, vectors: Tensor) -> None:
        """Consider unit vectors (n, d), such as the sample of another shard."""
        while len(keys):
            n = self._room()
            self._take(keys[:n]).copy_(vectors[:n])
            keys, vectors = keys[n:], vectors[n:]

    def ordered(self) -> tuple[Tensor, Tensor]:
        """Keys (n,) and vectors (n, d) of the sample, n at most SAMPLE_SIZE, sorted by key."""
        keys, order = torch.sort(self._keys[: self._held], stable=True)
        return keys[:SAMPLE_SIZE], self._vectors[order[:SAMPLE_SIZE]]

    def _room(self) -> int:
        """How many vectors can come before it has to be chosen among them."""
        if not len(self._keys):  # memory that is not written to yet costs nothing
            self._keys = torch.empty(_ROOM, dtype=torch.int64, device=self._device)
            self._vectors = torch.empty(_ROOM, self._dim, device=self._device)
        if self._held == _ROOM:
            self._drop()
        return _ROOM - self._held

    def _take(self, keys: Tensor) -> Tensor:
        """Keep keys, for which there is room, and return the rows where their vectors are to be written."""
        place = slice(self._held, self._held + len(keys))
        self._keys[place] = keys
        self._held = place.stop
        return self._vectors[place]

    def _drop(self) -> None:
        """Keep the smallest keys, in front: what lies behind moves into the places of what goes."""
        self._threshold = int(self._keys.kthvalue(SAMPLE_SIZE).values) + 1
        stays = self._keys < self._threshold  # keys that are equal stay together, as far as there is room
        stays[stays.nonzero()[SAMPLE_SIZE:, 0]] = False
        free, late = (~stays[:SAMPLE_SIZE]).nonzero()[:, 0], SAMPLE_SIZE + stays[SAMPLE_SIZE:].nonzero()[:, 0]
        self._keys[free], self._vectors[free] = self._keys[late], self._vectors[late]
        self._held = SAMPLE_SIZE


def hashed(*parts: Tensor | int) -> Tensor:
    """Mix integers into one pseudo-random non-negative int64 each, the finaliser of SplitMix64 (Steele et al. 2014)."""
    x = torch.as_tensor(0)
    for part in parts:
        x = _mix(x ^ part)
    return x & _LARGEST


def _mix(x: Tensor) -> Tensor:
    x = x + -0x61C8864680B583EB  # int64 arithmetic wraps around, as the generator wants
    x = (x ^ ((x >> 30) & ((1 << 34) - 1))) * -0x40A7B892E31B1A47
    x = (x ^ ((x >> 27) & ((1 << 37) - 1))) * -0x6B2FB644ECCEEE15
    return x ^ ((x >> 31) & ((1 << 33) - 1))
