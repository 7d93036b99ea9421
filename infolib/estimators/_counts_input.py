"""How often each outcome was seen: what such counts must be, as rows ready for arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from infolib import _checks
from infolib._arrays import Operand, finish, is_tensor, operand, rows, sum_rows


class CountRows(NamedTuple):
    """Counts as rows, each a sample of its own; what is known of a row has one number for each."""

    counts: np.ndarray  # (n_rows, n_bins) float64, whole numbers
    total: np.ndarray  # samples N, at least 1
    observed: np.ndarray  # outcomes that were seen
    outcomes: np.ndarray  # outcomes that can occur, K: as given, or else those observed
    shape: tuple[int, ...]  # of the result
    operand: Operand  # what the caller passed

    def sum(self, term: Callable[..., np.ndarray], *beside: np.ndarray) -> np.ndarray:
        """Sum `term(n, N, *beside)` over the outcomes seen in each row; the term of an empty bin counts 0 whatever it
        is, so long as it is finite. `beside` holds one number for each row."""

        def block(n: np.ndarray, *columns: np.ndarray) -> tuple[np.ndarray]:
            return (np.sum((n > 0) * term(np.maximum(n, 1.0), *columns), axis=-1),)

        return sum_rows(block, self.counts, *(column[:, None] for column in (self.total, *beside)))[0]

    def seen(self, times: int) -> np.ndarray:
        """Count the outcomes that were seen so many times."""
        return sum_rows(lambda n: (np.sum(n == times, axis=-1),), self.counts)[0]

    def finish(self, values: np.ndarray) -> Any:
        """Turn one number a row into what the caller expects."""
        shaped = np.reshape(values, self.shape)
        if is_tensor(self.operand.values):
            shaped = self.operand.xp.asarray(shaped, device=self.operand.values.device)
        return finish(shaped, self.operand)


def count_rows(counts: object, n_outcomes: object = None, axis: int = -1, *, name: str = "counts") -> CountRows:
    """Read counts along `axis`: whole numbers from 0, at least one sample in every row."""
    given = operand(name, counts)
    _checks.check_not_empty(name, given.values)
    axis = _checks.check_axis("axis", axis, name, given.values.ndim)
    values = given.values.detach().cpu().numpy() if is_tensor(given.values) else given.values
    table = rows(np, np.asarray(values, dtype=np.float64), axis)
    total, observed, wrong = sum_rows(
        lambda n: (np.sum(n, axis=-1), np.sum(n > 0, axis=-1), np.sum((n < 0) | (n != np.floor(n)), axis=-1)), table
    )
    if wrong.any() or not np.isfinite(total).all():
        _raise_not_counts(name, values)
    shape = values.shape[:axis] + values.shape[axis + 1 :]
    if not total.all():
        raise ValueError(
            f"`{name}` must hold at least one sample along axis {axis}; there was none"
            f"{at_row(int(np.argmin(total)), shape)}. Leave such rows out."
        )
    outcomes = observed if n_outcomes is None else check_n_outcomes(n_outcomes, observed, shape)
    return CountRows(table, total, observed, outcomes, shape, given)


def _raise_not_counts(name: str, values: np.ndarray) -> None:
    _checks.check_finite(name, values)
    wrong = (values < 0) | (values != np.floor(values))
    place = tuple(int(where[0]) for where in np.nonzero(wrong))
    raise ValueError(
        f"`{name}` must be whole numbers from 0; the value at {place[0] if len(place) == 1 else place} was "
        f"{float(values[place]):.6g}. Count the samples: weights and frequencies are not counts, since they do not say "
        "how much was seen. For probabilities use `infolib.entropy`."
    )


def check_n_outcomes(n_outcomes: Any, observed: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Require whole numbers, or math.inf, no smaller than the numbers of outcomes seen; return one for each row."""
    known = n_outcomes.cpu().numpy() if is_tensor(n_outcomes) else np.asarray(n_outcomes)
    if known.dtype.kind not in "iuf" and not {type(k) for k in known.flat} <= {int, float}:
        raise TypeError(
            f"`n_outcomes` must be a whole number, or one for each row; it was {n_outcomes!r}. Count the outcomes that "
            "can occur, seen or not."
        )
    if known.shape not in ((), shape):
        raise ValueError(
            f"`n_outcomes` must be one number or have the shape of the result, {shape}; it had shape {known.shape}. "
            "Pass one number for all rows."
        )
    try:
        outcomes = np.broadcast_to(known, shape).reshape(-1).astype(np.float64)
    except OverflowError:
        raise ValueError(
            "`n_outcomes` must be below 2**1024, the most that a float can be; it was larger. For an alphabet without "
            "end pass `math.inf`."
        ) from None
    wrong = ~((outcomes >= observed) & (outcomes == np.floor(outcomes)))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"`n_outcomes` must be a whole number, at least that of the outcomes seen, {int(observed[row])}"
            f"{at_row(row, shape)}; it was {outcomes[row]:.17g}. Count the outcomes that can occur, seen or not."
        )
    return outcomes


def at_row(row: int, shape: tuple[int, ...]) -> str:
    """Say which row of a result of that shape is meant; nothing where there is one alone."""
    if not shape:
        return ""
    place = tuple(map(int, np.unravel_index(row, shape)))
    return f" in row {place[0] if len(place) == 1 else place}"
