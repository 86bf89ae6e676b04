"""Moves of registers, of immediates, and lddw."""

from __future__ import annotations

import pytest

from assurance.program_builder import ProgramBuilder
from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import EDGES, binary_immediate, binary_register, cases


@pytest.mark.parametrize(("mnemonic", "version"), cases("MOV64_REG"))
def test_registers(mnemonic: str, version: int) -> None:
    assert_conforms(binary_register(mnemonic, version).build())


@pytest.mark.parametrize(("mnemonic", "version"), cases("MOV64_IMM", "MOV32_IMM"))
def test_immediates(mnemonic: str, version: int) -> None:
    assert_conforms(binary_immediate(mnemonic, version).build())


@pytest.mark.parametrize("version", range(5))
def test_wide_immediates(version: int) -> None:
    """V2 has a move and HOR64 instead of lddw."""
    builder = ProgramBuilder(version)
    for register in range(10):
        for value in EDGES:
            builder.constant(register, value)
    builder.exit()
    witness = assert_conforms(builder.build())
    assert rows_of(witness, "move") == 160
    assert rows_of(witness, "bitwise") == (160 if version == 2 else 0)
