"""The content of the instructions sysvar, which the runtime makes for each transaction.

The account exists only inside a transaction that names its key. Source: solana-instructions-sysvar 3
(`construct_instructions_data`, `store_current_index_checked`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.runtime.transaction.account_keys import LoadedMessage

IS_SIGNER = 1
IS_WRITABLE = 2


@dataclass(frozen=True, slots=True)
class ListedInstruction:
    """An instruction as the sysvar lists it. accounts: for each account its flags and its key."""

    program_id: bytes
    accounts: tuple[tuple[int, bytes], ...]
    data: bytes


def flags(*, is_signer: bool, is_writable: bool) -> int:
    """The byte of an account's flags."""
    return IS_SIGNER * is_signer | IS_WRITABLE * is_writable


def instructions_sysvar(message: LoadedMessage) -> bytes:
    """The content before the first instruction of a transaction."""
    return instructions_content(
        [
            ListedInstruction(
                program_id,
                tuple(
                    (
                        flags(is_signer=message.is_signer(index), is_writable=message.is_writable(index)),
                        message.keys[index],
                    )
                    for index in instruction.accounts
                ),
                instruction.data,
            )
            for instruction, program_id in zip(message.message.instructions, message.program_ids, strict=True)
        ]
    )


def instructions_content(instructions: Sequence[ListedInstruction]) -> bytes:
    """The content before the first of these instructions.

    All numbers are 16 bits, little-endian: the number of instructions, the offset of each instruction, the
    instructions, and the index of the current instruction. An instruction has the number of its accounts, for
    each account a byte of flags and the key, the program id, the length of the data, and the data. An offset
    fits in 16 bits: a transaction has at most 1,232 bytes and each becomes at most 33 bytes, and an
    instruction alone has at most 255 accounts and 10,240 bytes of data.
    """
    encoded = [
        b"".join(
            (
                struct.pack("<H", len(instruction.accounts)),
                *(bytes([flag]) + key for flag, key in instruction.accounts),
                instruction.program_id,
                struct.pack("<H", len(instruction.data)),
                instruction.data,
            )
        )
        for instruction in instructions
    ]
    offset = 2 + 2 * len(encoded)
    offsets = []
    for content in encoded:
        offsets.append(offset)
        offset += len(content)
    head = struct.pack(f"<{1 + len(offsets)}H", len(offsets), *offsets)
    current_index = 0
    return head + b"".join(encoded) + struct.pack("<H", current_index)


def with_current_index(content: bytes, index: int) -> bytes:
    """The content while the top-level instruction with this index runs."""
    return content[:-2] + struct.pack("<H", index)
