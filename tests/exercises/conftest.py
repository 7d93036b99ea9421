"""A small problem set of two exercises, written by the tests: what the machinery does must not hang on a real set."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from exercises.problem_set import ProblemSet, problem_set


def nbgrader_cell(grade_id, source, *, points=None, solution=False):
    make = new_code_cell if points or solution or not source.startswith("#") else new_markdown_cell
    cell = make(source, id=grade_id)
    cell.metadata["nbgrader"] = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **({} if points is None else {"points": points}),
    }
    return cell


SETUP = "# Elsewhere, run once:  pip install numpy notebook\nimport math"
INTRO = "# Problem set 0: numbers\n\nTwo exercises."
DOUBLE = """## Exercise 1 ★ Twice (3 points)

Write `double(x)`. See [doubling](#num-doubling) and $2x < 3$.

<details><summary>Hint 1</summary>

Add $x$ to itself:

```python
1 + 1
```

</details>

<details>
<summary>Hint 2</summary>

There is no other.

</details>"""
DOUBLE_SOLUTION = """def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION"""
DOUBLE_CHECKS = [
    """assert double(2) == 4, "double(2) should be 4: add x to itself"
### BEGIN HIDDEN TESTS
assert double(-3) == -6, "double(-3) should be -6: does it work for negative numbers?"
### END HIDDEN TESTS""",
    """import numpy as np
right = [double(x) == 2 * x for x in (0, 1, 2, -1)]
2 * np.mean(right)  # a quarter of the points for each""",
]
ROOT = """## Exercise 2 ★★ Root (2 points)

Write `root(x)`.

<details><summary>Hint 1</summary>

Look into `math`.

</details>"""
ROOT_SOLUTION = """def root(x):
    ### BEGIN SOLUTION
    return math.sqrt(x)
    ### END SOLUTION"""
ROOT_CHECKS = [
    'assert root(4) == 2, "the square of root(4) is 4"',
    """### BEGIN HIDDEN TESTS
assert root(0.25) == 0.5, "root(0.25) is 0.5"
### END HIDDEN TESTS""",
]


@pytest.fixture
def source():
    return new_notebook(
        cells=[
            nbgrader_cell("setup", SETUP),
            nbgrader_cell("intro", INTRO),
            nbgrader_cell("double-statement", DOUBLE),
            nbgrader_cell("double-solution", DOUBLE_SOLUTION, solution=True),
            nbgrader_cell("double-check-1", DOUBLE_CHECKS[0], points=1),
            nbgrader_cell("double-check-2", DOUBLE_CHECKS[1], points=2),
            nbgrader_cell("root-statement", ROOT),
            nbgrader_cell("root-solution", ROOT_SOLUTION, solution=True),
            nbgrader_cell("root-check-1", ROOT_CHECKS[0], points=1),
            nbgrader_cell("root-check-2", ROOT_CHECKS[1], points=1),
        ]
    )


@pytest.fixture
def problems(source) -> ProblemSet:
    return problem_set("ps0", source)


@pytest.fixture
def course(source, tmp_path):
    """A folder like exercises/ with that set in it."""
    path = tmp_path / "exercises" / "source" / "ps0" / "ps0.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source, path)
    return tmp_path / "exercises"
