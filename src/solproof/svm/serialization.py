"""The program's view of its instruction: the input region of loaders v2 and v3, "ABI v1", bit for bit.

    u64 number of accounts
    per account, in instruction order:
        named before:  u8 its first position | 7 zeros
        else:          u8 255 | u8 signer | u8 writable | u8 executable | 4 zeros | 32 key | 32 owner
                       | u64 lamports | u64 data length | data | 10,240 zeros
                       | zeros up to a multiple of 8 | u64 rent epoch, always 2^64 - 1
    u64 length of the instruction data | instruction data | 32 program id

Source: `serialize_parameters_for_abiv1` of solana-program-runtime 4.1 (serialization.rs), and measured
against LiteSVM.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.errors import UnsupportedError
from solproof.svm.accounts import InstructionAccount, first_positions
from solproof.svm.execution_input import Loader

INPUT_START = 4 << 32
NOT_A_DUPLICATE = 255
MAXIMUM_DATA_INCREASE = 10 * 1024
RENT_EPOCH = 2**64 - 1

# Where the fields of an account's record are, in bytes from its start.
OWNER_OFFSET = 40
LAMPORTS_OFFSET = 72
DATA_LENGTH_OFFSET = 80
DATA_OFFSET = 88


@dataclass(frozen=True, slots=True)
class SerializedInput:
    """The input region and where things are in it.

    region: the bytes at virtual address 0x4_0000_0000. instruction_data_address: the value of r2 at the start
        (SIMD-0321).
    records: per instruction position, the offset in `region` of the account's record, or None for a
        duplicate.
    """

    region: bytes
    instruction_data_address: int
    records: tuple[int | None, ...]


def serialize(
    accounts: Sequence[InstructionAccount],
    instruction_data: bytes,
    program_id: bytes,
    loader: Loader = Loader.V3,
) -> SerializedInput:
    """Lay out an instruction; raises `UnsupportedError` for a program of loader v1, whose layout is another
    ("ABI v0").
    """
    if loader is Loader.V1:
        raise UnsupportedError(
            "programs of the deprecated loader v1 (input layout ABI v0) are not supported yet"
        )
    region = bytearray(struct.pack("<Q", len(accounts)))
    records: list[int | None] = []
    for position, first in enumerate(first_positions(accounts)):
        if first != position:
            region += struct.pack("<B7x", first)
            records.append(None)
        else:
            records.append(len(region))
            region += _record(accounts[position])
    region += struct.pack("<Q", len(instruction_data))
    instruction_data_address = INPUT_START + len(region)
    region += instruction_data + program_id
    return SerializedInput(bytes(region), instruction_data_address, tuple(records))


def _record(entry: InstructionAccount) -> bytes:
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
    padding = MAXIMUM_DATA_INCREASE + -len(account.data) % 8
    return header + account.data + bytes(padding) + struct.pack("<Q", RENT_EPOCH)
