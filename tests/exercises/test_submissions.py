"""What students hand in: files found, broken ones refused, and the instructor's cells put back."""

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from exercises.restore import NothingToGrade, restored
from exercises.student_notebook import student_notebook
from exercises.submissions import Unreadable, find_submissions, read_notebook


@pytest.fixture
def released(problems):
    return student_notebook(problems)


@pytest.fixture
def handed_in(released):
    return copy.deepcopy(released)


def position(notebook, grade_id):
    return [cell.get("id") for cell in notebook.cells].index(grade_id)


def ids(part):
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "-") for cell in part.cells]


def double(problems, released, handed_in):
    _, part, _ = restored(problems, released, handed_in)
    return part


AS_WRITTEN = ["double-statement", "double-solution", "double-check-1", "double-check-2"]


def test_files_and_folders_are_found(tmp_path):
    for name in ("ann.ipynb", "bob/ps0.ipynb", "cy/ps0/ps0.ipynb", "dee/answers.ipynb", "eve/a.ipynb", "eve/b.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    (tmp_path / "fay").mkdir()
    (tmp_path / "gus.pdf").write_text("")
    (tmp_path / "ann.txt").write_text("")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    found = find_submissions(tmp_path, "ps0")
    assert [(s.student, s.path and s.path.relative_to(tmp_path).as_posix(), s.remarks) for s in found] == [
        ("ann", "ann.ipynb", ()),
        ("bob", "bob/ps0.ipynb", ()),
        ("cy", "cy/ps0/ps0.ipynb", ()),
        ("dee", "dee/answers.ipynb", ("took answers.ipynb for ps0.ipynb",)),
        ("eve", None, ("several notebooks, and none is called ps0.ipynb",)),
        ("fay", None, ("no notebook was handed in",)),
        ("gus", None, ("gus.pdf is not a notebook",)),
    ]


def test_a_student_who_hands_in_twice_has_one_row(tmp_path):
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "ps0.ipynb").write_text("{}")
    (tmp_path / "ann.ipynb").write_text("{}")
    (only,) = find_submissions(tmp_path, "ps0")
    assert only.path == tmp_path / "ann.ipynb"
    assert only.remarks == ("handed in twice: ann was left out",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '"text"',
        "[" * 100_000,
        '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        '{"cells": [1], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        '{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        '{"cells": [], "nbformat": 99, "nbformat_minor": 0, "metadata": {}}',
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(Unreadable, match="not a notebook that can be read"):
        read_notebook(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(Unreadable, match="UnicodeDecodeError"):
        read_notebook(path)


def test_odd_metadata_outputs_and_old_formats_are_read(tmp_path, released):
    notebook = json.loads(nbformat.writes(released))
    notebook["nbformat_minor"] = 2
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"]["nbgrader"] = {"grade_id": 3} if number == 0 else "lost" if number == 1 else {"grade_id": "x"}
    path = tmp_path / "a.ipynb"
    path.write_text("\ufeff" + json.dumps(notebook), encoding="utf-8")
    read = read_notebook(path)
    assert [cell.source for cell in read.cells] == [cell.source for cell in released.cells]
    assert [cell.metadata for cell in read.cells[:3]] == [{}, {}, {"nbgrader": {"grade_id": "x"}}]


def test_an_untouched_notebook_gets_its_hidden_tests_and_no_remark(problems, released, handed_in):
    preamble, part, root = restored(problems, released, handed_in)
    assert ids(preamble) == ["setup", "intro"]
    assert ids(part) == AS_WRITTEN
    assert "double(-3)" in part.cells[2].source
    assert [p.remarks for p in (preamble, part, root)] == [[], [], []]
    assert not part.answered


def test_only_the_answer_is_the_students(problems, released, handed_in):
    for cell in handed_in.cells:
        cell.source = "x = 1"
        cell.metadata.nbgrader.update(points=100, grade=False, solution=True, locked=False)
        cell.outputs = []
        cell.cell_type = "code"
    preamble, part, root = restored(problems, released, handed_in)
    assert part.cells[1].source == "x = 1"
    assert part.answered
    assert part.cells[2].source == problems.exercises[0].checks[0].source
    assert [cell.metadata.nbgrader.get("points") for cell in part.cells] == [None, None, 1, 2]
    assert [cell.cell_type for cell in part.cells] == ["markdown", "code", "code", "code"]
    assert part.remarks == ["2 check cells restored"]
    assert preamble.remarks == ["1 cell setup restored"]
    assert part.cells[0].source == released.cells[2].source


def test_white_space_is_no_edit(problems, released, handed_in):
    handed_in.cells[4].source += "  \n\n"
    assert double(problems, released, handed_in).remarks == []


def test_deleted_checks_come_back_behind_the_answer(problems, released, handed_in):
    handed_in.cells = [cell for cell in handed_in.cells if not cell.id.startswith("double-check")]
    part = double(problems, released, handed_in)
    assert ids(part) == AS_WRITTEN
    assert part.remarks == ["2 check cells put back"]


def test_moved_cells_come_back_to_their_places(problems, released, handed_in):
    handed_in.cells = handed_in.cells[::-1]
    preamble, part, _ = restored(problems, released, handed_in)
    assert ids(preamble) == ["setup", "intro"]
    assert ids(part) == AS_WRITTEN


def test_copies_of_checks_are_removed_and_the_halves_of_a_split_answer_kept(problems, released, handed_in):
    check, answer = handed_in.cells[4], handed_in.cells[3]
    upper = copy.deepcopy(answer)
    upper.source, answer.source = "half = 1", "whole = 2 * half"
    handed_in.cells[3:4] = [copy.deepcopy(check), upper, answer]
    part = double(problems, released, handed_in)
    assert ids(part) == ["double-statement", "-", *AS_WRITTEN[1:]]
    assert [cell.source for cell in part.cells[1:3]] == ["half = 1", "whole = 2 * half"]
    assert part.remarks == ["1 copied check cell removed"]


def test_added_cells_stay_with_the_cell_before_them(problems, released, handed_in):
    handed_in.cells.insert(0, new_markdown_cell("My name"))
    handed_in.cells.insert(position(handed_in, "double-check-1") + 1, new_code_cell("y = 1"))
    handed_in.cells.append(new_code_cell("z = 1"))
    handed_in.cells[-1].metadata["nbgrader"] = {"grade_id": "mine", "grade": True, "points": 100}
    preamble, part, root = restored(problems, released, handed_in)
    assert ids(preamble) == ["setup", "-", "intro"]
    assert ids(part) == [*AS_WRITTEN[:3], "-", AS_WRITTEN[3]]
    assert root.cells[-1].source == "z = 1"
    assert root.cells[-1].metadata == {}


def test_a_deleted_answer_is_told(problems, released, handed_in):
    del handed_in.cells[3]
    part = double(problems, released, handed_in)
    assert part.missing
    assert ids(part) == AS_WRITTEN
    assert part.remarks == ["the answer cell was deleted"]


def test_a_notebook_without_the_cells_of_the_set_cannot_be_graded(problems, released, handed_in):
    for cell in handed_in.cells:
        cell.metadata = nbformat.NotebookNode()
    with pytest.raises(NothingToGrade, match="no answer cell of ps0"):
        restored(problems, released, handed_in)
