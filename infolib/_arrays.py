"""Arrays in, arrays of the same kind out: lists and NumPy become float64, torch tensors stay where they are.

Tensors are recognised through array-api-compat, so that nothing here imports torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

# A block of this many float64 and a temporary fit the second-level cache of current CPUs: measured
# twice as fast as one pass over a million numbers.
BLOCK = 65_536


class Operand(NamedTuple):
    """An argument ready for arithmetic, and what to turn the result back into."""

    values: Any  # float64 NumPy array, or a tensor of float32 or more
    xp: Any  # the array namespace that computes with `values`
    dtype: Any  # what a result is cast to
    tolerance: float  # how far from 1 a sum of `values` may be, given the precision the caller had


def is_tensor(array: object) -> bool:
    """Tell whether `array` is a torch tensor, without importing torch.

    Examples
    --------
    >>> is_tensor([0.5, 0.5])
    False
    """
    return not isinstance(array, np.ndarray) and array_api_compat.is_torch_array(array)


def is_masked(array: object) -> bool:
    """Tell whether `array` is a NumPy array with values masked out, which `np.asarray` would bring back."""
    mask = getattr(array, "mask", None) if isinstance(array, np.ndarray) else None
    return mask is not None and bool(np.ascontiguousarray(mask).view(np.bool).any())  # records have a mask a field


def _wrong_kind(name: str, what: str) -> TypeError:
    return TypeError(
        f"`{name}` must be a list, a NumPy array or a torch tensor of real numbers; it was {what}. "
        "Convert it to numbers first."
    )


def plain_array(name: str, array: object) -> Any:
    """Return a tensor as it is and anything else as a NumPy array of numbers, whatever their precision."""
    if is_tensor(array):
        if array.dtype.is_complex:  # type: ignore[attr-defined]
            raise _wrong_kind(name, "a tensor of complex numbers")
        return array
    if is_masked(array):
        raise ValueError(
            f"`{name}` must have a value everywhere; some were masked. Leave them out, or put values in with `.filled`."
        )
    try:
        values = np.asarray(array)
    except ValueError:
        raise ValueError(
            f"`{name}` must be rectangular; it was a sequence whose rows differ in length. "
            "Pad the rows with zeros, or pass them one at a time."
        ) from None
    if values.dtype.kind not in "biuf":
        kind = f"an array of {values.dtype}" if isinstance(array, np.ndarray) else f"a {type(array).__name__}"
        holding = "" if isinstance(array, np.ndarray | str | None) else f" holding {values.dtype}"
        raise _wrong_kind(name, kind + holding)
    return values


def _tensor_operand(values: Any, dtype: Any, xp: Any) -> Operand:
    wide = xp.float32 if dtype.itemsize < 4 else dtype
    return Operand(values.to(wide), xp, dtype, {8: 1e-9, 4: 1e-4}.get(dtype.itemsize, 1e-2))


def operand(name: str, array: object, like: Any = None) -> Operand:
    """Make `array` ready for arithmetic; a list becomes a tensor where `like`, the other argument, is one."""
    values = plain_array(name, array)
    if is_tensor(values) or is_tensor(like):
        model = values if is_tensor(values) else like
        xp: Any = array_api_compat.array_namespace(model)
        # Integers are exact, so they are computed with as much precision as lists are.
        dtype = model.dtype if model.dtype.is_floating_point else xp.float64
        tensor = values if is_tensor(values) else xp.asarray(values)
        return _tensor_operand(tensor.to(model.device), dtype, xp)
    precision = values.dtype.itemsize if values.dtype.kind == "f" else 8
    values = values.astype(np.float64, copy=False)
    xp = array_api_compat.array_namespace(values)
    return Operand(values, xp, np.dtype(np.float64), {2: 1e-2, 4: 1e-4}.get(precision, 1e-9))


def operand_pair(name_a: str, a: object, name_b: str, b: object) -> tuple[Operand, Operand]:
    """Make two arguments ready to be computed with together, in the wider of their dtypes."""
    for one, other in ((a, b), (b, a)):
        if is_tensor(one) and isinstance(other, np.ndarray):
            raise TypeError(
                f"`{name_a}` and `{name_b}` must be of one kind; one was a torch tensor and the other a NumPy array. "
                "Convert the array with torch.from_numpy, or the tensor with .numpy()."
            )
    left, right = operand(name_a, a, like=b), operand(name_b, b, like=a)
    if is_tensor(a) and is_tensor(b):
        if left.values.device != right.values.device:
            raise ValueError(
                f"`{name_a}` and `{name_b}` must be on one device; `{name_a}` was on {left.values.device} and "
                f"`{name_b}` on {right.values.device}. Move one with .to()."
            )
        dtype = left.xp.promote_types(left.dtype, right.dtype)
        wide = left.xp.promote_types(left.values.dtype, right.values.dtype)
        left = left._replace(values=left.values.to(wide), dtype=dtype)
        right = right._replace(values=right.values.to(wide), dtype=dtype)
    return left, right


def finish(result: Any, given: Operand) -> Any:
    """Cast a result to what the caller passed: a tensor of its dtype, or float64 (a scalar, not a 0-d array)."""
    if is_tensor(result):
        return result.to(given.dtype)
    return result[()]


def rows(xp: Any, values: Any, axis: int) -> Any:
    """View an array as rows (n_rows, n) along `axis`."""
    moved = values if axis in (-1, values.ndim - 1) else xp.moveaxis(values, axis, -1)
    return xp.reshape(moved, (-1, moved.shape[-1]))


def _slice(array: Any, start: int, stop: int, left: int, right: int) -> Any:
    picked = array if array.shape[0] == 1 else array[start:stop]
    picked = picked if array.shape[1] == 1 else picked[:, left:right]
    return np.ascontiguousarray(picked)


def sum_rows(kernel: Callable[..., tuple[Any, ...]], *arrays: Any, whole_rows: bool = False) -> list[Any]:
    """Sum what `kernel` returns over each row, block by block for NumPy arrays and in one call for tensors.

    `arrays` are (n_rows, n); a length of 1 on either axis is broadcast. `kernel(*blocks)` returns a tuple of
    arrays, each a sum over the last axis of its blocks. With `whole_rows` a block never ends inside a row.
    """
    if is_tensor(arrays[0]):
        n_rows = max(array.shape[0] for array in arrays)
        return [part.expand(n_rows) for part in kernel(*arrays)]
    n_rows, n = (max(array.shape[axis] for array in arrays) for axis in (0, 1))
    width = n if whole_rows else min(n, BLOCK)
    height = max(1, BLOCK // width)
    totals: list[Any] = []
    with np.errstate(all="ignore"):  # a bad value is reported by the checks on the sums, not by a warning before
        for start in range(0, n_rows, height):
            for left in range(0, n, width):
                blocks = (_slice(array, start, start + height, left, left + width) for array in arrays)
                for which, part in enumerate(kernel(*blocks)):
                    if len(totals) == which:
                        totals.append(np.zeros(n_rows))
                    totals[which][start : start + height] += part
    return totals


def label_vectors(name: str, samples: tuple[Any, ...]) -> list[Any]:
    """Make vectors of labels ready for counting: int64, all NumPy or all tensors on one device."""
    plain = [plain_array(f"{name}[{i}]", sample) for i, sample in enumerate(samples)]
    if len({is_tensor(vector) for vector in plain}) > 1:
        raise TypeError(
            f"`{name}` must be of one kind; some were torch tensors and some were not. "
            "Convert them with torch.as_tensor."
        )
    vectors = []
    for i, vector in enumerate(plain):
        floating = vector.dtype.is_floating_point if is_tensor(vector) else vector.dtype.kind == "f"
        if floating and math.prod(vector.shape):
            raise TypeError(
                f"`{name}[{i}]` must hold integer labels; it was an array of {vector.dtype}. "
                "Number the values with np.unique(..., return_inverse=True)."
            )
        vectors.append(vector.long() if is_tensor(vector) else vector.astype(np.int64, copy=False))
    return vectors
