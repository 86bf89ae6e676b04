"""Tables that hold at any width: columns for which there is no room follow below, beside the names again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line, has_letters, memory_console, printed, screen_width, write

TABLE_WIDTH = 160
"""The width of a table in a file or a pipe, in characters."""
NAME_WIDTH = 12
"""A name is folded to at least this width if there is no room."""
_GAP = 3
"""Blanks between two columns of a table."""
ASCII_HEAD = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
"""Like `SIMPLE_HEAD`, for encodings without lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Numbers are aligned to the right. Names are folded if there is no room.

    with_previous: it stays beside the column before it, as the share of a number does.
    """

    title: str
    is_number: bool = True
    with_previous: bool = False


def print_table(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print an empty line and a table on standard output, with emphasis on a terminal.

    If it is too wide, it is printed in several parts, which all begin with the names.
    """
    width = screen_width() or TABLE_WIDTH
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [
        max(cell_len(column.title), *(cell_len(row[number]) for row in cells))
        for number, column in enumerate(columns)
    ]
    names = [number for number, column in enumerate(columns) if not column.is_number]
    taken = sum(min(widths[number], NAME_WIDTH) + _GAP for number in names)
    lines = ["", title]
    for part in _parts(columns, widths, width - taken):
        lines += _table(
            [columns[n] for n in (*names, *part)], [[row[n] for n in (*names, *part)] for row in cells], width
        )
    write("\n".join(lines))


def _parts(columns: Sequence[Column], widths: Sequence[int], room: int) -> list[list[int]]:
    """The numbers of the number columns, in parts that fit into the room. None but the first is empty."""
    groups: list[list[int]] = []
    for number, column in enumerate(columns):
        if column.is_number and column.with_previous and groups:
            groups[-1].append(number)
        elif column.is_number:
            groups.append([number])
    parts: list[list[int]] = [[]]
    for group in groups:
        if parts[-1] and sum(widths[number] + _GAP for number in (*parts[-1], *group)) > room:
            parts.append([])
        parts[-1] += group
    return parts


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    table = Table(box=SIMPLE_HEAD if has_letters("─") else ASCII_HEAD, pad_edge=False)
    for column in columns:
        if column.is_number:
            table.add_column(column.title, justify="right", no_wrap=True)
        else:
            table.add_column(column.title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = memory_console(width)
    console.print(table)
    lines = [line.rstrip() for line in printed(console).splitlines()]
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record that is printed before the later records are known: its title and its width."""

    title: str
    width: int
    is_number: bool = True


def header_lines(fields: Sequence[Field]) -> list[Line]:
    """The titles above the lines of records."""
    return record_lines(fields, [field.title for field in fields])


def record_lines(fields: Sequence[Field], values: Sequence[str], rest: str = "") -> list[Line]:
    """A record as one line, or as several if the screen is narrow. All records break at the same fields.

    rest: a text of any length behind the fields.
    """
    width = screen_width() or TABLE_WIDTH
    lines = [""]
    for field, value in zip(fields, values, strict=True):
        cell = f"{value:>{field.width}}" if field.is_number else f"{value:<{field.width}}"
        if lines[-1] and len(lines[-1]) + 2 + field.width > width:
            lines.append("")
        lines[-1] += f"  {cell}" if lines[-1] or len(lines) > 1 else cell
    return [line.rstrip() for line in (lines if not rest else [*lines[:-1], f"{lines[-1]}  {rest}"])]
