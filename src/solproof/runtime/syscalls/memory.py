"""Syscalls on memory: sol_memcpy_, sol_memmove_, sol_memset_, sol_memcmp_.

A copy reads the whole source before it writes. So ranges that overlap in the host's memory give the result of
memmove.

Source: solana-syscalls 4.1, mem_ops.rs.
"""

from __future__ import annotations

from solproof.runtime.budget import memory_operation_cost
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, overlap, read_range


def copy(context: SyscallContext, destination: int, source: int, length: int, _4: int, _5: int) -> int:
    """Copy `length` bytes between two ranges; their addresses must not overlap."""
    context.consume(memory_operation_cost(length))
    if overlap(source, length, destination, length):
        raise syscall_fault("CopyOverlapping")
    _move_bytes(context, destination, source, length)
    return 0


def move(context: SyscallContext, destination: int, source: int, length: int, _4: int, _5: int) -> int:
    """Copy `length` bytes between two ranges, which may overlap."""
    context.consume(memory_operation_cost(length))
    _move_bytes(context, destination, source, length)
    return 0


def fill(context: SyscallContext, destination: int, value: int, length: int, _4: int, _5: int) -> int:
    """Set `length` bytes to the low byte of `value`."""
    context.consume(memory_operation_cost(length))
    check_range(context, destination, length, write=True)
    if length:
        context.memory.write(destination, bytes([value & 0xFF]) * length)
    return 0


def compare(context: SyscallContext, first: int, second: int, length: int, result: int, _5: int) -> int:
    """Compare `length` bytes, and write the result to `result` as a 32-bit integer.

    The result is the difference of the first two bytes that differ, or 0 if all are equal.
    """
    context.consume(memory_operation_cost(length))
    check_range(context, first, length)
    check_range(context, second, length)
    check_range(context, result, 4, write=True, alignment=4)
    pairs = zip(read_range(context, first, length), read_range(context, second, length), strict=True)
    difference = next((left - right for left, right in pairs if left != right), 0)
    context.memory.write(result, difference.to_bytes(4, "little", signed=True))
    return 0


def _move_bytes(context: SyscallContext, destination: int, source: int, length: int) -> None:
    check_range(context, destination, length, write=True)
    content = read_range(context, source, length)
    if length:
        context.memory.write(destination, content)


COST = "max(MEMORY_OPERATION_BASE_COST, length // CROSS_PROGRAM_BYTES_PER_UNIT)"
SYSCALLS = (
    Syscall("sol_memcpy_", copy, COST, (BUDGET, *ACCESS, "CopyOverlapping")),
    Syscall("sol_memmove_", move, COST, (BUDGET, *ACCESS)),
    Syscall("sol_memset_", fill, COST, (BUDGET, *ACCESS)),
    Syscall("sol_memcmp_", compare, COST, (BUDGET, *ACCESS, "UnalignedPointer")),
)
