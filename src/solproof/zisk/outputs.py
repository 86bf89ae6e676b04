"""The public words of the guest, and what they say of a run.

The numbers are those of guest/platform.h and guest/endings.h; docs/zisk.md lists them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from solproof.errors import SolproofError
from solproof.program.syscall_names import SYSCALL_NAMES

FORMAT_VERSION = 1
NO_EXIT_CODE = 2**64 - 1
SEGMENT_END = 128
FIRST_REFUSAL = 192
DIGEST_BYTES = 32


class Word(IntEnum):
    """Where things are among the words."""

    FLAG = 0
    EXIT_CODE = 1
    COMPUTE_UNITS = 2
    INSTRUCTIONS = 3
    ACCOUNTS_MODIFIED = 4
    ENDING = 5
    DETAIL = 6
    EXIT_CODE_HIGH = 7
    PC = 8
    FORMAT = 9
    PROGRAM_DIGEST = 16
    INPUT_DIGEST = 24
    RESULT_DIGEST = 32
    STATE_BEFORE = 40
    STATE_AFTER = 48


OUTPUT_NAMES = (
    "success flag, 0 for success",
    "exit code",
    "compute units",
    "instructions executed",
    "accounts modified",
)
"""What the first words are."""

FAULTS = {
    1: "DivideByZero",
    2: "DivideOverflow",
    3: "CallDepthExceeded",
    4: "CallOutsideTextSegment",
    5: "ExecutionOverrun",
    6: "UnsupportedInstruction",
    7: "ExceededMaxInstructions",
    8: "AccessViolation",
    9: "StackAccessViolation",
}
SYSCALL_FAULTS = {
    32: "Abort",
    33: "Panic",
    34: "InvalidString",
    35: "InvalidLength",
    36: "UnalignedPointer",
    37: "InvalidPointer",
    38: "CopyOverlapping",
    39: "TooManySlices",
    40: "BadSeeds",
    41: "ReturnDataTooLarge",
    42: "ComputationalBudgetExceeded",
    43: "ArithmeticOverflow",
    44: "AccessViolation",
    45: "StackAccessViolation",
}
ACCOUNT_RULES = {
    64: "ExternalAccountLamportSpend",
    65: "ReadonlyLamportChange",
    66: "InvalidRealloc",
    67: "AccountDataSizeChanged",
    68: "ReadonlyDataModified",
    69: "ExternalAccountDataModified",
    70: "ModifiedProgramId",
    71: "UnbalancedInstruction",
}
REFUSALS = {
    192: "the input is not a SolanaExecutionInput",
    193: "the runtime would not load the program",
    194: "the program calls a syscall that this guest does not have",
    195: "the input is too large for the guest's memory",
    196: "the state that the segment starts from is malformed",
}
PROGRAM_REFUSALS = {
    1: "ElfError::UnsupportedSBPFVersion",
    2: "ElfError::FailedToParse",
    3: "ElfError::ValueOutOfBounds",
    4: "ElfError::InvalidProgramHeader",
    5: "ElfError::WrongAbi",
    6: "ElfError::WrongMachine",
    7: "ElfError::WrongType",
    8: "ElfError::NotOneTextSection",
    9: "ElfError::WritableSectionNotSupported",
    10: "ElfError::EntrypointOutOfBounds",
    11: "ElfError::InvalidEntrypoint",
    12: "ElfError::RelativeJumpOutOfBounds",
    13: "ElfError::SymbolHashCollision",
    14: "ElfError::UnknownRelocation",
    15: "ElfError::UnknownSymbol",
    16: "ElfError::InvalidVirtualAddress",
    64: "VerifierError::ProgramLengthNotMultiple",
    65: "VerifierError::NoProgram",
    66: "VerifierError::UnknownOpCode",
    67: "VerifierError::LDDWCannotBeLast",
    68: "VerifierError::IncompleteLDDW",
    69: "VerifierError::DivisionByZero",
    70: "VerifierError::ShiftWithOverflow",
    71: "VerifierError::UnsupportedLEBEArgument",
    72: "VerifierError::JumpOutOfCode",
    73: "VerifierError::JumpToMiddleOfLDDW",
    74: "VerifierError::InvalidRegister",
    75: "VerifierError::UnalignedImmediate",
    76: "VerifierError::InvalidSourceRegister",
    77: "VerifierError::InvalidDestinationRegister",
    78: "VerifierError::CannotWriteR10",
}


class OutputsError(SolproofError):
    """Words that no guest of this version sets."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The words with their meanings.

    success:    the program returned 0, and its changes to the accounts were allowed
    exit_code:  r0, or None when a fault stopped the program or the run is not at its end
    fault:      the name of the fault, as in an `ExecutionOutput`
    rule:       the account rule that the program broke
    is_complete: whether this is the end of the run, and not of a segment
    refusal:    why nothing is claimed about the program; the other fields then mean nothing
    The digests are SHA-256; that of a result only with `is_complete`, those of states only in segments.
    """

    success: bool
    exit_code: int | None
    compute_units: int
    instructions: int
    accounts_modified: int
    pc: int
    fault: str | None
    rule: str | None
    is_complete: bool
    refusal: str | None
    program_digest: bytes
    input_digest: bytes
    result_digest: bytes
    state_before: bytes
    state_after: bytes

    @classmethod
    def of(cls, words: Sequence[int]) -> Outputs:
        """Read the words; raises `OutputsError` for a format or an ending that is not known."""
        if words[Word.FORMAT] != FORMAT_VERSION:
            raise OutputsError(
                f"output word {Word.FORMAT} is {words[Word.FORMAT]}, expected format {FORMAT_VERSION}"
            )
        ending = words[Word.ENDING]
        known = {0, SEGMENT_END, *FAULTS, *SYSCALL_FAULTS, *ACCOUNT_RULES, *REFUSALS}
        if ending not in known:
            raise OutputsError(f"output word {Word.ENDING} is {ending}, which is no ending")
        has_returned = ending == 0 or ending in ACCOUNT_RULES
        exit_code = words[Word.EXIT_CODE] | words[Word.EXIT_CODE_HIGH] << 32
        return cls(
            success=words[Word.FLAG] == 0,
            exit_code=exit_code if has_returned else None,
            compute_units=words[Word.COMPUTE_UNITS],
            instructions=words[Word.INSTRUCTIONS],
            accounts_modified=words[Word.ACCOUNTS_MODIFIED],
            pc=words[Word.PC],
            fault=FAULTS.get(ending) or SYSCALL_FAULTS.get(ending),
            rule=ACCOUNT_RULES.get(ending),
            is_complete=ending != SEGMENT_END and ending < FIRST_REFUSAL,
            refusal=_refusal(ending, words[Word.DETAIL]),
            program_digest=_digest(words, Word.PROGRAM_DIGEST),
            input_digest=_digest(words, Word.INPUT_DIGEST),
            result_digest=_digest(words, Word.RESULT_DIGEST),
            state_before=_digest(words, Word.STATE_BEFORE),
            state_after=_digest(words, Word.STATE_AFTER),
        )


def _digest(words: Sequence[int], first: int) -> bytes:
    return struct.pack("<8I", *words[first : first + DIGEST_BYTES // 4])


def _refusal(ending: int, detail: int) -> str | None:
    text = REFUSALS.get(ending)
    if text is None:
        return None
    more = {
        192: f"at offset {detail} of the input.bin",
        193: PROGRAM_REFUSALS.get(detail, f"reason {detail}"),
        194: SYSCALL_NAMES.get(detail, f"{detail:#x}"),
    }.get(ending)
    return text if more is None else f"{text}: {more}"
