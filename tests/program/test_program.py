"""The properties of a loaded program."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest

from solproof.isa.instruction import Instruction
from solproof.program.elf import load
from tests.support.elf_files import small_elf

PROGRAM = load(small_elf().data)


def test_slots_and_instructions() -> None:
    assert PROGRAM.slots == 9
    assert PROGRAM.instruction(7) == PROGRAM.instruction(8) == Instruction(0x95)
    assert PROGRAM.instruction(0) == Instruction(0x18, 1, immediate=0x134)


@pytest.mark.parametrize("pc", [-1, 9])
def test_instructions_outside_the_text(pc: int) -> None:
    with pytest.raises(IndexError, match=f"^pc {pc} is outside the text, expected 0 to 8$"):
        PROGRAM.instruction(pc)


def test_pickle_and_equality() -> None:
    copy = pickle.loads(pickle.dumps(PROGRAM))
    assert copy == PROGRAM
    assert hash(copy) == hash(PROGRAM)


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        PROGRAM.entry = 1  # type: ignore[misc]
