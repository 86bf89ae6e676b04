"""Markdown of generated pages: plain tables, and the lines on top that say where a page comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

COMMAND = "python -m solproof.reference docs/reference"


def heading(title: str, subject: str, source: str) -> list[str]:
    """Title, what the page is, what it is generated from and how; the last line is empty."""
    return [
        f"# {title}",
        "",
        subject,
        "",
        f"Generated from {source} by `{COMMAND}`; a test keeps it equal to the code.",
        "",
    ]


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table with its head."""
    return [row(names), "|" + "---|" * len(names), *map(row, rows)]


def row(cells: Iterable[object]) -> str:
    """A row; a bar in a cell is escaped."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def source_link(path: str) -> str:
    """A link from docs/reference to a file of the repository."""
    return f"[{path}](../../{path})"
