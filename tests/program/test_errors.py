"""Errors survive a process boundary and keep their type."""

from __future__ import annotations

import pickle

from solproof.errors import ProgramError
from solproof.program.errors import elf_error, verifier_error


def test_parts() -> None:
    error = elf_error("UnknownSymbol", 7, detail="there are 4")
    assert (error.name, error.text, error.detail) == (
        "UnknownSymbol",
        "Unknown symbol with index 7",
        "there are 4",
    )
    assert str(error) == "ElfError::UnknownSymbol: Unknown symbol with index 7 (there are 4)"
    assert isinstance(error, ProgramError)
    assert error.exit_status == 2


def test_pickle() -> None:
    error = verifier_error("JumpOutOfCode", 9, pc=3, detail="expected 0 to 8")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (
        str(copy)
        == str(error)
        == ("VerifierError::JumpOutOfCode: jump out of code to #9 (insn #3) (expected 0 to 8)")
    )
