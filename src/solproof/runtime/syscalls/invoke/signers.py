"""Derive the addresses that a program signs for when it invokes another program.

The seeds of all signers are an array of slices of slices of bytes. Each slice is an address and a length.

Source: `translate_signers_c`, `translate_signers_rust` of solana-program-runtime 4.1 (cpi.rs).
"""

from __future__ import annotations

from solproof.runtime.instruction_error import TEXTS
from solproof.runtime.program_address import MAXIMUM_SEED_LENGTH, MAXIMUM_SEEDS, program_address
from solproof.runtime.syscalls.context import SyscallContext, instruction_fault
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import read_range, read_slices

MAXIMUM_SIGNERS = 16


def read_signers(context: SyscallContext, address: int, count: int) -> frozenset[bytes]:
    """The derived addresses of `count` signers. Raises `SyscallFault` for seeds that have no address."""
    signers = read_slices(context, address, count)
    if count > MAXIMUM_SIGNERS:
        raise syscall_fault("TooManySigners")
    return frozenset([_signer(context, *seeds) for seeds in signers])


def _signer(context: SyscallContext, address: int, count: int) -> bytes:
    slices = read_slices(context, address, count)
    if count > MAXIMUM_SEEDS:
        raise instruction_fault("MaxSeedLengthExceeded")
    seeds = [read_range(context, start, length) for start, length in slices]
    if any(len(seed) > MAXIMUM_SEED_LENGTH for seed in seeds):
        raise syscall_fault("BadSeeds", TEXTS["MaxSeedLengthExceeded"])
    signer = program_address(seeds, context.program_id)
    if signer is None:
        raise syscall_fault("BadSeeds", TEXTS["InvalidSeeds"])
    return signer
