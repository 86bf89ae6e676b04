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
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.accounts import InstructionAccount, first_positions
from solproof.runtime.execution_input import Loader
from solproof.vm.limits import INPUT_START

NOT_A_DUPLICATE = 255
MAXIMUM_DATA_INCREASE = 10 * 1024
RENT_EPOCH = struct.pack("<Q", 2**64 - 1)
_PADDING = bytes(MAXIMUM_DATA_INCREASE)


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


ALIGNED_FIELDS = RecordFields(owner=40, lamports=72, data_length=80, data=88)
UNALIGNED_FIELDS = RecordFields(lamports=35, data=51)


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


def serialize(
    accounts: Sequence[InstructionAccount],
    instruction_data: bytes,
    program_id: bytes,
    loader: Loader = Loader.V3,
) -> SerializedInput:
    """Lay out an instruction as the program's loader does."""
    aligned = loader is not Loader.V1
    parts = [struct.pack("<Q", len(accounts))]
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
    parts.append(struct.pack("<Q", len(instruction_data)))
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
    header = struct.pack(
        "<BBBB4x32s32sQQ",
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
    header = struct.pack(
        "<BBB32sQQ",
        NOT_A_DUPLICATE,
        entry.is_signer,
        entry.is_writable,
        account.key,
        account.lamports,
        len(account.data),
    )
    return [header, account.data, account.owner, struct.pack("<B", account.executable), RENT_EPOCH]
