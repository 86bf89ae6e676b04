"""A program that invokes instructions, written for the accounts of one instruction."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from solproof.runtime.accounts import Account
from solproof.runtime.requested_instruction import RequestedInstruction
from tests.support.elf_builder import build_elf, call, write_memory

INPUT, HEAP = 4 << 32, 3 << 32
GROWTH = 10_240


def invoking_program(
    accounts: Sequence[Account], invoked: Sequence[RequestedInstruction], *, version: int = 0
) -> bytes:
    """The file of a program that invokes instructions one after the other, in the layout of the C SDK.

    accounts: the accounts of the program's own instruction, without duplicates, as they are at its start.
        The account infos are those of these accounts.
    """
    keys, infos = {}, b""
    offset = 8
    for account in accounts:
        start = INPUT + offset
        keys[account.key] = start + 8
        infos += struct.pack(
            "<6QBBB5x",
            *(start + 8, start + 72, len(account.data), start + 88, start + 40, 0),
            *(1, 1, account.executable),
        )
        offset += -(-(88 + len(account.data) + GROWTH) // 8) * 8 + 8
    memory, starts = {HEAP: infos}, []
    free = HEAP + len(infos)
    for meta in (meta for instruction in invoked for meta in instruction.metas):
        if meta.key not in keys:  # an account that the program does not have
            keys[meta.key], memory[free] = free, meta.key
            free += len(meta.key)
    for instruction in invoked:
        program_id, metas, data = free, free + 32, free + 32 + 16 * len(instruction.metas)
        table = b"".join(
            struct.pack("<QBB6x", keys[meta.key], meta.is_writable, meta.is_signer)
            for meta in instruction.metas
        )
        padded = instruction.data.ljust(-(-len(instruction.data) // 8) * 8, b"\0")
        memory[free] = instruction.program_id + table + padded
        start = data + len(padded)
        memory[start] = struct.pack(
            "<5Q", program_id, metas, len(instruction.metas), data, len(instruction.data)
        )
        starts.append(start)
        free = start + 40
    parts = write_memory(memory)
    for start in starts:
        parts += call("sol_invoke_signed_c", [start, HEAP, len(accounts), 0, 0])
    return build_elf([*parts, "mov64 r0, 0", "exit"], version)
