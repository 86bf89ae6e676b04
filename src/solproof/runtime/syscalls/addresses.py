"""Syscalls that derive the addresses of programs: sol_create_program_address, sol_try_find_program_address.

Source: solana-syscalls 4.1, lib.rs (`SyscallCreateProgramAddress`, `SyscallTryFindProgramAddress`).
"""

from __future__ import annotations

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.budget import CREATE_PROGRAM_ADDRESS_COST
from solproof.runtime.program_address import (
    LARGEST_BUMP,
    MAXIMUM_SEED_LENGTH,
    MAXIMUM_SEEDS,
    program_address,
)
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, check_results, read_range, read_slices
from solproof.vm.faults import Fault

NO_ADDRESS = 1


def create_program_address(
    context: SyscallContext, seeds_address: int, count: int, program: int, result: int, _5: int
) -> int:
    """Write the address for `count` seeds and the program id at `program`; r0 is 1 if no address exists."""
    context.consume(CREATE_PROGRAM_ADDRESS_COST)
    seeds, program_id = _read_seeds(context, seeds_address, count, program)
    address = program_address(seeds, program_id)
    if address is None:
        return NO_ADDRESS
    check_range(context, result, KEY_LENGTH, write=True)
    context.memory.write(result, address)
    return 0


def try_find_program_address(
    context: SyscallContext, seeds_address: int, count: int, program: int, result: int, bump_result: int
) -> int:
    """Find a last seed of one byte with which the seeds have an address.

    Tries the values 255 down to 1. Writes the address and the byte of the first success; r0 is 1 if there is
    none. Every try costs compute units. If all tries fail, the program pays for one more.
    """
    context.consume(CREATE_PROGRAM_ADDRESS_COST)
    seeds, program_id = _read_seeds(context, seeds_address, count, program)
    for bump in range(LARGEST_BUMP, 0, -1):
        address = program_address([*seeds, bytes([bump])], program_id)
        if address is not None:
            check_results(context, (bump_result, 1), (result, KEY_LENGTH))
            context.memory.write(bump_result, bytes([bump]))
            context.memory.write(result, address)
            return 0
        context.consume(CREATE_PROGRAM_ADDRESS_COST)
    return NO_ADDRESS


def _read_seeds(context: SyscallContext, address: int, count: int, program: int) -> tuple[list[bytes], bytes]:
    slices = read_slices(context, address, count)
    if len(slices) > MAXIMUM_SEEDS:
        raise _bad_seeds()
    seeds = []
    for start, length in slices:
        if length > MAXIMUM_SEED_LENGTH:
            raise _bad_seeds()
        seeds.append(read_range(context, start, length))
    return seeds, read_range(context, program, KEY_LENGTH)


def _bad_seeds() -> Fault:
    reason = "Length of the seed is too long for address generation"
    return syscall_fault("BadSeeds", reason)


SYSCALLS = (
    Syscall(
        "sol_create_program_address",
        create_program_address,
        "CREATE_PROGRAM_ADDRESS_COST",
        (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength", "BadSeeds"),
    ),
    Syscall(
        "sol_try_find_program_address",
        try_find_program_address,
        "CREATE_PROGRAM_ADDRESS_COST * tries",
        (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength", "BadSeeds", "CopyOverlapping"),
    ),
)
