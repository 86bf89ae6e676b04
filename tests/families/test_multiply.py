"""Products, whose low half is kept."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, rows_of
from tests.families.operands import binary_immediate, binary_register


@pytest.mark.parametrize("stem", ["MUL64", "MUL32"])
def test_registers(stem: str) -> None:
    assert rows_of(assert_conforms(binary_register(f"{stem}_REG").build()), "multiply") == 16 * 16 + 64 + 110


@pytest.mark.parametrize("stem", ["MUL64", "MUL32"])
def test_immediates(stem: str) -> None:
    assert rows_of(assert_conforms(binary_immediate(f"{stem}_IMM").build()), "multiply") == 16 * 11 + 64 + 10
