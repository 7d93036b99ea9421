"""Wrong answers, each with the score it must get: `python -m exercises.mistakes SET [EXERCISE ...]` tries them.

`wrong_answers/<set>/<exercise>/<name>.py` opens with `# score: 2` and `# why: one line`, then has sections:
`# %% solution` (the answer cell), `# %% check <grade id>` (an edited check), `# %% delete <grade id>` (a deleted cell).
"""

import argparse
import copy
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nbformat import NotebookNode

from exercises.grade import Result, grade_notebooks
from exercises.marking import Marked
from exercises.outputs import Limits
from exercises.problem_set import FOLDER, ProblemSet, read_problem_set
from exercises.rules import SourceError
from exercises.student_notebook import student_notebook

SECTION = re.compile(r"^# %%[ \t]*(solution|check [\w-]+|delete [\w-]+)[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True)
class WrongAnswer:
    exercise: str
    name: str
    score: float
    why: str
    sources: tuple[tuple[str, str], ...]  # (grade id, source)
    deleted: tuple[str, ...]

    def apply(self, notebook: NotebookNode) -> None:
        """Write the answer into a student's notebook."""
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
        for grade_id in (*(grade_id for grade_id, _ in self.sources), *self.deleted):
            if grade_id not in cells:
                raise SourceError(f"wrong answer {self.exercise}/{self.name}: there is no cell {grade_id}")
        for grade_id, source in self.sources:
            cells[grade_id].source = source
        notebook.cells = [cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id not in self.deleted]


def read_wrong_answer(path: Path) -> WrongAnswer:
    head, *sections = SECTION.split(path.read_text(encoding="utf-8"))
    score = re.search(r"^# score: (\d+(?:\.\d+)?)\s*$", head, re.MULTILINE)
    why = re.search(r"^# why: (\S.*)$", head, re.MULTILINE)
    if not score or not why or not sections:
        raise SourceError(f"{path}: it needs '# score: n', '# why: ...' and a section '# %% solution'")
    slug, sources, deleted = path.parent.name, [], []
    for kind, text in zip(sections[::2], sections[1::2], strict=True):
        verb, _, grade_id = kind.partition(" ")
        if verb == "delete":
            deleted.append(grade_id)
        else:
            sources.append((grade_id or f"{slug}-solution", text.strip("\n")))
    return WrongAnswer(slug, path.stem, float(score[1]), why[1].strip(), tuple(sources), tuple(deleted))


def read_wrong_answers(problems: ProblemSet, folder: Path = FOLDER) -> dict[str, list[WrongAnswer]]:
    """Wrong answers of each exercise, in the order of their names."""
    root = folder / "wrong_answers" / problems.name
    known = [exercise.slug for exercise in problems.exercises]
    if unknown := sorted({path.parent.name for path in root.glob("*/*.py")} - set(known)):
        raise SourceError(f"{root / unknown[0]}: {problems.name} has no exercise {unknown[0]!r}")
    return {slug: [read_wrong_answer(path) for path in sorted((root / slug).glob("*.py"))] for slug in known}


def packed(
    released: NotebookNode, answers: dict[str, list[WrongAnswer]]
) -> list[tuple[list[WrongAnswer], NotebookNode]]:
    """Notebooks with one wrong answer to each exercise: exercises do not see each other, so one run tries them all."""
    packs = []
    for row in zip_longest(*answers.values()):
        pack, notebook = [answer for answer in row if answer], copy.deepcopy(released)
        for answer in pack:
            answer.apply(notebook)
        packs.append((pack, notebook))
    return packs


def solved(problems: ProblemSet, released: NotebookNode) -> NotebookNode:
    """The students' notebook with the author's solutions in it."""
    notebook = copy.deepcopy(released)
    solutions = {f"{exercise.slug}-solution": exercise.solution.source for exercise in problems.exercises}
    for cell in notebook.cells:
        cell.source = solutions.get(cell.metadata.nbgrader.grade_id, cell.source)
    return notebook


def try_all(
    problems: ProblemSet, answers: dict[str, list[WrongAnswer]], **options
) -> tuple[Result, Result, list[tuple[WrongAnswer, Marked]]]:
    """Grade the solution, the blank notebook and all wrong answers, each with what it got."""
    released = student_notebook(problems)
    packs = packed(released, answers)
    notebooks = {"solution": solved(problems, released), "blank": released}
    notebooks |= {f"pack {number}": notebook for number, (_, notebook) in enumerate(packs)}
    results = grade_notebooks(problems, notebooks, **options)
    if failed := [remark for result in results.values() if result.failed for remark in result.remarks]:
        raise RuntimeError(failed[0])
    tried = []
    for number, (pack, _) in enumerate(packs):
        marks = {mark.slug: mark for mark in results[f"pack {number}"].marked}
        tried += [(answer, marks[answer.exercise]) for answer in pack]
    return results["solution"], results["blank"], tried


def only(problems: ProblemSet, slugs: Iterable[str]) -> ProblemSet:
    """The set with some of its exercises, to try those alone."""
    wanted = [exercise for exercise in problems.exercises if exercise.slug in slugs]
    notebook = copy.copy(problems.notebook)
    notebook.cells = [*problems.preamble, *(cell for exercise in wanted for cell in exercise.cells)]
    return ProblemSet(problems.name, notebook, problems.preamble, tuple(wanted))


def verdict(name: str, expected: float, mark: Marked) -> str:
    """One line, or, if the score is not the expected one, a line for each check as well."""
    right = mark.score == expected
    line = (
        f"{'ok   ' if right else 'WRONG'} {name:30} {mark.score:g} (must get {expected:g})  {'; '.join(mark.remarks)}"
    )
    return "\n".join([line.rstrip(), *(f"      {check}" for check in mark.checks() if not right)])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m exercises.mistakes", description="Try the wrong answers of a set.")
    parser.add_argument("name", metavar="SET")
    parser.add_argument("exercises", metavar="EXERCISE", nargs="*", help="names of exercises (default: all)")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--cell-seconds", type=float, default=10, help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        problems = read_problem_set(options.name)
        answers = read_wrong_answers(problems)
        if options.exercises:
            problems = only(problems, options.exercises)
            answers = {exercise.slug: answers[exercise.slug] for exercise in problems.exercises}
        limits = Limits(options.cell_seconds, 3 * options.cell_seconds)
        solution, blank, tried = try_all(problems, answers, limits=limits, jobs=options.jobs)
    except SourceError as error:
        parser.error(str(error))
    wrong = 0
    for exercise in problems.exercises:
        print(f"{exercise.slug}: {exercise.points:g} points")
        rows = [("solution", exercise.points, solution.of(exercise.slug)), ("blank", 0.0, blank.of(exercise.slug))]
        rows += [(answer.name, answer.score, mark) for answer, mark in tried if answer.exercise == exercise.slug]
        for name, expected, mark in rows:
            print(verdict(name, expected, mark))
            wrong += mark.score != expected
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
