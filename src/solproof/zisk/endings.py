"""The ways in which a run of the guest can end: the numbers in the output words ENDING and DETAIL.

The guest's header `endings.h` and docs/reference/guest-endings.md are generated from this module. The numbers
are part of the format of the outputs, so they change only together with `FORMAT_VERSION` of outputs.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

RETURNED = 0
FAULTS: Mapping[int, str] = {
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
SYSCALL_FAULTS: Mapping[int, str] = {
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
ACCOUNT_RULES: Mapping[int, str] = {
    64: "ExternalAccountLamportSpend",
    65: "ReadonlyLamportChange",
    66: "InvalidRealloc",
    67: "AccountDataSizeChanged",
    68: "ReadonlyDataModified",
    69: "ExternalAccountDataModified",
    70: "ModifiedProgramId",
    71: "UnbalancedInstruction",
}
SEGMENT_END = 128


class Refused(IntEnum):
    """The endings that claim nothing about the program, because the guest did not run it to its end."""

    INPUT = 192
    PROGRAM = 193
    SYSCALL = 194
    TOO_LARGE = 195
    SEGMENT = 196


REFUSALS: Mapping[int, str] = {
    Refused.INPUT: "the input is not a SolanaExecutionInput",
    Refused.PROGRAM: "the runtime would not load the program",
    Refused.SYSCALL: "the program calls a syscall that this guest does not have",
    Refused.TOO_LARGE: "the input is too large for the guest's memory",
    Refused.SEGMENT: "the state that the segment starts from is malformed",
}
REFUSAL_DETAILS: Mapping[int, str] = {
    Refused.INPUT: "the offset in the `input.bin`",
    Refused.PROGRAM: "the reason, by its number below",
    Refused.SYSCALL: "the hash of the syscall's name",
}
"""The meaning of the word DETAIL. It is 0 for every other ending."""

ELF_REFUSALS: Mapping[int, str] = {
    1: "UnsupportedSBPFVersion",
    2: "FailedToParse",
    3: "ValueOutOfBounds",
    4: "InvalidProgramHeader",
    5: "WrongAbi",
    6: "WrongMachine",
    7: "WrongType",
    8: "NotOneTextSection",
    9: "WritableSectionNotSupported",
    10: "EntrypointOutOfBounds",
    11: "InvalidEntrypoint",
    12: "RelativeJumpOutOfBounds",
    13: "SymbolHashCollision",
    14: "UnknownRelocation",
    15: "UnknownSymbol",
    16: "InvalidVirtualAddress",
}
VERIFIER_REFUSALS: Mapping[int, str] = {
    64: "ProgramLengthNotMultiple",
    65: "NoProgram",
    66: "UnknownOpCode",
    67: "LDDWCannotBeLast",
    68: "IncompleteLDDW",
    69: "DivisionByZero",
    70: "ShiftWithOverflow",
    71: "UnsupportedLEBEArgument",
    72: "JumpOutOfCode",
    73: "JumpToMiddleOfLDDW",
    74: "InvalidRegister",
    75: "UnalignedImmediate",
    76: "InvalidSourceRegister",
    77: "InvalidDestinationRegister",
    78: "CannotWriteR10",
}
PROGRAM_REFUSALS: Mapping[int, str] = {
    **{number: f"ElfError::{name}" for number, name in ELF_REFUSALS.items()},
    **{number: f"VerifierError::{name}" for number, name in VERIFIER_REFUSALS.items()},
}
"""The reasons why the runtime would not load a program."""


class EndingGroup(NamedTuple):
    """Endings of one kind.

    names: the name of each number.
    meaning: a sentence about all of them.
    prefix: the start of their constants in C. It is needed because a fault of the machine and a fault of a
        syscall can have the same name.
    """

    names: Mapping[int, str]
    meaning: str
    prefix: str = ""


ENDINGS = (
    EndingGroup({RETURNED: "Returned"}, "The program returned. Words 1 and 7 are r0."),
    EndingGroup(FAULTS, "The machine stopped the program."),
    EndingGroup(SYSCALL_FAULTS, "A syscall stopped the program.", "SYSCALL_"),
    EndingGroup(ACCOUNT_RULES, "The program returned 0, but it broke a rule for accounts."),
    EndingGroup({SEGMENT_END: "SegmentEnd"}, "A segment ends here, and the run goes on."),
    EndingGroup(
        {refused: refused.name for refused in Refused}, "Nothing is claimed about the program.", "REFUSED_"
    ),
)
PROGRAM_REFUSAL_GROUPS = (
    EndingGroup(ELF_REFUSALS, "The loader does not take the file.", "ELF_"),
    EndingGroup(VERIFIER_REFUSALS, "The verifier does not take the text.", "VERIFIER_"),
)
