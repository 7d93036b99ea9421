"""A small problem set of two exercises, written by the tests: what the machinery does must not hang on a real set."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from exercises.problem_set import ProblemSet, problem_set

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
2 * np.mean(right)  # half a point for each""",
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


def _cell(grade_id, source, *, points=None, solution=False):
    code = grade_id == "setup" or solution or points is not None
    cell = (new_code_cell if code else new_markdown_cell)(source, id=grade_id)
    cell.metadata["nbgrader"] = nbformat.from_dict(
        {
            "grade": points is not None,
            "grade_id": grade_id,
            "locked": not solution,
            "schema_version": 3,
            "solution": solution,
            "task": False,
            **({} if points is None else {"points": points}),
        }
    )
    return cell


def _source():
    return new_notebook(
        cells=[
            _cell("setup", SETUP),
            _cell("intro", INTRO),
            _cell("double-statement", DOUBLE),
            _cell("double-solution", DOUBLE_SOLUTION, solution=True),
            _cell("double-check-1", DOUBLE_CHECKS[0], points=1),
            _cell("double-check-2", DOUBLE_CHECKS[1], points=2),
            _cell("root-statement", ROOT),
            _cell("root-solution", ROOT_SOLUTION, solution=True),
            _cell("root-check-1", ROOT_CHECKS[0], points=1),
            _cell("root-check-2", ROOT_CHECKS[1], points=1),
        ]
    )


@pytest.fixture
def source():
    """The author's notebook of the small set."""
    return _source()


@pytest.fixture
def problems() -> ProblemSet:
    return problem_set("ps0", _source())


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A folder like exercises/ with that set in it. Tests only read it."""
    folder = tmp_path_factory.mktemp("course") / "exercises"
    path = folder / "source" / "ps0" / "ps0.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(_source(), path)
    return folder
