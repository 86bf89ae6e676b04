"""The content of the instructions sysvar, which the runtime makes for each transaction.

The account exists only inside a transaction that names its key. Source: solana-instructions-sysvar 3
(`construct_instructions_data`, `store_current_index_checked`).
"""

from __future__ import annotations

import struct

from solproof.runtime.transaction.account_keys import LoadedMessage

IS_SIGNER = 1
IS_WRITABLE = 2


def instructions_sysvar(message: LoadedMessage) -> bytes:
    """The content before the first instruction.

    All numbers are 16 bits, little-endian: the number of instructions, the offset of each instruction, the
    instructions, and the index of the current instruction. An instruction has the number of its accounts, for
    each account a byte of flags and the key, the program id, the length of the data, and the data. An offset
    fits in 16 bits, because a transaction has at most 1,232 bytes and each becomes at most 33 bytes.
    """
    instructions = [
        b"".join(
            (
                struct.pack("<H", len(instruction.accounts)),
                *(_account(message, index) for index in instruction.accounts),
                program_id,
                struct.pack("<H", len(instruction.data)),
                instruction.data,
            )
        )
        for instruction, program_id in zip(message.message.instructions, message.program_ids, strict=True)
    ]
    offset = 2 + 2 * len(instructions)
    offsets = []
    for instruction in instructions:
        offsets.append(offset)
        offset += len(instruction)
    head = struct.pack(f"<{1 + len(offsets)}H", len(offsets), *offsets)
    current_index = 0
    return head + b"".join(instructions) + struct.pack("<H", current_index)


def with_current_index(content: bytes, index: int) -> bytes:
    """The content while the top-level instruction with this index runs."""
    return content[:-2] + struct.pack("<H", index)


def _account(message: LoadedMessage, index: int) -> bytes:
    flags = IS_SIGNER * message.is_signer(index) | IS_WRITABLE * message.is_writable(index)
    return bytes([flags]) + message.keys[index]
