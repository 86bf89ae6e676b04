"""Short forms for the tables of the known programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from solproof.interfaces.interface import ErrorType, InstructionType, Role
from solproof.interfaces.layouts import Layout, Struct

Row = tuple[str, str, Mapping[str, Layout]]
"""An instruction: its name, its accounts as `roles` takes them, and its arguments."""


def roles(text: str) -> tuple[Role, ...]:
    """Accounts from their names: `*` after a name stands for a signer, and `!` for a writable account."""
    return tuple(Role(name.rstrip("*!"), "*" in name, "!" in name) for name in text.split())


def instruction(discriminator: bytes, row: Row) -> InstructionType:
    """An instruction from its row. A name with `...` after it stands for any accounts that follow."""
    name, accounts, arguments = row
    listed, _, others = accounts.partition("...")
    return InstructionType(
        name, discriminator, Struct(tuple(arguments.items())), roles(listed), others.strip() or "account"
    )


def numbered(width: int, rows: Sequence[Row], prefix: bytes = b"") -> tuple[InstructionType, ...]:
    """Instructions whose discriminators are `prefix` and their positions as numbers of `width` bytes."""
    return tuple(
        instruction(prefix + number.to_bytes(width, "little"), row) for number, row in enumerate(rows)
    )


def errors(names: str | Iterable[str], first: int = 0) -> dict[int, ErrorType]:
    """Errors from their names in the order of their numbers."""
    listed = names.split() if isinstance(names, str) else names
    return {number: ErrorType(name) for number, name in enumerate(listed, first)}
