"""Syscalls that stop the program: abort, sol_panic_.

Source: solana-syscalls 4.1, lib.rs (`SyscallAbort`, `SyscallPanic`).
"""

from __future__ import annotations

from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import read_string


def abort(_context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Stop the program. The call is free."""
    raise syscall_fault("Abort")


def panic(context: SyscallContext, file: int, length: int, line: int, column: int, _5: int) -> int:
    """Stop the program, and report a place in its source."""
    context.consume(length)
    name = read_string(context, file, length)
    raise syscall_fault("Panic", name, line, column)


SYSCALLS = (
    Syscall("abort", abort, "0", ("Abort",)),
    Syscall("sol_panic_", panic, "length", (BUDGET, *ACCESS, "InvalidString", "Panic")),
)
