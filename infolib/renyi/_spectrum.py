"""The information spectrum: how the surprise of an outcome is distributed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from infolib import _checks
from infolib._arrays import is_tensor, operand
from infolib._terms import checked_sum
from infolib._units import from_nats, nats_per_unit, unit_name
from infolib.renyi._orders import check_orders
from infolib.renyi._power_sums import renyi_from_tsallis


@dataclass(frozen=True, eq=False)
class InformationSpectrum:
    """Distribution of the surprise of one outcome: each value it takes, and with what probability.

    Attributes
    ----------
    surprisals : float64 array of shape (k,)
        The different surprises of the outcomes that can occur, increasing.
    probabilities : float64 array of shape (k,)
        Total probability of the outcomes with each surprise.
    cumulative : float64 array of shape (k,)
        Probability that the surprise is at most that.
    unit : str
        Unit of `surprisals`.
    """

    surprisals: np.ndarray
    probabilities: np.ndarray
    cumulative: np.ndarray
    unit: str
    base: float | None = None

    @property
    def mean(self) -> float:
        """Mean surprise: the entropy."""
        return float(np.vecdot(self.probabilities, self.surprisals))

    @property
    def variance(self) -> float:
        """Variance of the surprise: the varentropy, in squared units."""
        deviation = self.surprisals - self.mean
        return float(np.vecdot(self.probabilities, deviation * deviation))

    def renyi(self, order: float | Sequence[float]) -> Any:
        """Rényi entropy, which the spectrum determines: a number, or an array for a sequence of orders."""
        orders, sequence = check_orders(order)
        values = np.array([from_nats(self._renyi_nats(one), self.base) for one in orders])
        return values if sequence else float(values[0])

    def _renyi_nats(self, a: float) -> float:
        nats, mass = self.surprisals * nats_per_unit(self.base), self.probabilities
        if a == 1:
            return float(np.vecdot(mass, nats))
        if a == math.inf:
            return float(nats[0])
        # The two forms of `renyi_entropy`, with one term for each level.
        half = np.expm1((1 - a) / 2 * nats)
        tsallis = np.vecdot(mass * (half / (1 - a)), half + 2) / mass.sum()
        if abs(math.log1p(max((1 - a) * tsallis, -0.5))) < math.log(2):
            return float(renyi_from_tsallis(np, tsallis, a)) + 0.0
        exponents = np.log(mass) + (1 - a) * nats
        peak = exponents.max()
        return float(peak + np.log(np.exp(exponents - peak).sum() / mass.sum())) / (1 - a) + 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers."""
        return {
            "surprisals": self.surprisals.tolist(),
            "probabilities": self.probabilities.tolist(),
            "cumulative": self.cumulative.tolist(),
            "unit": self.unit,
            "mean": self.mean,
            "variance": self.variance,
        }

    def __str__(self) -> str:
        k = len(self.surprisals)
        return (
            f"information spectrum of {k} {'level' if k == 1 else 'levels'}, surprise from {self.surprisals[0]:.4g} "
            f"to {self.surprisals[-1]:.4g} {self.unit}: mean {self.mean:.4g}, variance {self.variance:.4g}"
        )


def information_spectrum(p: Any, *, base: float | None = None) -> InformationSpectrum:
    r"""How the surprise of an outcome is distributed: its values, and the probability of each.

    .. math:: F(s) = \Pr\left[ \log \tfrac{1}{p(X)} \le s \right]

    Parameters
    ----------
    p : list, array or tensor of shape (n,)
        Probabilities that sum to 1.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    InformationSpectrum
        A frozen record of NumPy arrays `surprisals` (increasing), `probabilities` and `cumulative`, with the
        properties `mean` (the entropy) and `variance` (the varentropy), `renyi(order)` and `to_dict()`.

    Raises
    ------
    ValueError
        If `p` is not one distribution (see `entropy`), or if `base` is not above 1.

    Notes
    -----
    Outcomes are put on one level where their probabilities are equal as floating-point numbers. A tensor is copied
    to the host; no gradient flows.
    Source: Han & Verdú (1993), section III. Chapter: Rényi entropies.

    Examples
    --------
    >>> spectrum = information_spectrum([0.5, 0.25, 0.25], base=2)
    >>> spectrum.surprisals, spectrum.cumulative
    (array([1., 2.]), array([0.5, 1. ]))
    >>> print(spectrum)
    information spectrum of 2 levels, surprise from 1 to 2 bits: mean 1.5, variance 0.25
    """
    given = operand("p", p)
    values = given.values
    if is_tensor(values):
        values = values.detach().cpu().double().numpy()
    _checks.check_not_empty("p", values)
    if values.ndim != 1:
        raise ValueError(
            f"`p` must be one distribution with one axis; it had shape {values.shape}. Pass one row at a time."
        )
    _checks.check_pmf("p", values, checked_sum(np, values), given.tolerance, -1)
    level, count = np.unique(values[values > 0], return_counts=True)
    level, mass = level[::-1], (level * count)[::-1]
    return InformationSpectrum(
        surprisals=from_nats(0.0 - np.log(level), base),
        probabilities=mass,
        cumulative=np.cumsum(mass),
        unit=unit_name(base),
        base=base,
    )
