"""From the author's notebook: the students' notebook, the page of the book, and errors that say what to do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from exercises import generate
from exercises.page import problem_set_page
from exercises.problem_set import problem_set
from exercises.rules import SourceError
from exercises.student_notebook import notebook_text, student_notebook

ROOT = Path(__file__).resolve().parents[2]


def cell(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id == grade_id)


def test_the_parts_of_a_set(problems):
    double, root = problems.exercises
    assert (double.slug, double.number, double.title, double.stars, double.points) == ("double", 1, "Twice", 1, 3)
    assert (root.slug, root.stars, root.points, problems.points) == ("root", 2, 2, 5)
    assert [summary for summary, _ in double.hints] == ["Hint 1", "Hint 2"]
    assert double.statement == "Write `double(x)`. See [doubling](#num-doubling) and $2x < 3$."
    assert [c.metadata.nbgrader.grade_id for c in double.checks] == ["double-check-1", "double-check-2"]
    assert double.solution.metadata.nbgrader.grade_id == "double-solution"


def test_students_get_neither_solutions_nor_hidden_tests(problems):
    released = student_notebook(problems)
    text = notebook_text(released)
    assert not re.search("BEGIN|END|HIDDEN|sqrt|2 \\* x\\b(?! for)|double\\(-3\\)|root\\(0.25\\)", text)
    assert (
        cell(released, "root-solution").source == "def root(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert cell(released, "double-check-1").source.startswith("assert double(2) == 4")
    assert cell(released, "root-check-2").source == ""


def test_students_cells_are_locked_and_have_checksums(problems):
    released = student_notebook(problems)
    for c in released.cells:
        assert c.metadata.deletable is False
        assert c.metadata.get("editable", True) is c.metadata.nbgrader.solution
        assert re.fullmatch("[0-9a-f]{32}", c.metadata.nbgrader.checksum)


def test_links_to_the_book_become_words_in_the_notebook(problems):
    assert "See doubling and" in cell(student_notebook(problems), "double-statement").source


def test_the_source_is_not_changed(problems, source):
    student_notebook(problems)
    assert problems.notebook == source


def test_the_students_notebook_does_not_hang_on_outputs_and_metadata_of_the_source(problems, source):
    source.metadata["kernelspec"] = {"name": "mine", "display_name": "Mine", "language": "python"}
    for number, c in enumerate(source.cells):
        c.id = f"random{number}"
        c.metadata["collapsed"] = True
        if c.cell_type == "code":
            c.execution_count = number
            c.outputs = [nbformat.v4.new_output("stream", text="42")]
    assert notebook_text(student_notebook(problem_set("ps0", source))) == notebook_text(student_notebook(problems))


def test_the_page(problems):
    page = problem_set_page(problems)
    assert "(ps0)=\n# Problem set 0: numbers\n" in page
    assert "(ps0-double)=\n## Exercise 1 ★ Twice (3 points)\n" in page
    assert "(ps0-root)=\n## Exercise 2 ★★ Root (2 points)\n" in page
    assert "[doubling](#num-doubling)" in page
    assert "{download}`ps0.ipynb <../../exercises/release/ps0/ps0.ipynb>`" in page
    assert "```text\npip install numpy notebook\n```" in page
    assert "````{dropdown} Hint 1\nAdd $x$ to itself:\n\n```python\n1 + 1\n```\n````" in page
    assert "```{dropdown} Hint 2\nThere is no other.\n```" in page
    assert "<details>" not in page
    assert "sqrt" not in page
    assert "a cell may run for 20 seconds and an exercise for 60" in page


def run_generate(folder, book, *arguments, cwd=ROOT):
    command = [sys.executable, "-m", "exercises.generate", "--exercises", str(folder), "--book", str(book), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_a_second_run_gives_the_same_bytes_elsewhere_too(course, tmp_path):
    outputs = []
    for place in ("one", "two"):
        folder = tmp_path / place / "exercises"
        shutil.copytree(course, folder)
        ran = run_generate(folder, tmp_path / place / "book", cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        made = [folder / "release" / "ps0" / "ps0.ipynb", tmp_path / place / "book" / "problem-sets" / "ps0.md"]
        outputs.append([path.read_bytes() for path in made])
    assert outputs[0] == outputs[1]
    assert b"\r" not in outputs[0][0] + outputs[0][1]


def test_check_sees_what_differs_and_writes_nothing(course, tmp_path, capsys):
    folder, book = tmp_path / "exercises", tmp_path / "book"
    shutil.copytree(course, folder)
    where = ["--exercises", str(folder), "--book", str(book)]
    assert generate.main([*where, "--check"]) == 1
    assert not (folder / "release").exists()
    assert generate.main(where) == 0
    assert generate.main([*where, "--check"]) == 0
    page = book / "problem-sets" / "ps0.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    capsys.readouterr()
    assert generate.main([*where, "--check"]) == 1
    assert "ps0.md is not what its source gives; run: make exercises" in capsys.readouterr().err


def test_an_error_names_the_set(course, tmp_path, capsys):
    folder = tmp_path / "exercises"
    shutil.copytree(course, folder)
    path = folder / "source" / "ps0" / "ps0.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("### END SOLUTION", "### THE END"), encoding="utf-8")
    assert generate.main(["--exercises", str(folder), "--book", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("ps0: cell double-solution: the solution must stand between")
    assert generate.main(["ps9", "--exercises", str(folder), "--book", str(tmp_path)]) == 1
    assert "there is no problem set 'ps9'" in capsys.readouterr().err


def edit(grade_id, old, new):
    def change(notebook):
        found = cell(notebook, grade_id)
        assert old in found.source
        found.source = found.source.replace(old, new)

    return change


def meta(which, **values):
    return lambda notebook: cell(notebook, which).metadata.nbgrader.update(values)


def drop(*grade_ids):
    def change(notebook):
        notebook.cells = [c for c in notebook.cells if c.metadata.nbgrader.grade_id not in grade_ids]

    return change


def swap(first, second):
    def change(notebook):
        a, b = (notebook.cells.index(cell(notebook, grade_id)) for grade_id in (first, second))
        notebook.cells[a], notebook.cells[b] = notebook.cells[b], notebook.cells[a]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop("setup"), "no cell with grade_id 'setup'"),
        (drop("root-solution"), "exercise root: there is no cell root-solution"),
        (drop("root-check-2"), "exercise root: it needs two or more graded cells"),
        (drop("root-check-1"), "exercise root: it needs two or more graded cells"),
        (drop("root-statement"), "cell root-solution stands in exercise double"),
        (swap("root-solution", "root-check-1"), "exercise root: the solution comes before the checks"),
        (meta("root-check-2", grade_id="root-check-1"), "grade_id 'root-check-1' is used twice"),
        (meta("root-check-2", grade_id=""), "it needs nbgrader metadata"),
        (meta("root-check-2", schema_version=1), "it needs nbgrader metadata of schema_version 3"),
        (meta("root-check-2", points=3), "its checks are worth 4 points, but its heading says 2"),
        (meta("root-check-2", points=0), "cell root-check-2: a check needs points above 0"),
        (meta("root-check-2", locked=False), "cell root-check-2: its nbgrader metadata must have 'locked': true"),
        (meta("root-solution", grade=True), "cell root-solution: its nbgrader metadata must have 'grade': false"),
        (meta("root-statement", solution=True), "cell root-statement: its nbgrader metadata must have 'solution'"),
        (edit("root-statement", "★★", "hard"), "the statement must open with '## Exercise k"),
        (edit("root-statement", "Exercise 2", "Exercise 3"), "it is number 2, but its heading says 3"),
        (edit("root-statement", "(2 points)", "(7 points)"), "worth 2 points, but its heading says 7"),
        (edit("root-statement", "<details><summary>Hint 1</summary>", ""), "exercise root: it has no hint"),
        (edit("double-statement", "There is no other.\n\n</details>", "No."), "exercise double: a hint is not closed"),
        (edit("root-statement", "Write `root(x)`.", ""), "exercise root: the statement is empty"),
        (edit("root-statement", "`root(x)`", "{ref}`root`"), "is MyST, which Jupyter does not show"),
        (edit("root-statement", "`root(x)`", "[](#root)"), "a link to a section needs words"),
        (edit("root-solution", "### END SOLUTION", ""), "cell root-solution: the solution must stand between"),
        (edit("root-solution", "### BEGIN SOLUTION", ""), "cell root-solution: the solution must stand between"),
        (edit("root-check-2", "### END HIDDEN TESTS", ""), "cell root-check-2: hidden tests must stand between"),
        (edit("root-check-1", "assert", "### BEGIN SOLUTION\nassert"), "hidden tests must stand between"),
        (edit("root-statement", "Look", "### BEGIN SOLUTION\nLook"), "belongs in a solution or a check"),
        (edit("intro", "# Problem", "Problem"), "cell intro: it must open with '# Title'"),
        (edit("setup", "pip install", "install"), "cell setup: its first line must be a comment"),
    ],
)
def test_what_is_wrong_with_a_source_is_said(source, change, words):
    change(source)
    with pytest.raises(SourceError, match=re.escape(words)):
        problem_set_page(problem_set("ps0", source))
