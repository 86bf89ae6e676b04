"""Compares our loader and verifier with the reference, for any bytes."""

from __future__ import annotations

from solproof.errors import ProgramError
from solproof.program.bytecode_verifier import verify
from solproof.program.elf import load
from solproof.program.errors import ElfError, VerifierError
from solproof.program.program import Program
from solproof.program.syscall_names import NAMES
from tests.support.oracle.oracle import LoadedProgram, LoadError, oracle


def verdict(elf: bytes, newest_version: int = 3) -> LoadedProgram | LoadError:
    """Our verdict, in the oracle's form."""
    try:
        program = load(elf, newest_version)
        verify(program)
    except (ElfError, VerifierError) as error:
        return as_load_error(error)
    return as_loaded(program)


def as_load_error(error: ProgramError) -> LoadError:
    """An error, in the oracle's form."""
    assert isinstance(error, ElfError | VerifierError)
    return LoadError(type(error).__name__, error.name, error.text)


def as_loaded(program: Program) -> LoadedProgram:
    """A program, in the oracle's form."""
    return LoadedProgram(
        text=program.text,
        text_address=program.text_address,
        image=program.image,
        image_address=program.image_address,
        entry=program.entry,
        functions=dict(program.functions),
    )


def assert_like_reference(elf: bytes, newest_version: int = 3) -> LoadedProgram | LoadError:
    """Check that both return the same program, or the same error with the same text."""
    ours = verdict(elf, newest_version)
    assert ours == oracle().load(elf, NAMES, newest_version)
    return ours
