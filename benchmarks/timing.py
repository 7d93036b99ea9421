"""Side-by-side timing: ours and a peer's in turn, in one process, so that both meet the same machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

MIN_REPEATS, MAX_REPEATS = 7, 101


@dataclass(frozen=True)
class Comparison:
    """Times in milliseconds of two ways to the same result, taken in turn.

    `aim` is what `ratio` should reach: at least so many times faster than the peer. With `floor=True` the peer is a
    piece of work that cannot be avoided, and `ratio` is our time over its time, to be kept below `aim`.
    """

    what: str
    ours: tuple[float, ...]
    peer: tuple[float, ...]
    aim: float
    floor: bool
    peer_name: str

    @property
    def ratios(self) -> list[float]:
        """One ratio a repeat, from two runs next to each other in time."""
        if self.floor:
            return [a / b for a, b in zip(self.ours, self.peer, strict=True)]
        return [b / a for a, b in zip(self.ours, self.peer, strict=True)]

    @property
    def ratio(self) -> float:
        """Median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool:
        """Whether the median ratio is on the right side of the aim."""
        return self.ratio <= self.aim if self.floor else self.ratio >= self.aim


def compare(
    what: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    peer_name: str,
    aim: float,
    floor: bool = False,
    seconds: float = 10.0,
) -> Comparison:
    """Run `ours` and `peer` in turn for about `seconds`, after one uncounted run of each.

    The order within a pair alternates, so that neither always runs with the other's memory in the cache.
    """
    start = time.perf_counter()
    ours()
    peer()
    pair = time.perf_counter() - start
    repeats = int(min(MAX_REPEATS, max(MIN_REPEATS, seconds / pair)))
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    work = {"ours": ours, "peer": peer}
    gc.collect()
    gc.disable()
    try:
        for i in range(repeats):
            for name in ("ours", "peer") if i % 2 == 0 else ("peer", "ours"):
                start = time.perf_counter()
                work[name]()
                times[name].append(1e3 * (time.perf_counter() - start))
    finally:
        gc.enable()
    return Comparison(what, tuple(times["ours"]), tuple(times["peer"]), aim, floor, peer_name)


def require_equal(what: str, ours: float, peer: float, tolerance: float) -> None:
    """Stop the run unless two results agree: a ratio of two different things says nothing."""
    difference = abs(ours - peer)
    # Written so that a NaN, which compares as False, is refused too.
    if not difference <= tolerance:
        raise SystemExit(
            f"{what}: ours {ours!r} and the peer's {peer!r} differ by {difference:.3g}, more than {tolerance:g}."
        )
    print(f"  equal: {what}: {ours:.10g} against {peer:.10g}, {difference:.1e} apart (allowed {tolerance:g})")


def table(comparisons: list[Comparison]) -> str:
    """Return an aligned Markdown table, one comparison a row."""
    head = ("what", "against", "ours, ms", "peer, ms", "ratio (middle half)", "aim", "reached")
    rows = [head, *(_row(c) for c in comparisons)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numeric = (False, False, True, True, True, True, False)
    lines = [_line(row, widths, numeric) for row in rows]
    rules = ("-" * (w + 1) + (":" if right else "-") for w, right in zip(widths, numeric, strict=True))
    return "\n".join([lines[0], f"|{'|'.join(rules)}|", *lines[1:]])


def _row(c: Comparison) -> tuple[str, ...]:
    low, _, high = statistics.quantiles(c.ratios, n=4)
    sign, unit = ("<=", "x its time") if c.floor else (">=", "x faster")
    return (
        c.what,
        c.peer_name,
        _ms(statistics.median(c.ours)),
        _ms(statistics.median(c.peer)),
        f"{c.ratio:.2f}{unit} ({low:.2f}-{high:.2f})",
        f"{sign} {c.aim:g}",
        "yes" if c.reached else "no",
    )


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _line(row: tuple[str, ...], widths: list[int], numeric: tuple[bool, ...]) -> str:
    cells = (x.rjust(w) if right else x.ljust(w) for x, w, right in zip(row, widths, numeric, strict=True))
    return "| " + " | ".join(cells) + " |"
