"""Entropy of a hard partition of vectors, into bins or into clusters: what soft entropy replaces."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from infolib._checks import check_integer, check_one_of
from infolib.representations import _kmeans
from infolib.representations._partition_inputs import Read, as_labels, as_rows, tiles, work_dtype

TILE_ELEMENTS = 1 << 17  # numbers binned at a time: half a MB of float32 and 1 MB of bin numbers stay in the caches
BATCH_ROWS = 1024  # vectors that the centres learn from at once
HASH_SEED = 0

BinsOf = Callable[[Tensor], Tensor]  # bin numbers of a tile of vectors


@dataclass(frozen=True)
class PartitionEntropy:
    """Entropy of the cells that vectors fall into, plug-in, in nats.

    Attributes
    ----------
    cells : str
        What the cells are: ``"bins"`` or ``"clusters"``.
    entropy : float
        Entropy of the cell of a vector; also ``float(result)``.
    ceiling : float
        The largest it could be: the log of the number of vectors, or of the cells where those are fewer.
    n_cells : int
        Cells with at least one vector.
    alone : float
        Share of the vectors that are alone in their cell. Near 1 the cell is a name of the vector: `entropy` is close
        to the log of the number of vectors, and I(cell; label) to the entropy of the label, whatever the label.
    count : int
        How many vectors there were.
    label_entropy, mutual_information : float or None
        Entropy of the labels and I(cell; label), plug-in; None without labels.
    """

    cells: str
    entropy: float
    ceiling: float
    n_cells: int
    alone: float
    count: int
    label_entropy: float | None = None
    mutual_information: float | None = None

    def __float__(self) -> float:
        return self.entropy

    def __str__(self) -> str:
        text = (
            f"H({self.cells}) = {self.entropy:.4f} of at most {self.ceiling:.4f} nats "
            f"({self.count:,} vectors in {self.n_cells:,} cells, {self.alone:.0%} alone)"
        )
        if self.mutual_information is None:
            return text
        information = f"I({self.cells};label) = {self.mutual_information:.4f}"
        return f"{text}\n{information} of at most {self.label_entropy:.4f} nats, H(label)"

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON."""
        return {
            "cells": self.cells,
            "entropy_nats": self.entropy,
            "ceiling_nats": self.ceiling,
            "n_cells": self.n_cells,
            "alone": self.alone,
            "count": self.count,
            "label_entropy_nats": self.label_entropy,
            "mutual_information_nats": self.mutual_information,
        }


def binned_entropy(
    z: object, labels: object = None, *, n_bins: int = 50, edges: object = "range"
) -> PartitionEntropy:
    r"""Entropy of vectors cut into bins along every dimension: each string of bin numbers is a cell.

    .. math:: H = -\sum_c \frac{n_c}{N} \log \frac{n_c}{N}

    Parameters
    ----------
    z : array-like of floats, shape (..., d)
        The N vectors, all at once: the bins follow their range.
    labels : array-like of int, shape (...), optional
        One label for each vector; I(cell; label) is then estimated too.
    n_bins : int
        Bins along a dimension, at least 2. Not used when `edges` is an array.
    edges : {"range", "quantiles"} or array-like of floats, shape (k,) or (d, k)
        ``"range"`` cuts every dimension into equal widths from its least value to its largest, ``"quantiles"`` into
        bins that hold equally many vectors. An array gives the k inner edges of k + 1 bins, ascending, for all
        dimensions or for each; what lies beyond the outer edges falls into the outer bins. A value on an edge belongs
        to the bin above it.

    Returns
    -------
    PartitionEntropy
        The entropy in nats, its ceiling, how many cells were met, and the mutual information where there are labels.

    Raises
    ------
    TypeError
        If `n_bins` is not an integer.
    ValueError
        For shapes that do not fit, vectors that are not finite, no vector at all, fewer than two bins, or edges that do
        not ascend.

    Notes
    -----
    Limits: there are ``n_bins ** d`` cells. From a few dimensions on every vector is alone in its own, and what comes
    out is log N and the entropy of the labels; `PartitionEntropy.alone` tells. Fixed edges, such as those from -1 to 1
    of a tanh network, put activations of another range into few bins. One vector far from the others does the same to
    ``"range"``.

    Cost: a cell is named by a 64-bit number and never spelled out, so that memory beyond `z` is a few times 8 bytes a
    vector; one-hot bins would take ``n_bins`` times the memory of `z`. The name is the inner product of the bin numbers
    with random 64-bit numbers, modulo 2^64. Two different cells share one with probability at most
    ``n_bins / 2**64``, and any two of N with less than ``n_bins * N**2 / 2**65``: 1.4e-6 for a million vectors and 50
    bins.

    Source: Shwartz-Ziv and Tishby (2017), where the edges are fixed. Chapter "Soft entropy".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import binned_entropy
    >>> z = torch.tensor([[0.0, 0.0], [0.1, 0.1], [1.0, 0.1], [1.0, 1.0]])
    >>> print(binned_entropy(z, n_bins=2))
    H(bins) = 1.0397 of at most 1.3863 nats (4 vectors in 3 cells, 50% alone)
    """
    vectors = as_rows(z)
    dim, device = vectors.shape[1], vectors.device
    if isinstance(edges, str):
        check_one_of("edges", edges, ("range", "quantiles"))
        check_integer("n_bins", n_bins, 2)
        bins_of = _equal_widths(vectors, n_bins) if edges == "range" else _between(_quantiles(vectors, n_bins))
    else:
        inner = _as_edges(edges, dim).to(device, work_dtype(vectors))
        n_bins, bins_of = inner.shape[1] + 1, _between(inner)
    multipliers = np.random.default_rng(HASH_SEED).integers(-(2**63), 2**63, size=dim)
    weights = torch.from_numpy(multipliers).to(device)
    # Products and sums of 64-bit integers wrap around: they are taken modulo 2^64.
    parts = tiles(lambda: [vectors], max(1, TILE_ELEMENTS // dim))
    names, _ = _names(parts, lambda rows: bins_of(rows).mul_(weights).sum(1), len(vectors))
    return _counted("bins", names, dim * math.log(n_bins), labels)


def clustered_entropy(
    z: object, labels: object = None, *, n_clusters: int = 100, seed: int = 0
) -> PartitionEntropy:
    r"""Entropy of vectors named by the nearest of `n_clusters` centres, which mini-batch k-means fits to them.

    .. math:: H = -\sum_c \frac{n_c}{N} \log \frac{n_c}{N}, \qquad c(z) = \arg\min_j |z - \mu_j|

    Parameters
    ----------
    z : array-like of floats, shape (..., d); a list of such batches; or a function that returns them anew
        The N vectors. They are read twice: the first pass fits the centres, the second names the vectors. A tensor is
        fitted in random order. Batches are read as they come: shuffle them where they are sorted.
    labels : array-like of int, optional
        One label for each vector, in the order of the second pass; I(cell; label) is then estimated too.
    n_clusters : int
        Centres, at least 2 and at most N.
    seed : int
        Seed of the start and of the random order. On the CPU the same seed gives the same clusters.

    Returns
    -------
    PartitionEntropy
        The entropy in nats, its ceiling, how many clusters hold a vector, and the mutual information where there are
        labels.

    Raises
    ------
    TypeError
        If `z` is an iterator, which can be read only once, or if `n_clusters` or `seed` is not an integer.
    ValueError
        For shapes that do not fit, vectors that are not finite, fewer vectors than clusters, or a function that does
        not return as many vectors the second time.

    Notes
    -----
    Limits: the cells follow the cloud. Move or shrink it and they move and shrink with it, so that the entropy says how
    evenly they are filled and not how far the vectors spread. Two layers have different cells. Where the vectors form
    no clusters, the entropy hangs on the fit more than on the vectors: on noise in 256 dimensions, a start that costs
    less than 2% in squared distances has been seen to take 0.5 nats and more off the entropy.

    Cost: in each pass, N x n_clusters x d multiplications. Memory beyond the vectors: a few times 8 bytes for each, a
    few batches, and twice the first 50 vectors for each cluster, on which the centres start.

    Source: Sculley (2010), algorithm 1, after a start by k-means++ (Arthur and Vassilvitskii 2007) and plain k-means on
    the first vectors. Used for hidden states by Voita, Sennrich and Titov (2019). Chapter "Soft entropy".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import clustered_entropy
    >>> side = torch.arange(100) % 2
    >>> z = 9.0 * side[:, None] + torch.randn(100, 8, generator=torch.Generator().manual_seed(0))
    >>> print(clustered_entropy(z, side, n_clusters=2))
    H(clusters) = 0.6931 of at most 0.6931 nats (100 vectors in 2 cells, 0% alone)
    I(clusters;label) = 0.6931 of at most 0.6931 nats, H(label)
    """
    check_integer("n_clusters", n_clusters, 2)
    check_integer("seed", seed, 0)
    if isinstance(z, Iterator):
        raise TypeError(
            f"`z` must be something that can be read twice; it was a {type(z).__name__}. Give a list of batches, or a "
            "function that returns the batches anew."
        )
    rng = np.random.default_rng(seed)
    fitted, named = _passes(z, rng)
    centres = _kmeans.fit(tiles(fitted, BATCH_ROWS), n_clusters, rng)
    names, count = _names(tiles(named, BATCH_ROWS), centres.nearest, centres.count)
    if count != centres.count:
        raise ValueError(
            f"`z` must return the same vectors at every call; it returned {centres.count} and then {count}. Start the "
            "batches anew in the function."
        )
    return _counted("clusters", names, math.log(n_clusters), labels)


def _passes(z: object, rng: np.random.Generator) -> tuple[Read, Read]:
    """How to read the vectors for fitting, and how for naming."""
    if callable(z):
        return cast(Read, z), cast(Read, z)
    if isinstance(z, list | tuple):
        return (lambda: z), (lambda: z)
    vectors = as_rows(z)
    order = torch.from_numpy(rng.permutation(len(vectors))).to(vectors.device)
    return (lambda: (vectors[part] for part in order.split(BATCH_ROWS))), (lambda: [vectors])


def _names(parts: Iterable[Tensor], name_of: Callable[[Tensor], Tensor], n: int) -> tuple[Tensor, int]:
    """Names (n,) of the vectors in `parts`, and how many there were."""
    # One tensor for all names: small ones kept between the freed parts would leave holes too small for the next part,
    # and memory would grow with the vectors after all.
    names, count = torch.empty(n, dtype=torch.int64), 0
    for rows in parts:
        end = count + len(rows)
        if end <= n:
            names[count:end] = name_of(rows)
        count = end
    return names, count


def _equal_widths(vectors: Tensor, n_bins: int) -> BinsOf:
    low, high = (x.to(work_dtype(vectors)) for x in (vectors.amin(0), vectors.amax(0)))
    if bool((torch.isinf(high - low) & torch.isfinite(low) & torch.isfinite(high)).any()):
        raise ValueError(f"the range of `z` must be finite in {low.dtype}; it was not. Scale `z` down.")
    # A dimension without spread has one bin. Dividing by the spread, not by a width, keeps 0 / 0 out of tiny spreads.
    spread = torch.where(high > low, high - low, 1)

    def bins_of(tile: Tensor) -> Tensor:
        return (tile - low).div_(spread).mul_(n_bins).long().clamp_(max=n_bins - 1)

    return bins_of


def _between(inner: Tensor) -> BinsOf:
    """Bins by the inner edges (d, k) of each dimension, found by bisection."""
    inner = inner.contiguous()
    return lambda tile: torch.searchsorted(inner, tile.T.contiguous(), right=True).T


def _quantiles(vectors: Tensor, n_bins: int) -> Tensor:
    """Inner edges (d, n_bins - 1), themselves values of the dimension, with equally many values between them."""
    n = len(vectors)
    at = torch.arange(1, n_bins, device=vectors.device) * n // n_bins
    columns = vectors.split(max(1, TILE_ELEMENTS // n), dim=1)
    return torch.cat([x.T.to(work_dtype(x)).sort(dim=1).values[:, at] for x in columns])


def _counted(cells: str, names: Tensor, log_cells: float, labels: object) -> PartitionEntropy:
    """Entropies of the cells called `names` (N,) and, where there are labels, of the pairs of cell and label."""
    _, cell, counts = names.unique(return_inverse=True, return_counts=True)
    n, entropy = len(names), _entropy(counts)
    ceiling, alone = min(math.log(n), log_cells), int((counts == 1).sum()) / n
    if labels is None:
        return PartitionEntropy(cells, entropy, ceiling, len(counts), alone, n)
    _, x, x_counts = as_labels(labels, n).to(names.device).unique(return_inverse=True, return_counts=True)
    _, pair_counts = (cell * len(x_counts) + x).unique(return_counts=True)
    label_entropy = _entropy(x_counts)
    # Below 0 and above either entropy is rounding.
    information = min(max(entropy + label_entropy - _entropy(pair_counts), 0.0), entropy, label_entropy)
    return PartitionEntropy(cells, entropy, ceiling, len(counts), alone, n, label_entropy, information)


def _entropy(counts: Tensor) -> float:
    n = int(counts.sum())
    return max(math.log(n) - float((counts * counts.double().log()).sum()) / n, 0.0)


def _as_edges(edges: object, dim: int) -> Tensor:
    """Return inner edges (k,) or (d, k) as (d, k) float64."""
    inner = torch.as_tensor(edges, dtype=torch.float64)
    if inner.ndim not in (1, 2) or not inner.shape[-1] or (inner.ndim == 2 and len(inner) != dim):
        raise ValueError(
            f"`edges` must be 'range', 'quantiles', or an array of shape (k,) or ({dim}, k) with k at least 1; its "
            f"shape was {tuple(inner.shape)}. Give the inner edges alone."
        )
    if not bool(torch.isfinite(inner).all()) or not bool((inner.diff(dim=-1) > 0).all()):
        raise ValueError("`edges` must be finite and ascend along the last axis; they did not. Sort them, each once.")
    return inner.expand(dim, -1)
