"""A class of synthetic students, graded once by the command; then its marks, remarks and feedback are looked at."""

import copy
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from exercises import grade
from exercises.feedback import feedback_page
from exercises.marking import Marked, mark_check
from exercises.mistakes import solved
from exercises.outputs import Limits, error_output
from exercises.problem_set import read_problem_set
from exercises.student_notebook import student_notebook

ROOT = Path(__file__).resolve().parents[2]
CELL_SECONDS = 5

ENDLESS = (
    "def root(x):\n    while True:\n        try:\n            pass\n        except BaseException:\n            pass"
)
ENDLESS_IN_C = "import itertools\ndef root(x):\n    return sum(itertools.count())"
ENDS_THE_PROCESS = "import os\ndef root(x):\n    os._exit(0)"
FLOOD = "def root(x):\n    while True:\n        print('x' * 1000)"
POSITIVE_ONLY = "def double(x):\n    return 2 * abs(x)"
TALKS = """import sys, warnings
def double(x):
    print("look at this", file=sys.stderr)
    warnings.warn("careful")
    return 2 * x"""
SCRIPTS = [
    new_markdown_cell("Hello <script>alert(1)</script> <img src='http://example.com/x.png' onerror='alert(2)'>"),
    new_code_cell(
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<b>bold</b><script>alert(3)</script>'), Javascript('alert(4)'))"
    ),
]


def cell(notebook, grade_id):
    return next(c for c in notebook.cells if c.get("id") == grade_id)


def answer(notebook, **sources):
    for slug, source in sources.items():
        cell(notebook, f"{slug}-solution").source = source


def delete(notebook, *grade_ids):
    notebook.cells = [c for c in notebook.cells if c.get("id") not in grade_ids]


def insert_after(notebook, grade_id, *cells):
    place = notebook.cells.index(cell(notebook, grade_id)) + 1
    notebook.cells[place:place] = copy.deepcopy(cells)


def students(released, solution):
    """Notebooks by the place where they are handed in."""
    made = {}

    def hand_in(where, **answers):
        made[where] = copy.deepcopy(solution)
        answer(made[where], **answers)
        return made[where]

    made["blank.ipynb"] = copy.deepcopy(released)
    hand_in("solution/ps0.ipynb")
    hand_in("Zoë/ps0/ps0.ipynb", double=POSITIVE_ONLY)
    hand_in("talks.ipynb", double=TALKS)
    hand_in("loops.ipynb", root=ENDLESS)
    hand_in("loops_in_c.ipynb", root=ENDLESS_IN_C)
    hand_in("ends.ipynb", root=ENDS_THE_PROCESS)
    hand_in("floods.ipynb", root=FLOOD)
    hand_in("depends.ipynb", root="def root(x):\n    return double(x) * 0 + math.sqrt(x)")
    insert_after(hand_in("scripts.ipynb"), "double-statement", *SCRIPTS)
    insert_after(hand_in("loops_on_top.ipynb", double=POSITIVE_ONLY), "setup", new_code_cell("while True: pass"))
    edited = hand_in("edits.ipynb", double="def double(x):\n    return 0")
    cell(edited, "double-check-1").source = "assert True"
    cell(edited, "double-check-2").source = "2"
    delete(hand_in("deletes.ipynb", double=POSITIVE_ONLY), "double-check-1", "double-check-2", "setup")
    copies = hand_in("copies.ipynb", double="def double(x):\n    return factor * x")
    upper = copy.deepcopy(cell(copies, "double-solution"))
    upper.source = "factor = 2"
    early = copy.deepcopy(cell(copies, "double-check-1"))
    upper.id, early.id = "upper", "early"
    insert_after(copies, "double-statement", early, upper)
    no_answer = hand_in("no_answer.ipynb")
    insert_after(no_answer, "root-statement", new_code_cell(cell(no_answer, "root-solution").source))
    delete(no_answer, "root-solution")
    for c in hand_in("lost.ipynb").cells:
        c.metadata = nbformat.NotebookNode()
    return made


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """(command's result, rows of the CSV by student, folder of the results)"""
    folder = tmp_path_factory.mktemp("class")
    problems = read_problem_set("ps0", course)
    released = student_notebook(problems)
    for where, notebook in students(released, solved(problems, released)).items():
        path = folder / "handed in" / where
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
    (folder / "handed in" / "broken.ipynb").write_text("{")
    (folder / "handed in" / "report.pdf").write_text("")
    (folder / "handed in" / "empty").mkdir()
    command = [sys.executable, "-m", "exercises.grade", folder / "handed in", "--exercises", course]
    command += ["--out", folder / "out", "--jobs", "4", "--cell-seconds", str(CELL_SECONDS)]
    # What the instructor has set must not reach the students' kernels.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "always"}
    ran = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    with open(folder / "out" / "ps0" / "marks.csv", newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return ran, rows, folder / "out" / "ps0"


def page(graded, student):
    return (graded[2] / "feedback" / f"{student}.html").read_text(encoding="utf-8")


TIMED_OUT = f"timed out: the cell took longer than {CELL_SECONDS} s"


@pytest.mark.parametrize(
    ("student", "double", "root", "remarks"),
    [
        ("solution", "3", "2", ""),
        ("blank", "0", "0", ""),
        ("Zoë", "1.5", "2", ""),
        ("talks", "3", "2", ""),
        ("loops", "3", "0", f"root: {TIMED_OUT}"),
        ("loops_in_c", "3", "0", f"root: {TIMED_OUT}"),
        ("ends", "3", "0", "root: the kernel died (the process ended, or ran out of memory)"),
        ("floods", "3", "0", "root: too much output: more than 20 MB from one cell"),
        ("depends", "3", "0", ""),
        ("scripts", "3", "2", ""),
        (
            "loops_on_top",
            "1.5",
            "2",
            "; ".join(
                f"{slug}: added cells before the first exercise were left out ({TIMED_OUT})"
                for slug in ("double", "root")
            ),
        ),
        ("edits", "0.5", "2", "double: 2 check cells restored"),
        ("deletes", "1.5", "2", "1 cell setup put back; double: 2 check cells put back"),
        ("copies", "3", "2", "double: 1 copied check cell removed"),
        ("no_answer", "3", "0", "root: the answer cell was deleted"),
        ("lost", "0", "0", "the notebook has no answer cell of ps0: its metadata is lost, or it is another"),
        ("broken", "0", "0", "not a notebook that can be read (NotJSONError)"),
        ("report", "0", "0", "report.pdf is not a notebook"),
        ("empty", "0", "0", "no notebook was handed in"),
    ],
)
def test_marks(graded, student, double, root, remarks):
    row = graded[1][student]
    assert (row["double"], row["root"], row["remarks"]) == (double, root, remarks)
    assert row["total"] == f"{float(double) + float(root):g}"
    assert row["maximum"] == "5"


def test_the_terminal_shows_a_table_and_the_path_of_the_csv(graded):
    ran, rows, folder = graded
    assert len(rows) == 19
    for student, row in rows.items():
        line = next(line for line in ran.stdout.splitlines() if line.startswith(f"{student} "))
        assert line.split()[1] == row["total"]
    assert f"Marks: {folder / 'marks.csv'}" in ran.stdout


def test_feedback_shows_what_failed_and_what_it_scored(graded):
    text = BeautifulSoup(page(graded, "Zoë"), "html.parser").get_text()
    assert "double(-3) should be -6: does it work for negative numbers?" in text
    assert "(Score: 3.5 / 5.0)" in text
    assert re.search(r"Exercise 1, check 2\s*\(Score: 1.5 / 2.0\)", text)
    assert "AssertionError" not in BeautifulSoup(page(graded, "solution"), "html.parser").get_text()


def test_feedback_says_why_an_exercise_was_stopped(graded):
    text = BeautifulSoup(page(graded, "loops"), "html.parser").get_text()
    assert f"Stopped: {TIMED_OUT}" in text
    assert f"NotRun: this cell was not run: {TIMED_OUT}" in text
    assert "the answer cell was deleted" in BeautifulSoup(page(graded, "no_answer"), "html.parser").get_text()
    assert "No answer." in BeautifulSoup(page(graded, "blank"), "html.parser").get_text()


def test_feedback_shows_what_went_to_stderr(graded):
    assert "look at this" in page(graded, "talks")
    assert "careful" not in BeautifulSoup(page(graded, "talks"), "html.parser").get_text().replace('"careful"', "")


def test_every_student_has_a_small_page_that_asks_nothing_of_a_network(graded):
    _, rows, folder = graded
    assert (folder / "feedback" / "mathjax" / "tex-mml-chtml.js").is_file()
    for student in rows:
        html = page(graded, student)
        assert len(html) < 1_500_000
        soup = BeautifulSoup(html, "html.parser")
        fetched = [
            str(tag.get(key)) for tag in soup(True) if tag.name != "a" for key in ("src", "href") if tag.get(key)
        ]
        assert [address for address in fetched if address.startswith(("http", "//"))] == []
        assert "cdn" not in html


def test_feedback_runs_no_script_of_a_student(graded):
    soup = BeautifulSoup(page(graded, "scripts"), "html.parser")
    assert not any("alert" in str(script) for script in soup("script"))
    assert not any(tag.get("onerror") for tag in soup(True))
    assert "bold" in [tag.get_text() for tag in soup("b")]


CHECK = new_code_cell("check")
CHECK.metadata["nbgrader"] = nbformat.from_dict(
    {"grade": True, "grade_id": "root-check-1", "locked": True, "points": 2, "schema_version": 3, "solution": False}
)


def check(*outputs):
    made = copy.deepcopy(CHECK)
    made.outputs = list(outputs)
    return made


def result(text):
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


STDERR = new_output("stream", name="stderr", text="Warning")


@pytest.mark.parametrize(
    ("outputs", "score"),
    [
        ([], 2),
        ([new_output("stream", name="stdout", text="0")], 2),
        ([STDERR], 2),
        ([STDERR, result("0.5")], 0.5),
        ([result("0")], 0),
        ([result("np.float64(1.5)")], 1.5),
        ([result("np.int64(1)")], 1),
        ([result("2.0")], 2),
        ([result("2.5")], 0),
        ([result("-1")], 0),
        ([result("nan")], 0),
        ([result("np.float64(nan)")], 0),
        ([result("<Axes: >")], 2),
        ([error_output("AssertionError", "no")], 0),
        ([result("2"), error_output("AssertionError", "no")], 0),
    ],
)
def test_what_a_check_is_worth(outputs, score):
    made = check(*outputs)
    assert mark_check(made) == score
    assert made.outputs[: len(outputs)] == outputs  # what is shown stays as it was


def test_hidden_tests_can_be_kept_out_of_the_feedback(problems):
    exercise = problems.exercises[0]
    cells = copy.deepcopy(list(exercise.cells))
    secret = error_output("AssertionError", "does it work for negative numbers?")
    secret.traceback = ["assert double(-3) == -6", "AssertionError: does it work for negative numbers?"]
    cells[2].outputs = [secret]
    for c in cells[2:]:
        c.metadata.nbgrader.score = mark_check(c)
    marked = [Marked("double", 2, 3, cells, [])]
    shown = feedback_page(problems, "ann", copy.deepcopy(marked), [])
    hidden = feedback_page(problems, "ann", marked, [], hide_tests=True)
    for html, visible in ((shown, True), (hidden, False)):
        text = BeautifulSoup(html, "html.parser").get_text()
        assert "does it work for negative numbers?" in text
        assert ("double(-3)" in text) == visible


def test_the_command_line_says_what_is_missing(course, tmp_path, capsys):
    def fails(*arguments):
        with pytest.raises(SystemExit, match="2"):
            grade.main([*map(str, arguments), "--exercises", str(course)])
        return capsys.readouterr().err

    assert "is not a folder" in fails(tmp_path / "nothing")
    assert "there is no problem set 'ps9'" in fails(tmp_path, "--set", "ps9")


def test_the_instructors_page_names_every_option_and_its_default(capsys):
    with pytest.raises(SystemExit):
        grade.main(["--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--exercises"}
    page = (ROOT / "book" / "problem-sets" / "for-instructors.md").read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| `(--[a-z-]+)` \|.*\| (.+) \|$", page, re.MULTILINE))
    assert set(described) == options
    limits = Limits()
    assert float(described["--cell-seconds"]) == limits.cell_seconds
    assert float(described["--exercise-seconds"]) == limits.exercise_seconds
    assert float(described["--memory-gb"]) * 2**30 == limits.memory_bytes
    assert f"more than {limits.flood_bytes // 10**6} MB" in page
    assert f"{limits.output_bytes // 1000} kB of text" in page


def test_an_empty_folder_gives_an_empty_table(course, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    assert grade.main([str(tmp_path / "in"), "--exercises", str(course), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "ps0" / "marks.csv").read_text() == "student,double,root,total,maximum,remarks\n"
    assert "Marks:" in capsys.readouterr().out
