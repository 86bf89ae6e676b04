"""Serialize an instruction into the input region, bit for bit as the program's loader does.

Loaders v2 and v3 use "ABI v1", where 64-bit fields are aligned and data can grow:

    u64 number of accounts
    per account, in instruction order:
        duplicate:     u8 position of its first entry | 7 zeros
        otherwise:     u8 255 | u8 signer | u8 writable | u8 executable | 4 zeros | 32 key | 32 owner
                       | u64 lamports | u64 data length | data | 10,240 zeros
                       | zeros up to a multiple of 8 | u64 rent epoch, always 2^64 - 1
    u64 length of the instruction data | instruction data | 32 program id

Loader v1, which is deprecated, uses "ABI v0", which has no padding:

    u64 number of accounts
    per account, in instruction order:
        duplicate:     u8 position of its first entry
        otherwise:     u8 255 | u8 signer | u8 writable | 32 key | u64 lamports | u64 data length | data
                       | 32 owner | u8 executable | u64 rent epoch, always 2^64 - 1
    u64 length of the instruction data | instruction data | 32 program id

Source: `serialize_parameters_for_abiv0` and `serialize_parameters_for_abiv1` of solana-program-runtime 4.1
(serialization.rs), and measurements with LiteSVM.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, InstructionAccount, first_positions
from solproof.runtime.execution_input import Loader
from solproof.vm.limits import INPUT_START

NOT_A_DUPLICATE = 255
MAXIMUM_DATA_INCREASE = 10 * 1024
RENT_EPOCH = struct.pack("<Q", 2**64 - 1)
_PADDING = bytes(MAXIMUM_DATA_INCREASE)


COUNT = struct.Struct("<Q")
"""The number of accounts, and the length of the instruction data."""

Header = tuple[tuple[str, str], ...]
"""The fields of an account's record before its data, each with its code in the notation of `struct`."""

ALIGNED_HEADER: Header = (
    ("duplicate_marker", "B"),
    ("is_signer", "B"),
    ("is_writable", "B"),
    ("is_executable", "B"),
    ("original_data_length", "4x"),  # a program may keep the length here, as the Rust SDK does
    ("key", "32s"),
    ("owner", "32s"),
    ("lamports", "Q"),
    ("data_length", "Q"),
)
UNALIGNED_HEADER: Header = (
    ("duplicate_marker", "B"),
    ("is_signer", "B"),
    ("is_writable", "B"),
    ("key", "32s"),
    ("lamports", "Q"),
    ("data_length", "Q"),
)
ALIGNED_STRUCT, UNALIGNED_STRUCT = (
    struct.Struct("<" + "".join(code for _, code in header)) for header in (ALIGNED_HEADER, UNALIGNED_HEADER)
)
UNALIGNED_END = (("owner", KEY_LENGTH), ("is_executable", 1), ("rent_epoch", len(RENT_EPOCH)))
"""The fields after the data for loader v1, and their lengths in bytes."""


def header_fields(header: Header) -> dict[str, tuple[int, int]]:
    """The start and the end of each field, as distances in bytes from the start of the record."""
    found, start = {}, 0
    for name, code in header:
        found[name] = (start, start + struct.calcsize("<" + code))
        start = found[name][1]
    return found


@dataclass(frozen=True, slots=True)
class RecordFields:
    """Where the fields that the runtime reads back after a run are in an account's record.

    Each value is the distance in bytes from the start of the record. A field that the runtime does not read
    back is None.
    """

    lamports: int
    data: int
    data_length: int | None = None
    owner: int | None = None


def _read_back(header: Header, *names: str) -> RecordFields:
    """The fields with these names and the data, which follow the header."""
    places = header_fields(header)
    starts = {name: places[name][0] for name in names}
    return RecordFields(data=places["data_length"][1], **starts)


ALIGNED_FIELDS = _read_back(ALIGNED_HEADER, "owner", "lamports", "data_length")
UNALIGNED_FIELDS = _read_back(UNALIGNED_HEADER, "lamports")


@dataclass(frozen=True, slots=True)
class Label:
    """A named part of the input region: the bytes `start` to `end` - 1.

    name: such as `accounts[0].lamports` or `instruction_data`.
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SerializedInput:
    """The input region, and the positions of its parts.

    parts: the pieces of the region. They share the data of the accounts with the runtime, because the frames
        of a transaction could fill gigabytes with copies.
    size: of the region, in bytes.
    instruction_data_address: the value of r2 at the start (SIMD-0321).
    records: for each position in the instruction, the offset in the region of the account's record, or None
        for a duplicate.
    fields: the positions of the fields in a record.
    """

    parts: tuple[bytes, ...]
    size: int
    instruction_data_address: int
    records: tuple[int | None, ...]
    fields: RecordFields

    __repr__ = short_repr

    @property
    def region(self) -> bytes:
        """The bytes at virtual address 0x4_0000_0000, joined on each use."""
        return b"".join(self.parts)

    def labels(self) -> tuple[Label, ...]:
        """The parts of the region, in order and without gaps."""
        return tuple(_placed(self._parts()))

    def _parts(self) -> Iterator[tuple[str, int]]:
        """The name and the length in bytes of each part."""
        aligned = self.fields is ALIGNED_FIELDS
        header = ALIGNED_HEADER if aligned else UNALIGNED_HEADER
        layout = ALIGNED_STRUCT if aligned else UNALIGNED_STRUCT
        region = self.region
        yield "number_of_accounts", COUNT.size
        for position, record in enumerate(self.records):
            account = f"accounts[{position}]"
            if record is None:
                yield f"{account}.duplicate_marker", COUNT.size if aligned else 1
                continue
            for name, (start, end) in header_fields(header).items():
                yield f"{account}.{name}", end - start
            length = layout.unpack_from(region, record)[-1]
            yield f"{account}.data", length
            if aligned:
                yield f"{account}.room_to_grow", MAXIMUM_DATA_INCREASE + -length % 8
                yield f"{account}.rent_epoch", len(RENT_EPOCH)
            else:
                yield from ((f"{account}.{name}", size) for name, size in UNALIGNED_END)
        yield "instruction_data_length", COUNT.size
        start = self.instruction_data_address - INPUT_START
        yield "instruction_data", self.size - start - KEY_LENGTH
        yield "program_id", KEY_LENGTH


def serialize(
    accounts: Sequence[InstructionAccount],
    instruction_data: bytes,
    program_id: bytes,
    loader: Loader = Loader.V3,
) -> SerializedInput:
    """Lay out an instruction as the program's loader does."""
    aligned = loader is not Loader.V1
    parts = [COUNT.pack(len(accounts))]
    length = len(parts[0])
    records: list[int | None] = []
    for position, first in enumerate(first_positions(accounts)):
        if first != position:
            record = [struct.pack("<B7x" if aligned else "<B", first)]
            records.append(None)
        else:
            record = _aligned_record(accounts[position]) if aligned else _unaligned_record(accounts[position])
            records.append(length)
        parts += record
        length += sum(map(len, record))
    parts.append(COUNT.pack(len(instruction_data)))
    length += len(parts[-1])
    return SerializedInput(
        parts=(*parts, instruction_data, program_id),
        size=length + len(instruction_data) + len(program_id),
        instruction_data_address=INPUT_START + length,
        records=tuple(records),
        fields=ALIGNED_FIELDS if aligned else UNALIGNED_FIELDS,
    )


def _aligned_record(entry: InstructionAccount) -> list[bytes]:
    account = entry.account
    header = ALIGNED_STRUCT.pack(
        NOT_A_DUPLICATE,
        entry.is_signer,
        entry.is_writable,
        account.executable,
        account.key,
        account.owner,
        account.lamports,
        len(account.data),
    )
    return [header, account.data, _PADDING, bytes(-len(account.data) % 8), RENT_EPOCH]


def _unaligned_record(entry: InstructionAccount) -> list[bytes]:
    account = entry.account
    header = UNALIGNED_STRUCT.pack(
        NOT_A_DUPLICATE,
        entry.is_signer,
        entry.is_writable,
        account.key,
        account.lamports,
        len(account.data),
    )
    return [header, account.data, account.owner, struct.pack("<B", account.executable), RENT_EPOCH]


def _placed(parts: Iterable[tuple[str, int]]) -> Iterator[Label]:
    """Consecutive parts, without those of 0 bytes."""
    start = 0
    for name, length in parts:
        if length:
            yield Label(name, start, start + length)
        start += length
