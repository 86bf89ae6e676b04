"""An `Interface`: what a program can be asked, what its accounts hold, and what its errors are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from solproof.errors import InputError
from solproof.interfaces.layouts import Layout, Struct, Value, ValueReader
from solproof.interfaces.names import same_name
from solproof.representation import short_repr
from solproof.runtime.instruction_error import InstructionFailure

LONGEST_SHOWN = 64
"""The most bytes of a value that a text for people shows."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes of a program with their meaning.

    program: the name of its interface.
    name: of the instruction, the type of account or the event.
    values: by the name of the argument or field.
    accounts: of an instruction: the name and the address of each, in its order.
    """

    program: str
    name: str
    values: Mapping[str, Value]
    accounts: tuple[tuple[str, bytes], ...] = ()

    __repr__ = short_repr

    def text(self) -> str:
        """The name and the values in one line."""
        return " ".join([self.name, *(f"{name}={value_text(value)}" for name, value in self.values.items())])

    def as_json(self) -> dict[str, Any]:
        """Program, name and values as JSON fields."""
        return {"program": self.program, "name": self.name, "values": json_value(self.values)}


@dataclass(frozen=True, slots=True)
class Role:
    """What an account of an instruction is for.

    optional: whether the program's own address can stand in its place.
    """

    name: str
    is_signer: bool = False
    is_writable: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class InstructionType:
    """One instruction of a program.

    discriminator: the bytes in front of the arguments.
    others: the name of any accounts after those in `accounts`.
    """

    name: str
    discriminator: bytes
    arguments: Struct = field(default_factory=Struct)
    accounts: tuple[Role, ...] = ()
    others: str = "account"

    __repr__ = short_repr

    def encode(self, arguments: Mapping[str, Value]) -> bytes:
        """The instruction data. Raises `InputError` that names the argument that is missing or not valid."""
        parts = [self.discriminator]
        for name, layout, value in self.arguments.assigned(arguments, f"instruction {self.name}"):
            parts.append(layout.write(value, f"argument {name}"))
        return b"".join(parts)

    def named(self, keys: Sequence[bytes]) -> tuple[tuple[str, bytes], ...]:
        """Accounts with their names."""
        names = [role.name for role in self.accounts[: len(keys)]]
        names += [f"{self.others} {number}" for number in range(1, len(keys) - len(names) + 1)]
        return tuple(zip(names, keys, strict=True))


@dataclass(frozen=True, slots=True)
class AccountType:
    """One type of account of a program.

    discriminator: bytes at `offset` that only accounts of this type have.
    length: of the data, None if it varies.
    skip: where the fields begin.
    """

    name: str
    layout: Layout
    discriminator: bytes = b""
    offset: int = 0
    length: int | None = None
    skip: int = 0

    __repr__ = short_repr

    def fits(self, data: bytes) -> bool:
        """Whether the data can be an account of this type."""
        marked = data[self.offset : self.offset + len(self.discriminator)] == self.discriminator
        return marked and (self.length is None or len(data) == self.length)


@dataclass(frozen=True, slots=True)
class EventType:
    """One event that a program writes into the log, or into an instruction for itself."""

    name: str
    discriminator: bytes
    layout: Layout

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class ErrorType:
    """A name for a program's own error number, and what it means."""

    name: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Interface:
    """The interface of a program.

    addresses: of the programs that have this interface.
    instructions, accounts: the first that fits decides.
    errors: by number.
    anchor: whether the program is written with Anchor, whose framework has events and errors of its own.
    """

    name: str
    addresses: tuple[bytes, ...] = ()
    instructions: tuple[InstructionType, ...] = ()
    accounts: tuple[AccountType, ...] = ()
    events: tuple[EventType, ...] = ()
    errors: Mapping[int, ErrorType] = field(default_factory=dict)
    anchor: bool = False

    __repr__ = short_repr

    def instruction(self, name: str) -> InstructionType:
        """The instruction with this name. Upper case and underscores make no difference.

        Raises `InputError` with the names that exist.
        """
        for instruction in self.instructions:
            if same_name(instruction.name, name):
                return instruction
        names = ", ".join(instruction.name for instruction in self.instructions) or "none"
        raise InputError(f"{self.name} has no instruction {name!r}, expected one of: {names}")

    def decode_instruction(self, data: bytes, keys: Sequence[bytes] = ()) -> Decoded | None:
        """The meaning of instruction data. None if it is not known.

        keys: the addresses of the instruction's accounts.
        """
        for instruction in self.instructions:
            if data.startswith(instruction.discriminator):
                values = _read(instruction.arguments, data, len(instruction.discriminator))
                if values is not None:
                    return Decoded(self.name, instruction.name, values, instruction.named(keys))
        return None

    def decode_account(self, data: bytes) -> Decoded | None:
        """The meaning of an account's data. None if it is not known."""
        for account in self.accounts:
            if account.fits(data):
                values = _read(account.layout, data, account.skip)
                if values is not None:
                    return Decoded(self.name, account.name, values)
        return None

    def decode_event(self, data: bytes) -> Decoded | None:
        """The meaning of an event's bytes. None if it is not known."""
        for event in self.events:
            if data.startswith(event.discriminator):
                values = _read(event.layout, data, len(event.discriminator))
                if values is not None:
                    return Decoded(self.name, event.name, values)
        return None


def _read(layout: Layout, data: bytes, start: int) -> Mapping[str, Value] | None:
    """The values in some bytes. None if the bytes are not of this layout."""
    reader = ValueReader(data)
    try:
        reader.take(start)
        value = layout.read(reader)
    except (InstructionFailure, RecursionError):
        return None
    return value if isinstance(value, Mapping) else {"value": value}


def json_value(value: Value) -> Value:
    """A value for JSON: bytes are a text in hexadecimal."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, Mapping):
        return {name: json_value(part) for name, part in value.items()}
    return [json_value(part) for part in value] if isinstance(value, list) else value


def value_text(value: Value) -> str:
    """A value for people, short and in one line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        more = f"... ({len(value):,} bytes)" if len(value) > LONGEST_SHOWN else ""
        return f"0x{value[:LONGEST_SHOWN].hex()}{more}"
    if isinstance(value, Mapping):
        parts = (f"{name}: {value_text(part)}" for name, part in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, str):
        return "".join(sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}" for sign in value)
    return str(value)
