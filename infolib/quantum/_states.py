"""What a quantum state must be: square, Hermitian, of trace 1 and with no negative eigenvalue; and how it is read.

A state may be complex, which `infolib._arrays.operand` refuses on purpose, since probabilities are real.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import array_api_compat
import numpy as np

from infolib import _checks
from infolib._arrays import Operand, is_tensor

_BY_ITEM_SIZE = {8: 1e-9, 4: 1e-4}  # the tolerances of `operand`, by the bytes of one real number


def read(name: str, array: Any, axes: int) -> Operand:
    """Make an array of real or complex numbers ready: float64 or complex128, or a tensor of float32 and more.

    `dtype` of the result is what the caller passed (complex128 or float64 for lists and NumPy), and `axes` the
    number of axes that are not batched over.
    """
    given = _tensor(array) if is_tensor(array) else _numpy(name, array)
    what = "a state vector" if axes == 1 else "a matrix"
    _checks.check_not_empty(name, given.values, least_axes=axes, scalar_remedy=f"Pass {what}.")
    if not unseen(given.values):
        for part in _parts(given):
            _checks.check_finite(name, part)
    return given


def _numpy(name: str, array: Any) -> Operand:
    try:
        values = np.asarray(array)
    except ValueError:
        raise ValueError(
            f"`{name}` must be rectangular; it was a sequence whose rows differ in length. Give every row one length."
        ) from None
    if values.dtype.kind not in "biufc":
        raise TypeError(
            f"`{name}` must be a list, a NumPy array or a torch tensor of real or complex numbers; "
            f"it was a {type(array).__name__} holding {values.dtype}. Convert it to numbers first."
        )
    size = {"f": values.dtype.itemsize, "c": values.dtype.itemsize // 2}.get(values.dtype.kind, 8)
    values = values.astype(np.complex128 if values.dtype.kind == "c" else np.float64, copy=False)
    xp = array_api_compat.array_namespace(values)
    return Operand(values, xp, values.dtype, _BY_ITEM_SIZE.get(min(size, 8), 1e-2))


def _tensor(array: Any) -> Operand:
    xp: Any = array_api_compat.array_namespace(array)
    # Integers are exact, so they are computed with as much precision as lists are.
    dtype = array.dtype if array.dtype.is_floating_point or array.dtype.is_complex else xp.float64
    size = dtype.to_real().itemsize
    wide = dtype if size >= 4 else (xp.complex64 if dtype.is_complex else xp.float32)
    return Operand(array.to(wide), xp, dtype, _BY_ITEM_SIZE.get(size, 1e-2))


def unseen(values: Any) -> bool:
    """Tell whether `values` is a tensor on the meta device, which has a shape and no values to check."""
    return is_tensor(values) and values.device.type == "meta"


def is_complex(given: Operand) -> bool:
    """Tell whether the values are complex."""
    return given.xp.isdtype(given.values.dtype, "complex floating")


def _parts(given: Operand) -> list[Any]:
    values = given.values.detach() if is_tensor(given.values) else given.values
    return [given.xp.real(values), given.xp.imag(values)] if is_complex(given) else [values]


def adjoint(xp: Any, matrix: Any) -> Any:
    """Conjugate transpose over the last two axes."""
    return xp.conj(xp.matrix_transpose(matrix))


def squared_size(given: Operand) -> Any:
    """Compute |z|^2 element by element, without the square root whose gradient at 0 is not defined."""
    xp, values = given.xp, given.values
    return xp.real(values) ** 2 + xp.imag(values) ** 2 if is_complex(given) else values**2


def finish_real(result: Any, given: Operand) -> Any:
    """Cast a real result to the precision of what the caller passed; a scalar, not a 0-d array, for NumPy."""
    return result.to(given.dtype.to_real()) if is_tensor(result) else result[()]


def _first(xp: Any, mask: Any) -> tuple[int, ...]:
    return tuple(int(where[0]) for where in xp.nonzero(mask)) if mask.ndim else ()


def check_square(name: str, matrix: Any) -> int:
    """Require square matrices over the last two axes, and return their size."""
    if matrix.shape[-1] != matrix.shape[-2]:
        raise ValueError(
            f"`{name}` must be square over its last two axes; it had shape {tuple(matrix.shape)}. "
            "For a state vector psi the matrix is np.outer(psi, psi.conj())."
        )
    return int(matrix.shape[-1])


def density_matrix(name: str, rho: Any) -> Operand:
    """Read Hermitian matrices of trace 1, with what rounding left unequal about the diagonal averaged."""
    given = read(name, rho, 2)
    xp, matrix = given.xp, given.values
    check_square(name, matrix)
    mirrored = adjoint(xp, matrix)
    if not unseen(matrix):
        gap = xp.abs(matrix - mirrored)
        if bool(xp.any(gap > given.tolerance)):
            place = _first(xp, gap > given.tolerance)
            across = (*place[:-2], place[-1], place[-2])
            here, there = (given.values[index].item() for index in (place, across))
            raise ValueError(
                f"`{name}` must be Hermitian, equal to its conjugate transpose; the entry at {place} was {here:.6g} "
                f"and the one at {across} {there:.6g}. Where only rounding is to blame, pass (rho + rho.conj().T) / 2."
            )
        trace = xp.real(xp.linalg.trace(matrix)) if is_complex(given) else xp.linalg.trace(matrix)
        remedy = "If it is meant to be a state, divide it by its trace."
        check_one(f"`{name}` must have trace 1; it was", remedy, trace, given)
    return given._replace(values=(matrix + mirrored) / 2)


def check_one(requirement: str, remedy: str, total: Any, given: Operand) -> None:
    """Require every one of `total` (a trace, a sum, a squared norm) to be 1 within the tolerance."""
    _refuse(requirement, remedy, lambda: ~(given.xp.abs(total - 1) <= given.tolerance), total, total, given)


def check_at_most_one(requirement: str, remedy: str, total: Any, culprit: Any, given: Operand) -> None:
    """Require every one of `total` not to exceed 1 by more than the tolerance; the message shows `culprit`."""
    _refuse(requirement, remedy, lambda: ~(total - 1 <= given.tolerance), total, culprit, given)


def _refuse(requirement: str, remedy: str, find: Callable[[], Any], total: Any, culprit: Any, given: Operand) -> None:
    if unseen(total):
        return
    wrong = find()
    if bool(given.xp.any(wrong)):
        place = _first(given.xp, wrong)
        row = f" in row {place[0] if len(place) == 1 else place}" if place else ""
        raise ValueError(f"{requirement} {float(culprit[place]):.10g}{row}. {remedy}")


def lift(requirement: str, remedy: str, eigenvalues: Any, given: Operand) -> Any:
    """Lift to 0 what rounding pushed below; refuse where that adds more than the tolerance to the sum."""
    xp = given.xp
    lifted = xp.where(eigenvalues > 0, eigenvalues, 0.0)
    check_at_most_one(requirement, remedy, xp.sum(lifted, axis=-1), xp.min(eigenvalues, axis=-1), given)
    return lifted


def spectrum(name: str, rho: Any) -> tuple[Operand, Any]:
    """Read density matrices and return their eigenvalues, none below 0, in rising order over the last axis."""
    given = density_matrix(name, rho)
    requirement = f"`{name}` must be positive semidefinite; its smallest eigenvalue was"
    remedy = "It is no state: look for a wrong sign where it was built; clamp eigenvalues, never entries."
    return given, lift(requirement, remedy, given.xp.linalg.eigvalsh(given.values), given)


def check_dims(name: str, size: int, dims: Any) -> tuple[int, ...]:
    """Require positive dimensions of subsystems whose product is the size of the state."""
    listed = tuple(dims) if isinstance(dims, Sequence) and not isinstance(dims, str) else None
    if listed is None or not all(isinstance(d, Integral) and not isinstance(d, bool) for d in listed):
        raise TypeError(
            f"`dims` must be a tuple of ints, one for each subsystem; it was {dims!r}. For two qubits pass (2, 2)."
        )
    if any(d < 1 for d in listed) or math.prod(listed) != size:
        raise ValueError(
            f"`dims` must be positive and multiply to {size}, the dimension of `{name}`; it was {dims!r}. "
            "Give the dimension of every subsystem, in the order of the tensor product."
        )
    return tuple(int(d) for d in listed)
