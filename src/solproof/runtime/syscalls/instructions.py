"""Syscalls about the instruction itself: sol_get_stack_height, sol_get_processed_sibling_instruction,
sol_remaining_compute_units.

An input is the only instruction of its transaction, at the top level.

Source: solana-syscalls 4.1, lib.rs.
"""

from __future__ import annotations

from solproof.runtime.budget import SYSCALL_BASE_COST
from solproof.runtime.syscalls.context import BUDGET, Syscall, SyscallContext

TOP_LEVEL = 1
NOT_FOUND = 0


def get_stack_height(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """r0 is the depth of invocations."""
    context.consume(SYSCALL_BASE_COST)
    return TOP_LEVEL


def get_processed_sibling_instruction(
    context: SyscallContext, _index: int, _meta: int, _program_id: int, _data: int, _accounts: int
) -> int:
    """r0 is 0: no instruction came before this one, so no address is looked at."""
    context.consume(SYSCALL_BASE_COST)
    return NOT_FOUND


def remaining_compute_units(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """r0 is what is left of the budget, this call already paid."""
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
