"""Syscalls about the instruction itself: its depth, its siblings, its remaining compute units.

These are sol_get_stack_height, sol_get_processed_sibling_instruction and sol_remaining_compute_units. In
solproof, an input is the only instruction of its transaction, at the top level.

Source: solana-syscalls 4.1, lib.rs.
"""

from __future__ import annotations

from solproof.runtime.budget import SYSCALL_BASE_COST
from solproof.runtime.syscalls.context import BUDGET, Syscall, SyscallContext

NOT_FOUND = 0


def get_stack_height(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Return the depth of invocations in r0."""
    context.consume(SYSCALL_BASE_COST)
    return context.height


def get_processed_sibling_instruction(
    context: SyscallContext, _index: int, _meta: int, _program_id: int, _data: int, _accounts: int
) -> int:
    """Return 0 in r0, because no instruction came before this one. The call reads no memory."""
    context.consume(SYSCALL_BASE_COST)
    return NOT_FOUND


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
        (BUDGET,),
    ),
    Syscall("sol_remaining_compute_units", remaining_compute_units, "SYSCALL_BASE_COST", (BUDGET,)),
)
