"""Every problem set of the book: what is committed is what its source gives, and every answer gets what it must."""

import re
from pathlib import Path

import pytest

from exercises.generate import generated
from exercises.mistakes import read_wrong_answer, read_wrong_answers, try_all, verdict
from exercises.outputs import Limits
from exercises.problem_set import FOLDER, read_problem_set, set_names
from exercises.rules import SourceError

SETS = set_names()
AT_LEAST = 4
# An endless loop costs this long; an honest cell takes well under a second, also on a machine with other work.
LIMITS = Limits(cell_seconds=6, exercise_seconds=30)


@pytest.fixture(scope="module")
def tried():
    """Per set: solution, blank notebook and wrong answers, all graded; each set in one run."""
    results = {}
    for name in SETS:
        problems = read_problem_set(name)
        answers = read_wrong_answers(problems)
        results[name] = (problems, answers, *try_all(problems, answers, limits=LIMITS, jobs=4))
    return results


def test_the_sets_are_there():
    assert {"ps1", "ps6"} <= set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_what_is_committed_is_what_the_source_gives(name):
    for path, text in generated(name).items():
        assert path.read_bytes() == text.encode("utf-8"), f"{path.name} is stale: make exercises"


def test_nothing_generated_is_without_a_source():
    released = {path.stem for path in FOLDER.glob("release/*/*.ipynb")}
    wrong = {path.name for path in FOLDER.glob("wrong_answers/*") if path.is_dir()}
    assert released | wrong <= set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_every_answer_gets_exactly_its_score(tried, name):
    problems, answers, solution, blank, wrong = tried[name]
    problem_lines = [
        verdict(f"{mark.slug}: solution", mark.points, mark) for mark in solution.marked if mark.score != mark.points
    ]
    problem_lines += [verdict(f"{mark.slug}: blank", 0, mark) for mark in blank.marked if mark.score != 0]
    problem_lines += [
        verdict(f"{answer.exercise}/{answer.name}", answer.score, mark)
        for answer, mark in wrong
        if mark.score != answer.score
    ]
    assert problem_lines == []
    assert len(solution.marked) == len(blank.marked) == len(problems.exercises)
    assert len(wrong) == sum(len(of_exercise) for of_exercise in answers.values())


@pytest.mark.parametrize("name", SETS)
def test_every_exercise_has_wrong_answers_and_partial_credit(name):
    problems = read_problem_set(name)
    answers = read_wrong_answers(problems)
    for exercise in problems.exercises:
        scores = [answer.score for answer in answers[exercise.slug]]
        assert len(scores) >= AT_LEAST, exercise.slug
        assert any(0 < score < exercise.points for score in scores), exercise.slug
        assert all(score <= exercise.points for score in scores), exercise.slug


@pytest.mark.parametrize("name", SETS)
def test_the_solution_costs_no_remark_and_takes_no_warning(tried, name):
    _, _, solution, _, _ = tried[name]
    assert solution.all_remarks == []
    for mark in solution.marked:
        for cell in mark.cells:
            assert not [output for output in cell.get("outputs", []) if output.get("name") == "stderr"], mark.slug


def kinds(answer, mark) -> set[str]:
    """What sort of wrong answer this is, by what happened when it was graded, and by its name."""
    said = "; ".join(mark.remarks)
    happened = {
        "loops": "timed out" in said,
        "ends the process": "died" in said,
        "edits a check": "restored" in said,
        "deletes a check": "put back" in said,
        "writes to stderr, at no cost": answer.score == mark.points,
        "raises": any(output.get("ename") not in ("AssertionError", None) for output in outputs(mark)),
        "wrong base": "base" in answer.name,
        "no 0 log 0": "zero" in answer.name,
        "hard-coded": "hard_coded" in answer.name,
        "swapped": "swapped" in answer.name or "reversed" in answer.name,
    }
    if happened["writes to stderr, at no cost"]:
        assert any(output.get("name") == "stderr" for output in outputs(mark)), f"{answer.name} is not wrong"
    return {kind for kind, is_it in happened.items() if is_it}


def outputs(mark):
    return [output for cell in mark.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", SETS)
def test_every_set_has_a_wrong_answer_of_every_kind(tried, name):
    wrong = tried[name][4]
    assert set().union(*(kinds(answer, mark) for answer, mark in wrong)) == {
        "loops",
        "ends the process",
        "edits a check",
        "deletes a check",
        "writes to stderr, at no cost",
        "raises",
        "wrong base",
        "no 0 log 0",
        "hard-coded",
        "swapped",
    }


@pytest.mark.parametrize("name", SETS)
def test_a_failed_public_check_says_something(tried, name):
    """The message is for the student: not an empty assertion."""
    _, _, _, _, wrong = tried[name]
    silent = [
        f"{answer.exercise}/{answer.name}"
        for answer, mark in wrong
        for output in outputs(mark)
        if output.get("ename") == "AssertionError" and len(output.evalue) < 20
    ]
    assert silent == []


def write(folder: Path, text: str) -> Path:
    path = folder / "double" / "slip.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_wrong_answer_is_read(tmp_path):
    text = "# score: 1.5\n# why: a slip\n\n# %% solution\ndef double(x):\n    return x\n\n"
    text += "# %% check double-check-1\npass\n# %% delete double-check-2\n"
    answer = read_wrong_answer(write(tmp_path, text))
    assert (answer.exercise, answer.name, answer.score, answer.why) == ("double", "slip", 1.5, "a slip")
    assert answer.sources == (("double-solution", "def double(x):\n    return x"), ("double-check-1", "pass"))
    assert answer.deleted == ("double-check-2",)


@pytest.mark.parametrize("line", ["# score: 1.5\n", "# why: a slip\n", "# %% solution\n"])
def test_a_wrong_answer_without_its_parts_is_refused(tmp_path, line):
    text = "# score: 1.5\n# why: a slip\n# %% solution\nx = 1\n"
    assert line in text
    with pytest.raises(SourceError, match="it needs '# score: n'"):
        read_wrong_answer(write(tmp_path, text.replace(line, "")))


def test_a_wrong_score_is_seen(problems, tmp_path):
    folder = tmp_path / "wrong_answers" / "ps0"
    folder.mkdir(parents=True)
    write(folder, "# score: 3\n# why: a slip\n# %% solution\ndef double(x):\n    return 2 * abs(x)\n")
    answers = read_wrong_answers(problems, tmp_path)
    solution, blank, [(answer, mark)] = try_all(problems, answers, limits=LIMITS)
    assert (solution.total, blank.total) == (5, 0)
    line, *checks = verdict(answer.name, answer.score, mark).splitlines()
    assert re.fullmatch(r"WRONG slip +1.5 \(must get 3\)", line)
    assert checks[0].strip().startswith("double-check-1 0/1: AssertionError: double(-3) should be -6")
    assert checks[1].strip() == "double-check-2 1.5/2"


def test_wrong_answers_to_nothing_are_refused(problems, tmp_path):
    folder = tmp_path / "wrong_answers" / "ps0"
    folder.mkdir(parents=True)
    write(folder, "# score: 3\n# why: a slip\n# %% delete root-check-1\n# %% delete root-check-9\n")
    with pytest.raises(SourceError, match="there is no cell root-check-9"):
        try_all(problems, read_wrong_answers(problems, tmp_path))
    (folder / "double").rename(folder / "treble")
    with pytest.raises(SourceError, match="ps0 has no exercise 'treble'"):
        read_wrong_answers(problems, tmp_path)
