"""Pairs made ready for a critic: what they must be, how many go into each part, and the scale they are given."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from infolib._checks import check_finite
from infolib.representations._numbers import as_float64, as_number

LEAST_PAIRS = 4  # in each of the three parts


class Sizes(NamedTuple):
    """Pairs in each part."""

    train: int
    validation: int
    test: int


def as_pairs(x: object, y: object) -> tuple[Tensor, Tensor]:
    """Return x and y as finite float64 (n, dim), on one device."""
    a, b = _as_rows("x", x), _as_rows("y", y)
    if len(a) != len(b):
        raise ValueError(
            f"`x` and `y` must have one length; they had {len(a)} and {len(b)} rows. Row i of both is one pair."
        )
    if a.device != b.device:
        raise ValueError(f"`x` and `y` must be on one device; they were on {a.device} and {b.device}. Move one.")
    return a, b


def part_sizes(n: int, validation: float, test: float) -> Sizes:
    """How many of n pairs go into each part."""
    for argument, share in (("validation", validation), ("test", test)):
        if not 0 < as_number(argument, share) < 1:
            raise ValueError(f"`{argument}` must be a share between 0 and 1; it was {share!r}. Try 0.2.")
    held = round(n * validation), round(n * test)
    sizes = Sizes(n - sum(held), *held)
    if min(sizes) < LEAST_PAIRS:
        raise ValueError(
            f"`x` and `y` must have {LEAST_PAIRS} pairs or more for each of training, validation and test; {n} pairs "
            f"gave {sizes.train}, {sizes.validation} and {sizes.test}. Bring more pairs, or change `validation` and "
            "`test`."
        )
    return sizes


def ready(argument: str, rows: Tensor, on: Tensor | None, dtype: torch.dtype) -> Tensor:
    """Return rows in the critic's dtype, standardised over those that `on` lists, or as they are where it is None."""
    constant = _constant(rows).nonzero()
    if len(constant):
        column = int(constant[0])
        raise ValueError(
            f"`{argument}` must vary in every column; column {column} was {float(rows[0, column]):.6g} throughout. "
            "Leave it out: what does not vary holds no information."
        )
    cast = (rows if on is None else _standardized(rows, on)).to(dtype)
    if not bool(torch.isfinite(cast).all()) or bool(_constant(cast).any()):
        raise ValueError(
            f"`{argument}` must stay finite and keep varying in the critic's {dtype}; it did not. Leave it to "
            "`standardize`, scale it, or pass a critic of float64."
        )
    return cast


def _as_rows(argument: str, values: object) -> Tensor:
    rows = as_float64(argument, values).detach()
    if rows.ndim not in (1, 2) or not rows.numel():
        raise ValueError(
            f"`{argument}` must have shape (n,) or (n, dim) and not be empty; it was {tuple(rows.shape)}. Put one "
            "observation in a row."
        )
    check_finite(argument, rows)
    return rows.reshape(len(rows), -1)


def _standardized(rows: Tensor, on: Tensor) -> Tensor:
    """Give columns mean 0 and variance 1 over the rows `on`, and mean 0 alone where they are constant there.

    The column of a rare label may be.
    """
    seen = rows[on]
    # A power of 2 moves no digit, and keeps the sums and squares of very large and very small columns in range.
    largest = seen.abs().amax(0)
    power = torch.where(largest > 0, largest / (2 * torch.frexp(largest).mantissa), 1)
    seen = seen / power
    spread = seen.std(0, correction=0)
    return (rows / power - seen.mean(0)) / torch.where(spread > 0, spread, 1)


def _constant(rows: Tensor) -> Tensor:
    """Which columns (dim,) hold one value only."""
    return (rows == rows[0]).all(0)
