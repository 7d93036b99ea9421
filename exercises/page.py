"""The page of the book for a problem set: made from the notebook, so that the two cannot disagree."""

import re

from exercises.outputs import Limits
from exercises.problem_set import Exercise, ProblemSet
from exercises.rules import SourceError

NOTICE = "% Made by `make exercises` from exercises/source/{name}/{name}.ipynb. Change that, not this."

HOW_TO = """(how-to-{name})=
## The notebook

Work in the notebook: {{download}}`{name}.ipynb <../../exercises/release/{name}/{name}.ipynb>`. Install
what it needs, then open it in Jupyter:

```text
{install}
```

In the folder of this book it is there already: `.venv/bin/jupyter lab exercises/release/{name}/{name}.ipynb`, after
`make lab` or `make book` has made the environment.

When the set is graded, a cell may run for {cell_seconds:g} seconds and an exercise for {exercise_seconds:g}. What
takes longer is stopped, which costs that exercise and no other. Warnings, and whatever else goes to stderr, cost
nothing.
"""


def problem_set_page(problems: ProblemSet) -> str:
    intro = next(cell.source for cell in problems.preamble if cell.metadata.nbgrader.grade_id == "intro").strip()
    title, _, opening = intro.partition("\n")
    if not title.startswith("# "):
        raise SourceError(f"cell intro: it must open with '# Title', not {title!r}")
    parts = [
        NOTICE.format(name=problems.name),
        f"({problems.name})=\n{title}",
        opening.strip(),
        HOW_TO.format(
            name=problems.name,
            install=_install_line(problems),
            cell_seconds=Limits.cell_seconds,
            exercise_seconds=Limits.exercise_seconds,
        ).strip(),
        *(_exercise(problems.name, exercise) for exercise in problems.exercises),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _install_line(problems: ProblemSet) -> str:
    setup = next(cell.source for cell in problems.preamble if cell.metadata.nbgrader.grade_id == "setup")
    if not (found := re.search(r"pip install [\w .=<>\[\]-]+", setup.partition("\n")[0])):
        raise SourceError(
            "cell setup: its first line must be a comment with the line that installs: # ... pip install ..."
        )
    return found[0].strip()


def _exercise(name: str, exercise: Exercise) -> str:
    worth = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
    heading = f"## Exercise {exercise.number} {'★' * exercise.stars} {exercise.title} ({worth})"
    hints = [_dropdown(summary, text) for summary, text in exercise.hints]
    return "\n\n".join([f"({name}-{exercise.slug})=\n{heading}", exercise.statement, *hints])


def _dropdown(summary: str, text: str) -> str:
    # A fence longer than any inside.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"^\s*(`{3,})", text, re.MULTILINE)), 3)
    return f"{fence}{{dropdown}} {summary}\n{text}\n{fence}"
