"""The faults of syscalls: their names, the runtime's texts, and what they mean.

Source: `SyscallError` of solana-syscalls 4.1 (lib.rs); `PoseidonSyscallError` of solana-poseidon 4.0.0;
`MemoryTranslationError` of solana-program-runtime 4.1 (memory.rs).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from solproof.vm.faults import FaultText, SyscallFault

FAULTS: Mapping[str, FaultText] = MappingProxyType(
    {
        "Abort": FaultText("SBF program panicked", "The program called `abort`."),
        "Panic": FaultText(
            "SBF program Panicked in {} at {}:{}",
            "The program called `sol_panic_`, with a place in its source: file, line, column.",
        ),
        "InvalidString": FaultText("{}: {}", "A text is not UTF-8: the reason, and its bytes."),
        "InvalidLength": FaultText(
            "InvalidLength", "A length or a count is above what the syscall takes, or above 2^63 - 1 bytes."
        ),
        "InvalidAttribute": FaultText(
            "InvalidAttribute", "A curve or an operation that does not exist, or whose feature is not active."
        ),
        "InvalidParameters": FaultText(
            "Invalid parameters.", "Parameters of Poseidon other than 0, BN254 with x^5."
        ),
        "InvalidEndianness": FaultText(
            "Invalid endianness.", "A byte order of Poseidon other than 0 (big-endian) and 1 (little-endian)."
        ),
        "UnalignedPointer": FaultText(
            "Unaligned pointer",
            "An address is no multiple of what its type asks for; a sysvar asked for under loader v1.",
        ),
        "InvalidPointer": FaultText("Invalid pointer", "A sysvar is to be written into the input region."),
        "CopyOverlapping": FaultText(
            "Overlapping copy", "Two ranges overlap that must not: of a copy, or of two results."
        ),
        "TooManySlices": FaultText("Hashing too many sequences", "More than 20,000 slices to hash."),
        "BadSeeds": FaultText(
            "Could not create program address with signer seeds: {}",
            "More than 16 seeds of a program address, or one of more than 32 bytes.",
        ),
        "ReturnDataTooLarge": FaultText(
            "Return data too large ({} > {})", "Return data of more than 1,024 bytes."
        ),
    }
)


def syscall_fault(name: str, *arguments: object) -> SyscallFault:
    """The fault of that name, its text filled in."""
    return SyscallFault(name, FAULTS[name].message.format(*arguments))
