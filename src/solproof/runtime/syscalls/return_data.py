"""Syscalls that set and get the data that a program returns: sol_set_return_data, sol_get_return_data.

Source: solana-syscalls 4.1, lib.rs (`SyscallSetReturnData`, `SyscallGetReturnData`).
"""

from __future__ import annotations

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.budget import CROSS_PROGRAM_BYTES_PER_UNIT, SYSCALL_BASE_COST
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_results, read_range

MAXIMUM_RETURN_DATA = 1024


def set_return_data(context: SyscallContext, address: int, length: int, _3: int, _4: int, _5: int) -> int:
    """Make the `length` bytes at `address` the return data, with this program as its author."""
    context.consume(length // CROSS_PROGRAM_BYTES_PER_UNIT + SYSCALL_BASE_COST)
    if length > MAXIMUM_RETURN_DATA:
        raise syscall_fault("ReturnDataTooLarge", length, MAXIMUM_RETURN_DATA)
    context.return_data = ReturnData(context.program_id, read_range(context, address, length))
    return 0


def get_return_data(
    context: SyscallContext, destination: int, capacity: int, program_id: int, _4: int, _5: int
) -> int:
    """Write at most `capacity` bytes of the return data, and the id of the program that set it.

    r0 is the full length of the return data.
    """
    context.consume(SYSCALL_BASE_COST)
    setter, content = context.return_data
    length = min(capacity, len(content))
    if length:
        context.consume((length + KEY_LENGTH) // CROSS_PROGRAM_BYTES_PER_UNIT)
        check_results(context, (destination, length), (program_id, KEY_LENGTH))
        context.memory.write(destination, content[:length])
        context.memory.write(program_id, setter)
    return len(content)


SYSCALLS = (
    Syscall(
        "sol_set_return_data",
        set_return_data,
        "SYSCALL_BASE_COST + length // CROSS_PROGRAM_BYTES_PER_UNIT",
        (BUDGET, *ACCESS, "ReturnDataTooLarge"),
    ),
    Syscall(
        "sol_get_return_data",
        get_return_data,
        "SYSCALL_BASE_COST + ((min(capacity, held) + 32) // CROSS_PROGRAM_BYTES_PER_UNIT "
        "if min(capacity, held) else 0)",
        (BUDGET, *ACCESS, "CopyOverlapping"),
    ),
)
