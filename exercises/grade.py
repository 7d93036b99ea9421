"""Grade a class: `python -m exercises.grade SUBMISSIONS`. Marks go to a CSV, feedback to one HTML page a student."""

import argparse
import csv
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from exercises.feedback import copy_mathjax, feedback_page
from exercises.marking import Marked, mark_exercise
from exercises.outputs import Limits
from exercises.problem_set import FOLDER, ProblemSet, read_problem_set, set_names
from exercises.restore import NothingToGrade, restored
from exercises.rules import SourceError
from exercises.student_notebook import student_notebook
from exercises.submissions import Submission, Unreadable, find_submissions, read_notebook


@dataclass
class Result:
    """What one student gets."""

    student: str
    marked: list[Marked] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failed: bool = False  # the grader's fault, not the student's

    @property
    def scores(self) -> dict[str, float]:
        return {exercise.slug: exercise.score for exercise in self.marked}

    def of(self, slug: str) -> Marked:
        return next(mark for mark in self.marked if mark.slug == slug)

    @property
    def total(self) -> float:
        return round(sum(self.scores.values()), 6)

    @property
    def all_remarks(self) -> list[str]:
        return self.remarks + [f"{mark.slug}: {remark}" for mark in self.marked for remark in mark.remarks]


def grade_notebooks(
    problems: ProblemSet, notebooks: dict[str, NotebookNode], *, limits: Limits | None = None, jobs: int | None = None
) -> dict[str, Result]:
    """Grade notebooks by student; exercises of all of them run side by side, `jobs` at a time."""
    limits = limits or Limits()
    released = student_notebook(problems)
    results = {student: Result(student) for student in notebooks}
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        running: list[tuple[Result, Future[Marked]]] = []
        try:
            for student, notebook in notebooks.items():
                try:
                    preamble, *parts = restored(problems, released, notebook)
                except NothingToGrade as reason:
                    results[student].remarks.append(str(reason))
                    continue
                results[student].remarks += preamble.remarks
                running += [(results[student], pool.submit(mark_exercise, preamble, part, limits)) for part in parts]
            for result, future in running:
                try:
                    result.marked.append(future.result())
                except Exception as error:  # one exercise that cannot be run must not end the grading of a class
                    result.failed = True
                    result.remarks.append(f"could not be graded completely: {type(error).__name__}: {error}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return results


def grade_submissions(problems: ProblemSet, submissions: list[Submission], **options) -> list[Result]:
    """Read and grade what was handed in; a file that cannot be read is a row with a remark."""
    notebooks, unread = {}, {}
    for submission in submissions:
        if submission.path is not None:
            try:
                notebooks[submission.student] = read_notebook(submission.path)
            except Unreadable as reason:
                unread[submission.student] = str(reason)
    graded = grade_notebooks(problems, notebooks, **options)
    results = []
    for submission in submissions:
        result = graded.get(submission.student, Result(submission.student))
        why = [unread[submission.student]] if submission.student in unread else []
        result.remarks[:0] = [*submission.remarks, *why]
        results.append(result)
    return results


def write_results(problems: ProblemSet, results: list[Result], folder: Path, *, hide_tests: bool = False) -> Path:
    """marks.csv and feedback/<student>.html; gives the path of the CSV."""
    pages = folder / "feedback"
    pages.mkdir(parents=True, exist_ok=True)
    copy_mathjax(pages)
    for result in results:
        page = feedback_page(problems, result.student, result.marked, result.remarks, hide_tests=hide_tests)
        (pages / f"{result.student}.html").write_text(page, encoding="utf-8")
    slugs = [exercise.slug for exercise in problems.exercises]
    with open(folder / "marks.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["student", *slugs, "total", "maximum", "remarks"])
        for result in results:
            scores = [f"{result.scores.get(slug, 0):g}" for slug in slugs]
            remarks = "; ".join(result.all_remarks)
            rows.writerow([result.student, *scores, f"{result.total:g}", f"{problems.points:g}", remarks])
    return folder / "marks.csv"


def table(problems: ProblemSet, results: list[Result]) -> str:
    width = max([len(result.student) for result in results], default=7)
    lines = [f"{'student':{width}}  {'total':>6} of {problems.points:g}"]
    for result in results:
        lines.append(f"{result.student:{width}}  {result.total:>6g}  {'; '.join(result.all_remarks)}".rstrip())
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    default = Limits()
    parser = argparse.ArgumentParser(prog="python -m exercises.grade", description=__doc__)
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="folder of the notebooks handed in")
    parser.add_argument("--set", dest="name", help="which problem set (may be left out while there is one)")
    parser.add_argument("--out", type=Path, default=Path("_build/grades"), help="default: %(default)s")
    parser.add_argument("--jobs", type=int, help="exercises run at a time (default: one for each core)")
    parser.add_argument("--cell-seconds", type=float, default=default.cell_seconds, help="default: %(default)s")
    parser.add_argument("--exercise-seconds", type=float, default=default.exercise_seconds, help="default: %(default)s")
    parser.add_argument("--memory-gb", type=float, default=default.memory_bytes / 2**30, help="default: %(default)s")
    parser.add_argument("--hide-tests", action="store_true", help="keep hidden tests out of the feedback")
    parser.add_argument("--exercises", type=Path, default=FOLDER, help="folder with source/")
    options = parser.parse_args(arguments)
    names = set_names(options.exercises)
    name = options.name or (names[0] if len(names) == 1 else None)
    if name is None:
        parser.error(f"say which problem set: --set {' or --set '.join(names) or 'NAME (there is none)'}")
    if not options.submissions.is_dir():
        parser.error(f"{options.submissions} is not a folder")
    try:
        problems = read_problem_set(name, options.exercises)
    except SourceError as error:
        parser.error(str(error))
    limits = Limits(options.cell_seconds, options.exercise_seconds, int(options.memory_gb * 2**30))
    submissions = find_submissions(options.submissions, name)
    results = grade_submissions(problems, submissions, limits=limits, jobs=options.jobs)
    path = write_results(problems, results, options.out / name, hide_tests=options.hide_tests)
    print(table(problems, results))
    print(f"\nMarks: {path}\nFeedback: {path.parent / 'feedback'}")
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
