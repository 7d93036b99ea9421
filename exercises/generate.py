"""Make the students' notebooks and the pages of the book: `python -m exercises.generate [--check] [SET ...]`."""

import argparse
import sys
from pathlib import Path

from exercises.page import problem_set_page
from exercises.problem_set import FOLDER, read_problem_set, set_names
from exercises.rules import SourceError
from exercises.student_notebook import notebook_text, student_notebook

BOOK = FOLDER.parent / "book"


def generated(name: str, folder: Path = FOLDER, book: Path = BOOK) -> dict[Path, str]:
    """What is made from the source of a set: path and text of each file."""
    try:
        problems = read_problem_set(name, folder)
        return {
            folder / "release" / name / f"{name}.ipynb": notebook_text(student_notebook(problems)),
            book / "problem-sets" / f"{name}.md": problem_set_page(problems),
        }
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m exercises.generate", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help="names of problem sets (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs from its source")
    parser.add_argument("--exercises", type=Path, default=FOLDER, help="folder with source/ and release/")
    parser.add_argument("--book", type=Path, default=BOOK, help="folder of the book")
    options = parser.parse_args(arguments)
    try:
        files = {
            path: text
            for name in options.sets or set_names(options.exercises)
            for path, text in generated(name, options.exercises, options.book).items()
        }
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [path for path, text in files.items() if not path.is_file() or path.read_bytes() != text.encode("utf-8")]
    for path in stale:
        if options.check:
            print(f"{path} is not what its source gives; run: make exercises", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path].encode("utf-8"))
            print(f"wrote {path}")
    if not stale:
        print(f"{len(files)} files are up to date")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
