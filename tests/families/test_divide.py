"""Unsigned quotients and remainders, and division by zero."""

from __future__ import annotations

import pytest

from tests.conformance import assert_conforms, assert_like_oracle
from tests.families.operands import IMMEDIATE_EDGES, binary_immediate, binary_register
from tests.program_builder import ProgramBuilder

STEMS = ["DIV64", "MOD64", "DIV32", "MOD32"]


@pytest.mark.parametrize("stem", STEMS)
def test_registers(stem: str) -> None:
    assert_conforms(binary_register(f"{stem}_REG", zero_divides=True).build())


@pytest.mark.parametrize("stem", STEMS)
def test_immediates(stem: str) -> None:
    divisors = tuple(value for value in IMMEDIATE_EDGES if value)
    assert_conforms(binary_immediate(f"{stem}_IMM", divisors).build())


@pytest.mark.parametrize("divisor", [0, 2**32, 2**63])
@pytest.mark.parametrize("stem", STEMS)
def test_zero_divisor(stem: str, divisor: int) -> None:
    builder = ProgramBuilder()
    builder.constant(1, 5)
    builder.constant(2, divisor)
    builder.emit(f"{stem}_REG", 1, 2)
    builder.emit("MOV64_REG", 0, 1)
    builder.exit()
    run = assert_like_oracle(builder.build())
    if divisor and stem.endswith("64"):
        assert run.r0 == (0 if stem == "DIV64" else 5)
    else:
        assert run.fault is not None
        assert run.fault.name == "DivideByZero"
        assert run.pc == 4
