"""The faults of syscalls: their names, the runtime's texts, and their meanings.

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
            "The program called `sol_panic_`. The message has file, line and column in its source.",
        ),
        "InvalidString": FaultText(
            "{}: {}", "A text is not UTF-8. The message has the reason and the bytes."
        ),
        "InvalidLength": FaultText(
            "InvalidLength", "A length or a count is above the limit of the syscall, or above 2^63 - 1 bytes."
        ),
        "InvalidAttribute": FaultText(
            "InvalidAttribute", "The curve or the operation does not exist, or its feature is not active."
        ),
        "InvalidParameters": FaultText(
            "Invalid parameters.", "The parameters of Poseidon are not 0 (BN254 with x^5)."
        ),
        "InvalidEndianness": FaultText(
            "Invalid endianness.", "Poseidon's byte order is neither 0 (big-endian) nor 1 (little-endian)."
        ),
        "UnalignedPointer": FaultText(
            "Unaligned pointer",
            "An address is not aligned for its type, or a program of loader v1 asks for a sysvar.",
        ),
        "InvalidPointer": FaultText(
            "Invalid pointer",
            "The destination of a sysvar is in the input region, or an address in an account info is not "
            "that of the account in the input region.",
        ),
        "CopyOverlapping": FaultText(
            "Overlapping copy", "The ranges of a copy overlap, or those of two results."
        ),
        "TooManySlices": FaultText(
            "Hashing too many sequences", "There are more than 20,000 slices to hash."
        ),
        "BadSeeds": FaultText(
            "Could not create program address with signer seeds: {}",
            "A program address has more than 16 seeds, or a seed of more than 32 bytes.",
        ),
        "TooManySigners": FaultText(
            "Too many signers", "A cross-program invocation has more than 16 signers."
        ),
        "MaxInstructionAccountsExceeded": FaultText(
            "Invoked an instruction with too many accounts ({} > {})",
            "An invoked instruction names more than 255 accounts.",
        ),
        "MaxInstructionDataLenExceeded": FaultText(
            "Invoked an instruction with data that is too large ({} > {})",
            "The data of an invoked instruction have more than 10,240 bytes.",
        ),
        "MaxInstructionAccountInfosExceeded": FaultText(
            "Invoked an instruction with too many account info's ({} > {})",
            "A cross-program invocation passes more than 255 account infos.",
        ),
        "ProgramNotSupported": FaultText(
            "Program {} not supported by inner instructions",
            "The invoked program is a loader or a precompile that only a transaction may call.",
        ),
        "ReturnDataTooLarge": FaultText(
            "Return data too large ({} > {})", "The return data has more than 1,024 bytes."
        ),
    }
)


def syscall_fault(name: str, *arguments: object) -> SyscallFault:
    """The fault with this name, with `arguments` filled into its text."""
    return SyscallFault(name, FAULTS[name].message.format(*arguments))
