"""RESULTS.md: every benchmark owns the part between two comments of its own."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


def store(command: str, report: str) -> None:
    """Replace what `command`, such as ``"python -m benchmarks"``, wrote before.

    Raises
    ------
    SystemExit
        If the two comments are not there.
    """
    begin, end = f"<!-- written by {command} --write -->", f"<!-- end of {command} -->"
    before, found, rest = RESULTS.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{RESULTS.name} must hold the lines {begin!r} and {end!r}; the report goes between.")
    RESULTS.write_text(f"{before}{begin}\n\n{report.strip()}\n\n{end}{after}", encoding="utf-8")
    print(f"wrote {RESULTS.name}")
