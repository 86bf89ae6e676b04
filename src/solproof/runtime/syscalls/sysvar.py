"""Syscalls that read the cluster's state: sysvars and stakes.

These are sol_get_sysvar, a getter for each typed sysvar, and sol_get_epoch_stake. If the feature
`syscall_parameter_address_restrictions` is active, the destination of a sysvar must not be in the input
region. A program of loader v1 cannot get a sysvar at all.

Source: solana-syscalls 4.1, sysvar.rs and lib.rs (`SyscallGetEpochStake`); SIMD-0127, SIMD-0133.
"""

from __future__ import annotations

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.budget import (
    CROSS_PROGRAM_BYTES_PER_UNIT,
    MEMORY_OPERATION_BASE_COST,
    SYSCALL_BASE_COST,
    SYSVAR_BASE_COST,
    memory_operation_cost,
)
from solproof.runtime.syscalls.context import (
    ACCESS,
    BUDGET,
    Execute,
    Syscall,
    SyscallContext,
    instruction_fault,
)
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import LARGEST_UNSIGNED, check_range, read_range, unaligned_pointer
from solproof.runtime.sysvars import EXACT_LENGTHS, memory_layout
from solproof.vm.limits import INPUT_START

OFFSET_AND_LENGTH_EXCEED_SYSVAR = 1
SYSVAR_NOT_FOUND = 2
U64_ALIGNMENT = 8
U128_ALIGNMENT = 16


def getter(name: str, alignment: int) -> Execute:
    """A syscall that writes one sysvar."""

    def get(context: SyscallContext, destination: int, _2: int, _3: int, _4: int, _5: int) -> int:
        """Write the sysvar, in its C layout, to `destination`."""
        content = memory_layout(name, getattr(context.sysvars, name))
        context.consume(SYSVAR_BASE_COST + len(content))
        _refuse_destination(context, destination)
        check_range(context, destination, len(content), write=True, alignment=alignment)
        context.memory.write(destination, content)
        return 0

    return get


def get_sysvar(
    context: SyscallContext, identifier: int, destination: int, offset: int, length: int, _5: int
) -> int:
    """Write `length` bytes of the sysvar whose address is at `identifier`, starting at its byte `offset`.

    r0 is 1 if the sysvar does not have these bytes, and 2 if there is no sysvar with this address.
    """
    context.consume(
        SYSVAR_BASE_COST + KEY_LENGTH // CROSS_PROGRAM_BYTES_PER_UNIT + memory_operation_cost(length)
    )
    _refuse_destination(context, destination)
    check_range(context, destination, length, write=True)
    address = read_range(context, identifier, KEY_LENGTH)
    if offset + length > LARGEST_UNSIGNED or destination + length > LARGEST_UNSIGNED:
        raise instruction_fault("ArithmeticOverflow")
    content = context.sysvars.by_address(address)
    if content is None:
        return SYSVAR_NOT_FOUND
    if offset + length > len(content):
        return OFFSET_AND_LENGTH_EXCEED_SYSVAR
    if length:
        context.memory.write(destination, content[offset : offset + length])
    return 0


def get_epoch_stake(context: SyscallContext, address: int, _2: int, _3: int, _4: int, _5: int) -> int:
    """Return an active stake in r0: of the vote account whose address is at `address`, or in total.

    If `address` is 0, r0 is the total of the cluster.
    """
    if address == 0:
        context.consume(SYSCALL_BASE_COST)
        return context.epoch_stakes.total
    context.consume(
        SYSCALL_BASE_COST + KEY_LENGTH // CROSS_PROGRAM_BYTES_PER_UNIT + MEMORY_OPERATION_BASE_COST
    )
    return context.epoch_stakes.stake_of(read_range(context, address, KEY_LENGTH))


def _refuse_destination(context: SyscallContext, destination: int) -> None:
    if not context.aligned:
        # Loader v1 was deprecated before these syscalls existed, and the runtime refuses every destination.
        raise unaligned_pointer()
    if destination >= INPUT_START and "syscall_parameter_address_restrictions" in context.features:
        raise syscall_fault("InvalidPointer")


GETTERS = (
    ("sol_get_clock_sysvar", "clock", U64_ALIGNMENT),
    ("sol_get_rent_sysvar", "rent", U64_ALIGNMENT),
    ("sol_get_epoch_schedule_sysvar", "epoch_schedule", U64_ALIGNMENT),
    ("sol_get_epoch_rewards_sysvar", "epoch_rewards", U128_ALIGNMENT),
    ("sol_get_last_restart_slot", "last_restart_slot", U64_ALIGNMENT),
    ("sol_get_fees_sysvar", "fees", U64_ALIGNMENT),
)
"""The typed getters: the syscall, the sysvar, and the alignment of its C struct in bytes."""

DESTINATION_FAULTS = (BUDGET, *ACCESS, "UnalignedPointer", "InvalidPointer")
SYSCALLS = (
    Syscall(
        "sol_get_sysvar",
        get_sysvar,
        "SYSVAR_BASE_COST + 32 // CROSS_PROGRAM_BYTES_PER_UNIT + "
        "max(MEMORY_OPERATION_BASE_COST, length // CROSS_PROGRAM_BYTES_PER_UNIT)",
        (*DESTINATION_FAULTS, "ArithmeticOverflow"),
    ),
    *(
        Syscall(
            syscall,
            getter(name, alignment),
            f"SYSVAR_BASE_COST + {len(memory_layout(name, bytes(EXACT_LENGTHS[name])))}",
            DESTINATION_FAULTS,
        )
        for syscall, name, alignment in GETTERS
    ),
    Syscall(
        "sol_get_epoch_stake",
        get_epoch_stake,
        "SYSCALL_BASE_COST + "
        "(32 // CROSS_PROGRAM_BYTES_PER_UNIT + MEMORY_OPERATION_BASE_COST if address else 0)",
        (BUDGET, *ACCESS),
    ),
)
