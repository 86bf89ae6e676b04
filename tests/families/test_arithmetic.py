"""Addition, subtraction, negation and the 32-bit move between registers."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, rows_of
from tests.families.operands import binary_immediate, binary_register, unary


@pytest.mark.parametrize("mnemonic", ["ADD64_REG", "SUB64_REG", "ADD32_REG", "SUB32_REG", "MOV32_REG"])
def test_registers(mnemonic: str) -> None:
    witness = assert_conforms(binary_register(mnemonic).build())
    assert rows_of(witness, "add" if mnemonic == "ADD64_REG" else "arithmetic") == 16 * 16 + 64 + 110


@pytest.mark.parametrize("mnemonic", ["ADD64_IMM", "SUB64_IMM", "ADD32_IMM", "SUB32_IMM"])
def test_immediates(mnemonic: str) -> None:
    witness = assert_conforms(binary_immediate(mnemonic).build())
    assert rows_of(witness, "add" if mnemonic == "ADD64_IMM" else "arithmetic") == 16 * 11 + 64 + 10


@pytest.mark.parametrize("mnemonic", ["NEG64", "NEG32"])
@pytest.mark.parametrize("immediate", [0, -1])
def test_negation_ignores_its_immediate(mnemonic: str, immediate: int) -> None:
    witness = assert_conforms(unary(mnemonic, immediate).build())
    assert rows_of(witness, "arithmetic") == 16 + 64 + 10
