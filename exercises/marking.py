"""Run the exercises of one restored submission and let nbgrader say what each check is worth."""

import copy
import logging
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from exercises.kernels import run_cells
from exercises.outputs import Limits, error_output
from exercises.restore import Part

NUMPY_SCALAR = re.compile(r"np\.\w+\((.*)\)")
SILENT = logging.getLogger("exercises.marking")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


@dataclass
class Marked:
    """An exercise that was run: its cells with outputs and scores, and what there is to say about it."""

    slug: str
    score: float
    points: float
    cells: list[NotebookNode]
    preamble: list[NotebookNode]
    remarks: list[str] = field(default_factory=list)

    def checks(self) -> list[str]:
        """A line for each check: its id, its score, and what it said when it failed."""
        lines = []
        for cell in self.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                meta, errors = cell.metadata.nbgrader, [o for o in cell.outputs if o.output_type == "error"]
                said = f": {errors[-1].ename}: {errors[-1].evalue}" if errors else ""
                lines.append(f"{meta.grade_id} {meta.score:g}/{meta.points:g}{said}")
        return lines


def mark_exercise(preamble: Part, part: Part, limits: Limits) -> Marked:
    """Run the preamble and the exercise in a kernel of their own, and mark the checks."""
    assert part.exercise is not None
    before, cells = copy.deepcopy(preamble.cells), copy.deepcopy(part.cells)
    remarks = list(part.remarks)
    if part.missing:
        _not_run(cells, "the answer cell was deleted")
    elif reason := _run(before, cells, limits):
        remarks.append(reason)
    score = 0.0
    for cell in cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.score = mark_check(cell)
            score += cell.metadata.nbgrader.score
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            said = remarks + ([] if part.answered or part.missing else ["No answer."])
            cell.metadata.nbgrader.comment = "; ".join(said) or None
    return Marked(part.exercise.slug, round(score, 6), part.exercise.points, cells, before, remarks)


def mark_check(cell: NotebookNode) -> float:
    """nbgrader's score of a check: 0 after an error, the number its last line gives, or all points.

    Put right before nbgrader looks: text on stderr would cost all points, a number above the points would raise, and
    NaN or a NumPy scalar (it prints as `np.float64(0.5)`) would count as all points.
    """
    seen = copy.deepcopy(cell)
    seen.outputs = [o for o in seen.outputs if not (o.output_type == "stream" and o.name == "stderr")]
    if any(output.output_type == "error" for output in seen.outputs):
        seen.outputs = [output for output in seen.outputs if output.output_type == "error"]
    for output in seen.outputs:
        if output.output_type == "execute_result":
            text = output.data.setdefault("text/plain", "no text")
            number = NUMPY_SCALAR.sub(r"\1", text)
            try:
                if not 0 <= float(number) <= float(cell.metadata.nbgrader.points):
                    cell.outputs.append(error_output("Marking", f"the check gave {text}, which is no number of points"))
                    return 0.0
                output.data["text/plain"] = number
            except ValueError:
                pass  # not a number: all points, as in nbgrader
    score, _ = determine_grade(seen, SILENT)
    return float(score or 0)


def _run(before: list[NotebookNode], cells: list[NotebookNode], limits: Limits) -> str | None:
    """Run both in a kernel; give the reason if it was stopped. Added cells at the top that stop it are left out."""
    reason = _run_once([*before, *cells], limits)
    added = [cell for cell in before if cell.cell_type == "code" and not cell.metadata.get("nbgrader")]
    if reason and any(output.get("ename") == "Stopped" for cell in added for output in cell.outputs):
        again = _run_once([*(cell for cell in before if cell.metadata.get("nbgrader")), *cells], limits)
        reason = f"added cells before the first exercise were left out ({reason})" + (f"; {again}" if again else "")
    return reason


def _run_once(cells: list[NotebookNode], limits: Limits) -> str | None:
    code = [cell for cell in cells if cell.cell_type == "code"]
    own = [number for number, cell in enumerate(code) if cell.metadata.get("nbgrader", {}).get("grade_id") == "setup"]
    run = run_cells([cell.source for cell in code], limits, trusted=own)
    for number, cell in enumerate(code):
        if number < len(run.outputs):
            cell.outputs, cell.execution_count = run.outputs[number], number + 1
    _not_run(code[len(run.outputs) :], run.stopped or "")
    return run.stopped


def _not_run(cells: list[NotebookNode], reason: str) -> None:
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [error_output("NotRun", f"this cell was not run: {reason}")]
