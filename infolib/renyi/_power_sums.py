"""Sums of powers of probabilities, in the two forms that every Rényi entropy is computed from.

`log(sum p^a / sum p)` is read off the sums where it is not small. Where it is (an order near 1, or almost all mass on
one outcome) the difference of the two sums is added up term by term, which is Tsallis entropy, and log1p takes the
logarithm of 1 and that. Neither cancels on its side.
"""

from __future__ import annotations

import math
from typing import Any

from infolib import _checks
from infolib._arrays import Operand, is_tensor, operand, rows, sum_rows
from infolib._terms import checked_sum, largest_value, log1p_ratio, not_negative, power_sum, tsallis_sum

_LOG2 = math.log(2)


def _form(order: float, n: int, reach: float) -> str:
    named = {0.0: "count", 1.0: "shannon", math.inf: "largest"}
    if order in named:
        return named[order]
    if abs(order - 1) * math.log(n) < _LOG2:
        return "tsallis"  # no distribution over n outcomes has |log(sum p^a / sum p)| above that
    return "scaled" if order * math.log(n) > reach else "direct"


def _first_pass(xp: Any, p: Any, orders: tuple[float, ...], forms: list[str]) -> tuple[Any, ...]:
    """Compute `checked_sum` of p, the sum of what occurs, and the sum that each order needs."""
    checked = checked_sum(xp, p)
    if is_tensor(p):
        p = xp.where(p > 0, p, 0.0)  # no gradient reaches an impossible outcome
    total = xp.sum(p, axis=-1)

    def part(order: float, form: str) -> Any:
        if form in ("tsallis", "shannon"):
            return tsallis_sum(xp, p, order)
        if form == "direct":
            return power_sum(xp, p, order)
        if form == "count":
            return xp.sum(xp.where(p > 0, xp.ones_like(p), 0.0), axis=-1)
        return total  # not needed

    return checked, total, *(part(*each) for each in zip(orders, forms, strict=True))


def _scaled_log_sum(xp: Any, by_row: Any, order: float) -> tuple[Any, Any]:
    """Log of the largest entry of each row, and log of the sum of p times (p / largest)^(order - 1)."""
    peaks = largest_value(xp, by_row)
    log_peak = xp.log(peaks.detach() if is_tensor(peaks) else peaks)

    def kernel(p: Any, log_scale: Any) -> tuple[Any]:
        return (power_sum(xp, p, order, log_scale),)

    (sums,) = sum_rows(kernel, by_row, log_peak[:, None])
    return log_peak, xp.log(sums)


def renyi_from_tsallis(xp: Any, tsallis: Any, order: float) -> Any:
    """Compute log(1 + x)/(1 - a) with x = (1 - a) tsallis, also where x underflows."""
    return tsallis * log1p_ratio(xp, (1 - order) * tsallis)


def _nats(xp: Any, by_row: Any, total: Any, log_ratio: Any, order: float) -> Any:
    """Divide log(sum p^a / sum p) by 1 - a; where it is below log 2, sum again by terms."""
    nats = log_ratio / (1 - order)
    small = xp.abs(log_ratio) < _LOG2

    def kernel(p: Any) -> tuple[Any]:
        return (tsallis_sum(xp, p, order),)

    if is_tensor(by_row):
        if by_row.device.type != "meta" and not bool(xp.any(small)):
            return nats
        (tsallis,) = sum_rows(kernel, xp.where(by_row > 0, by_row, 0.0))
        return xp.where(small, renyi_from_tsallis(xp, xp.where(small, tsallis / total, 0.0), order), nats)
    if small.any():
        (tsallis,) = sum_rows(kernel, by_row if small.all() else by_row[small])
        nats[small] = renyi_from_tsallis(xp, tsallis / total[small], order)
    return nats


def renyi_nats(p: Any, orders: tuple[float, ...], axis: int) -> tuple[Operand, list[Any]]:
    """Check that `p` holds distributions along `axis`; their Rényi entropies in nats, one array for each order."""
    given = operand("p", p)
    xp, values = given.xp, given.values
    _checks.check_not_empty("p", values, scalar_remedy="Pass all probabilities.")
    where = _checks.check_axis("axis", axis, "p", values.ndim)
    batch = values.shape[:where] + values.shape[where + 1 :]
    by_row = rows(xp, values, where)
    reach = -0.8 * math.log(float(xp.finfo(values.dtype).smallest_normal))  # powers beyond it vanish
    forms = [_form(order, values.shape[where], reach) for order in orders]
    checked, total, *sums = sum_rows(lambda block: _first_pass(xp, block, orders, forms), by_row)
    _checks.check_pmf("p", values, xp.reshape(checked, batch), given.tolerance, axis)

    def nats(order: float, form: str, part: Any) -> Any:
        if form == "shannon":
            return part
        if form == "count":
            return xp.log(part)
        if form == "largest":
            return -xp.log(largest_value(xp, by_row))
        if form == "tsallis":
            return renyi_from_tsallis(xp, part / total, order)
        if form == "direct":
            return _nats(xp, by_row, total, xp.log(part / total), order)
        log_peak, log_sum = _scaled_log_sum(xp, by_row, order)
        # As written, an order near the largest float does not overflow here.
        nats_first = (xp.log(total) - log_sum) / (order - 1) - log_peak
        return _nats(xp, by_row, total, nats_first * (1 - order), order)

    return given, [xp.reshape(not_negative(xp, nats(*each)), batch) for each in zip(orders, forms, sums, strict=True)]
