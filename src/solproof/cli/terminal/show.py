"""Printing of results, as JSON objects or as aligned lines for people."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.errors import OutputError
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.execution_output import ExecutionOutput

Fields = dict[str, Any]
TABLE_WIDTH = 160
"""The width of a table that is not printed on a terminal, in characters."""


def outcome_fields(output: ExecutionOutput) -> Fields:
    """The public outputs, and the reason if the instruction failed, as JSON fields."""
    return {
        "success": output.success,
        "exit_code": output.exit_code,
        "error": output.error,
        "error_message": output.error_message,
        "fault": output.fault,
        "pc": output.pc,
        "compute_units": output.compute_units,
        "compute_units_charged": output.compute_units_charged,
        "instructions": output.instructions,
        "accounts_modified": output.accounts_modified,
    }


def account_fields(account: Account) -> Fields:
    """An account in the form of JSON inputs."""
    return {
        "key": address_text(account.key),
        "owner": address_text(account.owner),
        "lamports": account.lamports,
        "data": [base64.b64encode(account.data).decode("ascii"), "base64"],
        "executable": account.executable,
    }


def aligned(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Lines with the names in one column and the values in the next."""
    width = max(len(name) for name, _ in pairs)
    return [f"{name:<{width}}  {value}".rstrip() for name, value in pairs]


def print_json(fields: Fields) -> None:
    """Print one JSON object on standard output."""
    _write(json.dumps(fields, indent=2))


def print_lines(lines: Sequence[str]) -> None:
    """Print lines on standard output. Control characters are escaped, so a program's log cannot control the
    terminal.
    """
    _write("\n".join(map(printable, "\n".join(lines).split("\n"))))


def print_pieces(pieces: Iterable[bytes]) -> None:
    """Write the pieces of a long result to standard output, each as soon as it is made."""
    with _standard_output() as output:
        for piece in pieces:
            output.buffer.write(piece)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Numbers are aligned to the right. Names are wrapped if there is no room."""

    title: str
    is_number: bool = True


def print_table(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print an empty line and a table on standard output, with emphasis on a terminal."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.title, justify="right" if column.is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    is_terminal = sys.stdout.isatty()
    # Print into memory first, so that `_write` reports an error of standard output like for any other result.
    memory = io.StringIO()
    console = Console(file=memory, force_terminal=is_terminal, width=None if is_terminal else TABLE_WIDTH)
    console.print(table)
    lines = [line.rstrip() for line in memory.getvalue().splitlines()]
    _write("\n".join(["", title, *(line for line in lines if line)]))


def _write(text: str) -> None:
    with _standard_output() as output:
        output.write(text if text.endswith("\n") else text + "\n")


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """The stream for results.

    Raises `OutputError` if it cannot be written to, and `BrokenPipeError` if its reader has closed it.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # The interpreter must not try to write the rest of the buffer again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from None
