"""Labs carry the outputs of one run from top to bottom, and assert what they claim. nbval repeats the runs."""

import re
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))

ABSOLUTE_PATH = re.compile(r"(?<![\w./~-])/(?:home|root|tmp|var|usr|opt|mnt|work|private|Users)/|\b[A-Z]:\\")
DRAWS = re.compile(r"\bplotting\.\w+\(|\bplt\.(?:subplots|figure|plot|bar|hist|scatter|imshow)\(")
EXPERIMENT = re.compile(r"^##\s+(?:\d+\.|experiment\b)", re.IGNORECASE)


def lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]


def output_text(output) -> str:
    data = output.get("data", {})
    return "".join([output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")])


def sections(notebook) -> list[tuple[str, list]]:
    """Second-level headings with the code cells that follow each; what stands before the first has the heading ""."""
    found: list[tuple[str, list]] = [("", [])]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found[-1][1].append(cell)
        elif heading := re.search(r"^## .*", cell.source, re.MULTILINE):
            found.append((heading[0], []))
    return found


def run_problems(notebook) -> list[str]:
    """What shows that the stored outputs are not those of one clean run in a fresh kernel."""
    problems = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        problems.append(f"execution counts are {counts}, not 1 to {len(code)}")
    for number, cell in enumerate(code, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"code cell {number} holds an error: {output.ename}")
            if output.output_type == "stream" and output.name == "stderr":
                problems.append(f"code cell {number} writes to stderr: {output.text[:80]!r}")
            if found := ABSOLUTE_PATH.search(output_text(output)):
                problems.append(f"code cell {number} prints the absolute path {found[0]}...")
    if (kernel := notebook.metadata.get("kernelspec", {}).get("name")) != "python3":
        problems.append(f"kernelspec is {kernel!r}, not 'python3'")
    return problems


def writing_problems(notebook) -> list[str]:
    """What a lab must be: installs what it needs, 5 to 10 experiments that each assert, plot cells that show."""
    problems = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        last = (lines(cell.source) or [""])[-1]
        pictures = any("image/png" in output.get("data", {}) for output in cell.outputs)
        if (pictures or DRAWS.search(cell.source)) and last.strip() != "plt.show()":
            problems.append(f"code cell {number} draws, but ends with {last!r} instead of plt.show()")
        if pictures and not str(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")).strip():
            problems.append(f"code cell {number} has a picture without alt text (cell metadata mystnb, image, alt)")
        if last.rstrip().endswith(";"):
            problems.append(f"code cell {number} ends with a semicolon, which nbval does not honour")
    experiments = [(title, cells) for title, cells in sections(notebook) if EXPERIMENT.match(title)]
    if not 5 <= len(experiments) <= 10:
        problems.append(f"{len(experiments)} second-level headings are experiments, not 5 to 10")
    for title, cells in experiments:
        if not any(re.search(r"^\s*assert\b", cell.source, re.MULTILINE) for cell in cells):
            problems.append(f"{title!r} asserts nothing")
    opening = "\n".join(cell.source for cell in notebook.cells[:3])
    if "pip install" not in opening:
        problems.append("the opening does not say how to install what the lab needs")
    return problems


def test_there_are_labs():
    assert LABS


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_stored_outputs_are_those_of_one_clean_run(path):
    assert run_problems(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_a_lab_is_written_as_a_lab(path):
    assert writing_problems(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_a_lab_is_named_as_its_chapter(path):
    assert list((ROOT / "book").glob(f"part-*/{path.stem}.md"))


@pytest.fixture
def lab():
    cells = [new_markdown_cell("# Lab\n\n`pip install infolib`"), new_code_cell("import numpy as np")]
    for number in range(1, 6):
        cells += [new_markdown_cell(f"## Experiment {number}"), new_code_cell("plt.plot([1])\nplt.show()")]
        cells += [new_code_cell("assert 1 + 1 == 2", outputs=[new_output("stream", text="2 of 3\n")])]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
    return notebook


def test_the_checks_accept_a_good_lab(lab):
    assert run_problems(lab) == []
    assert writing_problems(lab) == []


def spoil(lab, position, **changes):
    spoilt = deepcopy(lab)
    spoilt.cells[position].update(changes)
    return spoilt


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"execution_count": None}, "execution counts"),
        ({"execution_count": 7}, "execution counts"),
        ({"outputs": [new_output("error", ename="ValueError", evalue="", traceback=[])]}, "holds an error"),
        ({"outputs": [new_output("stream", name="stderr", text="a warning")]}, "stderr"),
        ({"outputs": [new_output("stream", text="saved to /home/me/a.png")]}, "absolute path"),
        ({"outputs": [new_output("display_data", data={"text/plain": "'C:\\\\Users\\\\me'"})]}, "absolute path"),
    ],
)
def test_the_run_check_sees(lab, changes, words):
    (problem,) = run_problems(spoil(lab, 1, **changes))
    assert words in problem


def test_the_run_check_sees_another_kernel(lab):
    lab.metadata["kernelspec"]["name"] = "my-env"
    assert run_problems(lab) == ["kernelspec is 'my-env', not 'python3'"]


@pytest.mark.parametrize(
    ("position", "source", "words"),
    [
        (3, "plt.plot([1]);", "instead of plt.show()"),
        (3, "plotting.entropy_curve(p, h)", "instead of plt.show()"),
        (1, "x = 1;", "semicolon"),
        (4, "print(2)", "asserts nothing"),
        (2, "## Another heading", "4 second-level headings are experiments"),
        (0, "# Lab", "how to install"),
    ],
)
def test_the_writing_check_sees(lab, position, source, words):
    assert any(words in problem for problem in writing_problems(spoil(lab, position, source=source)))


def test_the_writing_check_sees_a_picture_without_alt_text(lab):
    picture = new_output("display_data", data={"image/png": "AAAA"})
    assert any("without alt text" in problem for problem in writing_problems(spoil(lab, 3, outputs=[picture])))
    described = {"mystnb": {"image": {"alt": "A line."}}}
    assert writing_problems(spoil(lab, 3, outputs=[picture], metadata=described)) == []


def test_fractions_and_addresses_are_no_paths():
    assert not ABSOLUTE_PATH.search("3/work 1/2, https://example.org/home/x, notebooks/tmp/x, ~/usr/x")
    assert ABSOLUTE_PATH.search("File '/usr/lib/x.py'")
