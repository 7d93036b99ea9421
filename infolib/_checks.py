"""What an argument must be: each check returns what is usable, or raises with the requirement and the
remedy."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import array_api_compat

REMEDY = "For labelled samples use `empirical_distribution`; for counts divide by the total."


def _is_meta(array: Any) -> bool:
    # A tensor on the meta device has a shape and no values, so there is nothing to look at.
    return array_api_compat.is_torch_array(array) and array.device.type == "meta"


def _place(index: tuple[int, ...]) -> str:
    return str(index[0]) if len(index) == 1 else str(index)


def _first(xp: Any, mask: Any) -> tuple[int, ...]:
    return tuple(int(where[0]) for where in xp.nonzero(mask)) if mask.ndim else ()


def check_not_empty(
    name: str, array: Any, *, least_axes: int = 1, scalar_remedy: str = "Pass a list or an array."
) -> None:
    """Require at least one number, and at least `least_axes` axes."""
    if array.ndim < least_axes:
        what = "a single number" if array.ndim == 0 else f"an array of shape {tuple(array.shape)}"
        raise ValueError(
            f"`{name}` must have at least {least_axes} {'axis' if least_axes == 1 else 'axes'}; it was {what}. "
            f"{scalar_remedy}"
        )
    if math.prod(array.shape) == 0:
        raise ValueError(
            f"`{name}` must not be empty; it was an array of shape {tuple(array.shape)}. Pass at least one number."
        )


def check_axis(argument: str, axis: object, name: str, ndim: int) -> int:
    """Require one axis of `name` and return it counted from 0."""
    if isinstance(axis, bool) or not isinstance(axis, Integral):
        raise TypeError(
            f"`{argument}` must be an integer; it was {axis!r}, a {type(axis).__name__}. Name one axis of `{name}`."
        )
    if not -ndim <= int(axis) < ndim:
        raise ValueError(
            f"`{argument}` must be an axis of `{name}`, from {-ndim} to {ndim - 1}; it was {axis}. "
            f"`{name}` has {ndim} {'axis' if ndim == 1 else 'axes'}."
        )
    return int(axis) % ndim


def check_axes(argument: str, axes: object, name: str, ndim: int) -> tuple[int, ...]:
    """Require an axis or a non-empty tuple of different axes of `name`."""
    listed = tuple(axes) if isinstance(axes, tuple | list) else (axes,)
    if not listed:
        raise ValueError(f"`{argument}` must name at least one axis of `{name}`; it was empty. Name the axes to keep.")
    found = tuple(check_axis(argument, axis, name, ndim) for axis in listed)
    if len(set(found)) < len(found):
        raise ValueError(f"`{argument}` must name different axes of `{name}`; it was {axes!r}. Name each axis once.")
    return found


def check_disjoint(name: str, **groups: tuple[int, ...]) -> None:
    """Require that no axis of `name` is in two groups."""
    owner: dict[int, str] = {}
    for argument, axes in groups.items():
        for axis in axes:
            if axis in owner:
                raise ValueError(
                    f"`{owner[axis]}` and `{argument}` must name different axes of `{name}`; axis {axis} was in both. "
                    "Give each variable an axis of its own."
                )
            owner[axis] = argument


def check_same_length(name_a: str, a: Any, name_b: str, b: Any, axis: int) -> None:
    """Require two arrays to run over the same outcomes along `axis` and to broadcast over the other axes."""
    shapes = f"`{name_a}` had shape {tuple(a.shape)} and `{name_b}` {tuple(b.shape)}"
    if a.shape[axis] != b.shape[axis]:
        raise ValueError(
            f"`{name_a}` and `{name_b}` must have one length along `axis`; {shapes}. "
            "Give both a probability for every outcome, 0 where it cannot occur."
        )
    if any(m != n and 1 not in (m, n) for m, n in zip(a.shape, b.shape, strict=True)):
        raise ValueError(
            f"`{name_a}` and `{name_b}` must broadcast over the other axes; {shapes}. Make these axes equal or 1."
        )


def check_pmf(name: str, values: Any, sums: Any, tolerance: float, axis: int | None) -> None:
    """Require sums of probabilities to be 1.

    `sums` are what the caller's own pass over `values` found along `axis` (over all axes where it is None),
    NaN where a value was negative. Only when they are wrong are the values read again, to say what is wrong.
    """
    if _is_meta(values):
        return
    xp = array_api_compat.array_namespace(values)
    if array_api_compat.is_torch_array(values):
        values, sums = values.detach(), sums.detach()
    wrong = ~(xp.abs(sums - 1) <= tolerance)
    if not bool(xp.any(wrong)):
        return
    check_finite(name, values)
    if bool(xp.any(values < 0)):
        place = _first(xp, values < 0)
        raise ValueError(
            f"`{name}` must not be negative; the value at {_place(place)} was {float(values[place]):.6g}. "
            "For logits use `entropy_from_logits`."
        )
    where = "over all axes" if axis is None else f"along axis {axis}"
    place = _first(xp, wrong)
    total = float(sums[place]) if place else float(sums)
    row = f"row {_place(place)}" if place else "it"
    raise ValueError(f"`{name}` must sum to 1 {where}; {row} sums to {total:.10g}. {REMEDY}")


def check_finite(name: str, values: Any) -> None:
    """Require every value to be finite."""
    xp = array_api_compat.array_namespace(values)
    wrong = ~xp.isfinite(values)
    if bool(xp.any(wrong)):
        place = _first(xp, wrong)
        at = f"the value at {_place(place)}" if place else "it"
        raise ValueError(
            f"`{name}` must be finite; {at} was {float(values[place])}. Remove or repair such values first."
        )


def check_not_negative(name: str, values: Any) -> None:
    """Require every value to be finite and at least 0."""
    if _is_meta(values):
        return
    check_finite(name, values)
    xp = array_api_compat.array_namespace(values)
    wrong = values < 0
    if bool(xp.any(wrong)):
        place = _first(xp, wrong)
        at = f"the value at {_place(place)}" if place else "it"
        raise ValueError(
            f"`{name}` must not be negative; {at} was {float(values[place]):.6g}. "
            "A logarithm needs a positive number, or 0 for its limit."
        )


def check_probabilities(name: str, values: Any) -> None:
    """Require every value to lie in [0, 1]."""
    if _is_meta(values):
        return
    xp = array_api_compat.array_namespace(values)
    wrong = ~((values >= 0) & (values <= 1))
    if bool(xp.any(wrong)):
        place = _first(xp, wrong)
        at = f"the value at {_place(place)}" if place else "it"
        raise ValueError(
            f"`{name}` must be a probability, from 0 to 1; {at} was {float(values[place]):.17g}. "
            "For counts divide by the total."
        )


def check_peaks(name: str, peaks: Any, axis: int) -> None:
    """Require the largest logit of every row to be finite: it is NaN or +inf where the row holds one."""
    if _is_meta(peaks):
        return
    xp = array_api_compat.array_namespace(peaks)
    wrong = ~xp.isfinite(peaks)
    if bool(xp.any(wrong)):
        place = _first(xp, wrong)
        row = f"row {_place(place)}" if place else "it"
        if bool(peaks[place] == -math.inf):
            raise ValueError(
                f"`{name}` must leave at least one outcome possible along axis {axis}; {row} holds -inf only. "
                "Unmask one logit, or leave the row out."
            )
        raise ValueError(
            f"`{name}` must be finite or -inf; {row} holds {float(peaks[place])}. "
            "Look for an overflow where the logits were computed."
        )


def check_positive(name: str, number: Any) -> float:
    """Require a finite number greater than 0."""
    if not isinstance(number, Real) or isinstance(number, bool):
        raise TypeError(
            f"`{name}` must be a number; it was {number!r}, a {type(number).__name__}. Pass a plain positive number."
        )
    if not (math.isfinite(number) and float(number) > 0):
        raise ValueError(
            f"`{name}` must be finite and greater than 0; it was {number!r}. Use 1 to leave the logits as they are."
        )
    return float(number)


def check_one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Require one of the names listed."""
    if not isinstance(value, str) or value not in allowed:
        names = ", ".join(map(repr, allowed)) or "nothing, since none was declared"
        raise (ValueError if isinstance(value, str) else TypeError)(
            f"`{name}` must be one of {names}; it was {value!r}. Name one of them."
        )


def check_integer(name: str, number: Any, least: int) -> int:
    """Require an integer of at least `least`."""
    whole = isinstance(number, Integral) and not isinstance(number, bool)
    if not whole or number < least:
        raise (ValueError if whole else TypeError)(
            f"`{name}` must be an integer of at least {least}; it was {number!r}. Pass a whole number from {least} on."
        )
    return int(number)


def check_label_vectors(name: str, vectors: list[Any]) -> None:
    """Require at least one vector of labels, and all of one length."""
    if not vectors:
        raise ValueError(
            f"`{name}` must hold at least one vector of labels; there was none. Pass one for each variable."
        )
    for i, labels in enumerate(vectors):
        if labels.ndim != 1 or labels.shape[0] == 0:
            raise ValueError(
                f"`{name}[{i}]` must be one-dimensional and not empty; it had shape {tuple(labels.shape)}. "
                "Pass one vector of labels for each variable, flattened."
            )
        if labels.shape[0] != vectors[0].shape[0]:
            raise ValueError(
                f"`{name}` must have one length; `{name}[0]` had {vectors[0].shape[0]} labels and `{name}[{i}]` "
                f"{labels.shape[0]}. Entry i of each belongs to the same observation."
            )


def check_outcomes(name: str, vectors: list[Any], n_outcomes: Any) -> tuple[int, ...]:
    """Require labels from 0 to below `n_outcomes`, and return the number of outcomes of each variable."""
    given = n_outcomes if isinstance(n_outcomes, tuple | list) else (n_outcomes,) * len(vectors)
    if len(given) != len(vectors):
        raise ValueError(
            f"`n_outcomes` must have one entry for each of the {len(vectors)} variables; it was {n_outcomes!r}. "
            "Pass one int for all, or a tuple."
        )
    sizes = []
    for i, (labels, size) in enumerate(zip(vectors, given, strict=True)):
        low, high = int(labels.min()), int(labels.max())
        if size is None:
            size = high + 1
        elif not isinstance(size, Integral) or isinstance(size, bool):
            raise TypeError(
                f"`n_outcomes` must be an int or a tuple of ints; it was {n_outcomes!r}. Count the possible labels."
            )
        elif size < 1:
            raise ValueError(f"`n_outcomes` must be at least 1; it was {n_outcomes!r}. Count the possible labels.")
        if low < 0 or high >= size:
            raise ValueError(
                f"`{name}[{i}]` must hold labels from 0 to {max(int(size) - 1, 0)}; they ran from {low} to {high}. "
                "Raise `n_outcomes`, or number the values with np.unique(..., return_inverse=True)."
            )
        sizes.append(int(size))
    if math.prod(sizes) >= 2**40:
        raise ValueError(
            f"`{name}` must span fewer than 2**40 combinations; there were {' x '.join(map(str, sizes))}. "
            "Renumber the labels that occur with np.unique(..., return_inverse=True)."
        )
    return tuple(sizes)


def check_entropies(name: str, values: Any, nats: Any, most: float, tolerance: float, n_outcomes: int) -> None:
    """Require entropies of `n_outcomes` outcomes: from 0 to `most` nats, and `tolerance` above for rounding."""
    xp = array_api_compat.array_namespace(nats)
    wrong = ~((nats >= 0) & (nats <= most + tolerance))
    if bool(xp.any(wrong)):
        place = _first(xp, wrong)
        at = f"the value at {_place(place)}" if place else "it"
        raise ValueError(
            f"`{name}` must be from 0 to log {n_outcomes}, which is {most:.10g} nats; {at} was "
            f"{float(values[place]):.10g}, in nats {float(nats[place]):.10g}. Pass `base=2` if it is in bits, "
            "and count all outcomes."
        )
