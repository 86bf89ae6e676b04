"""The site that `make docs` makes of the Markdown files here, which GitHub shows as they are."""

from __future__ import annotations

import os
import re
from importlib.metadata import version as version_of
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from solproof.demo import programs, scenario
from solproof.execution.execute import execute
from solproof.explorer.page import explore

project = "solproof"
version = release = version_of(project)
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
# The anchors of headings are those of GitHub, down to this level.
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
smartquotes = False

# Files outside this folder that the site offers for download where a page links to them.
PUBLISHED = (
    "src/solproof/tracing/trace.schema.json",
    "src/solproof/tracing/timeline.schema.json",
    "src/solproof/formats/scene.schema.json",
    "src/solproof/formats/transaction.schema.json",
    "src/solproof/testing/report.schema.json",
)

GROUP = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
PAGE = re.compile(r"^- \[(.+?)\]\((.+?)\.md\)", re.MULTILINE)
LINK = re.compile(r"\[([^][]+)\]\(([^()\s]+)\)")
# Made with the site, so documents name the file as code, and only the site has a link.
SAMPLE = "explorer-sample.html"


def add_contents(_: Sphinx, document: str, source: list[str]) -> None:
    """Add the tree of contents to the front page, made of its headings and its lists of links."""
    if document == "index":
        for title, links in GROUP.findall(source[0]):
            pages = "\n".join(f"{name} <{page}>" for name, page in PAGE.findall(links))
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n"


def unlink_other_files(site: Sphinx, document: str, source: list[str]) -> None:
    """Leave only the text of links to files of the repository that are no part of the site; names as code."""
    folder = Path(site.srcdir, document).parent
    published = [Path(site.srcdir).parent / name for name in PUBLISHED]

    def inside(link: re.Match[str]) -> str:
        text, target = link.groups()
        path = Path(os.path.normpath(folder / target))
        if path.is_relative_to(site.srcdir) or path in published:
            return link[0]
        return text if " " in text or "`" in text else f"`{text}`"

    source[0] = LINK.sub(inside, source[0])


def link_sample(_: Sphinx, document: str, source: list[str]) -> None:
    """Turn the name of the sample of the explorer into a link, on the explorer's page."""
    if document == "explorer":
        source[0] = source[0].replace(f"`{SAMPLE}`", f'<a href="{SAMPLE}">{SAMPLE}</a>')


def make_sample(site: Sphinx, error: Exception | None) -> None:
    """Write the sample of the explorer: the Transfer of the demo, with p-token."""
    if error is None and site.builder.format == "html":
        page = explore(execute(scenario.transfer(programs.p_token())), "p-token")
        Path(site.outdir, SAMPLE).write_text(page, encoding="utf-8")


def setup(site: Sphinx) -> None:
    """Called by Sphinx."""
    site.connect("source-read", add_contents)
    site.connect("source-read", unlink_other_files)
    site.connect("source-read", link_sample)
    site.connect("build-finished", make_sample)
    site.add_lexer("hex", TextLexer)  # listings of bytes
