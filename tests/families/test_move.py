"""Moves of registers, of immediates, and lddw."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, rows_of
from tests.families.operands import EDGES, binary_immediate, binary_register
from tests.program_builder import ProgramBuilder


def test_registers() -> None:
    assert_conforms(binary_register("MOV64_REG").build())


@pytest.mark.parametrize("mnemonic", ["MOV64_IMM", "MOV32_IMM"])
def test_immediates(mnemonic: str) -> None:
    assert_conforms(binary_immediate(mnemonic).build())


def test_wide_immediates() -> None:
    builder = ProgramBuilder()
    for register in range(10):
        for value in EDGES:
            builder.constant(register, value)
    builder.exit()
    assert rows_of(assert_conforms(builder.build()), "move") == 160
