"""Scores as Markdown tables: a row for each problem, a column for each estimator."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence

from benchmarks.estimators.ours import ASSUMED
from benchmarks.estimators.referee import Score

LEAST_ERROR = 0.001  # nats; below it one is as good as another
NEAR = 2  # times the least error

Row = dict[str, Score]  # by the name of the estimator


def bias_and_spread(s: Score) -> str:
    spread = "" if math.isnan(s.spread) else f" ± {s.spread:.3f}"
    return f"{s.bias:+.3f}{spread}"


def bias_and_error(s: Score) -> str:
    return f"{s.bias:+.4f} ({s.rmse:.4f})"


def table(scores: Sequence[Score], cell: Callable[[Score], str] = bias_and_spread) -> Iterator[str]:
    """Lines of a table: errors by problem, then over all problems, and times."""
    names = list(dict.fromkeys(s.estimator for s in scores))
    rows: dict[tuple[str, str, int, float], Row] = {}
    for s in scores:
        rows.setdefault((s.problem, s.size, s.samples, s.truth), {})[s.estimator] = s
    yield _line("problem", "size", "samples", "truth", *names)
    yield "|---|---|--:|--:|" + "--:|" * len(names)
    for (problem, size, samples, truth), row in rows.items():
        cells = (_marked(row[name], cell, _least(row)) if name in row else "" for name in names)
        yield _line(problem, size, f"{samples:,}", f"{truth:.3f}", *cells)
    yield from _over_all(list(rows.values()), names)
    yield from _times(scores, names)


def _marked(s: Score, cell: Callable[[Score], str], least: float) -> str:
    """Put the least error in bold; say how many answers there were if not all, and "!" where half of them warned."""
    if not s.answered:
        return "none"
    text = f"**{cell(s)}**" if s.rmse == least else cell(s)
    if s.answered < s.repetitions:
        text += f" of {s.answered}"
    return text + " !" if 2 * s.warned >= s.repetitions else text


def _least(row: Row) -> float:
    """Least error of a row. Who knows what kind of distribution the samples are from competes with nobody."""
    return min((row[name].rmse for name in _answered(row) if row[name].library != ASSUMED), default=math.nan)


def _answered(row: Row) -> set[str]:
    return {name for name, s in row.items() if s.answered == s.repetitions}


def _over_all(rows: list[Row], names: list[str]) -> Iterator[str]:
    """Errors over the problems that all estimators answered, and over all problems for those that answered them."""
    common = [row for row in rows if len(_answered(row)) == len(names)]
    for group, which in [(common, "that all can do"), (rows, "all")]:
        if not group or (group is common and len(common) == len(rows)):
            continue
        able = set.intersection(*map(_answered, group))
        for what, summary in _SUMMARIES.items():
            cells = (summary(group, name) if name in able else "" for name in names)
            yield _line(f"{what}; {len(group)} problems, {which}", "", "", "", *cells)


def _mean_bias(rows: list[Row], name: str) -> str:
    return f"{statistics.fmean(abs(row[name].bias) for row in rows):.3f}"


def _mean_error(rows: list[Row], name: str) -> str:
    return f"{statistics.geometric_mean(max(row[name].rmse, LEAST_ERROR) for row in rows):.3f}"


def _near_best(rows: list[Row], name: str) -> str:
    return str(sum(row[name].rmse <= NEAR * max(_least(row), LEAST_ERROR) for row in rows))


_SUMMARIES = {
    "mean size of the bias": _mean_bias,
    "geometric mean of the error (RMSE)": _mean_error,
    "error within twice the least": _near_best,
}


def _times(scores: Sequence[Score], names: list[str]) -> Iterator[str]:
    """Processor time by the number of samples if that varies, and by size otherwise: the median over problems."""
    several = len({s.samples for s in scores}) > 1
    kinds = {("", s.samples) if several else (s.size, s.samples) for s in scores}
    for size, samples in sorted(kinds, key=lambda kind: (kind[1], len(kind[0]), kind[0])):
        cells = []
        for name in names:
            alike = (s for s in scores if s.estimator == name and s.samples == samples and size in ("", s.size))
            times = [s.seconds for s in alike]
            cells.append(_milliseconds(statistics.median(times)) if times else "")
        yield _line("processor time, ms", size, f"{samples:,}", "", *cells)


def _milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:.2g}" if seconds < 0.01 else f"{1e3 * seconds:,.0f}"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
