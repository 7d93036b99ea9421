"""The built book: no warning, no request that leaves it, no dead link, no figure without a description."""

import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"

# What a browser fetches without being asked. An ordinary link (<a href>) may lead anywhere.
FETCHED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
}
HARMLESS_LINK_RELATIONS = {"canonical", "next", "prev", "search", "index", "author", "license", "copyright", "help"}
OUTSIDE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
URL_IN_CODE = re.compile(r"""["'`(]\s*(?:https?:)?//[\w.-]+\.[a-z]{2,}[^"'`)\s]*""", re.IGNORECASE)
CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)
UNRESOLVED = re.compile(r"\{(?:glue|ref|numref|eq|cite|prf)[\w:]*\}|\?\?|\[\?\]")


def soup_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def addresses(tag: Tag, attribute: str) -> list[str]:
    value = str(tag.get(attribute) or "")
    return [part.split()[0] for part in value.split(",") if part.strip()] if attribute == "srcset" else [value]


def css_addresses(css: str) -> list[str]:
    found = [first or second for first, second in CSS_ADDRESS.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))]
    return [address for address in found if not address.startswith("data:")]


def outside_requests(html: str) -> list[str]:
    """Addresses elsewhere that a browser would fetch when it opens the page, or that its inline scripts name."""
    page = soup_of(html)
    fetched = [
        a for name, attrs in FETCHED.items() for tag in page(name) for attr in attrs for a in addresses(tag, attr)
    ]
    for link in page("link"):
        if not set(link.get("rel") or []) <= HARMLESS_LINK_RELATIONS:
            fetched.append(str(link.get("href", "")))
    for tag in page(["style"]):
        fetched += css_addresses(tag.get_text())
    for tag in page(style=True):
        fetched += css_addresses(str(tag["style"]))
    found = [address for address in fetched if OUTSIDE.match(address)]
    for script in page("script", src=False):
        found += [match.strip("\"'`( ") for match in URL_IN_CODE.findall(script.get_text())]
    return found


def local_targets(html: str) -> list[str]:
    """Every address on the page that must be a file of the book."""
    page = soup_of(html)
    found = [a for name, attrs in FETCHED.items() for tag in page(name) for attr in attrs for a in addresses(tag, attr)]
    found += [str(tag["href"]) for tag in page(["a", "link"], href=True)]
    return [a for a in found if a and not OUTSIDE.match(a) and not re.match(r"(?:data|mailto|javascript|about):", a)]


@cache
def ids_of(path: Path, changed: int) -> set[str]:
    return {str(tag["id"]) for tag in soup_of(path.read_text(encoding="utf-8"))(id=True)}


def dead_targets(page: Path, site: Path) -> list[str]:
    """Local addresses of a page that lead to no file of the site, or to no id in the page they name."""
    dead = []
    for address in set(local_targets(page.read_text(encoding="utf-8"))):
        parts = urlsplit(address)
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or site.resolve() not in target.parents:
            dead.append(address)
        elif parts.fragment and target.suffix == ".html":
            there = ids_of(target, target.stat().st_mtime_ns)
            dead += [] if unquote(parts.fragment) in there else [address]
    return sorted(dead)


def images_without_description(html: str) -> list[str]:
    """Pictures without alt text, or with what Sphinx puts there when it was given none: the name of the file."""
    content = soup_of(html).find("article") or soup_of(html)
    described = {str(image.get("src")): str(image.get("alt") or "").strip() for image in content("img")}
    return [source for source, text in described.items() if not text or re.search(r"\.(?:png|svg|jpe?g)$", text)]


def repeated_ids(html: str) -> list[str]:
    counts = Counter(str(tag["id"]) for tag in soup_of(html)(id=True))
    return [name for name, count in counts.items() if count > 1]


def text_left_unresolved(html: str) -> list[str]:
    article = soup_of(html).find("article") or soup_of(html)
    for code in article(["pre", "code", "script"]):
        code.decompose()
    return UNRESOLVED.findall(article.get_text())


def listed() -> list[str]:
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    return re.findall(r"^[\s-]*(?:root|file):\s*(\S+)\s*$", toc, re.MULTILINE)


def built(site: Path) -> list[str]:
    """Pages of the last build. Files of earlier ones may still lie in the folder, so the search index is asked."""
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    return json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))["docnames"]


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, built here as `make book` builds it; what `_build` holds already is not made again."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-n", "--keep-going"]
    (ROOT / "_build").mkdir(exist_ok=True)
    with FileLock(ROOT / "_build" / "tests.lock"):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=480)
    assert done.returncode == 0, (
        f"the book does not build without warnings:\n{done.stdout[-3000:]}{done.stderr[-6000:]}"
    )
    return SITE


@pytest.fixture(scope="session")
def pages(site) -> dict[str, str]:
    """The book's pages and those that Sphinx adds at the top, by path in the site."""
    there = [site / f"{name}.html" for name in built(site)] + list(site.glob("*.html"))
    return {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in sorted(there)}


@pytest.mark.book
def test_the_site_has_the_listed_pages_and_no_other(site, pages):
    assert sorted(built(site)) == sorted(listed())
    assert "index.html" in pages


@pytest.mark.book
def test_no_request_leaves_the_book(pages):
    assert {name: found for name, html in pages.items() if (found := outside_requests(html))} == {}


@pytest.mark.book
def test_no_style_sheet_reaches_outside(site):
    sheets = {path.relative_to(site).as_posix(): css_addresses(path.read_text("utf-8")) for path in site.rglob("*.css")}
    assert sheets
    assert {name: a for name, found in sheets.items() for a in found if OUTSIDE.match(a)} == {}
    for name, found in sheets.items():
        for address in found:
            # Pygments' and Sphinx's sheets name a few pictures that only some pages need; fonts must all be there.
            if re.search(r"\.(?:woff2?|ttf|otf|css)\b", address):
                assert (site / name).parent.joinpath(urlsplit(address).path).resolve().is_file(), (name, address)


@pytest.mark.book
def test_every_local_address_is_a_file(site, pages):
    assert {name: dead for name in pages if (dead := dead_targets(site / name, site))} == {}


@pytest.mark.book
def test_mathematics_is_set_by_the_book_itself(site, pages):
    with_maths = {name: html for name, html in pages.items() if 'class="math' in html}
    assert with_maths
    for name, html in with_maths.items():
        (script,) = [str(s["src"]) for s in soup_of(html)("script", src=True) if "mathjax" in str(s["src"])]
        assert (site / name).parent.joinpath(
            urlsplit(script).path
        ).resolve() == site.resolve() / "mathjax/tex-mml-chtml.js"
    # Sizes, main letters, italic letters and blackboard letters: the fonts that the script asks for by name.
    fonts = {path.name for path in (site / "mathjax/output/chtml/fonts/woff-v2").glob("*.woff")}
    assert {f"MathJax_{face}.woff" for face in ("Main-Regular", "Math-Italic", "Size2-Regular", "AMS-Regular")} <= fonts
    assert '"enableMenu": false' in html


@pytest.mark.book
def test_every_picture_is_described(pages):
    assert {name: found for name, html in pages.items() if (found := images_without_description(html))} == {}


@pytest.mark.book
def test_every_id_is_given_once(pages):
    assert {name: found for name, html in pages.items() if "/" in name and (found := repeated_ids(html))} == {}


@pytest.mark.book
def test_nothing_is_left_unresolved(pages):
    assert {name: found for name, html in pages.items() if (found := text_left_unresolved(html))} == {}


@pytest.mark.book
def test_one_search_field_and_one_list_of_chapters(pages):
    for name, html in pages.items():
        if "/" in name:
            assert len(soup_of(html).select(".search-button-field")) == 1, name
            assert len(soup_of(html).select("nav.bd-links")) == 1, name


@pytest.mark.book
def test_a_lab_can_be_downloaded(site, pages):
    labs = [name for name in pages if name.startswith("notebooks/")]
    assert labs
    for name in labs:
        (address,) = {str(a["href"]) for a in soup_of(pages[name])("a", href=True) if str(a["href"]).endswith(".ipynb")}
        given = (site / name).parent.joinpath(address).resolve()
        assert given.read_bytes() == (ROOT / name).with_suffix(".ipynb").read_bytes()


@pytest.mark.book
def test_a_build_with_nothing_changed_executes_nothing(site):
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-n", "--keep-going"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "0 added, 0 changed, 0 removed" in done.stdout
    assert "Executed notebook" not in done.stdout + done.stderr


def test_the_configuration_asks_for_no_network():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings = config["sphinx"]["config"]
    assert settings["mathjax_path"] == "../mathjax/tex-mml-chtml.js"
    assert settings["nb_ipywidgets_js"] == {}
    assert not {"sphinx_thebe", "sphinx.ext.intersphinx"} & set(settings["extensions"])


PAGE = """<html><head><link rel="stylesheet" href="a.css"><link rel="canonical" href="https://x.org/"></head>
<body><article id="top"><p>Five.</p><a href="https://x.org">out</a><a href="#top">up</a><img src="a.png" alt="A curve.">
<code>{glue}</code></article><script>const x = "a//b"; // see https://x.org
</script></body></html>"""


@pytest.fixture
def small_site(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "a.css").write_text("p { color: red }", encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"")
    return tmp_path


def test_the_checks_accept_a_page_that_stays_at_home(small_site):
    assert outside_requests(PAGE) == []
    assert dead_targets(small_site / "page.html", small_site) == []
    assert images_without_description(PAGE) == []
    assert repeated_ids(PAGE) == []
    assert text_left_unresolved(PAGE) == []


@pytest.mark.parametrize(
    "addition",
    [
        '<script src="https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-mml-chtml.js"></script>',
        '<script src="//unpkg.com/thebe"></script>',
        '<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=X">',
        '<link rel="preconnect" href="https://fonts.gstatic.com">',
        '<link rel="icon" href="http://x.org/favicon.ico">',
        '<img alt="x" src="https://x.org/a.png">',
        '<img alt="x" src="a.png" srcset="a.png 1x, https://x.org/b.png 2x">',
        '<iframe src="https://x.org"></iframe>',
        "<style>@import 'https://x.org/a.css';</style>",
        '<p style="background: url(https://x.org/a.png)">x</p>',
        '<script>const URL = "https://unpkg.com/thebe@0.8.2/lib/index.js"</script>',
        "<script>import('//x.org/a.js')</script>",
    ],
)
def test_the_network_check_sees(addition):
    assert len(outside_requests(PAGE.replace("</body>", addition + "</body>"))) == 1


def test_the_style_check_sees_imports_and_fonts():
    css = "/* url(https://a.org) */ @import 'https://b.org/x.css'; a { b: url(//c.org/f.woff2); d: url(data:x) }"
    assert css_addresses(css) == ["https://b.org/x.css", "//c.org/f.woff2"]


@pytest.mark.parametrize(
    ("old", "new", "dead"),
    [
        ("a.css", "b.css", "b.css"),
        ('src="a.png"', 'src="../a.png"', "../a.png"),
        ('href="#top"', 'href="#bottom"', "#bottom"),
        ('href="#top"', 'href="other.html#top"', "other.html#top"),
    ],
)
def test_the_link_check_sees(small_site, old, new, dead):
    (small_site / "page.html").write_text(PAGE.replace(old, new), encoding="utf-8")
    assert dead_targets(small_site / "page.html", small_site) == [dead]


def test_the_other_checks_see():
    assert images_without_description(PAGE.replace("A curve.", " ")) == ["a.png"]
    assert images_without_description(PAGE.replace(' alt="A curve."', "")) == ["a.png"]
    assert images_without_description(PAGE.replace("A curve.", "../_images/a.png")) == ["a.png"]
    assert repeated_ids(PAGE.replace("<p>", '<p id="top">')) == ["top"]
    assert text_left_unresolved(PAGE.replace("Five.", "{glue:text}x and ??")) == ["{glue:text}", "??"]
