"""Anchors: the reference directions that stand in for bins on the sphere."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def sample_anchors(n_anchors: int, dim: int, *, n_sets: int = 1, seed: int = 0) -> Tensor:
    """Draw unit vectors uniformly from the sphere: `n_sets` independent sets of `n_anchors`.

    A standard normal vector divided by its length is uniform on the sphere, because its density depends on the
    length alone.

    Parameters
    ----------
    n_anchors, dim : int
        Anchors in one set (at least 2) and their dimension (at least 2).
    n_sets : int
        Independent sets, stacked. The first k sets do not depend on how many follow.
    seed : int
        Non-negative. Drawn on the CPU from NumPy's PCG64, so one seed gives the same anchors on every device.

    Returns
    -------
    Tensor, float64, shape (n_sets * n_anchors, dim)
        Unit rows; rows k * n_anchors to (k + 1) * n_anchors are set k.

    Raises
    ------
    ValueError
        If a size is below its minimum or the seed is negative.

    Notes
    -----
    Source: Marsaglia (1972), "Choosing a point from the surface of a sphere". Chapter "Soft entropy".

    Examples
    --------
    >>> from infolib.representations import sample_anchors
    >>> sample_anchors(100, 16).norm(dim=1).allclose(torch.ones(100, dtype=torch.float64))
    True
    """
    for name, value, least in (("n_anchors", n_anchors, 2), ("dim", dim, 2), ("n_sets", n_sets, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"`{name}` must be an integer of at least {least}; it was {value!r}.")
    streams = np.random.SeedSequence(int(seed)).spawn(int(n_sets))
    rows = np.concatenate([np.random.default_rng(s).standard_normal((n_anchors, dim)) for s in streams])
    return torch.from_numpy(rows / np.linalg.norm(rows, axis=1, keepdims=True))
