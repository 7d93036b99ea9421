"""Two sequences of labels turned into counts: how often each pair of labels occurred, and each label."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from infolib._arrays import is_masked, is_tensor, operand

_SMALL_TABLE = 1 << 16  # cells that are counted one by one however few samples there are


class PairCounts(NamedTuple):
    """The pairs that occurred, pair i being of label `rows[i]` with label `columns[i]`; no count is 0."""

    pairs: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    x_counts: np.ndarray
    y_counts: np.ndarray

    @property
    def total(self) -> int:
        return int(self.x_counts.sum())

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.x_counts), len(self.y_counts)

    @property
    def fits_table(self) -> bool:
        """Whether the full table is not much larger than the samples."""
        return _fits_table(self.shape, self.total)

    def table(self) -> np.ndarray:
        full = np.zeros(self.shape, dtype=np.int64)
        full[self.rows, self.columns] = self.pairs
        return full


def count_pairs(x: object, y: object) -> PairCounts:
    """Count the pairs (x[i], y[i]), in memory that grows with the samples and not with the labels."""
    (rows, n_rows), (columns, n_columns) = _codes("x", x), _codes("y", y)
    n = len(rows)
    if len(columns) != n:
        raise ValueError(
            f"`x` and `y` must have one length; `x` had {n} labels and `y` {len(columns)}. Entry i of each belongs to "
            "the same observation."
        )
    if not _fits_table((n_rows, n_columns), n):
        (rows, n_rows), (columns, n_columns) = _packed(rows, n_rows), _packed(columns, n_columns)
    codes = rows * n_columns
    codes += columns
    if _fits_table((n_rows, n_columns), n):
        return _of_table(np.bincount(codes, minlength=n_rows * n_columns).reshape(n_rows, n_columns))
    seen, pairs = np.unique(codes, return_counts=True)
    return PairCounts(pairs, *np.divmod(seen, n_columns), np.bincount(rows), np.bincount(columns))


def read_tables(table: object) -> tuple[np.ndarray, Any]:
    """Read counts (..., n_x, n_y) as float64 (tables, n_x, n_y), and what `finish` needs to return a result."""
    given = operand("table", table)
    values = given.values.detach().cpu().numpy() if is_tensor(given.values) else given.values
    if values.ndim < 2 or not values.size:
        raise ValueError(
            f"`table` must have a row for each x and a column for each y; it had shape {values.shape}. For two vectors "
            "of labels use `mutual_information_from_samples`."
        )
    wrong = ~((values >= 0) & (values == np.floor(values)) & (values < np.inf))
    if wrong.any():
        place = tuple(int(where[0]) for where in np.nonzero(wrong))
        raise ValueError(
            f"`table` must hold counts, whole numbers from 0; the value at {place} was {float(values[place]):.6g}. For "
            "probabilities use `infolib.mutual_information`."
        )
    tables = values.astype(np.float64, copy=False).reshape(-1, *values.shape[-2:])
    empty = tables.sum((1, 2)) == 0
    if empty.any():
        which = f"table {int(np.argmax(empty))}" if len(tables) > 1 else "it"
        raise ValueError(f"`table` must hold at least one sample; {which} was all zero. Leave such tables out.")
    return tables, given


def _fits_table(shape: tuple[int, int], n: int) -> bool:
    # Beyond two cells a sample, sorting the pairs is as fast as walking through empty cells.
    return shape[0] * shape[1] <= max(2 * n, _SMALL_TABLE)


def _of_table(table: np.ndarray) -> PairCounts:
    x_counts, y_counts = table.sum(axis=1), table.sum(axis=0)
    for axis, counts in enumerate((x_counts, y_counts)):
        if not counts.all():
            table = np.compress(counts > 0, table, axis=axis)
    flat = table.reshape(-1)
    seen = np.flatnonzero(flat)
    return PairCounts(flat[seen], *np.divmod(seen, table.shape[1]), x_counts[x_counts > 0], y_counts[y_counts > 0])


def _packed(codes: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """Renumber codes below `size` without gaps."""
    seen = np.bincount(codes, minlength=size) > 0
    rank = np.cumsum(seen) - 1
    return rank[codes], int(rank[-1]) + 1


# Labels of any kind as numbers from 0.


def label_codes(name: str, labels: object) -> tuple[np.ndarray, int]:
    """Number the labels (n,) of the argument `name` from 0, without gaps; also return how many different ones there
    are."""
    return _packed(*_codes(name, labels))


def _codes(name: str, labels: object) -> tuple[np.ndarray, int]:
    """Number the labels; not every number below the second result need occur."""
    values = _vector(name, labels)
    if not len(values):
        raise ValueError(f"`{name}` must not be empty; it held no label. Pass at least one.")
    if not isinstance(values, np.ndarray):
        return _hashed(name, values)
    if values.dtype.kind == "f":
        return _integers(_whole(name, values))
    if values.dtype.kind in "Mm":
        if np.isnat(values).any():
            raise _missing(name, "NaT")
        return _integers(values.view(np.int64))
    return _integers(values.view(np.uint8) if values.dtype.kind == "b" else values)


def _vector(name: str, labels: object) -> np.ndarray | list[Any]:
    """Return numbers and times as an array, and anything else as a list."""
    if is_tensor(labels):
        tensor: Any = labels
        array = (tensor.double() if tensor.dtype.is_floating_point else tensor).detach().cpu().numpy()
    elif is_masked(labels):
        raise _missing(name, "a mask")
    elif isinstance(labels, np.ndarray) or hasattr(labels, "__array__"):
        array = np.asarray(labels)
    elif isinstance(labels, Iterable) and not isinstance(labels, str | bytes):
        return _sequence(name, list(labels))
    else:
        raise TypeError(
            f"`{name}` must be a list, array or tensor of labels; it was of type {type(labels).__name__}. Pass "
            "one label for each observation."
        )
    if array.ndim != 1:
        raise _not_flat(name, f"had shape {array.shape}")
    if array.dtype.kind == "c":
        raise TypeError(f"`{name}` must hold labels; it was an array of {array.dtype}. Number the values first.")
    return array if array.dtype.kind in "biufMm" else array.tolist()


def _sequence(name: str, values: list[Any]) -> np.ndarray | list[Any]:
    kinds = {type(value) for value in values}
    if any(is_tensor(value) for value in values[:1]):
        # Tensors are told apart by where they are, not by what they hold.
        raise TypeError(f"`{name}` must hold labels; it held a tensor for each. Join them with torch.stack.")
    if kinds and kinds <= {list, tuple}:
        raise _not_flat(name, f"held a {' or a '.join(sorted(kind.__name__ for kind in kinds))} for each")
    # NumPy would make one kind of different ones: 1 and "1" both "1", 2**63 and -1 both floats.
    if values and all(issubclass(kind, Integral | np.bool) for kind in kinds):
        array = np.asarray(values)
        return array if array.dtype.kind in "biu" else values
    return np.asarray(values) if kinds and all(issubclass(kind, float) for kind in kinds) else values


def _integers(values: np.ndarray) -> tuple[np.ndarray, int]:
    low, high = int(values.min()), int(values.max())
    if high - low >= max(2 * len(values), _SMALL_TABLE):
        different, codes = np.unique(values, return_inverse=True)
        return codes, len(different)
    # Signed numbers are widened first, as -128 to 127 has no room for its differences; unsigned ones have.
    wide = values if values.dtype.kind == "u" else values.astype(np.int64, copy=False)
    return (wide - low if low else wide).astype(np.int64, copy=False), high - low + 1


def _whole(name: str, values: np.ndarray) -> np.ndarray:
    """Return floats that are whole as they are, or as integers where they fit."""
    if np.isnan(values).any():
        raise _missing(name, "NaN")
    wrong = ~(np.isfinite(values) & (values == np.floor(values)))
    if wrong.any():
        raise _not_labels(name, float(values[np.argmax(wrong)]))
    if float(np.abs(values).max()) < 2.0**63:
        return values.astype(np.int64)
    return np.unique(values, return_inverse=True)[1]


def _hashed(name: str, values: list[Any]) -> tuple[np.ndarray, int]:
    numbers: dict[Any, int] = {}
    try:
        codes = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int64, len(values))
    except TypeError as error:
        raise TypeError(
            f"`{name}` must hold labels that can be hashed; {error}. Name each by a number or a string."
        ) from None
    for label in numbers:
        if _is_missing(label):
            raise _missing(name, repr(label))
        if isinstance(label, Real) and label != label // 1:
            raise _not_labels(name, float(label))
    return codes, len(numbers)


def _is_missing(label: Any) -> bool:
    try:
        return label is None or not bool(label == label)  # NaN and NaT differ from themselves
    except TypeError:  # pandas.NA neither is nor is not
        return True


def _missing(name: str, what: str) -> ValueError:
    return ValueError(
        f"`{name}` must have a label for every observation; {what} stands where one is missing. Leave such "
        "observations out of both, or give them a label of their own."
    )


def _not_flat(name: str, what: str) -> ValueError:
    return ValueError(
        f"`{name}` must be one-dimensional, a label for each observation; it {what}. Flatten it, or number its rows "
        "with np.unique(..., axis=0, return_inverse=True)."
    )


def _not_labels(name: str, value: float) -> ValueError:
    return ValueError(
        f"`{name}` must hold labels; it held the number {value:.6g}, which is not whole. For continuous values use "
        "`ksg_mutual_information`; for labels number the values with np.unique(..., return_inverse=True)."
    )
