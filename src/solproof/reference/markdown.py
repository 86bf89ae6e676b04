"""Markdown of generated pages: headings that name the source of a page, and plain tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

COMMAND = "python -m solproof.reference docs/reference"


def heading(title: str, subject: str, source: str) -> list[str]:
    """The top of a page: its title, its subject, its source and the command that generates it.

    The last line is empty.
    """
    return [
        f"# {title}",
        "",
        subject,
        "",
        f"Generated from {source} by `{COMMAND}`; a test checks that it matches the code.",
        "",
    ]


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table with its header."""
    return [row(names), "|" + "---|" * len(names), *map(row, rows)]


def row(cells: Iterable[object]) -> str:
    """One row of a table. A vertical bar in a cell is escaped."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def source_link(path: str) -> str:
    """A link from docs/reference to a file of the repository."""
    return f"[{path}](../../{path})"
