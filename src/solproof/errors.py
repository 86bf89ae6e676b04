"""The errors that solproof raises on purpose. Any other exception that escapes is a bug.

Each class has its own exit status on the command line, so a script can tell a bad file from a bad proof.
"""

from __future__ import annotations

from copy import copy
from enum import Enum
from typing import ClassVar


class Reason(str, Enum):
    """A name that a program can compare, and its meaning in one sentence. Released names do not change."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Reason:
        """The string is the value. The meaning is for the reference page."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    def __str__(self) -> str:
        return str(self.value)


class Rejection(Reason):
    """Each way in which a proof is rejected, in the order of the checks."""

    # THE FILE
    FILE_TOO_LARGE = "file-too-large", "The file is larger than any proof file may be."
    FILE_MAGIC = "file-magic", "The file does not start with the bytes of a proof file."
    FILE_TRUNCATED = "file-truncated", "The file ends before its last field does."
    FILE_KIND = "file-kind", "The file is neither about an instruction nor about a transaction."
    FILE_TEXT = "file-text", "A text in the file's header is not printable ASCII."
    FILE_TRAILING_BYTES = "file-trailing-bytes", "Bytes follow the last field of the file."
    OTHER_KIND = "other-kind", "The proof is about an instruction, not about a transaction, or the reverse."
    OTHER_PROGRAM = "other-program", "The proof is about another program."
    OTHER_INPUT = "other-input", "The proof is about another input."

    # THE CLAIM
    CLAIM_TRUNCATED = "claim-truncated", "The claim ends before its last field does."
    CLAIM_TEXT = "claim-text", "The name of the claimed fault is not printable ASCII."
    CLAIM_COUNT = "claim-count", "The claim announces a list that is longer than its bytes can hold."
    SLOTS = "slots", "The executed slots do not rise, leave the program, or are more than the steps."
    CLAIM_TRAILING_BYTES = "claim-trailing-bytes", "Bytes follow the last field of the claim."
    FRAME_MISSING = "frame-missing", "The claim has fewer frames than the run."
    FINAL_CLK = "final-clk", "The number of the last instruction is 0 or above the compute unit limit plus 1."
    IMAGE_WORDS = "image-words", "The indices of the touched image words do not rise, or leave the image."
    INPUT_WORDS = "input-words", "The indices of the touched input words do not rise, or leave the input."

    # THE REPLAY OF THE EVENTS
    EVENT_ORDER = "event-order", "The instruction numbers of the events do not rise, or pass the last one."
    EVENT_MEMORY_UNITS = (
        "event-memory-units",
        "The compute units that memory syscalls used before an event do not fit the claim's total.",
    )
    EVENT_LIMIT = "event-limit", "The compute unit limit is used up before an event."
    EVENT_SYSCALL = "event-syscall", "The key of an event is not the hash of a syscall that exists."
    EVENT_WORD_TWICE = "event-word-twice", "An event lists a word of memory twice."
    EVENT_WORD_UNLISTED = (
        "event-word-unlisted",
        "An event lists a word of the image or the input that the claim does not list for the frame.",
    )
    EVENT_WORD_MISSING = "event-word-missing", "The syscall touches a word that its event does not list."
    EVENT_FAILS = (
        "event-fails",
        "The syscall of an event fails, and the event is not at the last instruction.",
    )
    EVENT_RETURNS = "event-returns", "The syscall of the event at the last instruction does not fail."
    EVENT_RESULT = "event-result", "The syscall of an event returns another result than the claim states."
    EVENT_WORD_UNTOUCHED = "event-word-untouched", "An event lists a word that its syscall does not touch."
    EVENT_WORD_AFTER = "event-word-after", "The syscall leaves another value in a word than the claim states."

    # THE END OF THE RUN
    FINAL_STATE = "final-state", "The final pc is beyond the end of the text, or too many calls are open."
    FINAL_CALL = (
        "final-call",
        "The final pc is the end of the text, directly after a call that cannot lead there.",
    )
    COMPUTE_UNITS = "compute-units", "The run takes more compute units than the limit."
    LAST_EVENT_SYSCALL = (
        "last-event-syscall",
        "The last instruction does not call the syscall of the event that is listed for it.",
    )
    LAST_EVENT_ARGUMENTS = (
        "last-event-arguments",
        "The arguments of the event at the last instruction are not r1 to r5 of the final state.",
    )
    LAST_EVENT_MISSING = "last-event-missing", "The last instruction calls a syscall that no event lists."
    NO_ENDING = "no-ending", "The last instruction neither exits the program nor fails."
    OUTCOME = "outcome", "The run ends with another fault than the claim states, or exits instead."
    INPUT_PADDING = "input-padding", "The claim changes a byte after the end of the input."
    FRAME_SURPLUS = "frame-surplus", "The claim has more frames than the run."

    # THE ENGINE
    SURPLUS_PROOF = "surplus-proof", "A file without frames holds a proof, or states a security."
    ENGINE_PUBLIC_DATA = "engine-public-data", "The engine does not take the public tables of the claim."
    ENGINE_PROOF = (
        "engine-proof",
        "The engine's part of the file is malformed, or it does not prove this statement.",
    )

    # THE PROOFS OF A SEQUENCE OF TRANSACTIONS, where OTHER_INPUT exists as well
    PROOF_MISSING = "proof-missing", "The directory has no proof of a transaction."
    PROOF_CHANGED = "proof-changed", "A proof is not the one that the index of its directory lists."
    PROOF_SURPLUS = "proof-surplus", "The index lists a proof for which the sequence has no transaction."

    # THE PARTS OF A RUN OF THE GUEST FOR ZISK, where OTHER_PROGRAM and OTHER_INPUT exist as well
    SEGMENTS_MISSING = "segments-missing", "There is no segment."
    SEGMENT_REFUSED = "segment-refused", "The guest refused the input of a segment."
    SEGMENT_STATEMENT = "segment-statement", "A segment is about another program or input than the first one."
    SEGMENT_STATE = "segment-state", "A segment does not start from the state that the previous one left."
    SEGMENT_ENDING = "segment-ending", "The run ends before the last segment, or goes on after it."


class VersionMismatch(Reason):
    """Each way in which a proof is of another version. Such a proof is not rejected: it is not judged."""

    FILE_FORMAT = "file-format", "The file has another format version."
    PROOF_SYSTEM = "proof-system", "The proof was made with another circuit or with other parameters."
    ENGINE_FORMAT = "engine-format", "The engine's part of the file has another format version."


class SolproofError(Exception):
    """Base of every expected error. Its message names the problem, its place, and the expected value."""

    exit_status: ClassVar[int] = 1
    reason: Reason | None = None  # only rejections and version errors have one
    engine_detail: str | None = None  # the engine's own words, if it has rejected a proof

    def placed(self, place: str) -> SolproofError:
        """The same error, with the place where it happened before its message."""
        placed = copy(self)
        placed.args = (*self.args[:-1], f"{place}: {self}")
        return placed


class InputError(SolproofError):
    """A file or a value from the user is invalid. Exit status 2."""

    exit_status = 2


class ProgramError(InputError):
    """The program cannot be loaded. The message is an ELF, relocation or verifier error in Agave's words.
    Exit status 2.
    """


class UnsupportedError(SolproofError):
    """The run uses a real Solana feature that this version does not run or prove yet, or the processor is too
    old for this version. The message names it. Exit status 3.
    """

    exit_status = 3


class ProofRejected(SolproofError):
    """The proof does not prove the run that the caller expects. `reason` names the failed check.
    Exit status 4.
    """

    exit_status = 4

    def __init__(self, reason: Rejection, message: str, engine_detail: str | None = None) -> None:
        super().__init__(reason, message)  # both, so that the error can be pickled
        self.reason: Rejection = reason
        self.engine_detail = engine_detail

    def __str__(self) -> str:
        return str(self.args[1])


class NotAProof(ProofRejected, InputError):
    """The file is no proof at all: it does not start with the bytes of a proof file. Exit status 2."""

    exit_status = 2


class ProofVersionError(SolproofError):
    """Another format or engine version made the proof, so it is neither valid nor invalid here.
    Exit status 5.
    """

    exit_status = 5

    def __init__(self, reason: VersionMismatch, message: str) -> None:
        super().__init__(reason, message)  # both, so that the error can be pickled
        self.reason: VersionMismatch = reason

    def __str__(self) -> str:
        return str(self.args[1])


class OutputError(SolproofError):
    """A result could not be written. No partial file was left. Exit status 6."""

    exit_status = 6


class ProvingError(SolproofError):
    """The engine refused to prove, because the parameters are too weak or a table is outside its limits.
    Exit status 7.
    """

    exit_status = 7


class NotEnoughMemory(SolproofError):
    """A record, a witness or a proof needs more memory than may be used. Exit status 8."""

    exit_status = 8


class RemoteError(SolproofError):
    """A node of a cluster could not be asked, or did not answer as JSON-RPC does. Exit status 9."""

    exit_status = 9
