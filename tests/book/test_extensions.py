"""The book's own Sphinx extensions: a page follows the library, a failed build fails again, proofs fold."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_string

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"book_{name}", EXTENSIONS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


execution_key = load("execution_key").execution_key


@pytest.fixture
def library(tmp_path):
    (tmp_path / "infolib" / "inner").mkdir(parents=True)
    (tmp_path / "infolib" / "__init__.py").write_text("def number():\n    return 1\n", encoding="utf-8")
    (tmp_path / "infolib" / "inner" / "table.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    return tmp_path


def test_the_key_stays_when_nothing_changed(library):
    key = execution_key(library)
    (library / "infolib" / "__pycache__").mkdir()
    (library / "infolib" / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    (library / "README.md").write_text("not the library", encoding="utf-8")
    os.utime(library / "infolib" / "__init__.py", (0, 0))
    assert execution_key(library) == key
    assert re.fullmatch(r"[0-9a-f]{16}", key)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "infolib" / "__init__.py").write_text("def number():\n    return 2\n", encoding="utf-8"),
        lambda root: (root / "infolib" / "inner" / "table.json").write_text("[2]", encoding="utf-8"),
        lambda root: (root / "infolib" / "new.py").write_text("", encoding="utf-8"),
        lambda root: (root / "infolib" / "inner" / "table.json").unlink(),
        lambda root: (root / "infolib" / "inner").rename(root / "infolib" / "outer"),
        lambda root: (root / "constraints.txt").write_text("numpy==2.4.7\n", encoding="utf-8"),
    ],
    ids=["edited", "data edited", "added", "removed", "renamed", "pins"],
)
def test_the_key_changes_with_the_library_and_the_pins(library, change):
    key = execution_key(library)
    change(library)
    assert execution_key(library) != key


def test_the_key_of_this_project_reads_the_library():
    keyed = {path.relative_to(ROOT).as_posix() for path in load("execution_key").keyed_files(ROOT)}
    assert {"infolib/__init__.py", "constraints.txt"} <= keyed
    assert not any("__pycache__" in path for path in keyed)


def test_labels_are_author_and_year():
    bibliography = parse_string(
        r"""
        @book{a, author={Cover, Thomas and Thomas, Joy}, title={T}, year={2006}}
        @book{b, author={Acz{\'e}l, J. and Forte, B. and Ng, C.}, title={T}, year={1974}}
        @book{c, editor={van der Waals, J.}, title={T}, year={1900}}
        @book{d, author={Shannon, C.}, title={S}, year={1948}}
        @book{e, author={Shannon, C.}, title={T}, year={1948}}
        """,
        "bibtex",
    )
    labels = load("author_year").AuthorYearLabels().format_labels(list(bibliography.entries.values()))
    assert list(labels) == [
        "Cover and Thomas, 2006",
        "Aczél et al., 1974",
        "van der Waals, 1900",
        "Shannon, 1948a",
        "Shannon, 1948b",
    ]


PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
---

# Page

```{code-cell} ipython3
import infolib
print("the number is", infolib.number())
```

```{prf:theorem}
:label: thm-a
A.
```

```{prf:proof}
:class: dropdown
Long.
```

```{prf:theorem}
:label: thm-b
B.
```

```{prf:proof}
Short.
```
"""


@pytest.fixture
def small_book(library):
    """A one-page book with the extensions and the execution settings of the real one."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    names = ["execution_key", "folded_proofs"]
    small = {key: config[key] for key in ("execute", "only_build_toc_files", "exclude_patterns")}
    small["sphinx"] = {"local_extensions": dict.fromkeys(names, "_ext"), "extra_extensions": ["sphinx_proof"]}
    (library / "_config.yml").write_text(yaml.safe_dump(small), encoding="utf-8")
    (library / "_toc.yml").write_text("format: jb-book\nroot: page\n", encoding="utf-8")
    (library / "page.md").write_text(PAGE, encoding="utf-8")
    shutil.copytree(EXTENSIONS, library / "_ext", ignore=shutil.ignore_patterns("__pycache__"))
    return library


def build(root: Path) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "--keep-going"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)


def page(root: Path) -> str:
    return (root / "_build" / "html" / "page.html").read_text(encoding="utf-8")


@pytest.mark.book
def test_a_page_follows_the_library(small_book):
    first = build(small_book)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "the number is 1" in page(small_book)

    again = build(small_book)
    assert again.returncode == 0
    assert "Executed notebook" not in again.stdout + again.stderr
    assert "0 added, 0 changed, 0 removed" in again.stdout

    # Same cells, another library: without the key the cache would answer with 1.
    (small_book / "infolib" / "__init__.py").write_text("def number():\n    return 2\n", encoding="utf-8")
    third = build(small_book)
    assert third.returncode == 0, third.stdout + third.stderr
    assert "the number is 2" in page(small_book)
    assert "the number is 1" not in page(small_book)
    caches = [path.name for path in (small_book / "_build" / ".jupyter_cache").iterdir()]
    assert caches == [execution_key(small_book)]

    html = page(small_book)
    assert html.count('<details class="folded-proof">') == 1
    ids = Counter(re.findall(r'\bid="([^"]+)"', html))
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.book
def test_a_build_that_failed_fails_again(small_book):
    (small_book / "page.md").write_text("# Page\n\nSee {ref}`nowhere`.\n", encoding="utf-8")
    assert build(small_book).returncode != 0
    second = build(small_book)
    assert second.returncode != 0
    assert "nowhere" in second.stdout + second.stderr
    (small_book / "page.md").write_text("# Page\n\nSee nothing.\n", encoding="utf-8")
    assert build(small_book).returncode == 0
