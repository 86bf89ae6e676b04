"""Our loader and verifier against the reference, on any bytes."""

from __future__ import annotations

from solproof.errors import ProgramError
from solproof.program.bytecode_verifier import verify
from solproof.program.elf import load
from solproof.program.errors import ElfError, VerifierError
from solproof.program.program import Program
from solproof.program.syscall_names import NAMES
from tests.oracle.oracle import LoadedProgram, LoadError, oracle


def verdict(elf: bytes, newest_version: int = 3) -> LoadedProgram | LoadError:
    """Our answer in the oracle's terms."""
    try:
        program = load(elf, newest_version)
        verify(program)
    except (ElfError, VerifierError) as error:
        return as_load_error(error)
    return as_loaded(program)


def as_load_error(error: ProgramError) -> LoadError:
    """An error as the oracle reports it."""
    assert isinstance(error, ElfError | VerifierError)
    return LoadError(type(error).__name__, error.name, error.text)


def as_loaded(program: Program) -> LoadedProgram:
    """A program as the oracle reports it."""
    return LoadedProgram(
        text=program.text,
        text_address=program.text_address,
        image=program.image,
        image_address=program.image_address,
        entry=program.entry,
        functions=dict(program.functions),
    )


def assert_like_reference(elf: bytes, newest_version: int = 3) -> LoadedProgram | LoadError:
    """Same program, or same error with the same text."""
    ours = verdict(elf, newest_version)
    assert ours == oracle().load(elf, NAMES, newest_version)
    return ours
