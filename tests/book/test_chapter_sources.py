"""What a chapter's source must hold: objectives that lead somewhere, figures with caption and alt text, plain words."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from pybtex.database import parse_file

import infolib
from infolib import estimators, plotting

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "book").glob("part-*/*.md"))
PAGES = sorted((ROOT / "book").rglob("*.md"))
LABS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BIBLIOGRAPHY = ROOT / "book" / "references.bib"

WORDS = (2500, 5000)
FIGURES_AT_LEAST = 5
LONGEST_CELL = 25
SHORT_CELL, SHORT_SHARE = 12, 0.7
BANNED = (
    "it is worth noting", "it should be noted", "note that", "worth mentioning", "in this section",
    "in this chapter we", "in the following section", "as we have seen", "in conclusion",
    "to summarise", "to summarize", "in summary",
    "powerful", "beautiful", "elegant", "crucial", "pivotal", "remarkable", "fascinating", "delve", "dive into",
    "leverage", "utilize", "seamless", "cutting-edge", "game-changer", "unlock", "tapestry", "realm", "landscape of",
    "furthermore", "moreover", "needless to say", "obviously", "it is easy to see", "let's explore", "journey",
)  # fmt: skip


@dataclass
class Chapter:
    text: str
    markdown: str  # all but the code cells
    code: list  # code cells, with .source and .metadata


def read_chapter(text: str) -> Chapter:
    notebook = read_myst_markdown_notebook(text)
    markdown = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return Chapter(text, markdown, [cell for cell in notebook.cells if cell.cell_type == "code"])


def labels(text: str) -> set[str]:
    """Everything that a link may name: `(label)=`, `:label: x`, `name: x` of a figure, and headings as anchors."""
    named = re.findall(r"^\s*\(([\w-]+)\)=\s*$", text, re.MULTILINE)
    named += re.findall(r"^\s*:(?:label|name):\s*([\w-]+)\s*$", text, re.MULTILINE)
    named += re.findall(r"^\s+name:\s*([\w-]+)\s*$", text, re.MULTILINE)
    for heading in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE):
        named.append(re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-"))
    return set(named)


def links(text: str) -> list[str]:
    """Labels that `[](#label)`, `{ref}`, `{numref}`, `{eq}` and `{prf:ref}` name."""
    roles = re.findall(r"\{(?:ref|numref|eq|prf:ref)\}`(?:[^`<]*<)?([\w-]+)>?`", text)
    return roles + re.findall(r"\]\(#([\w-]+)\)", text)


def objectives(markdown: str) -> list[str]:
    """Items of the list under the heading "You will be able to"."""
    found = re.search(r"^## You will be able to\s*\n(.*?)(?=^#|^\([\w-]+\)=|\Z)", markdown, re.MULTILINE | re.DOTALL)
    return re.split(r"^[-*] ", found[1], flags=re.MULTILINE)[1:] if found else []


FENCE = re.compile(r"^\s*(`{3,}|:{3,})\s*(.*?)\s*$")
FOLDED = re.compile(r"\{(?:solution|dropdown)\}")


def outside_fences(markdown: str, *, with_folded: bool) -> str:
    """Text outside verbatim blocks, without the lines that open, set up or close a directive.

    Folded are solutions, dropdowns, and what has the class dropdown.
    """
    kept: list[str] = []
    open_fences: list[str] = []
    hidden_from = verbatim_from = None  # depth at which the hidden or verbatim part began
    for line in markdown.splitlines():
        fence, info = match.groups() if (match := FENCE.match(line)) else ("", "")
        if open_fences and fence.startswith(open_fences[-1]) and not info:
            open_fences.pop()
            hidden_from = None if hidden_from == len(open_fences) else hidden_from
            verbatim_from = None if verbatim_from == len(open_fences) else verbatim_from
        elif fence and verbatim_from is None:
            if not info.startswith("{"):
                verbatim_from = len(open_fences)
            elif FOLDED.match(info) and hidden_from is None:
                hidden_from = len(open_fences)
            open_fences.append(fence)
        elif open_fences and re.match(r"^\s*:[\w-]+:", line):
            if ":class:" in line and "dropdown" in line and hidden_from is None:
                hidden_from = len(open_fences) - 1
        elif verbatim_from is None and (with_folded or hidden_from is None):
            kept.append(line)
    return "\n".join(kept)


def without_markup(text: str) -> str:
    """The words of Markdown text: no maths, no code, no labels, no roles, no addresses."""
    text = re.sub(r"\$\$.*?\$\$(?:\s*\([\w-]+\))?", " ", text, flags=re.DOTALL)
    text = re.sub(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$]*\$", " ", text)
    text = re.sub(r"^\s*\([\w-]+\)=\s*$", " ", text, flags=re.MULTILINE)
    return re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)", " ", text)


def prose(markdown: str) -> str:
    return without_markup(outside_fences(markdown, with_folded=True))


def running_text(markdown: str) -> str:
    """What is read without unfolding a solution or a proof."""
    return without_markup(outside_fences(markdown, with_folded=False))


def words(text: str) -> int:
    return len(re.findall(r"[A-Za-zÀ-ÿ][\w'’-]*", text))


def banned(text: str) -> list[str]:
    plain = re.sub(r"\s+", " ", prose(text).lower())
    return [word for word in BANNED if re.search(rf"\b{re.escape(word)}\b", plain)]


def lines(source: str) -> list[str]:
    return [line for line in source.splitlines() if line.strip()]


def section_labels(text: str) -> set[str]:
    """Labels that stand before a heading."""
    return set(re.findall(r"^\(([\w-]+)\)=\s*\n#{2,3} ", text, re.MULTILINE))


def exercise_labels(text: str) -> set[str]:
    """Labels of the exercises of a chapter, or of a problem set: those of its second-level headings."""
    own = re.findall(r"^`{3,}\{exercise\}.*\n(?::class:.*\n)?:label: ([\w-]+)", text, re.MULTILINE)
    return {*own, *(label for label in section_labels(text) if re.match(r"ps\d+-", label))}


def objective_problems(chapter: Chapter, known: set[str], exercises: set[str]) -> list[str]:
    """What is wrong with the objectives: each leads to a section of the chapter and to an exercise."""
    items = objectives(chapter.markdown)
    problems = [] if 4 <= len(items) <= 8 else [f"{len(items)} objectives, not 4 to 8"]
    for item in items:
        targets = set(links(item))
        problems += [f"links to {target!r}, which does not exist" for target in sorted(targets - known)]
        if not targets & section_labels(chapter.markdown):
            problems.append(f"no link to a section: {item.strip()[:60]!r}")
        if not targets & exercises:
            problems.append(f"no link to an exercise: {item.strip()[:60]!r}")
    return problems


def figure_problems(chapter: Chapter) -> list[str]:
    problems, names = [], []
    for number, cell in enumerate(chapter.code, start=1):
        if "plt.show()" not in cell.source:
            continue
        options = cell.metadata.get("mystnb", {})
        figure, image = options.get("figure", {}), options.get("image", {})
        names.append(figure.get("name"))
        for part, value in [*((part, figure.get(part)) for part in ("caption", "name")), ("alt", image.get("alt"))]:
            if not (value or "").strip():
                problems.append(f"figure of code cell {number} has no {part}")
        if lines(cell.source)[-1] != "plt.show()":
            problems.append(f"figure of code cell {number} does not end with plt.show()")
    if len(names) < FIGURES_AT_LEAST:
        problems.append(f"{len(names)} figures, not {FIGURES_AT_LEAST} or more")
    return problems


def cell_problems(chapter: Chapter) -> list[str]:
    lengths = [len(lines(cell.source)) for cell in chapter.code if "remove-cell" not in cell.metadata.get("tags", [])]
    problems = [f"a code cell has {n} lines, more than {LONGEST_CELL}" for n in lengths if n > LONGEST_CELL]
    if lengths and sum(n <= SHORT_CELL for n in lengths) < SHORT_SHARE * len(lengths):
        problems.append(f"fewer than {SHORT_SHARE:.0%} of the code cells have at most {SHORT_CELL} lines")
    return problems


def citation_problems(text: str, keys: set[str]) -> list[str]:
    cited = [key.strip() for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in group.split(",")]
    return [f"cited, but not in references.bib: {key}" for key in cited if key not in keys]


def length_problems(chapter: Chapter) -> list[str]:
    count = words(running_text(chapter.markdown))
    return [] if WORDS[0] <= count <= WORDS[1] else [f"{count} words, not {WORDS[0]} to {WORDS[1]}"]


@pytest.fixture(scope="module")
def known() -> set[str]:
    return set().union(*(labels(path.read_text(encoding="utf-8")) for path in PAGES))


@pytest.fixture(scope="module")
def exercises() -> set[str]:
    return set().union(*(exercise_labels(path.read_text(encoding="utf-8")) for path in PAGES))


@pytest.fixture(scope="module")
def keys() -> set[str]:
    return set(parse_file(str(BIBLIOGRAPHY)).entries)


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem, scope="module")
def chapter(request) -> Chapter:
    return read_chapter(request.param.read_text(encoding="utf-8"))


def test_there_are_chapters():
    assert CHAPTERS


FUNCTIONS = [name for name in infolib.__all__ if not isinstance(getattr(infolib, name), ModuleType)]
ESTIMATORS = [name for name in estimators.__all__ if not isinstance(getattr(estimators, name), type)]


@pytest.mark.parametrize("name", [*FUNCTIONS, *(f"estimators.{name}" for name in ESTIMATORS)])
def test_every_public_function_is_used_by_a_chapter(name):
    assert any(uses(path.read_text(encoding="utf-8"), f"infolib.{name}") for path in CHAPTERS)


@pytest.mark.parametrize("name", plotting.__all__)
def test_every_figure_function_draws_in_the_book(name):
    assert any(uses(path.read_text(encoding="utf-8"), f"plotting.{name}") for path in [*PAGES, *LABS])


def uses(text: str, name: str) -> bool:
    """Whether `name` is called, in a cell or in a worked solution."""
    return re.search(rf"\b{re.escape(name)}\(", text) is not None


def test_uses_sees_calls_only():
    assert uses("x = infolib.entropy(p)", "infolib.entropy")
    assert not uses("`infolib.entropy` and infolib.entropy_from_logits(x)", "infolib.entropy")


def test_objectives_lead_to_sections_and_exercises(chapter, known, exercises):
    assert objective_problems(chapter, known, exercises) == []


def test_every_figure_has_caption_name_and_alt_text(chapter):
    assert figure_problems(chapter) == []


def test_code_cells_are_short(chapter):
    assert cell_problems(chapter) == []


def test_length(chapter):
    assert length_problems(chapter) == []


def test_closing_sections_are_there(chapter):
    headings = [h.lower() for h in re.findall(r"^## (.+)$", chapter.markdown, re.MULTILINE)]
    for wanted in ("common mistakes", "summary", "exercises", "sources and notes"):
        assert wanted in headings


def test_every_exercise_has_a_solution(chapter):
    exercises = re.findall(r"^`{3,}\{exercise\}.*\n(?::class:.*\n)?:label: ([\w-]+)", chapter.markdown, re.MULTILINE)
    solutions = re.findall(r"^`{3,}\{solution\} ([\w-]+)", chapter.markdown, re.MULTILINE)
    assert exercises
    assert sorted(exercises) == sorted(solutions)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_plain_words(path):
    assert banned(read_chapter(path.read_text(encoding="utf-8")).markdown) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_citations_exist(path, keys):
    assert citation_problems(path.read_text(encoding="utf-8"), keys) == []


def test_bibliography_entries_are_complete():
    for key, entry in parse_file(str(BIBLIOGRAPHY)).entries.items():
        assert entry.persons.get("author") or entry.persons.get("editor"), key
        assert entry.fields.get("title"), key
        assert re.fullmatch(r"\d{4}", entry.fields.get("year", "")), key


GOOD = """---
kernelspec:
  name: python3
---

# Title

## You will be able to

- do one ([](#sec-one), {ref}`ex-one`);
- do two ({ref}`a section <sec-one>`, {ref}`ps1-two`);
- do three, on
  two lines ({prf:ref}`thm-one`, [](#sec-one), {ref}`ex-one`);
- do four ({numref}`fig-one`, [](#sec-one), {ref}`ex-one`).

(sec-one)=
## First

Words with $x$ and {cite:p}`one2000,two2001`.

```{prf:theorem}
:label: thm-one
Statement.
```

```{exercise}
:label: ex-one
Question.
```

"""
SET = "(ps1-two)=\n## Exercise 2\n"
FIGURE = """```{code-cell} ipython3
---
mystnb:
  figure:
    caption: "Caption."
    name: fig-%d
  image:
    alt: "Alt text."
---
plt.show()
```

"""
GOOD += "".join(FIGURE % number for number in range(FIGURES_AT_LEAST)).replace("fig-0", "fig-one")


def test_the_checks_accept_a_good_chapter():
    chapter = read_chapter(GOOD)
    assert exercise_labels(GOOD + SET) == {"ex-one", "ps1-two"}
    assert objective_problems(chapter, labels(GOOD + SET), exercise_labels(GOOD + SET)) == []
    assert figure_problems(chapter) == []
    assert cell_problems(chapter) == []
    assert banned(chapter.markdown) == []
    assert citation_problems(GOOD, {"one2000", "two2001"}) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("- do one ([](#sec-one), {ref}`ex-one`);\n", "", "3 objectives"),
        ("(#sec-one), {ref}`ex-one`", "(#sec-two), {ref}`ex-one`", "'sec-two', which does not exist"),
        ("([](#sec-one), {ref}`ex-one`)", "", "no link to a section"),
        ("([](#sec-one), {ref}`ex-one`)", "([](#sec-one))", "no link to an exercise"),
        ("- do one ([](#sec-one), {ref}`ex-one`)", "- do one ({ref}`ex-one`)", "no link to a section"),
        ("name: fig-one", "name: fig-other", "'fig-one', which does not exist"),
        ("## You will be able to", "## Aims", "0 objectives"),
    ],
)
def test_the_objective_check_sees(old, new, words):
    text = GOOD.replace(old, new)
    assert text != GOOD
    problems = objective_problems(read_chapter(text), labels(text + SET), exercise_labels(text + SET))
    assert any(words in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('alt: "Alt text."', 'alt: ""', "no alt"),
        ('caption: "Caption."', 'caption: " "', "no caption"),
        ("    name: fig-1\n", "", "no name"),
        ("plt.show()\n", "plt.show()\nx = 1\n", "does not end with plt.show()"),
        (FIGURE % 1, "", "4 figures"),
    ],
)
def test_the_figure_check_sees(old, new, words):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    assert any(words in problem for problem in figure_problems(read_chapter(text)))


def test_the_cell_check_sees_long_cells():
    def cells(*lengths):
        return read_chapter(GOOD + "".join("```{code-cell}\n" + "x = 1\n" * n + "```\n\n" for n in lengths))

    assert cell_problems(cells(25)) == []
    assert cell_problems(cells(26)) == ["a code cell has 26 lines, more than 25"]
    assert cell_problems(cells(13, 13)) == []
    assert cell_problems(cells(13, 13, 13)) == ["fewer than 70% of the code cells have at most 12 lines"]


def test_the_word_check_sees_filler_but_not_code():
    assert banned("A powerful idea. It is\nworth noting.") == ["it is worth noting", "powerful"]
    assert banned("`powerful` and $powerful$ and a powerfully built man") == []


def test_the_citation_check_sees_an_unknown_key():
    assert citation_problems("{cite:t}`one2000` {cite}`two2001, three`", {"one2000", "two2001"}) == [
        "cited, but not in references.bib: three"
    ]


def test_counted_words_are_those_of_the_running_text():
    text = "One two $x y$ three.\n\n$$a b$$ (eq-x)\n\n```{prf:theorem} Four\n:label: thm\nFive six `code`.\n```\n"
    folded = "\n```{prf:proof}\n:class: dropdown\nNot counted.\n```\n\n```{solution} ex\nNor this.\n```\n"
    assert words(running_text(text + folded)) == 5
    assert words(prose(text + folded)) == 9
    code = "```python\nnot counted\n```\n\nseven\n\n```\nnor this\n```\n\neight\n"
    assert words(prose(code)) == words(running_text(code)) == 2
    assert length_problems(read_chapter("word " * WORDS[0])) == []
    assert length_problems(read_chapter("word " * (WORDS[0] - 1))) != []
    assert length_problems(read_chapter("word " * (WORDS[1] + 1))) != []
