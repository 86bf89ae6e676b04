"""Transactions and their messages as values, and the strict reader of their wire format.

Source: solana-transaction 4.1 (`VersionedTransaction`), solana-message 4.4 (legacy and v0), and
solana-short-vec 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from solproof.errors import InputError
from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH

MAXIMUM_WIRE_SIZE = 1232
"""The bytes that a packet has for a transaction (`PACKET_DATA_SIZE`, solana-packet 4)."""

SIGNATURE_LENGTH = 64
HASH_LENGTH = 32
VERSION_FLAG = 0x80
"""The highest bit of the first byte of a v0 message, or of a v1 transaction. The others are the version."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class CompiledInstruction:
    """One instruction of a message. Accounts are positions among the account keys, one byte each."""

    program_index: int
    accounts: bytes
    data: bytes

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class AddressTableLookup:
    """The addresses that a message takes from one table: positions in the table, one byte each."""

    key: bytes
    writable_indexes: bytes
    readonly_indexes: bytes

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Message:
    """What a transaction asks for.

    version: None for a legacy message, otherwise 0.
    required_signatures: the first so many static keys sign.
    readonly_signed: the last so many keys that sign are read-only.
    readonly_unsigned: the last so many static keys that do not sign are read-only.
    static_keys: the account keys that the message holds itself, 32 bytes each. The first one pays.
    blockhash: 32 bytes, the hash of a recent block or a durable nonce.
    lookups: empty in a legacy message.
    content: the bytes that are signed, including the version.
    """

    version: int | None
    required_signatures: int
    readonly_signed: int
    readonly_unsigned: int
    static_keys: tuple[bytes, ...]
    blockhash: bytes
    instructions: tuple[CompiledInstruction, ...]
    lookups: tuple[AddressTableLookup, ...]
    content: bytes

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Transaction:
    """A message with its signatures, 64 bytes each, and the number of bytes of both on the wire."""

    signatures: tuple[bytes, ...]
    message: Message
    wire_size: int

    __repr__ = short_repr


def parse_transaction(content: bytes) -> Transaction:
    """Read a legacy or v0 transaction from its wire bytes.

    Only the canonical encoding is accepted, so a transaction has exactly one wire form. `sanitize` decides
    whether its counts and indices make sense.

    Raises `InputError` for more than 1,232 bytes, for bytes that end early or do not end, for a count that is
    not in its shortest form, and for another version.
    """
    if len(content) > MAXIMUM_WIRE_SIZE:
        raise InputError(f"transaction: expected at most {MAXIMUM_WIRE_SIZE} bytes, got {len(content)}")
    wire = _Wire(content)
    if content and content[0] & VERSION_FLAG:  # 128 signatures or more do not fit, so it is not their number
        wire.fail("version", "a legacy or v0 transaction", f"version {content[0] ^ VERSION_FLAG}")
    signatures = wire.items("signatures", lambda name: wire.take(SIGNATURE_LENGTH, name))
    message = _parse_message(wire)
    if wire.position < len(content):
        wire.fail("end of the message", "no further byte", f"{len(content) - wire.position} more")
    return Transaction(signatures, message, len(content))


def _parse_message(wire: _Wire) -> Message:
    start = wire.position
    version = None
    required_signatures = wire.byte("message version or number of required signatures")
    if required_signatures & VERSION_FLAG:
        version = required_signatures ^ VERSION_FLAG
        if version != 0:
            wire.position = start
            wire.fail("message version", "a legacy message or version 0", f"version {version}")
        required_signatures = wire.byte("number of required signatures")
    readonly_signed = wire.byte("number of read-only accounts that sign")
    readonly_unsigned = wire.byte("number of read-only accounts that do not sign")
    static_keys = wire.items("account keys", lambda name: wire.take(KEY_LENGTH, name))
    blockhash = wire.take(HASH_LENGTH, "blockhash")
    instructions = wire.items("instructions", lambda name: _parse_instruction(wire, name))
    lookups: tuple[AddressTableLookup, ...] = ()
    if version is not None:
        lookups = wire.items("address table lookups", lambda name: _parse_lookup(wire, name))
    return Message(
        version=version,
        required_signatures=required_signatures,
        readonly_signed=readonly_signed,
        readonly_unsigned=readonly_unsigned,
        static_keys=static_keys,
        blockhash=blockhash,
        instructions=instructions,
        lookups=lookups,
        content=wire.content[start : wire.position],
    )


def _parse_instruction(wire: _Wire, name: str) -> CompiledInstruction:
    return CompiledInstruction(
        program_index=wire.byte(f"{name}: program index"),
        accounts=wire.counted(f"{name}: accounts"),
        data=wire.counted(f"{name}: data"),
    )


def _parse_lookup(wire: _Wire, name: str) -> AddressTableLookup:
    return AddressTableLookup(
        key=wire.take(KEY_LENGTH, f"{name}: table"),
        writable_indexes=wire.counted(f"{name}: writable indexes"),
        readonly_indexes=wire.counted(f"{name}: read-only indexes"),
    )


class _Wire:
    """The bytes of a transaction and the position of the next byte to read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def fail(self, what: str, expected: str, got: str) -> NoReturn:
        raise InputError(f"transaction: byte {self.position}: {what}: expected {expected}, got {got}")

    def take(self, length: int, what: str) -> bytes:
        """The next bytes."""
        taken = self.content[self.position : self.position + length]
        if len(taken) < length:
            self.fail(what, "1 byte" if length == 1 else f"{length} bytes", str(len(taken)))
        self.position += length
        return taken

    def byte(self, what: str) -> int:
        """The next byte as a number."""
        return self.take(1, what)[0]

    def count(self, what: str) -> int:
        """A compact-u16: seven bits in each byte, the lowest first. The last byte has no highest bit."""
        start, value = self.position, 0
        for shift in (0, 7, 14):
            byte = self.byte(what)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > 0xFFFF or (byte == 0 and shift > 0):
                    break
                return value
        self.position, read = start, self.content[start : self.position]
        return self.fail(what, "a number below 65,536 in its shortest form", f"the bytes {read.hex()}")

    def counted(self, what: str) -> bytes:
        """A count, and as many bytes."""
        return self.take(self.count(f"{what}: length"), what)

    def items(self, what: str, item: Callable[[str], _Item]) -> tuple[_Item, ...]:
        """A count, and as many items. `item` reads one item, and gets its name for messages."""
        return tuple(item(f"{what}[{index}]") for index in range(self.count(f"number of {what}")))
