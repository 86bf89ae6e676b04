"""The public words of the guest, and the result of a run that they hold.

The guest's header `outputs.h` is generated from this module. docs/zisk.md lists the words.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from solproof.errors import SolproofError
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.zisk.endings import (
    ACCOUNT_RULES,
    ENDINGS,
    FAULTS,
    PROGRAM_REFUSALS,
    REFUSALS,
    RETURNED,
    SEGMENT_END,
    SYSCALL_FAULTS,
    Refused,
)

FORMAT_VERSION = 1
NO_EXIT_CODE = 2**64 - 1
DIGEST_BYTES = 32


class Word(IntEnum):
    """The positions of the words."""

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
"""The meanings of the first words."""


class OutputsError(SolproofError):
    """Words that no guest of this version sets."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The words with their meanings.

    success:    the program returned 0, and its changes to the accounts were allowed
    exit_code:  r0, or None if a fault stopped the program or the run is not at its end
    fault:      the name of the fault, as in an `ExecutionOutput`
    rule:       the account rule that the program broke
    is_complete: whether this is the end of the run, and not of a segment
    refusal:    the reason why nothing is claimed about the program; the other fields then have no meaning

    The digests are SHA-256. A result has a digest only if `is_complete`, and states only in segments.
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
        """Read the words. Raises `OutputsError` for an unknown format or ending."""
        if words[Word.FORMAT] != FORMAT_VERSION:
            raise OutputsError(
                f"output word {Word.FORMAT} is {words[Word.FORMAT]}, expected format {FORMAT_VERSION}"
            )
        ending = words[Word.ENDING]
        if not any(ending in group.names for group in ENDINGS):
            raise OutputsError(f"output word {Word.ENDING} is {ending}, which is no ending")
        has_returned = ending == RETURNED or ending in ACCOUNT_RULES
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
            is_complete=ending != SEGMENT_END and ending not in REFUSALS,
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
        Refused.INPUT: f"at offset {detail} of the input.bin",
        Refused.PROGRAM: PROGRAM_REFUSALS.get(detail, f"reason {detail}"),
        Refused.SYSCALL: SYSCALL_NAMES.get(detail, f"{detail:#x}"),
    }.get(Refused(ending))
    return text if more is None else f"{text}: {more}"
