"""Agave's `InstructionError`: the variants, their texts, and how exit codes and faults map to them.

Source: solana-instruction-error 2 (variants and texts) and solana-program-error 3 (`From<u64>`, the codes
above 32 bits).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.vm.faults import Fault, SyscallFault

TEXTS = {
    "InvalidArgument": "invalid program argument",
    "InvalidInstructionData": "invalid instruction data",
    "InvalidAccountData": "invalid account data for instruction",
    "AccountDataTooSmall": "account data too small for instruction",
    "InsufficientFunds": "insufficient funds for instruction",
    "IncorrectProgramId": "incorrect program id for instruction",
    "MissingRequiredSignature": "missing required signature for instruction",
    "AccountAlreadyInitialized": "instruction requires an uninitialized account",
    "UninitializedAccount": "instruction requires an initialized account",
    "NotEnoughAccountKeys": "insufficient account keys for instruction",
    "AccountBorrowFailed": "instruction tries to borrow reference for an account which is already borrowed",
    "MaxSeedLengthExceeded": "Length of the seed is too long for address generation",
    "InvalidSeeds": "Provided seeds do not result in a valid address",
    "BorshIoError": "Failed to serialize or deserialize account data",
    "AccountNotRentExempt": "An account does not have enough lamports to be rent-exempt",
    "UnsupportedSysvar": "Unsupported sysvar",
    "IllegalOwner": "Provided owner is not allowed",
    "MaxAccountsDataAllocationsExceeded": (
        "Accounts data allocations exceeded the maximum allowed per transaction"
    ),
    "InvalidRealloc": "Failed to reallocate account data",
    "MaxInstructionTraceLengthExceeded": "Max instruction trace length exceeded",
    "BuiltinProgramsMustConsumeComputeUnits": "Builtin programs must consume compute units",
    "InvalidAccountOwner": "Invalid account owner",
    "ArithmeticOverflow": "Program arithmetic overflowed",
    "Immutable": "Account is immutable",
    "IncorrectAuthority": "Incorrect authority provided",
    "InvalidError": "program returned invalid error code",
    "ProgramFailedToComplete": "Program failed to complete",
    "ComputationalBudgetExceeded": "Computational budget exceeded",
    "UnbalancedInstruction": "sum of account balances before and after instruction do not match",
    "ModifiedProgramId": "instruction illegally modified the program id of an account",
    "ExternalAccountLamportSpend": "instruction spent from the balance of an account it does not own",
    "ExternalAccountDataModified": "instruction modified data of an account it does not own",
    "ReadonlyLamportChange": "instruction changed the balance of a read-only account",
    "ReadonlyDataModified": "instruction modified data of a read-only account",
    "AccountDataSizeChanged": "program other than the account's owner changed the size of the account data",
}

BUILTIN_CODES = (
    "InvalidArgument",
    "InvalidInstructionData",
    "InvalidAccountData",
    "AccountDataTooSmall",
    "InsufficientFunds",
    "IncorrectProgramId",
    "MissingRequiredSignature",
    "AccountAlreadyInitialized",
    "UninitializedAccount",
    "NotEnoughAccountKeys",
    "AccountBorrowFailed",
    "MaxSeedLengthExceeded",
    "InvalidSeeds",
    "BorshIoError",
    "AccountNotRentExempt",
    "UnsupportedSysvar",
    "IllegalOwner",
    "MaxAccountsDataAllocationsExceeded",
    "InvalidRealloc",
    "MaxInstructionTraceLengthExceeded",
    "BuiltinProgramsMustConsumeComputeUnits",
    "InvalidAccountOwner",
    "ArithmeticOverflow",
    "Immutable",
    "IncorrectAuthority",
)
"""The variants of exit codes 2 << 32, 3 << 32, and so on. Exit code 1 << 32 is `Custom(0)`."""

RUNTIME_MEANINGS = {
    "InvalidRealloc": "An account has grown by more than 10,240 bytes, or to more than 10 MiB.",
    "ArithmeticOverflow": "The sum of offset and length in a call of `sol_get_sysvar` exceeds 64 bits.",
    "InvalidError": "The program returned a code above 32 bits that does not stand for an error.",
    "ProgramFailedToComplete": "A fault stopped the program. The message is that of the fault.",
    "ComputationalBudgetExceeded": "Too few compute units were left for a syscall.",
    "UnbalancedInstruction": "The sum of the lamports of all accounts has changed.",
    "ModifiedProgramId": (
        "The owner of an account has changed, but the program does not own it, it is read-only, or its data "
        "is not all zeros."
    ),
    "ExternalAccountLamportSpend": "An account that the program does not own has fewer lamports than before.",
    "ExternalAccountDataModified": "The data of an account that the program does not own has changed.",
    "ReadonlyLamportChange": "The lamports of a read-only account have changed.",
    "ReadonlyDataModified": "The data of a read-only account has changed.",
    "AccountDataSizeChanged": "Data of an account that the program does not own has changed its length.",
}
"""Meanings of the errors that the runtime sets itself.

Programs return all other errors for their own reasons.
"""


@dataclass(frozen=True, slots=True)
class InstructionError:
    """One variant: `name` as in Rust's debug format, `message` as in its display format."""

    name: str
    message: str


def instruction_error(name: str) -> InstructionError:
    """The variant with this name."""
    return InstructionError(name, TEXTS[name])


def custom_error(code: int) -> InstructionError:
    """The error for a program's own 32-bit error code."""
    return InstructionError(f"Custom({code})", f"custom program error: {code:#x}")


def error_of_exit_code(exit_code: int) -> InstructionError | None:
    """The error for a program's r0, or None for 0."""
    if exit_code == 0:
        return None
    if exit_code >> 32 == 0:
        return custom_error(exit_code)
    builtin, rest = exit_code >> 32, exit_code & 0xFFFF_FFFF
    if rest == 0 and builtin == 1:
        return custom_error(0)
    if rest == 0 and builtin - 2 < len(BUILTIN_CODES):
        return instruction_error(BUILTIN_CODES[builtin - 2])
    return instruction_error("InvalidError")


def error_of_fault(fault: Fault) -> InstructionError:
    """The error for a fault.

    A syscall may fail with an `InstructionError` of its own. Every other fault is `ProgramFailedToComplete`.
    The message is the fault's own, because that is the text that the runtime logs (solana-program-runtime
    4.1, `process_executable_chain`).
    """
    own = isinstance(fault, SyscallFault) and fault.name in TEXTS
    return InstructionError(fault.name if own else "ProgramFailedToComplete", str(fault))
