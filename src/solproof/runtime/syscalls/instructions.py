"""Syscalls about the instruction itself: its depth, its siblings, its remaining compute units.

These are sol_get_stack_height, sol_get_processed_sibling_instruction and sol_remaining_compute_units.

Source: solana-syscalls 4.1, lib.rs.
"""

from __future__ import annotations

import struct

from solproof.runtime.budget import SYSCALL_BASE_COST
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.translation import check_range, check_results

META = struct.Struct("<QQ")
META_ALIGNMENT = 8
ACCOUNT_META = struct.Struct("<32s??")
NOT_FOUND, FOUND = 0, 1


def get_stack_height(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Return the depth of invocations in r0."""
    context.consume(SYSCALL_BASE_COST)
    return context.height


def get_processed_sibling_instruction(
    context: SyscallContext, index: int, meta: int, program_id: int, data: int, accounts: int
) -> int:
    """Find the instruction that ran `index` + 1 places before this instruction; r0 is 1 if there is one.

    Siblings are the instructions of the transaction or, in a frame below, those of the same caller. `meta` is
    the address of two words: the length of the instruction data, and the number of accounts. If both are
    already those of the sibling, the call also writes its program id, its data and its accounts. Otherwise
    the call writes only the two words.
    """
    context.consume(SYSCALL_BASE_COST)
    current = context.invocation.context.instruction
    trace = context.transaction.trace
    siblings = [entry for entry in trace if entry.caller is current.caller and entry is not current]
    if index >= len(siblings):
        return NOT_FOUND
    sibling = siblings[-1 - index]
    lengths = META.pack(len(sibling.data), len(sibling.accounts))
    check_range(context, meta, META.size, write=True, alignment=META_ALIGNMENT)
    if context.memory.read(meta, META.size) != lengths:
        context.memory.write(meta, lengths)
        return FOUND
    states = context.transaction.accounts
    metas = b"".join(
        ACCOUNT_META.pack(states[entry.index].key, entry.is_signer, entry.is_writable)
        for entry in sibling.accounts
    )
    results = (
        (program_id, context.transaction.program_id(sibling)),
        (data, sibling.data),
        (accounts, metas),
        (meta, lengths),
    )
    filled = [(address, content) for address, content in results if content]
    check_results(context, *((address, len(content)) for address, content in filled))
    for address, content in filled:
        context.memory.write(address, content)
    return FOUND


def remaining_compute_units(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Return the compute units left in r0. This call is already paid for."""
    context.consume(SYSCALL_BASE_COST)
    return context.remaining


SYSCALLS = (
    Syscall("sol_get_stack_height", get_stack_height, "SYSCALL_BASE_COST", (BUDGET,)),
    Syscall(
        "sol_get_processed_sibling_instruction",
        get_processed_sibling_instruction,
        "SYSCALL_BASE_COST",
        (BUDGET, *ACCESS, "UnalignedPointer", "CopyOverlapping"),
    ),
    Syscall("sol_remaining_compute_units", remaining_compute_units, "SYSCALL_BASE_COST", (BUDGET,)),
)
