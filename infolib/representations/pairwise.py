"""Bounds on the information of vectors with Gaussian noise added, from their distances in pairs (for small cases)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from infolib.representations._partition_inputs import as_labels, as_rows

TILE_ELEMENTS = 1 << 18  # distances worked on at a time: 2 MB of float64, which stay in the caches


@dataclass(frozen=True)
class MixtureBounds:
    """What is known of the information in T = Z + noise, for Z drawn from N given vectors; all in nats.

    Attributes
    ----------
    lower, upper : float
        I(T; X) is between them, for the labels X of the vectors; without labels, X is the vector itself.
    label_entropy : float
        H(X), which I(T; X) cannot exceed; log N without labels.
    vector_lower, vector_upper : float
        I(T; Z) is between them.
    noise_entropy : float
        Differential entropy of the noise, (d / 2) log(2 pi e noise_variance); negative for little noise.
    count : int
        The number N of vectors.
    """

    lower: float
    upper: float
    label_entropy: float
    vector_lower: float
    vector_upper: float
    noise_entropy: float
    count: int

    @property
    def entropy_lower(self) -> float:
        """Lower bound on the differential entropy h(T) = I(T; Z) + h(noise)."""
        return self.vector_lower + self.noise_entropy

    @property
    def entropy_upper(self) -> float:
        """Upper bound on the differential entropy h(T)."""
        return self.vector_upper + self.noise_entropy

    def __str__(self) -> str:
        return (
            f"{self.lower:.4f} <= I(T;X) <= {self.upper:.4f} of at most {self.label_entropy:.4f} nats, H(X); "
            f"{self.vector_lower:.4f} <= I(T;Z) <= {self.vector_upper:.4f} ({self.count:,} vectors)"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON."""
        return {
            "lower_nats": self.lower,
            "upper_nats": self.upper,
            "label_entropy_nats": self.label_entropy,
            "vector_lower_nats": self.vector_lower,
            "vector_upper_nats": self.vector_upper,
            "noise_entropy_nats": self.noise_entropy,
            "count": self.count,
        }


def mixture_information_bounds(z: object, noise_variance: float, labels: object = None) -> MixtureBounds:
    r"""Bounds on the mutual information of labels with vectors to which Gaussian noise is added.

    Let Z be one of N vectors, each as likely, and T = Z + noise with variance :math:`\sigma^2` in every direction. With

    .. math:: I_s = -\frac1N \sum_i \log \frac1N \sum_j e^{-|z_i - z_j|^2 / (s \sigma^2)}

    :math:`I_8 \le I(T; Z) \le I_2`. The same sums over vectors of one label bound :math:`I(T; Z \mid X)`, and

    .. math:: I_8 - I_{2 \mid X} \;\le\; I(T; X) = I(T; Z) - I(T; Z \mid X) \;\le\; I_2 - I_{8 \mid X} .

    Parameters
    ----------
    z : array-like of floats, shape (..., d)
        The N vectors.
    noise_variance : float
        Variance :math:`\sigma^2` of the noise along each dimension, in squared units of `z`; positive.
    labels : array-like of int, shape (...), optional
        The label X of each vector. None gives every vector a label of its own.

    Returns
    -------
    MixtureBounds
        Both bounds in nats on I(T; X), on I(T; Z) and on the differential entropy of T.

    Raises
    ------
    ValueError
        For shapes that do not fit, vectors that are not finite, no vector at all, or noise that is not positive and
        finite.

    Notes
    -----
    What they bound is the information of the N vectors as they are, noise added. Without noise it would be infinite or
    log N; its variance is yours to choose and to state. About the distribution that the vectors were drawn from, the
    bounds say little unless N is large: beyond a few dimensions all vectors are far apart and both bounds on I(T; Z)
    are log N.

    The two bounds meet where vectors are in groups, each much closer together than the noise and far from the others.
    Bounds on I(T; X) are cut off at 0 and at H(X), within which it always lies.

    Cost: for small cases, since all pairs are met: time grows as N^2 d, memory as N d.

    Accuracy: float64. Squared distances are rounded to about 1e-15 of the squared radius of the cloud, so the noise
    must not be below 1e-12 of that.

    Source: Kolchinsky and Tracey (2017), the pairwise bounds with the Bhattacharyya distance
    :math:`|z_i - z_j|^2 / 8\sigma^2` from below and the Kullback-Leibler divergence
    :math:`|z_i - z_j|^2 / 2\sigma^2` from above. Used for networks by Saxe et al. (2018). Chapter "Soft entropy".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import mixture_information_bounds
    >>> z = torch.tensor([[0.0], [0.1], [3.0], [3.1]])
    >>> print(mixture_information_bounds(z, 0.25, labels=[0, 0, 1, 1]))
    0.6744 <= I(T;X) <= 0.6931 of at most 0.6931 nats, H(X); 0.6843 <= I(T;Z) <= 0.7031 (4 vectors)
    """
    variance = float(noise_variance)
    if not (math.isfinite(variance) and variance > 0):
        raise ValueError(
            f"`noise_variance` must be positive and finite; it was {noise_variance!r}. Without noise a continuous "
            "vector holds infinite information."
        )
    vectors = as_rows(z).double()
    n, dim = vectors.shape
    finite = torch.isfinite(vectors).all(1)
    if not bool(finite.all()):
        raise ValueError(f"`z` must hold finite vectors; {int((~finite).sum())} of {n} were not. Leave them out.")
    x = torch.arange(n) if labels is None else as_labels(labels, n)
    _, x, sizes = x.to(vectors.device).unique(return_inverse=True, return_counts=True)
    (vector_lower, within_lower), (vector_upper, within_upper) = _pair_information(vectors, variance, x, sizes)
    label_entropy = math.log(n) - float((sizes * sizes.double().log()).sum()) / n
    return MixtureBounds(
        lower=max(vector_lower - within_upper, 0.0),
        upper=min(vector_upper - within_lower, label_entropy),
        label_entropy=label_entropy,
        vector_lower=vector_lower,
        vector_upper=vector_upper,
        noise_entropy=dim / 2 * math.log(2 * math.pi * math.e * variance),
        count=n,
    )


def _pair_information(vectors: Tensor, variance: float, x: Tensor, sizes: Tensor) -> list[list[float]]:
    """I_s over all pairs of vectors, and over the pairs of one label: a row for s = 8 and one for s = 2."""
    # Inner products lose digits far from the origin; distances do not depend on where it is.
    vectors = vectors - vectors.mean(0)
    n, square = len(vectors), vectors.square().sum(1)
    sums = torch.zeros(2, 2, dtype=torch.float64, device=vectors.device)
    for rows in torch.arange(n, device=vectors.device).split(max(1, TILE_ELEMENTS // n)):
        distance = square[rows, None] + square - 2 * vectors[rows] @ vectors.T
        distance.clamp_(min=0)[torch.arange(len(rows)), rows] = 0
        alike = x[rows, None] == x
        for total, scale in zip(sums, (8, 2), strict=True):
            # A mean of exp(-x) - 1 keeps its digits where all vectors nearly coincide and the information is small.
            overlap = torch.expm1(distance / (-scale * variance))
            total[0] -= torch.log1p(overlap.mean(1)).sum()
            total[1] -= torch.log1p(overlap.mul_(alike).sum(1) / sizes[x[rows]]).sum()
    return (sums / n).tolist()
