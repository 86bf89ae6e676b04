"""Syscalls that stop the program: abort, sol_panic_.

Source: solana-syscalls 4.1, lib.rs (`SyscallAbort`, `SyscallPanic`).
"""

from __future__ import annotations

from solproof.svm.syscalls.context import Syscall, SyscallContext
from solproof.svm.syscalls.translation import read_string
from solproof.vm.faults import SyscallFault


def abort(_context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Stop, free of charge."""
    raise SyscallFault("Abort", "SBF program panicked")


def panic(context: SyscallContext, file: int, length: int, line: int, column: int, _5: int) -> int:
    """Stop, and name a place in the program's source."""
    context.consume(length)
    name = read_string(context, file, length)
    raise SyscallFault("Panic", f"SBF program Panicked in {name} at {line}:{column}")


SYSCALLS = (Syscall("abort", abort), Syscall("sol_panic_", panic))
