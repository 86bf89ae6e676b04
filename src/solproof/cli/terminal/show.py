"""Printing of results, as JSON objects or as aligned lines for people."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from solproof.cli.terminal.failure import printable
from solproof.cli.terminal.screen import Line, rendered, standard_output, write
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.execution_output import ExecutionOutput

Fields = dict[str, Any]
GOOD, BAD = "green", "red"
"""The colours of success and failure."""
VERDICTS = {("success", "yes"): GOOD, ("success", "no"): BAD, ("proof", "valid"): GOOD}
"""The colours of values that tell success or failure, by their names."""


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


def aligned(pairs: Sequence[tuple[str, str]]) -> list[Line]:
    """Lines with the names in one column and the values in the next. Success and failure have colours."""
    width = max(len(name) for name, _ in pairs)
    return [_pair(f"{name:<{width}}  ", value, _colour(name, value)) for name, value in pairs]


def _colour(name: str, value: str) -> str | None:
    return BAD if name == "error" else VERDICTS.get((name, value))


def _pair(label: str, value: str, colour: str | None) -> Line:
    if colour is None:
        return f"{label}{value}".rstrip()
    return Text(label).append(printable(value), colour)


def print_json(fields: Fields) -> None:
    """Print one JSON object on standard output."""
    write(json.dumps(fields, indent=2))


def print_lines(lines: Sequence[Line]) -> None:
    """Print lines on standard output, wrapped to the width of a terminal.

    Control characters are escaped, so a program's log can neither control the terminal nor begin a line.
    """
    write(rendered(list(lines)))


def print_source(text: str) -> None:
    """Print a text that other programs read, such as a program's source. Its lines are never wrapped."""
    write("\n".join(map(printable, text.split("\n"))))


def print_pieces(pieces: Iterable[bytes]) -> None:
    """Write the pieces of a long result to standard output, each as soon as it is made."""
    with standard_output() as output:
        for piece in pieces:
            output.buffer.write(piece)
