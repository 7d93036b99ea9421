"""The mean of a stream of vectors, to centre them by in a second pass."""

from __future__ import annotations

import torch
from torch import Tensor

from infolib.representations._inputs import as_mask, as_vectors


class MeanVector:
    r"""Mean of all vectors seen, summed in float64.

    .. math:: \bar z = \frac{1}{N} \sum_i z_i

    Parameters
    ----------
    dim : int
        Dimension d of the vectors.

    Notes
    -----
    Chapter "Soft entropy".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import MeanVector, SoftEntropy
    >>> z = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    >>> mean = MeanVector(2)
    >>> mean.update(z)
    >>> mean.value.tolist()
    [2.0, 4.0]
    >>> est = SoftEntropy(2, 10, center=mean.value)
    """

    def __init__(self, dim: int):
        self.dim = dim
        self.count = 0
        self._sum = torch.zeros(dim, dtype=torch.float64)

    @torch.inference_mode()
    def update(self, z: object, mask: object = None) -> None:
        """Add vectors `z` (..., d); those where `mask` (...) is False do not count.

        Raises
        ------
        ValueError
            For shapes that do not fit, and for vectors that are not finite; nothing is added then.
        """
        vectors = as_vectors(z, self.dim)
        rows = vectors.detach().reshape(-1, self.dim)
        if mask is not None:
            rows = rows[as_mask(mask, vectors.shape[:-1], rows.device)]
        total = rows.sum(0, dtype=torch.float64).cpu()
        if not bool(torch.isfinite(total).all()):
            raise ValueError("`z` must hold finite vectors; some were not. Leave them out with `mask`.")
        self._sum += total
        self.count += len(rows)

    @property
    def value(self) -> Tensor:
        """The mean, (d,) float64 on the CPU.

        Raises
        ------
        ValueError
            Before the first vector.
        """
        if not self.count:
            raise ValueError("no vectors yet: call `update` before asking for the mean.")
        return self._sum / self.count
