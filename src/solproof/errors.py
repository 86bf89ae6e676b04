"""The errors that solproof raises on purpose. Everything else that escapes is a bug.

Each class names the exit status that the command line maps it to, so that a script can tell a bad file from a
bad proof.
"""

from __future__ import annotations

from typing import ClassVar


class SolproofError(Exception):
    """Base of every expected error: the message says what, where, and what was expected."""

    exit_status: ClassVar[int] = 1


class InputError(SolproofError):
    """A file or value handed in by the user is not what it has to be. Exit status 2."""

    exit_status = 2


class ProgramError(InputError):
    """The program cannot be loaded: an ELF, relocation or verifier error, in Agave's words. Exit status 2."""


class UnsupportedError(SolproofError):
    """A real Solana feature that this version does not run or prove yet, refused by name. Exit status 3."""

    exit_status = 3


class ProofRejected(SolproofError):
    """The proof does not prove what the caller expects; the message is the reason. Exit status 4."""

    exit_status = 4


class ProofVersionError(SolproofError):
    """Made by another format or engine version: neither valid nor invalid here. Exit status 5."""

    exit_status = 5


class OutputError(SolproofError):
    """A result could not be written; nothing was left half-written. Exit status 6."""

    exit_status = 6


class ProvingError(SolproofError):
    """The engine refused to prove: parameters too weak, or a table outside its limits. Exit status 7."""

    exit_status = 7


class NotEnoughMemory(SolproofError):
    """The estimated peak of a proof is above what may be used; nothing was proven. Exit status 8."""

    exit_status = 8
