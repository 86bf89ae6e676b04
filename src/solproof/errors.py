"""The errors that solproof raises on purpose. Any other exception that escapes is a bug.

Each class has its own exit status on the command line, so a script can tell a bad file from a bad proof.
"""

from __future__ import annotations

from typing import ClassVar


class SolproofError(Exception):
    """Base of every expected error. Its message names the problem, its place, and the expected value."""

    exit_status: ClassVar[int] = 1


class InputError(SolproofError):
    """A file or a value from the user is invalid. Exit status 2."""

    exit_status = 2


class ProgramError(InputError):
    """The program cannot be loaded. The message is an ELF, relocation or verifier error in Agave's words.
    Exit status 2.
    """


class UnsupportedError(SolproofError):
    """The run uses a real Solana feature that this version does not run or prove yet. The message names it.
    Exit status 3.
    """

    exit_status = 3


class ProofRejected(SolproofError):
    """The proof does not prove the run that the caller expects. The message gives the reason.
    Exit status 4.
    """

    exit_status = 4


class ProofVersionError(SolproofError):
    """Another format or engine version made the proof, so it is neither valid nor invalid here.
    Exit status 5.
    """

    exit_status = 5


class OutputError(SolproofError):
    """A result could not be written. No partial file was left. Exit status 6."""

    exit_status = 6


class ProvingError(SolproofError):
    """The engine refused to prove, because the parameters are too weak or a table is outside its limits.
    Exit status 7.
    """

    exit_status = 7


class NotEnoughMemory(SolproofError):
    """The estimated peak memory of a proof is above the limit. Nothing was proven. Exit status 8."""

    exit_status = 8
