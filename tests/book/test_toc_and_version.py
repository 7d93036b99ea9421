"""The table of contents lists every page there is, and the installed Jupyter Book is one that can build it."""

from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"book": {".md", ".ipynb"}, "notebooks": {".md", ".ipynb"}}


def listed_pages(toc: dict) -> list[str]:
    """Every `file` and `root` of a table of contents, in reading order."""
    pages = []
    for key, value in toc.items():
        if key in ("root", "file"):
            pages.append(value)
        elif isinstance(value, list):
            for child in value:
                pages += listed_pages(child)
    return pages


def pages_on_disk(root: Path) -> set[str]:
    return {
        path.relative_to(root).with_suffix("").as_posix()
        for room, suffixes in ROOMS.items()
        for path in (root / room).rglob("*")
        if path.suffix in suffixes and not any(part.startswith((".", "_")) for part in path.relative_to(root).parts)
    }


def toc_problems(root: Path) -> list[str]:
    listed = listed_pages(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))
    there = pages_on_disk(root)
    return (
        [f"listed twice: {page}" for page in sorted({p for p in listed if listed.count(p) > 1})]
        + [f"listed, but there is no such file: {page}" for page in sorted(set(listed) - there)]
        + [f"not listed in _toc.yml: {page}" for page in sorted(there - set(listed))]
    )


def test_every_listed_page_exists_and_every_page_is_listed():
    assert toc_problems(ROOT) == []


def test_every_chapter_has_its_lab_and_the_labs_stand_in_the_order_of_the_chapters():
    pages = listed_pages(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    chapters = [Path(page).name for page in pages if page.startswith("book/part-")]
    labs = [Path(page).name for page in pages if page.startswith("notebooks/")]
    assert chapters
    assert labs == chapters


@pytest.fixture
def small_book(tmp_path):
    for page in ("book/intro.md", "book/part-1/one.md", "notebooks/one.ipynb", "book/_ext/notes.md"):
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_text("", encoding="utf-8")
    chapters = [{"file": "book/part-1/one", "sections": [{"file": "notebooks/one"}]}]
    toc = {"format": "jb-book", "root": "book/intro", "parts": [{"caption": "I", "chapters": chapters}]}
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return tmp_path


def test_the_check_accepts_a_complete_book(small_book):
    assert toc_problems(small_book) == []


def test_the_check_sees_an_unlisted_page(small_book):
    (small_book / "book/part-1/two.md").write_text("", encoding="utf-8")
    assert toc_problems(small_book) == ["not listed in _toc.yml: book/part-1/two"]


def test_the_check_sees_a_missing_page(small_book):
    (small_book / "notebooks/one.ipynb").unlink()
    assert toc_problems(small_book) == ["listed, but there is no such file: notebooks/one"]


def test_the_check_sees_a_page_listed_twice(small_book):
    toc = (small_book / "_toc.yml").read_text(encoding="utf-8")
    (small_book / "_toc.yml").write_text(toc.replace("notebooks/one", "book/part-1/one"), encoding="utf-8")
    assert "listed twice: book/part-1/one" in toc_problems(small_book)


def can_build(jupyter_book_version: str) -> bool:
    """Jupyter Book 2 knows no `_config.yml`: it says so, builds nothing, and exits with 0."""
    return jupyter_book_version.split(".")[0] == "1"


def test_the_installed_jupyter_book_is_1():
    assert can_build(version("jupyter-book"))


def test_the_check_refuses_jupyter_book_2():
    assert can_build("1.0.4.post1")
    assert not can_build("2.0.0")
    assert not can_build("0.15.1")
