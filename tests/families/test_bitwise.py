"""AND, OR, XOR. The jump on common bits is tested with the jumps."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, rows_of
from tests.families.operands import binary_immediate, binary_register

STEMS = ["AND64", "OR64", "XOR64", "AND32", "OR32", "XOR32"]


@pytest.mark.parametrize("stem", STEMS)
def test_registers(stem: str) -> None:
    assert rows_of(assert_conforms(binary_register(f"{stem}_REG").build()), "bitwise") == 16 * 16 + 64 + 110


@pytest.mark.parametrize("stem", STEMS)
def test_immediates(stem: str) -> None:
    assert rows_of(assert_conforms(binary_immediate(f"{stem}_IMM").build()), "bitwise") == 16 * 11 + 64 + 10
