"""Our loader and verifier against the reference, on any bytes."""

from __future__ import annotations

from solproof.errors import ProgramError, UnsupportedError
from solproof.program.errors import ElfError, VerifierError
from solproof.program.program import Program
from solproof.program.syscall_names import NAMES
from solproof.program.verifier import load_program
from tests.oracle.oracle import LoadedProgram, LoadError, oracle


def verdict(elf: bytes) -> LoadedProgram | LoadError | UnsupportedError:
    """Our answer in the oracle's terms."""
    try:
        program = load_program(elf)
    except (ElfError, VerifierError) as error:
        return as_load_error(error)
    except UnsupportedError as error:
        return error
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


def assert_like_reference(elf: bytes) -> LoadedProgram | LoadError | UnsupportedError:
    """Same program, or same error with the same text; versions that we do not load yet are not compared."""
    ours = verdict(elf)
    if isinstance(ours, UnsupportedError):
        assert int.from_bytes(elf[48:52], "little") in (1, 2, 3)
    else:
        assert ours == oracle().load(elf, NAMES)
    return ours
