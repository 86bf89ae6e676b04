"""Syscalls that hash: sol_sha256, sol_keccak256, sol_blake3, sol_sha512.

Source: solana-syscalls 4.1, lib.rs (`SyscallHash`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from solproof._native import primitives
from solproof.runtime.budget import HASH_BASE_COST, HASH_BYTES_PER_UNIT, MEMORY_OPERATION_BASE_COST
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Execute, Syscall, SyscallContext
from solproof.runtime.syscalls.faults import syscall_fault
from solproof.runtime.syscalls.translation import check_range, read_range, read_slices

MAXIMUM_SLICES = 20_000

Digest = Callable[[bytes], bytes]


def blake3(content: bytes) -> bytes:
    """BLAKE3 with its default length of 32 bytes."""
    return primitives.blake3(content)


def hasher(name: str, digest: Digest, length: int) -> Execute:
    """A syscall that writes a digest of `length` bytes.

    The program pays for a slice after the slice's address has been checked. If a later slice is not valid,
    the cost of the earlier slices is lost.
    """

    def execute(context: SyscallContext, address: int, count: int, result: int, _4: int, _5: int) -> int:
        """Write the digest of the `count` slices at `address`, concatenated, to `result`."""
        if count > MAXIMUM_SLICES:
            context.log(f"{name} Hashing {count} sequences in one syscall is over the limit {MAXIMUM_SLICES}")
            raise syscall_fault("TooManySlices")
        context.consume(HASH_BASE_COST)
        check_range(context, result, length, write=True)
        parts = []
        for start, size in read_slices(context, address, count):
            check_range(context, start, size)
            context.consume(max(MEMORY_OPERATION_BASE_COST, size // HASH_BYTES_PER_UNIT))
            parts.append(read_range(context, start, size))
        context.memory.write(result, digest(b"".join(parts)))
        return 0

    return execute


COST = "HASH_BASE_COST + sum(max(MEMORY_OPERATION_BASE_COST, size // HASH_BYTES_PER_UNIT) for size in sizes)"
FAULTS = (BUDGET, *ACCESS, "UnalignedPointer", "InvalidLength", "TooManySlices")
_DIGESTS: tuple[tuple[str, str, Digest, int], ...] = (
    ("sol_sha256", "Sha256", lambda content: hashlib.sha256(content).digest(), 32),
    ("sol_keccak256", "Keccak256", primitives.keccak256, 32),
    ("sol_blake3", "Blake3", blake3, 32),
    ("sol_sha512", "Sha512", lambda content: hashlib.sha512(content).digest(), 64),
)
SYSCALLS = tuple(
    Syscall(name, hasher(title, digest, length), COST, FAULTS) for name, title, digest, length in _DIGESTS
)
