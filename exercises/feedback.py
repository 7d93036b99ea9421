"""The page that a student gets back: nbgrader's, but it opens without a network and runs no script of a student's."""

import re
import shutil
from html import escape
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests

from exercises.marking import Marked
from exercises.problem_set import FOLDER, ProblemSet

MATHJAX = FOLDER.parent / "vendor" / "mathjax"
# nbgrader's template asks a server elsewhere for MathJax 2; ours is the book's MathJax 3, beside the pages.
THEIR_MATHJAX = re.compile(r"<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->", re.DOTALL)
OUR_MATHJAX = """<style>td, th { padding: 0.2em 1em 0.2em 0; }</style>
<script>
MathJax = {tex: {inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]], processEscapes: true}, options: {enableMenu: false}};
</script>
<script async src="mathjax/tex-mml-chtml.js"></script>
<style>
#notebook-container table td, #notebook-container table th {padding: 2px 1.5em 2px 0}
#toc ol {columns: 17em; column-gap: 3em}
</style>"""


def feedback_page(
    problems: ProblemSet, student: str, marked: list[Marked], remarks: list[str], *, hide_tests: bool = False
) -> str:
    """HTML with every cell, its output and its score, under a table of the marks.

    Hidden tests are shown, as nbgrader does; with `hide_tests`, of one that failed only its message is.
    """
    cells = [new_markdown_cell(_table(problems, student, marked, remarks), metadata={"table": True})]
    if marked:
        cells += marked[0].preamble
    for exercise in marked:
        cells += exercise.cells
    if hide_tests:
        cells = [_without_tests(cell) for cell in cells]
    notebook = new_notebook(cells=[_safe(cell) for cell in cells])
    exporter = HTMLExporter(config=GenerateFeedback().config)
    resources = {
        "nbgrader": {
            "notebook": f"{problems.name}, {student}",
            "student": student,
            "score": sum(exercise.score for exercise in marked),
            "max_score": problems.points,
            "late_penalty": 0,
        }
    }
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    for exercise in problems.exercises:
        html = re.sub(
            rf'(<a href="#{exercise.slug}-check-(\d+)">)Test cell</a>',
            rf"\1Exercise {exercise.number}, check \2</a>",
            html,
        )
    return THEIR_MATHJAX.sub(lambda _: OUR_MATHJAX, html)


def copy_mathjax(folder: Path) -> None:
    """Put MathJax beside the pages: without it they show formulas as TeX."""
    if MATHJAX.is_dir():
        shutil.copytree(MATHJAX, folder / "mathjax", dirs_exist_ok=True)


def _without_tests(cell: NotebookNode) -> NotebookNode:
    if cell.metadata.get("nbgrader", {}).get("grade"):
        cell, _ = ClearHiddenTests().preprocess_cell(cell, ResourcesDict(), 0)
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
    return cell


def _safe(cell: NotebookNode) -> NotebookNode:
    """Without what would run in the browser of whoever opens the page."""
    sanitize = SanitizeHTML()
    if cell.cell_type == "code":
        cell.outputs = sanitize.sanitize_code_outputs(cell.outputs)
    elif not cell.metadata.get("nbgrader") and not cell.metadata.get("table"):
        cell.source = sanitize.sanitize_html_tags(cell.source)
    return cell


def _table(problems: ProblemSet, student: str, marked: list[Marked], remarks: list[str]) -> str:
    of = {exercise.slug: exercise for exercise in marked}
    lines = [
        f"# {problems.name}: {escape(student)}",
        "",
        "| Exercise | Score | Points | Remarks |",
        "|---|---|---|---|",
    ]
    for exercise in problems.exercises:
        mark = of.get(exercise.slug)
        said = "; ".join(mark.remarks).replace("|", "\\|") if mark else ""
        score = mark.score if mark else 0
        lines.append(f"| {exercise.number} {exercise.title} | {score:g} | {exercise.points:g} | {said} |")
    total = sum(exercise.score for exercise in marked)
    lines.append(f"| **Total** | **{total:g}** | **{problems.points:g}** | |")
    return "\n".join([*lines, "", *(f"- {escape(remark)}" for remark in remarks)])
