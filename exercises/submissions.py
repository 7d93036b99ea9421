"""The folder that an instructor collected: which student handed in which file, and the notebook in it."""

import math
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LARGEST_BYTES = 100_000_000


class Unreadable(Exception):
    """The file cannot be read as a notebook; the message says why."""


@dataclass(frozen=True)
class Submission:
    student: str
    path: Path | None  # None: nothing that could be graded
    remarks: tuple[str, ...] = ()


def find_submissions(folder: Path, name: str) -> list[Submission]:
    """`<student>.ipynb`, `<student>/<set>.ipynb` or `<student>/<set>/<set>.ipynb`; one row for each student."""
    found: dict[str, Submission] = {}
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    # Notebooks first: of alice.ipynb and alice.pdf, the notebook counts.
    for path in sorted(entries, key=lambda path: (path.suffix != ".ipynb", path.name)):
        submission = _of_folder(path, name) if path.is_dir() else _of_file(path)
        if submission.student not in found:
            found[submission.student] = submission
        elif submission.path is not None:
            first = found[submission.student]
            remark = f"handed in twice: {path.name} was left out"
            found[submission.student] = Submission(first.student, first.path, (*first.remarks, remark))
    return [found[student] for student in sorted(found)]


def _of_file(path: Path) -> Submission:
    if path.suffix == ".ipynb":
        return Submission(path.stem, path)
    return Submission(path.stem, None, (f"{path.name} is not a notebook",))


def _of_folder(path: Path, name: str) -> Submission:
    for candidate in (path / f"{name}.ipynb", path / name / f"{name}.ipynb"):
        if candidate.is_file():
            return Submission(path.name, candidate)
    others = sorted([*path.glob("*.ipynb"), *(path / name).glob("*.ipynb")])
    if len(others) == 1:
        return Submission(path.name, others[0], (f"took {others[0].name} for {name}.ipynb",))
    if others:
        return Submission(path.name, None, (f"several notebooks, and none is called {name}.ipynb",))
    return Submission(path.name, None, ("no notebook was handed in",))


def read_notebook(path: Path) -> NotebookNode:
    """The notebook, with what a broken file may lack put right; Unreadable if there is too little to go by."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise Unreadable(f"the file has {math.ceil(size / 1e6)} MB, more than {LARGEST_BYTES // 10**6} MB")
        notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
        cells = [_cell(cell) for cell in notebook.cells]
    except Unreadable:
        raise
    except Exception as error:  # whatever a file can contain: one bad file must not end the grading of a class
        raise Unreadable(f"not a notebook that can be read ({type(error).__name__})") from error
    return nbformat.v4.new_notebook(cells=cells)


def _cell(cell: NotebookNode) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}.get(cell.cell_type)
    source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    meta = cell.get("metadata", {}).get("nbgrader", {})
    grade_id = meta.get("grade_id") if isinstance(meta, dict) else None
    fresh = (make or nbformat.v4.new_raw_cell)(source)
    if isinstance(grade_id, str):
        fresh.metadata["nbgrader"] = {"grade_id": grade_id}
    return fresh
