"""Put the instructor's cells back into a submission: only solution cells and added cells are the student's own.

nbgrader's OverwriteCells does part of this. It stops with an error when the metadata of a check say that it is a
solution, and it cannot put a deleted check back behind a deleted neighbour or a locked text. So the notebook is built
anew from the source, and of the student's notebook only grade ids, the order of the cells and their sources are read.
"""

import copy
from collections import Counter
from dataclasses import dataclass, field

from nbformat import NotebookNode

from exercises.problem_set import Exercise, ProblemSet


@dataclass
class Part:
    """The cells of one exercise as they will be run, or those before the first (exercise is None)."""

    exercise: Exercise | None
    cells: list[NotebookNode]
    remarks: list[str] = field(default_factory=list)
    answered: bool = True  # the solution cell is there, and is not as it was handed out
    missing: bool = False  # the solution cell was deleted

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]


class NothingToGrade(Exception):
    """No cell of the set is in the notebook."""


def restored(problems: ProblemSet, released: NotebookNode, submitted: NotebookNode) -> list[Part]:
    """The preamble and the exercises, in the order of the source, with what was changed told in their remarks."""
    as_released = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells}
    theirs, extras, copies = _sorted_out(list(as_released), submitted)
    solutions = [exercise.solution.metadata.nbgrader.grade_id for exercise in problems.exercises]
    if not any(solution in theirs for solution in solutions):
        raise NothingToGrade(
            f"the notebook has no answer cell of {problems.name}: its metadata is lost, or it is another"
        )
    parts = [_part(None, problems.preamble, as_released, theirs, extras, copies)]
    for exercise in problems.exercises:
        parts.append(_part(exercise, exercise.cells, as_released, theirs, extras, copies))
    return parts


def _grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _sorted_out(known: list[str], submitted: NotebookNode):
    """The last cell of each known id, the other cells by the known one before them, and how often a copy was found."""
    ids = [_grade_id(cell) if _grade_id(cell) in known else None for cell in submitted.cells]
    theirs: dict[str, NotebookNode] = {}
    extras: dict[str, list[NotebookNode]] = {grade_id: [] for grade_id in known}
    copies: Counter[str] = Counter()
    place = known[0]
    for number, (cell, grade_id) in enumerate(zip(submitted.cells, ids, strict=True)):
        if grade_id is None:
            extras[place].append(_extra(cell))
        elif grade_id in ids[number + 1 :]:
            copies[grade_id] += 1
            # Splitting a cell copies its metadata: the upper half of an answer is run before the lower one.
            if grade_id.endswith("-solution"):
                extras[grade_id.removesuffix("-solution") + "-statement"].append(_extra(cell))
        else:
            theirs[grade_id] = cell
            place = grade_id
    return theirs, extras, copies


def _extra(cell: NotebookNode) -> NotebookNode:
    cell = copy.deepcopy(cell)
    cell.metadata = NotebookNode()
    return cell


def _part(exercise, sources, as_released, theirs, extras, copies) -> Part:
    part = Part(exercise, [])
    counts: Counter[str] = Counter()
    for source in sources:
        grade_id = source.metadata.nbgrader.grade_id
        cell = copy.deepcopy(source)
        cell.metadata = copy.deepcopy(as_released[grade_id].metadata)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = as_released[grade_id].source
        kind = "check cell" if cell.metadata.nbgrader.grade else f"cell {grade_id}"
        if cell.metadata.nbgrader.solution:
            part.missing = grade_id not in theirs
            cell.source = as_released[grade_id].source if part.missing else theirs[grade_id].source
            part.answered = cell.source.strip() != as_released[grade_id].source.strip()
        elif cell.cell_type == "code":
            counts[f"{kind} put back"] += grade_id not in theirs
            counts[f"{kind} restored"] += grade_id in theirs and _differs(theirs[grade_id], as_released[grade_id])
            counts[f"copied {kind} removed"] += copies[grade_id]
        part.cells += [cell, *extras[grade_id]]
    part.remarks += [f"{count} {_plural(what, count)}" for what, count in counts.items() if count]
    if part.missing:
        part.remarks.append("the answer cell was deleted")
    return part


def _differs(theirs: NotebookNode, released: NotebookNode) -> bool:
    return theirs.cell_type != released.cell_type or theirs.source.split() != released.source.split()


def _plural(what: str, count: int) -> str:
    return what if count == 1 else what.replace("check cell", "check cells")
