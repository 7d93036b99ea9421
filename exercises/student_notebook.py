"""The notebook that students get: nbgrader's own steps, with nothing in it that changes from run to run."""

import copy

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from exercises.problem_set import ProblemSet
from exercises.rules import SECTION_LINK, SourceError

# nbgrader's list without what needs a database, a header file or a kernel.
STEPS = (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ComputeChecksums, CheckCellMetadata)


def student_notebook(problems: ProblemSet) -> NotebookNode:
    """The source without solutions and hidden tests, with nbgrader's checksums."""
    notebook = copy.deepcopy(problems.notebook)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        # An id of the cell's own: nbformat would draw a random one.
        cell.id = cell.metadata.nbgrader.grade_id
        cell.metadata = nbformat.from_dict({"nbgrader": cell.metadata.nbgrader})
        if cell.cell_type == "markdown":
            cell.source = SECTION_LINK.sub(r"\1", cell.source)  # the sections are in the book, not in the notebook
    exporter = NotebookExporter(config=Config({"Exporter": {"default_preprocessors": []}}))
    for step in STEPS:
        exporter.register_preprocessor(step, enabled=True)
    text, _ = exporter.from_notebook_node(notebook)
    released = nbformat.reads(text, as_version=4)
    for cell in released.cells:
        if found := [mark for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS") if mark in cell.source]:
            raise SourceError(f"cell {cell.id}: {found[0]!r} is left in the students' version")
    return released


def notebook_text(notebook: NotebookNode) -> str:
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"
