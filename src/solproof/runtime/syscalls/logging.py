"""Syscalls that write to the transaction's log.

These are sol_log_, sol_log_64_, sol_log_pubkey, sol_log_compute_units_ and sol_log_data.

Source: solana-syscalls 4.1, logging.rs.
"""

from __future__ import annotations

from solproof.runtime.accounts import KEY_LENGTH, address_text
from solproof.runtime.budget import LOG_64_COST, LOG_PUBKEY_COST, SYSCALL_BASE_COST
from solproof.runtime.runtime_log import program_consumption, program_data, program_log
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.translation import check_range, read_range, read_slices, read_string


def log(context: SyscallContext, address: int, length: int, _3: int, _4: int, _5: int) -> int:
    """Log the text of `length` bytes at `address`."""
    context.consume(max(SYSCALL_BASE_COST, length))
    context.log(program_log(read_string(context, address, length)))
    return 0


def log_64(context: SyscallContext, *arguments: int) -> int:
    """Log the five arguments in hexadecimal."""
    context.consume(LOG_64_COST)
    context.log(program_log(", ".join(f"{argument:#x}" for argument in arguments)))
    return 0


def log_pubkey(context: SyscallContext, address: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Log the 32-byte address at `address` in base58."""
    context.consume(LOG_PUBKEY_COST)
    context.log(program_log(address_text(read_range(context, address, KEY_LENGTH))))
    return 0


def log_compute_units(context: SyscallContext, _1: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Log the compute units left. This call is already paid for."""
    context.consume(SYSCALL_BASE_COST)
    context.log(program_consumption(context.remaining))
    return 0


def log_data(context: SyscallContext, address: int, count: int, _3: int, _4: int, _5: int) -> int:
    """Log the contents of `count` slices in base64."""
    context.consume(SYSCALL_BASE_COST)
    slices = read_slices(context, address, count)
    context.consume(SYSCALL_BASE_COST * len(slices))
    context.consume(sum(length for _, length in slices))
    for start, length in slices:
        check_range(context, start, length)
    context.log(program_data(read_range(context, start, length) for start, length in slices))
    return 0


SYSCALLS = (
    Syscall("sol_log_", log, "max(SYSCALL_BASE_COST, length)", (BUDGET, *ACCESS, "InvalidString")),
    Syscall("sol_log_64_", log_64, "LOG_64_COST", (BUDGET,)),
    Syscall("sol_log_pubkey", log_pubkey, "LOG_PUBKEY_COST", (BUDGET, *ACCESS)),
    Syscall("sol_log_compute_units_", log_compute_units, "SYSCALL_BASE_COST", (BUDGET,)),
    Syscall(
        "sol_log_data",
        log_data,
        "SYSCALL_BASE_COST * (1 + count) + sum(sizes)",
        (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength"),
    ),
)
