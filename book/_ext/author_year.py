"""Bibliography entries labelled as the text cites them, "Shannon, 1948", and sorted by author and year."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsortedStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx


def names(entry: Any) -> str:
    """Last names as the text cites them: "Shannon", "Cover and Thomas", "Kraskov et al."; else the editors."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    last = [" ".join(str(part) for part in [*person.rich_prelast_names, *person.rich_last_names]) for person in people]
    if len(last) > 2:
        return f"{last[0]} et al."
    return " and ".join(last)


class AuthorYearLabels(BaseLabelStyle):
    def format_labels(self, sorted_entries: list[Any]) -> Iterator[str]:
        plain = [f"{names(entry)}, {entry.fields.get('year', 'n.d.')}" for entry in sorted_entries]
        total, seen = Counter(plain), Counter[str]()
        for label in plain:
            seen[label] += 1
            yield label if total[label] == 1 else f"{label}{chr(ord('a') + seen[label] - 1)}"


class AuthorYearStyle(UnsortedStyle):
    default_label_style = AuthorYearLabels
    default_sorting_style = "author_year_title"


def setup(app: Sphinx) -> dict[str, Any]:
    register_plugin("pybtex.style.formatting", "author_year", AuthorYearStyle)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
