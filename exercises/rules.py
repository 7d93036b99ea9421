"""Rules for the single cells of a problem set's source."""

import re

from nbformat import NotebookNode

SECTION_LINK = re.compile(r"\[([^\]]*)\]\(#([\w-]+)\)")
SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


class SourceError(Exception):
    """The source of a problem set breaks a rule; the message says where, which, and what to do."""


def check_cell(slug: str, cell: NotebookNode) -> None:
    grade_id = cell.metadata.nbgrader.grade_id
    if not grade_id.startswith(f"{slug}-"):
        raise SourceError(f"cell {grade_id} stands in exercise {slug}: its grade_id must begin with '{slug}-'")
    check_markdown(cell)
    delimiters = [
        line.strip() for line in cell.source.splitlines() if re.search(r"(BEGIN|END) (SOLUTION|HIDDEN)", line)
    ]
    if grade_id == f"{slug}-solution":
        must_be(cell, grade=False, solution=True, locked=False, code=True)
        if not delimiters or delimiters != list(SOLUTION) * (len(delimiters) // 2):
            raise SourceError(
                f"cell {grade_id}: the solution must stand between lines {SOLUTION[0]!r} and {SOLUTION[1]!r}"
            )
    elif "-check-" in grade_id:
        must_be(cell, grade=True, solution=False, locked=True, code=True)
        if float(cell.metadata.nbgrader.get("points", 0)) <= 0:
            raise SourceError(f"cell {grade_id}: a check needs points above 0")
        if delimiters != list(HIDDEN) * (len(delimiters) // 2):
            raise SourceError(f"cell {grade_id}: hidden tests must stand between lines {HIDDEN[0]!r} and {HIDDEN[1]!r}")
    else:
        must_be(cell, grade=False, solution=False, locked=True, code=False if grade_id.endswith("-statement") else None)
        if delimiters:
            raise SourceError(f"cell {grade_id}: {delimiters[0]!r} belongs in a solution or a check")


def must_be(cell: NotebookNode, *, grade: bool, solution: bool, locked: bool, code: bool | None = None) -> None:
    meta = cell.metadata.nbgrader
    for key, wanted in (("grade", grade), ("solution", solution), ("locked", locked)):
        if bool(meta.get(key)) != wanted:
            raise SourceError(f"cell {meta.grade_id}: its nbgrader metadata must have {key!r}: {str(wanted).lower()}")
    if code is not None and (cell.cell_type == "code") != code:
        raise SourceError(f"cell {meta.grade_id}: it must be a {'code' if code else 'markdown'} cell")


def check_markdown(cell: NotebookNode) -> None:
    """Markdown cells are read by Jupyter, too: no roles or directives, and links to sections bear words."""
    if cell.cell_type != "markdown":
        return
    where = f"cell {cell.metadata.nbgrader.grade_id}"
    if found := re.search(r"\{[\w:]+\}`|^\s*(?:`{3,}|:{3,})\s*\{", cell.source, re.MULTILINE):
        raise SourceError(f"{where}: {found[0].strip()!r} is MyST, which Jupyter does not show; use plain Markdown")
    if any(not words.strip() for words, _ in SECTION_LINK.findall(cell.source)):
        raise SourceError(f"{where}: a link to a section needs words between its brackets")


def grade_id_of(cell: NotebookNode, number: int) -> str:
    meta = cell.metadata.get("nbgrader", {})
    grade_id = meta.get("grade_id", "")
    if not re.fullmatch(r"[a-z0-9-]{1,64}", grade_id) or meta.get("schema_version") != 3:
        start = cell.source.strip().partition("\n")[0][:50]
        raise SourceError(
            f"cell {number} ({start!r}): it needs nbgrader metadata of schema_version 3 with a grade_id"
            " of lower-case letters, digits and hyphens"
        )
    return grade_id
