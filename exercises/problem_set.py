"""A problem set as its author writes it: one notebook with nbgrader cells, read and checked here."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from exercises.rules import SourceError, check_cell, check_markdown, grade_id_of, must_be

FOLDER = Path(__file__).resolve().parent
PREAMBLE = ("setup", "intro")
HEADING = re.compile(r"## Exercise (\d+) (★{1,3}) (\S.*?) \((\d+(?:\.\d+)?) points?\)")
HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>\s*\n(.*?)\n\s*</details>", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    slug: str
    number: int
    title: str
    stars: int
    points: float
    statement: str  # Markdown without the heading and the hints
    hints: tuple[tuple[str, str], ...]  # (summary, Markdown)
    cells: tuple[NotebookNode, ...]  # statement, solution, checks, in the order of the notebook

    @property
    def checks(self) -> tuple[NotebookNode, ...]:
        return tuple(cell for cell in self.cells if cell.metadata.nbgrader.grade)

    @property
    def solution(self) -> NotebookNode:
        return next(cell for cell in self.cells if cell.metadata.nbgrader.solution)


@dataclass(frozen=True)
class ProblemSet:
    name: str
    notebook: NotebookNode
    preamble: tuple[NotebookNode, ...]
    exercises: tuple[Exercise, ...]

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


def set_names(folder: Path = FOLDER) -> list[str]:
    """Names of the sets that have a source."""
    return sorted(path.parent.name for path in folder.glob("source/*/*.ipynb") if path.stem == path.parent.name)


def read_problem_set(name: str, folder: Path = FOLDER) -> ProblemSet:
    path = folder / "source" / name / f"{name}.ipynb"
    if not path.is_file():
        known = ", ".join(set_names(folder)) or "none"
        raise SourceError(f"there is no problem set {name!r}: {path} does not exist (sets: {known})")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise SourceError(f"{path} is not a notebook: {error}") from error
    return problem_set(name, notebook)


def problem_set(name: str, notebook: NotebookNode) -> ProblemSet:
    """Check the source notebook and take it apart."""
    ids = [grade_id_of(cell, number) for number, cell in enumerate(notebook.cells, start=1)]
    if repeated := sorted({i for i in ids if ids.count(i) > 1}):
        raise SourceError(f"grade_id {repeated[0]!r} is used twice; give each cell its own")
    for required in PREAMBLE:
        if required not in ids:
            raise SourceError(f"there is no cell with grade_id {required!r}; it comes before the first exercise")
    statements = [i for i in ids if i.endswith("-statement")]
    if not statements:
        raise SourceError("there is no exercise: none of the cells has a grade_id that ends in '-statement'")
    starts = [ids.index(i) for i in statements] + [len(ids)]
    preamble = tuple(notebook.cells[: starts[0]])
    for cell in preamble:
        grade_id = cell.metadata.nbgrader.grade_id
        code = grade_id == "setup" if grade_id in PREAMBLE else None
        must_be(cell, grade=False, solution=False, locked=True, code=code)
        check_markdown(cell)
    exercises = tuple(
        _exercise(number, statement.removesuffix("-statement"), tuple(notebook.cells[start:end]))
        for number, (statement, start, end) in enumerate(zip(statements, starts, starts[1:], strict=False), start=1)
    )
    return ProblemSet(name, notebook, preamble, exercises)


def _exercise(number: int, slug: str, cells: tuple[NotebookNode, ...]) -> Exercise:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise SourceError(f"exercise {slug!r}: the name must be lower-case words joined by hyphens")
    for cell in cells:
        check_cell(slug, cell)
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    if f"{slug}-solution" not in ids:
        raise SourceError(f"exercise {slug}: there is no cell {slug}-solution")
    checks = [cell for cell in cells if cell.metadata.nbgrader.grade]
    expected = [f"{slug}-check-{k}" for k in range(1, len(checks) + 1)]
    if len(checks) < 2 or [cell.metadata.nbgrader.grade_id for cell in checks] != expected:
        raise SourceError(
            f"exercise {slug}: it needs two or more graded cells {slug}-check-1, {slug}-check-2, ... in order"
        )
    if ids.index(f"{slug}-solution") > ids.index(expected[0]):
        raise SourceError(f"exercise {slug}: the solution comes before the checks")
    first, _, rest = cells[0].source.partition("\n")
    heading = HEADING.fullmatch(first.strip())
    if not heading:
        raise SourceError(
            f"exercise {slug}: the statement must open with '## Exercise k ★★ Title (n points)', not {first!r}"
        )
    if int(heading[1]) != number:
        raise SourceError(f"exercise {slug}: it is number {number}, but its heading says {heading[1]}")
    points = sum(float(cell.metadata.nbgrader.points) for cell in checks)
    if points != float(heading[4]):
        raise SourceError(f"exercise {slug}: its checks are worth {points:g} points, but its heading says {heading[4]}")
    hints = tuple((summary.strip(), text.strip()) for summary, text in HINT.findall(rest))
    statement = HINT.sub("", rest).strip()
    if not hints:
        raise SourceError(f"exercise {slug}: it has no hint (<details><summary>Hint 1</summary> ... </details>)")
    if "<details>" in statement or "</details>" in statement:
        raise SourceError(f"exercise {slug}: a hint is not closed, or has no <summary>")
    if not statement:
        raise SourceError(f"exercise {slug}: the statement is empty")
    return Exercise(slug, number, heading[3], len(heading[2]), points, statement, hints, cells)
