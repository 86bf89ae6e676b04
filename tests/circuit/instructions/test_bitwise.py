"""AND, OR, XOR. The jump on common bits is tested with the other jumps."""

from __future__ import annotations

import pytest

from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import binary_immediate, binary_register, cases

STEMS = ["AND64", "OR64", "XOR64", "AND32", "OR32", "XOR32"]


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_REG" for stem in STEMS)))
def test_registers(mnemonic: str, version: int) -> None:
    constants = 2 * (16 * 16 + 64) + 200 if version == 2 else 0  # each one uses a HOR64
    witness = assert_conforms(binary_register(mnemonic, version).build())
    assert rows_of(witness, "bitwise") == 16 * 16 + 64 + 110 + constants


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_IMM" for stem in STEMS), "HOR64_IMM"))
def test_immediates(mnemonic: str, version: int) -> None:
    constants = 16 * 11 + 64 + 10 if version == 2 else 0
    witness = assert_conforms(binary_immediate(mnemonic, version).build())
    assert rows_of(witness, "bitwise") == 16 * 11 + 64 + 10 + constants
