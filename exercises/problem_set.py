"""A problem set as its author writes it: one notebook with nbgrader cells, read and checked here."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
PREAMBLE = ("setup", "intro")
HEADING = re.compile(r"## Exercise (\d+) (★{1,3}) (\S.*?) \((\d+(?:\.\d+)?) points?\)")
HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>\s*\n(.*?)\n\s*</details>", re.DOTALL)
SECTION_LINK = re.compile(r"\[([^\]]*)\]\(#([\w-]+)\)")
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


class SourceError(Exception):
    """The source of a problem set breaks a rule; the message says where, which, and what to do."""


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
    ids = [_grade_id(cell, number) for number, cell in enumerate(notebook.cells, start=1)]
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
        _must_be(cell, grade=False, solution=False, locked=True)
        _check_markdown(cell)
    exercises = tuple(
        _exercise(number, statement.removesuffix("-statement"), tuple(notebook.cells[start:end]))
        for number, (statement, start, end) in enumerate(zip(statements, starts, starts[1:], strict=False), start=1)
    )
    return ProblemSet(name, notebook, preamble, exercises)


def _exercise(number: int, slug: str, cells: tuple[NotebookNode, ...]) -> Exercise:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise SourceError(f"exercise {slug!r}: the name must be lower-case words joined by hyphens")
    for cell in cells:
        _check_cell(slug, cell)
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


def _check_cell(slug: str, cell: NotebookNode) -> None:
    grade_id = cell.metadata.nbgrader.grade_id
    if not grade_id.startswith(f"{slug}-"):
        raise SourceError(f"cell {grade_id} stands in exercise {slug}: its grade_id must begin with '{slug}-'")
    _check_markdown(cell)
    delimiters = [
        line.strip() for line in cell.source.splitlines() if re.search(r"(BEGIN|END) (SOLUTION|HIDDEN)", line)
    ]
    if grade_id == f"{slug}-solution":
        _must_be(cell, grade=False, solution=True, locked=False, code=True)
        if not delimiters or delimiters != list(SOLUTION) * (len(delimiters) // 2):
            raise SourceError(
                f"cell {grade_id}: the solution must stand between lines {SOLUTION[0]!r} and {SOLUTION[1]!r}"
            )
    elif "-check-" in grade_id:
        _must_be(cell, grade=True, solution=False, locked=True, code=True)
        if float(cell.metadata.nbgrader.get("points", 0)) <= 0:
            raise SourceError(f"cell {grade_id}: a check needs points above 0")
        if delimiters != list(HIDDEN) * (len(delimiters) // 2):
            raise SourceError(f"cell {grade_id}: hidden tests must stand between lines {HIDDEN[0]!r} and {HIDDEN[1]!r}")
    else:
        _must_be(
            cell, grade=False, solution=False, locked=True, code=False if grade_id.endswith("-statement") else None
        )
        if delimiters:
            raise SourceError(f"cell {grade_id}: {delimiters[0]!r} belongs in a solution or a check")


def _must_be(cell: NotebookNode, *, grade: bool, solution: bool, locked: bool, code: bool | None = None) -> None:
    meta = cell.metadata.nbgrader
    for key, wanted in (("grade", grade), ("solution", solution), ("locked", locked)):
        if bool(meta.get(key)) != wanted:
            raise SourceError(f"cell {meta.grade_id}: its nbgrader metadata must have {key!r}: {str(wanted).lower()}")
    if code is not None and (cell.cell_type == "code") != code:
        raise SourceError(f"cell {meta.grade_id}: it must be a {'code' if code else 'markdown'} cell")


def _check_markdown(cell: NotebookNode) -> None:
    """Markdown cells are read by Jupyter, too: no roles or directives, and links to sections bear words."""
    if cell.cell_type != "markdown":
        return
    where = f"cell {cell.metadata.nbgrader.grade_id}"
    if found := re.search(r"\{[\w:]+\}`|^\s*(?:`{3,}|:{3,})\s*\{", cell.source, re.MULTILINE):
        raise SourceError(f"{where}: {found[0].strip()!r} is MyST, which Jupyter does not show; use plain Markdown")
    if any(not words.strip() for words, _ in SECTION_LINK.findall(cell.source)):
        raise SourceError(f"{where}: a link to a section needs words between its brackets")


def _grade_id(cell: NotebookNode, number: int) -> str:
    meta = cell.metadata.get("nbgrader", {})
    grade_id = meta.get("grade_id", "")
    if not re.fullmatch(r"[a-z0-9-]{1,64}", grade_id) or meta.get("schema_version") != 3:
        start = cell.source.strip().partition("\n")[0][:50]
        raise SourceError(
            f"cell {number} ({start!r}): it needs nbgrader metadata of schema_version 3 with a grade_id"
            " of lower-case letters, digits and hyphens"
        )
    return grade_id
