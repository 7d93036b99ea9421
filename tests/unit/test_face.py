"""The face of the library: what `import infolib` brings, how fast, and what it does not bring."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import infolib

SUBMODULES = {"estimators", "lm", "plotting", "representations", "zoo"}
ROOT = Path(infolib.__file__).parents[1]


def _run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_import_brings_no_heavy_library():
    out = _run(
        "import sys, infolib; infolib.entropy([0.5, 0.5]); infolib.mutual_information([[0.5, 0.0], [0.0, 0.5]]);"
        "print([m for m in ('torch', 'pandas', 'matplotlib', 'scipy', 'transformers') if m in sys.modules])"
    )
    assert out.strip() == "[]"


def test_import_is_quick():
    code = "import time; t = time.process_time(); import infolib; print(time.process_time() - t)"
    assert min(float(_run(code)) for _ in range(3)) < 0.3


def test_every_name_is_there_and_documented():
    assert sorted(infolib.__all__) == infolib.__all__
    for name in set(infolib.__all__) - SUBMODULES:
        function = getattr(infolib, name)
        assert callable(function)
        doc = function.__doc__
        for part in (".. math::", "Parameters", "Returns", "Raises", "Notes", "Source:", "Chapter", ">>> "):
            assert part in doc, (name, part)


def test_the_face_shows_everything_discrete_has():
    from infolib import discrete, inequalities, quantum, renyi

    shown = {}
    for package in (discrete, renyi, inequalities, quantum):
        assert sorted(package.__all__) == package.__all__
        for name in package.__all__:
            part = getattr(package, name)
            if not isinstance(part, type):  # the records that functions return stay in their package
                assert name not in shown
                shown[name] = part
    assert set(infolib.__all__) - SUBMODULES == set(shown)
    for name, part in shown.items():
        assert getattr(infolib, name) is part


@pytest.mark.parametrize("name", sorted(SUBMODULES))
def test_submodules_come_on_first_use(name):
    out = _run(f"import sys, infolib; assert 'infolib.{name}' not in sys.modules; print(infolib.{name}.__name__)")
    assert out.strip() == f"infolib.{name}"


def test_dir_lists_the_names_and_unknown_names_are_refused():
    assert set(infolib.__all__) <= set(dir(infolib))
    with pytest.raises(AttributeError, match="module 'infolib' has no attribute 'entrpy'"):
        infolib.entrpy  # noqa: B018


def _placeholders(source):
    """Lines of docstrings that are one word of capitals, as stands where text is to be filled in."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    docs = (ast.get_docstring(node) or "" for node in ast.walk(ast.parse(source)) if isinstance(node, documented))
    return [line.strip() for doc in docs for line in doc.splitlines() if re.fullmatch(r"[A-Z][A-Z_]+", line.strip())]


def test_docstrings_have_no_placeholders():
    assert _placeholders('def f():\n    """Do.\n\n    Notes\n    -----\nTABLE\n\n    TABLE of\n    """') == ["TABLE"]
    found = {str(path): _placeholders(path.read_text(encoding="utf-8")) for path in (ROOT / "infolib").rglob("*.py")}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_estimators_export_what_they_return():
    from infolib import estimators

    assert sorted(estimators.__all__) == estimators.__all__
    x = [0, 0, 0, 1, 1, 1] * 5
    results = {
        estimators.nsb_entropy([2, 1], 5): "NSBEntropy",
        estimators.independence_test(x, x, n_permutations=9): "IndependenceTest",
        estimators.bootstrap_interval(x, x, n_resamples=100): "InformationInterval",
    }
    for result, name in results.items():
        assert name in estimators.__all__ and isinstance(result, getattr(estimators, name))
        assert "Attributes" in (type(result).__doc__ or "")


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert infolib.__version__ == project["version"]


def test_every_part_is_reached_from_the_face_without_importing_it_first():
    code = (
        "import infolib\n"
        "for part in ('lm.models.load', 'lm.measure', 'lm.capture.capture', 'lm.labels.cut_windows',\n"
        "             'lm.texts.read_texts', 'lm.plane.PlaneResult',\n"
        "             'representations.SoftEntropy', 'estimators.nsb_entropy', 'zoo.find',\n"
        "             'plotting.plane_by_layer'):\n"
        "    there = infolib\n"
        "    for name in part.split('.'):\n"
        "        there = getattr(there, name)\n"
        "    assert callable(there), part\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
