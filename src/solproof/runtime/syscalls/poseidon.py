"""The syscall that hashes field elements: sol_poseidon.

Source: solana-syscalls 4.1, lib.rs (`SyscallPoseidon`); solana-poseidon 4.0.0; SIMD-0359 (padding).
"""

from __future__ import annotations

from solproof._native import primitives
from solproof.runtime.budget import POSEIDON_BASE_COST, POSEIDON_COST_PER_SQUARED_INPUT
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, read_range, read_slices

BN254_X5 = 0
BIG_ENDIAN = 0
LITTLE_ENDIAN = 1
MOST_INPUTS = 12
ELEMENT_LENGTH = 32
HASH_LENGTH = 32
REFUSED = 1


def poseidon(
    context: SyscallContext, parameters: int, endianness: int, address: int, count: int, result: int
) -> int:
    """Write the hash of `count` field elements, each a slice.

    r0 is 1 if an input is not a valid field element, or if there are no inputs.
    """
    if parameters != BN254_X5:
        raise syscall_fault("InvalidParameters")
    if endianness not in {BIG_ENDIAN, LITTLE_ENDIAN}:
        raise syscall_fault("InvalidEndianness")
    if count > MOST_INPUTS:
        context.log(f"Poseidon hashing {count} sequences is not supported")
        raise syscall_fault("InvalidLength")
    context.consume(POSEIDON_BASE_COST + POSEIDON_COST_PER_SQUARED_INPUT * count**2)
    check_range(context, result, HASH_LENGTH, write=True)
    slices = read_slices(context, address, count)
    for start, length in slices:
        check_range(context, start, length)
    if any(length > ELEMENT_LENGTH for _, length in slices):
        # The program does not pay for these bytes. They stay unread, so that the proof need not carry them.
        return REFUSED
    elements = [read_range(context, start, length) for start, length in slices]
    padded = "poseidon_enforce_padding" in context.features
    digest = primitives.poseidon_hash(elements, endianness == BIG_ENDIAN, padded)
    if digest is None:
        return REFUSED
    context.memory.write(result, digest)
    return 0


SYSCALLS = (
    Syscall(
        "sol_poseidon",
        poseidon,
        "POSEIDON_BASE_COST + POSEIDON_COST_PER_SQUARED_INPUT * count ** 2",
        (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength", "InvalidParameters", "InvalidEndianness"),
    ),
)
