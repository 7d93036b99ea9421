"""The page of the book for a problem set: made from the notebook, so that the two cannot disagree."""

import re

from exercises.problem_set import Exercise, ProblemSet, SourceError

NOTICE = "% Made by `make exercises` from exercises/source/{name}/{name}.ipynb. Change that, not this."

HOW_TO = """(how-to-{name})=
## The notebook

Work in the notebook: {{download}}`{name}.ipynb <../../exercises/release/{name}/{name}.ipynb>`.
In the folder of this book, `make lab` makes the environment and opens JupyterLab. Elsewhere, install what the notebook
needs and open it:

```
pip install . jupyterlab
jupyter lab {name}.ipynb
```

The first line is for the folder of this book, the second for the folder with the notebook.

Write your answer where the notebook says `YOUR CODE HERE`, then run the check cells below it. A check that prints
nothing has passed. One that fails says what it called, what it expected and what to look at. Each check is worth its
own points, so half an answer earns its part. The grader runs the same checks, and more of them, on other numbers.

Every exercise is run by itself, in a fresh kernel: first the set-up cell, then the cells of that exercise. What you
define in one exercise does not exist in the next. A cell that does not end is stopped and costs that exercise alone.
Warnings and anything else on stderr cost nothing. The check cells are put back as they were before grading.
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
        HOW_TO.format(name=problems.name).strip(),
        *(_exercise(problems.name, exercise) for exercise in problems.exercises),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _exercise(name: str, exercise: Exercise) -> str:
    worth = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
    heading = f"## Exercise {exercise.number} {'★' * exercise.stars} {exercise.title} ({worth})"
    hints = [_dropdown(summary, text) for summary, text in exercise.hints]
    return "\n\n".join([f"({name}-{exercise.slug})=\n{heading}", exercise.statement, *hints])


def _dropdown(summary: str, text: str) -> str:
    # A fence longer than any inside.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"^\s*(`{3,})", text, re.MULTILINE)), 3)
    return f"{fence}{{dropdown}} {summary}\n{text}\n{fence}"
