"""The site of the documents: complete, without dead links, without a network, readable on a phone.

A link to a file of the repository that is not a page of the site is a link on GitHub, and plain text on the
site. Files that are named as code, from the repository's root, are checked too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if DOCS / "_build" not in path.parents)
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *PAGES]
NAMES = {path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES}
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
FILE = re.compile(r"(?<!^Create )`((?:benches|docs|examples|guest|native|src|tests)/[\w./-]*)`", re.MULTILINE)
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
PHONE, LAPTOP = ViewportSize(width=390, height=844), ViewportSize(width=1366, height=800)


def label(path: Path) -> str:
    """The path of a document from the root."""
    return path.relative_to(ROOT).as_posix()


# MARKDOWN


@cache
def prose(path: Path) -> str:
    """A document without its blocks of code."""
    return FENCED.sub("", path.read_text())


def links(path: Path) -> list[str]:
    """The targets of a document's links, except links to other sites."""
    found = re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", prose(path)))
    return [link for link in found if not urlsplit(link).scheme]


@cache
def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    found: list[str] = []
    for heading in re.findall(r"^#+ +(.+?) *$", prose(path), re.MULTILINE):
        text = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.append(slug if slug not in found else f"{slug}-{found.count(slug)}")
    return set(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=label)
def test_links(path: Path) -> None:
    for link in links(path):
        name, _, anchor = link.partition("#")
        target = Path(os.path.normpath(path.parent / name)) if name else path
        assert target.exists(), link
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=label)
def test_files_that_are_named_exist(path: Path) -> None:
    assert [name for name in FILE.findall(prose(path)) if not (ROOT / name).exists()] == []


def test_the_contents_list_every_page_once() -> None:
    listed = re.findall(r"^- \[.+?\]\((.+?)\.md\)", (DOCS / "index.md").read_text(), re.MULTILINE)
    assert sorted([*listed, "index"]) == sorted(NAMES)


# HTML


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@cache
def elements(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page, with their attributes."""
    parser = _Elements()
    parser.feed(path.read_text())
    return parser.found


@cache
def identifiers(path: Path) -> set[str]:
    """The anchors of a page."""
    return {attributes["id"] for _, attributes in elements(path) if "id" in attributes}


def html_pages(site: Path) -> Iterator[Path]:
    """Every page of the site."""
    return site.rglob("*.html")


def test_every_document_is_a_page(site: Path) -> None:
    others = {"genindex", "search", "explorer-sample"}
    assert {path.relative_to(site).with_suffix("").as_posix() for path in html_pages(site)} == NAMES | others


def test_every_page_has_the_contents(site: Path) -> None:
    groups = re.findall(r"^## (.+)$", (DOCS / "index.md").read_text(), re.MULTILINE)
    for name in NAMES:
        text = (site / f"{name}.html").read_text()
        assert re.findall(r'<span class="caption-text">(.+?)</span>', text) == groups
        assert len(re.findall(r'<li class="toctree-l1', text)) == len(NAMES) - 1


def test_links_of_the_site(site: Path) -> None:
    for page in html_pages(site):
        for tag, attributes in elements(page):
            link = urlsplit(attributes.get("href", ""))
            if tag != "a" or link.scheme:
                continue
            target = Path(os.path.normpath(page.parent / unquote(link.path))) if link.path else page
            assert target.is_file(), f"{page}: {link.geturl()}"
            if link.fragment and target.suffix == ".html":
                assert link.fragment in identifiers(target), f"{page}: {link.geturl()}"


@pytest.mark.parametrize(
    ("page", "schema"),
    [
        ("trace", "tracing/trace"),
        ("trace", "tracing/timeline"),
        ("scene", "formats/scene"),
        ("testing", "testing/report"),
    ],
)
def test_schemas_can_be_downloaded(site: Path, page: str, schema: str) -> None:
    """The page links to the file of the package, and the site has a copy of that same file."""
    (link,) = [
        attributes["href"]
        for _, attributes in elements(site / f"{page}.html")
        if attributes.get("href", "").endswith(f"{schema.partition('/')[2]}.schema.json")
    ]
    packaged = ROOT / f"src/solproof/{schema}.schema.json"
    assert (site / link).read_bytes() == packaged.read_bytes()


def test_nothing_is_loaded_from_a_network(site: Path) -> None:
    for page in html_pages(site):
        for tag, attributes in elements(page):
            address = urlsplit(attributes.get(LOADED.get(tag, ""), ""))
            # A data URL holds its content.
            from_network = address.netloc or address.scheme not in {"", "data"}
            assert not from_network, f"{page}: {tag} {address.geturl()}"
            assert not {"srcset", "background"} & set(attributes)
    for style in site.rglob("*.css"):
        text = style.read_text()
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", text), style


def test_search_index(site: Path) -> None:
    text = (site / "searchindex.js").read_text()
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert set(index["docnames"]) == NAMES
    assert "poseidon2" in index["terms"]


# BROWSER


def test_pages_fit_the_screen(site: Path, browser: Browser) -> None:
    """No page scrolls sideways, although wide tables may. No page reports an error or uses a network."""
    page, complaints = browser.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if request.url[:5] != "file:" else None)
    for name in sorted(NAMES):
        page.goto((site / f"{name}.html").as_uri())
        for screen in (PHONE, LAPTOP):
            page.set_viewport_size(screen)
            assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], name
    page.close()
    assert complaints == []


def test_the_sample_of_the_explorer(site: Path, browser: Browser) -> None:
    """The explorer's page leads to a page that works and shows the Transfer of the demo."""
    page, complaints = browser.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if request.url[:5] != "file:" else None)
    page.goto((site / "explorer.html").as_uri())
    page.click('article a:text-is("explorer-sample.html")')
    page.wait_for_selector("#loading", state="detached", timeout=60_000)
    assert page.inner_text("#facts").split()[:4] == ["76", "steps", "76", "CU"]
    page.keyboard.press("End")
    assert page.inner_text("#step .big") == "exit"
    page.close()
    assert complaints == []


def test_search(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=flame+graph")
    page.wait_for_selector('#search-results li a:text-is("The command line")', timeout=60_000)
    page.close()
