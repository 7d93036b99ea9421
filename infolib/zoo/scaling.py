"""How loss falls with size: a power law with a floor, and how well the points determine it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import stdtrit


@dataclass(frozen=True)
class ScalingLaw:
    """A fitted law, loss = floor + coefficient * (size / reference) ** -exponent.

    Attributes
    ----------
    floor, coefficient, exponent : float
        The least-squares fit. `coefficient` is what the smallest size loses above the floor, in the loss's units.
    reference : float
        The smallest size of the fit: measured from there, the three parameters depend on each other least.
    floor_error, coefficient_error, exponent_error : float
        Standard errors, from the scatter about the curve; NaN where no point is left over.
    residual : float
        Root mean square of that scatter, per degree of freedom.
    degrees : int
        Points less parameters.
    """

    floor: float
    coefficient: float
    exponent: float
    reference: float
    floor_error: float
    coefficient_error: float
    exponent_error: float
    residual: float
    degrees: int

    def __call__(self, size: float) -> float:
        """Return the loss that the law predicts for `size`."""
        return self.floor + self.coefficient * (size / self.reference) ** -self.exponent

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval of the parameter `name`, by Student's t."""
        value, error = getattr(self, name), getattr(self, f"{name}_error")
        half = float(stdtrit(self.degrees, (1 + level) / 2)) * error if self.degrees else float("nan")
        return value - half, value + half

    def to_dict(self) -> dict[str, float]:
        """Return the parts as plain numbers."""
        return asdict(self)


def fit_scaling_law(sizes: Sequence[float], losses: Sequence[float]) -> ScalingLaw:
    r"""Fit a power law with a floor to losses of models of several sizes.

    .. math:: L(N) = E + B \, (N / N_0)^{-\alpha}, \qquad N_0 = \min N

    Parameters
    ----------
    sizes : (n,) sequence of float
        Parameters, or any other measure of size, all positive and at least three different.
    losses : (n,) sequence of float
        Their losses, in any unit.

    Returns
    -------
    ScalingLaw
        The fit, in the unit of `losses`.

    Raises
    ------
    ValueError
        If there are fewer than three sizes, the lengths differ, or a number is not positive and finite.

    Notes
    -----
    Unweighted least squares, the floor held at 0 or above. The standard errors take the law for true and the scatter
    for independent noise; with one seed a size and five sizes they say how well five points determine three numbers,
    not how far the law may be continued.

    Source: Kaplan et al. 2020, eq. 1.1; the floor as in Hoffmann et al. 2022, eq. 2.

    Examples
    --------
    >>> from infolib.zoo.scaling import fit_scaling_law
    >>> law = fit_scaling_law([1e4, 1e5, 1e6, 1e7], [3.0, 2.0, 1.5, 1.25])
    >>> round(law.floor, 3), round(law.exponent, 3)
    (1.0, 0.301)
    """
    n, loss = np.asarray(sizes, float), np.asarray(losses, float)
    if n.shape != loss.shape or n.ndim != 1:
        raise ValueError(f"`sizes` and `losses` must be of one length; they had shapes {n.shape} and {loss.shape}.")
    if not (np.isfinite(n) & np.isfinite(loss) & (n > 0) & (loss > 0)).all():
        raise ValueError("`sizes` and `losses` must be finite and greater than 0. Leave out runs that diverged.")
    if len(np.unique(n)) < 3:
        raise ValueError(f"`sizes` must hold at least three different sizes; there were {len(np.unique(n))}.")
    x = np.log(n / n.min())

    def residuals(theta: np.ndarray) -> np.ndarray:
        floor, coefficient, exponent = theta
        return floor + coefficient * np.exp(-exponent * x) - loss

    starts = [(share * loss.min(), loss.max() - share * loss.min(), 0.3) for share in (0.0, 0.5, 0.9)]
    fits = [least_squares(residuals, start, bounds=([0, 0, 0], [np.inf, np.inf, 10]), xtol=1e-14, ftol=1e-14,
                          gtol=1e-14) for start in starts]  # fmt: skip
    best = min(fits, key=lambda fit: fit.cost)
    degrees = len(n) - 3
    errors, residual = [float("nan")] * 3, float("nan")
    if degrees:
        variance = 2 * best.cost / degrees
        residual = float(np.sqrt(variance))
        errors = [float(error) for error in np.sqrt(variance * np.diag(np.linalg.pinv(best.jac.T @ best.jac)))]
    floor, coefficient, exponent = (float(value) for value in best.x)
    return ScalingLaw(
        floor, coefficient, exponent, float(n.min()), errors[0], errors[1], errors[2], residual, degrees
    )  # fmt: skip
