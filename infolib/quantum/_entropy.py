"""Measures of one state through its spectrum: von Neumann entropy, entropy of eigenvalues of any order, purity."""

from __future__ import annotations

from numbers import Real
from typing import Any

from infolib import _checks
from infolib._arrays import finish, operand
from infolib._terms import dot, log_or_zero, not_negative
from infolib._units import from_nats
from infolib.quantum._states import (
    check_at_most_one,
    check_one,
    density_matrix,
    finish_real,
    lift,
    spectrum,
    squared_size,
    unseen,
)
from infolib.renyi import renyi_entropy


def _shannon(xp: Any, eigenvalues: Any) -> Any:
    return not_negative(xp, 0.0 - dot(xp, eigenvalues, log_or_zero(xp, eigenvalues)))


def von_neumann_entropy(rho: Any, *, base: float | None = None) -> Any:
    r"""Entropy of a quantum state: the Shannon entropy of the eigenvalues of its density matrix.

    .. math:: S(\rho) = -\operatorname{tr} \rho \log \rho = -\sum_i \lambda_i \log \lambda_i

    Parameters
    ----------
    rho : list, array or tensor of shape (..., d, d)
        Density matrices: real symmetric or complex Hermitian, of trace 1, without negative eigenvalues.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor of shape (...)
        Between 0 (a pure state) and log d. NumPy and lists give float64, tensors their own precision.

    Raises
    ------
    TypeError
        If `rho` does not hold numbers.
    ValueError
        If `rho` is not square, holds NaN or inf, is not Hermitian, does not have trace 1, or has negative
        eigenvalues; rounding is forgiven up to 1e-9 (1e-4 for float32 and complex64, 1e-2 for 16-bit numbers). If
        `base` is not above 1.

    Notes
    -----
    An eigenvalue is off by about 1e-16 in float64, whatever its size, and one of size x passes on log(1/x) times
    that. Where the entropy is of the size of 1, the relative error is near 1e-15, also for d = 2000. An almost pure
    state adds up the rounding of its zero eigenvalues: the absolute error is near 1e-14 for small d and 1e-12 for
    d = 2000. There use `entanglement_entropy` of a purification, or `spectral_entropy` of eigenvalues that are known
    better. Time grows as d^3: d = 2000 takes about half a second of one core if real, two seconds if complex.

    The gradient is -log(rho) - 1, also where eigenvalues coincide, and 0 along eigenvalues that are exactly 0 (the
    true one is infinite).

    Source: von Neumann (1932), chapter V.2; Nielsen & Chuang (2010), section 11.3. Chapter: Quantum entropy.

    Examples
    --------
    >>> float(von_neumann_entropy([[0.5, 0.0], [0.0, 0.5]], base=2))
    1.0
    """
    given, eigenvalues = spectrum("rho", rho)
    return finish_real(from_nats(_shannon(given.xp, eigenvalues), base), given)


def spectral_entropy(eigenvalues: Any, order: float = 1.0, *, axis: int = -1, base: float | None = None) -> Any:
    r"""Rényi entropy of a spectrum; order 1, the default, is the von Neumann entropy.

    .. math:: S_\alpha(\lambda) = \frac{1}{1 - \alpha} \log \sum_i \lambda_i^\alpha, \qquad
              S_1(\lambda) = -\sum_i \lambda_i \log \lambda_i

    Parameters
    ----------
    eigenvalues : list, array or tensor
        Eigenvalues that sum to 1 along `axis`; batched over the other axes.
    order : float, or a sequence of floats
        In [0, inf]. A sequence of k orders puts an axis of length k first in the result.
    axis : int
        The axis that runs over the eigenvalues.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor
        The shape of `eigenvalues` without `axis`; between 0 and log n. NumPy and lists give float64, tensors keep
        their dtype.

    Raises
    ------
    ValueError
        If the eigenvalues do not sum to 1, or some are negative, beyond rounding (1e-9; 1e-4 for float32, 1e-2 for
        16-bit numbers). If `order` is negative or NaN; if `base` is not above 1.

    Notes
    -----
    Eigenvalues below 0 by rounding count as 0. The error is that of `entropy` and `renyi_entropy` of the same
    numbers: below 1e-12 in relative terms for eigenvalues down to 1e-300. Order 0 counts the eigenvalues above 0,
    so cut those off that are rounding. The gradient at an eigenvalue of 0 is 0.

    Source: Rényi (1961), theorem 3, applied to a spectrum; Nielsen & Chuang (2010), section 11.3.
    Chapter: Quantum entropy.

    Examples
    --------
    >>> float(spectral_entropy([0.5, 0.25, 0.25, -1e-17], base=2))
    1.5
    >>> round(float(spectral_entropy([0.5, 0.5, 0.0], order=2, base=2)), 12)
    1.0
    """
    given = operand("eigenvalues", eigenvalues)
    xp, values = given.xp, given.values
    _checks.check_not_empty("eigenvalues", values)
    where = _checks.check_axis("axis", axis, "eigenvalues", values.ndim)
    rows = xp.moveaxis(values, where, -1)
    if not unseen(values):
        _checks.check_finite("eigenvalues", values)
    requirement, remedy = f"`eigenvalues` must sum to 1 along axis {axis}; the sum was", "Divide them by their sum."
    check_one(requirement, remedy, xp.sum(rows, axis=-1), given)
    requirement, remedy = "`eigenvalues` must not be negative; the smallest was", "No state has such a spectrum."
    lifted = lift(requirement, remedy, rows, given)
    if isinstance(order, Real) and order == 1:
        return finish(from_nats(_shannon(xp, lifted), base), given)
    return finish(renyi_entropy(lifted, order, base=base), given)


def purity(rho: Any) -> Any:
    r"""Purity of a quantum state: the probability that two copies, measured in its eigenbasis, agree.

    .. math:: \gamma(\rho) = \operatorname{tr} \rho^2 = \sum_i \lambda_i^2 = \sum_{ij} |\rho_{ij}|^2

    Parameters
    ----------
    rho : list, array or tensor of shape (..., d, d)
        Density matrices, as in `von_neumann_entropy`.

    Returns
    -------
    scalar, array or tensor of shape (...)
        Between 1/d and 1, which only pure states reach. It has no unit.

    Raises
    ------
    TypeError
        If `rho` does not hold numbers.
    ValueError
        As in `von_neumann_entropy`, but negative eigenvalues are noticed only where they lift the purity above 1.

    Notes
    -----
    No eigenvalue is computed: the time grows as d^2. Relative error near 1e-15. The order-2 Rényi entropy of the
    spectrum is the negative logarithm of it.

    Source: Nielsen & Chuang (2010), section 2.4. Chapter: Quantum entropy.

    Examples
    --------
    >>> float(purity([[0.5, 0.0], [0.0, 0.5]]))
    0.5
    """
    given = density_matrix("rho", rho)
    total = given.xp.sum(squared_size(given), axis=(-2, -1))
    requirement = "`rho` must be positive semidefinite; its eigenvalues have squares that sum to"
    check_at_most_one(requirement, "Above 1 some are negative: it is no state.", total, total, given)
    return finish_real(total, given)
