"""Agave's `InstructionError`: the variants, their texts, and how exit codes and faults map to them.

Source: solana-instruction-error 2 (variants and texts) and solana-program-error 3 (`From<u64>`, the codes
above 32 bits).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.vm.faults import Fault, SyscallFault

CUSTOM = "Custom"

TEXTS = {
    "GenericError": "generic instruction error",
    "InvalidArgument": "invalid program argument",
    "InvalidInstructionData": "invalid instruction data",
    "InvalidAccountData": "invalid account data for instruction",
    "AccountDataTooSmall": "account data too small for instruction",
    "InsufficientFunds": "insufficient funds for instruction",
    "IncorrectProgramId": "incorrect program id for instruction",
    "MissingRequiredSignature": "missing required signature for instruction",
    "AccountAlreadyInitialized": "instruction requires an uninitialized account",
    "UninitializedAccount": "instruction requires an initialized account",
    "UnbalancedInstruction": "sum of account balances before and after instruction do not match",
    "ModifiedProgramId": "instruction illegally modified the program id of an account",
    "ExternalAccountLamportSpend": "instruction spent from the balance of an account it does not own",
    "ExternalAccountDataModified": "instruction modified data of an account it does not own",
    "ReadonlyLamportChange": "instruction changed the balance of a read-only account",
    "ReadonlyDataModified": "instruction modified data of a read-only account",
    "DuplicateAccountIndex": "instruction contains duplicate accounts",
    "ExecutableModified": "instruction changed executable bit of an account",
    "RentEpochModified": "instruction modified rent epoch of an account",
    "NotEnoughAccountKeys": "insufficient account keys for instruction",
    "AccountDataSizeChanged": "program other than the account's owner changed the size of the account data",
    "AccountNotExecutable": "instruction expected an executable account",
    "AccountBorrowFailed": "instruction tries to borrow reference for an account which is already borrowed",
    "AccountBorrowOutstanding": "instruction left account with an outstanding borrowed reference",
    "DuplicateAccountOutOfSync": "instruction modifications of multiply-passed account differ",
    CUSTOM: "custom program error: {:#x}",
    "InvalidError": "program returned invalid error code",
    "ExecutableDataModified": "instruction changed executable accounts data",
    "ExecutableLamportChange": "instruction changed the balance of an executable account",
    "ExecutableAccountNotRentExempt": "executable accounts must be rent exempt",
    "UnsupportedProgramId": "Unsupported program id",
    "CallDepth": "Cross-program invocation call depth too deep",
    "MissingAccount": "An account required by the instruction is missing",
    "ReentrancyNotAllowed": "Cross-program invocation reentrancy not allowed for this instruction",
    "MaxSeedLengthExceeded": "Length of the seed is too long for address generation",
    "InvalidSeeds": "Provided seeds do not result in a valid address",
    "InvalidRealloc": "Failed to reallocate account data",
    "ComputationalBudgetExceeded": "Computational budget exceeded",
    "PrivilegeEscalation": "Cross-program invocation with unauthorized signer or writable account",
    "ProgramEnvironmentSetupFailure": "Failed to create program execution environment",
    "ProgramFailedToComplete": "Program failed to complete",
    "ProgramFailedToCompile": "Program failed to compile",
    "Immutable": "Account is immutable",
    "IncorrectAuthority": "Incorrect authority provided",
    "BorshIoError": "Failed to serialize or deserialize account data",
    "AccountNotRentExempt": "An account does not have enough lamports to be rent-exempt",
    "InvalidAccountOwner": "Invalid account owner",
    "ArithmeticOverflow": "Program arithmetic overflowed",
    "UnsupportedSysvar": "Unsupported sysvar",
    "IllegalOwner": "Provided owner is not allowed",
    "MaxAccountsDataAllocationsExceeded": (
        "Accounts data allocations exceeded the maximum allowed per transaction"
    ),
    "MaxAccountsExceeded": "Max accounts exceeded",
    "MaxInstructionTraceLengthExceeded": "Max instruction trace length exceeded",
    "BuiltinProgramsMustConsumeComputeUnits": "Builtin programs must consume compute units",
}
"""The text of each variant. The position of a variant is its number."""

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
    "InvalidArgument": "A flag of an account in an invoked instruction is neither 0 nor 1.",
    "AccountDataTooSmall": (
        "An invoked program has changed the length of an account's data, and an account info of its caller "
        "has another length in its place."
    ),
    "UnbalancedInstruction": (
        "The sum of the lamports of all accounts has changed, at the end of an instruction or when it "
        "invokes another program."
    ),
    "ModifiedProgramId": (
        "The owner of an account has changed, but the program does not own it, it is read-only, or its data "
        "is not all zeros."
    ),
    "ExternalAccountLamportSpend": "An account that the program does not own has fewer lamports than before.",
    "ExternalAccountDataModified": "The data of an account that the program does not own has changed.",
    "ReadonlyLamportChange": "The lamports of a read-only account have changed.",
    "ReadonlyDataModified": "The data of a read-only account has changed.",
    "ExecutableModified": (
        "The executable mark of an account has changed, but the program does not own it, or it is read-only."
    ),
    "AccountDataSizeChanged": "Data of an account that the program does not own has changed its length.",
    "InvalidError": "The program returned a code above 32 bits that does not stand for an error.",
    "ExecutableAccountNotRentExempt": (
        "An account becomes a program, and its balance is below the minimum for its rent."
    ),
    "UnsupportedProgramId": (
        "The account of the program holds no program that can run, or its program was deployed in this slot."
    ),
    "CallDepth": (
        "An invoked program would be at height 6 of the stack, or at height 10 with "
        "`raise_cpi_nesting_limit_to_8`."
    ),
    "MissingAccount": (
        "An invoked instruction names an account or a program that its caller does not have, there is no "
        "account info for an account, or a builtin program got too few accounts."
    ),
    "ReentrancyNotAllowed": "A program is running already, and another program has invoked it.",
    "MaxSeedLengthExceeded": "A signer of an invoked instruction has more than 16 seeds.",
    "InvalidRealloc": (
        "An account has grown by more than 10,240 bytes in one instruction of the message, or to more than "
        "10 MiB."
    ),
    "ComputationalBudgetExceeded": "Too few compute units were left for a syscall or a builtin program.",
    "PrivilegeEscalation": (
        "An invoked instruction may sign for an account or write to it, which its caller may not."
    ),
    "ProgramEnvironmentSetupFailure": "Too few compute units were left for the heap.",
    "ProgramFailedToComplete": "A fault stopped the program. The message is that of the fault.",
    "ArithmeticOverflow": (
        "The sum of offset and length in a call of `sol_get_sysvar` exceeds 64 bits, or a balance would."
    ),
    "MaxAccountsDataAllocationsExceeded": (
        "The data of all accounts have grown by more than 20 MiB in the transaction."
    ),
    "MaxAccountsExceeded": "An instruction names more than 255 accounts.",
    "MaxInstructionTraceLengthExceeded": "A transaction has called more than 64 instructions.",
}
"""Meanings of the errors that the runtime sets itself, in the order of their numbers.

Programs, also builtin programs, return all other errors for their own reasons.
"""


@dataclass(frozen=True, slots=True)
class InstructionError:
    """One variant: `name` as in Rust's debug format, `message` as in its display format.

    The runtime logs `message`. After a fault, this is the fault's own text.
    """

    name: str
    message: str

    @property
    def variant(self) -> str:
        """The name without the code of a `Custom` error."""
        return self.name.partition("(")[0]

    @property
    def number(self) -> int:
        """The position of the variant in the enum, which is its number in bincode."""
        return tuple(TEXTS).index(self.variant)

    @property
    def custom_code(self) -> int | None:
        """The program's own code in a `Custom` error, None for every other variant."""
        return int(self.name[len(CUSTOM) + 1 : -1]) if self.variant == CUSTOM else None

    def without_detail(self) -> InstructionError:
        """The error with the text of its variant.

        A caller learns only the variant of its callee's error, not the text of the fault behind it.
        """
        code = self.custom_code
        return instruction_error(self.name) if code is None else custom_error(code)


class InstructionFailure(Exception):
    """An instruction ends with an error.

    This is a possible outcome of a program, not an error of solproof.
    """

    def __init__(self, error: InstructionError) -> None:
        super().__init__(error)
        self.error = error


class InstructionFault(SyscallFault):
    """A syscall failed with an `InstructionError`, which the instruction then ends with."""

    def __init__(self, error: InstructionError) -> None:
        super().__init__(error.name, error.message)
        self.error = error


def instruction_error(name: str) -> InstructionError:
    """The variant with this name."""
    return InstructionError(name, TEXTS[name])


def custom_error(code: int) -> InstructionError:
    """The error for a program's own 32-bit error code."""
    return InstructionError(f"{CUSTOM}({code})", TEXTS[CUSTOM].format(code))


def failure(name: str) -> InstructionFailure:
    """The exception for the variant with this name."""
    return InstructionFailure(instruction_error(name))


def custom_failure(code: int) -> InstructionFailure:
    """The exception for a program's own 32-bit error code."""
    return InstructionFailure(custom_error(code))


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
    if isinstance(fault, InstructionFault):
        return fault.error
    return InstructionError("ProgramFailedToComplete", str(fault))
