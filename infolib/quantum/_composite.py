"""States of several subsystems: the state of a part, and the entanglement of a pure state."""

from __future__ import annotations

import math
from typing import Any

from infolib import _checks
from infolib._arrays import is_tensor
from infolib._terms import row_entropy_sum
from infolib._units import from_nats
from infolib.quantum._states import check_dims, check_one, check_square, finish_real, read, squared_size


def partial_trace(rho: Any, dims: Any, *, keep: Any) -> Any:
    r"""State of some subsystems: the others are summed out, as a marginal sums out variables.

    .. math:: (\rho_A)_{aa'} = \sum_b \rho_{ab,\,a'b}

    Parameters
    ----------
    rho : list, array or tensor of shape (..., d, d)
        Matrices on the tensor product of the subsystems.
    dims : tuple of ints
        The dimension of every subsystem, in the order of the tensor product (of `np.kron`); their product is d.
    keep : int or tuple of ints
        The subsystems to keep, counted from 0, in the order that the result is to have.

    Returns
    -------
    array or tensor of shape (..., k, k)
        k is the product of the dimensions kept; real where `rho` is real. NumPy and lists give float64 or
        complex128, tensors keep their dtype.

    Raises
    ------
    TypeError
        If `rho` does not hold numbers, or `dims` or `keep` no ints.
    ValueError
        If `rho` is not square or holds NaN or inf; if `dims` does not multiply to d; if `keep` names no subsystem,
        an unknown one, or one twice.

    Notes
    -----
    The map is linear, so any square matrix is accepted, a state or not; it keeps trace and positivity. Exact up to
    the rounding of the sums. With `dims` in a wrong order but of the same product nothing can be noticed.

    Source: Nielsen & Chuang (2010), section 2.4.3. Chapter: Quantum entropy.

    Examples
    --------
    >>> bell = [[0.5, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0.5, 0, 0, 0.5]]
    >>> partial_trace(bell, (2, 2), keep=0)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    given = read("rho", rho, 2)
    dims = check_dims("rho", check_square("rho", given.values), dims)
    kept, dropped = _split(keep, dims)
    xp, batch = given.xp, given.values.shape[:-2]
    whole = xp.reshape(given.values, (*batch, *dims, *dims))
    ahead, n = len(batch), len(dims)
    order = [*kept, *(axis + n for axis in kept), *dropped, *(axis + n for axis in dropped)]
    moved = xp.permute_dims(whole, (*range(ahead), *(axis + ahead for axis in order)))
    k, t = (math.prod(dims[axis] for axis in group) for group in (kept, dropped))
    part = xp.linalg.trace(xp.reshape(moved, (*batch, k, k, t, t)))
    return part.to(given.dtype) if is_tensor(part) else part


def _split(keep: Any, dims: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    kept = _checks.check_axes("keep", keep, "dims", len(dims))
    return kept, tuple(axis for axis in range(len(dims)) if axis not in kept)


def entanglement_entropy(state: Any, dims: Any, *, keep: Any = 0, base: float | None = None) -> Any:
    r"""Entropy of one part of a pure state, which is also the entropy of the other part.

    .. math:: S(\rho_A) = -\sum_i s_i^2 \log s_i^2, \qquad \psi = \sum_i s_i \, u_i \otimes v_i

    Parameters
    ----------
    state : list, array or tensor of shape (..., d)
        State vectors of norm 1, real or complex.
    dims : tuple of ints
        The dimension of every subsystem, in the order of the tensor product (of `np.kron`); their product is d.
    keep : int or tuple of ints
        The subsystems of one part, counted from 0; the others are the other part.
    base : float, optional
        Unit: None is nats, 2 bits, 10 hartleys.

    Returns
    -------
    scalar, array or tensor of shape (...)
        0 for a product, at most the logarithm of the smaller of the two dimensions. NumPy and lists give float64,
        tensors their own precision.

    Raises
    ------
    TypeError
        If `state` does not hold numbers, or `dims` or `keep` no ints.
    ValueError
        If `state` holds NaN or inf, or its norm is not 1 (the square within 1e-9; 1e-4 for float32 and complex64,
        1e-2 for 16-bit numbers); if `dims` does not multiply to d; if `keep` names no subsystem, an unknown one, or
        one twice; if `base` is not above 1.

    Notes
    -----
    From the singular values s of the state written as a matrix, never from a density matrix: s is off by about
    1e-16, so its square by 1e-16 s, and entropies stay accurate near product states, to a relative error of about
    1e-16 / s where s is the second-largest. The largest is taken apart, so that the rounding of the norm does not
    enter: for a norm other than 1 the formula is |psi|^2 times the entropy of psi / |psi|. Gradients are finite
    everywhere, also where singular values coincide or are 0.

    Source: Schmidt (1907); Bennett, Bernstein, Popescu & Schumacher (1996); Nielsen & Chuang (2010), section 2.5.
    Chapter: Quantum entropy.

    Examples
    --------
    >>> bell = [0.5**0.5, 0.0, 0.0, 0.5**0.5]
    >>> round(float(entanglement_entropy(bell, (2, 2), base=2)), 12)
    1.0
    """
    given = read("state", state, 1)
    xp, batch = given.xp, given.values.shape[:-1]
    dims = check_dims("state", int(given.values.shape[-1]), dims)
    kept, dropped = _split(keep, dims)
    requirement = "`state` must have norm 1; the square of its norm was"
    check_one(requirement, "Divide it by its norm.", xp.sum(squared_size(given), axis=-1), given)
    whole = xp.reshape(given.values, (*batch, *dims))
    moved = xp.permute_dims(whole, (*range(len(batch)), *(axis + len(batch) for axis in (*kept, *dropped))))
    matrix = xp.reshape(moved, (*batch, math.prod(dims[axis] for axis in kept), -1))
    nats = row_entropy_sum(xp, xp.linalg.svdvals(matrix) ** 2)
    return finish_real(from_nats(nats, base), given)
