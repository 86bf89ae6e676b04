"""Quotients and remainders, unsigned and signed, and the divisions that are faults."""

from __future__ import annotations

import pytest

from assurance.program_builder import ProgramBuilder
from tests.support.conformance import assert_conforms, assert_like_oracle, rows_of
from tests.support.operands import IMMEDIATE_EDGES, binary_immediate, binary_register, cases

STEMS = ["DIV64", "MOD64", "DIV32", "MOD32", "UDIV64", "UREM64", "UDIV32", "UREM32"]
SIGNED = ["SDIV64", "SREM64", "SDIV32", "SREM32"]
REGISTER_FORMS = [f"{stem}_REG" for stem in (*STEMS, *SIGNED)]
IMMEDIATE_FORMS = [f"{stem}_IMM" for stem in (*STEMS, *SIGNED)]


def chip_of(mnemonic: str) -> str:
    return "divide_signed" if mnemonic.startswith("S") else "divide"


@pytest.mark.parametrize(("mnemonic", "version"), cases(*REGISTER_FORMS))
def test_registers(mnemonic: str, version: int) -> None:
    witness = assert_conforms(binary_register(mnemonic, version).build())
    assert rows_of(witness, chip_of(mnemonic)) > 12 * 16 + 110


@pytest.mark.parametrize(("mnemonic", "version"), cases(*IMMEDIATE_FORMS))
def test_immediates(mnemonic: str, version: int) -> None:
    divisors = tuple(value for value in IMMEDIATE_EDGES if value)
    witness = assert_conforms(binary_immediate(mnemonic, version, immediates=divisors).build())
    assert rows_of(witness, chip_of(mnemonic)) > 9 * 16 + 64


def divided(mnemonic: str, version: int, a: int, b: int) -> ProgramBuilder:
    """a divided by b (a register or an immediate), with the result in r0. The division is at pc 4."""
    builder = ProgramBuilder(version)
    builder.constant(1, a)
    builder.constant(2, b)
    by_register = mnemonic.endswith("REG")
    builder.emit(mnemonic, 1, 2 if by_register else 0, immediate=0 if by_register else b)
    builder.emit("MOV64_REG", 0, 1)
    builder.exit()
    return builder


@pytest.mark.parametrize("divisor", [0, 2**32, 2**63])
@pytest.mark.parametrize(("mnemonic", "version"), cases(*REGISTER_FORMS))
def test_zero_divisor(mnemonic: str, version: int, divisor: int) -> None:
    run = assert_like_oracle(divided(mnemonic, version, 5, divisor).build())
    if divisor and mnemonic.endswith("64_REG"):
        assert run.r0 == (0 if "DIV" in mnemonic else 5)
    else:
        assert run.fault is not None
        assert run.fault.name == "DivideByZero"
        assert run.pc == 4


@pytest.mark.parametrize("a", [2**63, 2**31, 0xFFFF_FFFF_8000_0000, 2**63 + 2**31, 2**63 + 1, 2**31 + 1])
@pytest.mark.parametrize("b", [2**64 - 1, 2**32 - 1, 1])
@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_REG" for stem in SIGNED)))
def test_overflow(mnemonic: str, version: int, a: int, b: int) -> None:
    """The smallest number divided by -1. The remainder is a fault too, like the quotient."""
    if mnemonic.endswith("64_REG"):
        overflows = (a, b) == (2**63, 2**64 - 1)
    else:
        overflows = (a % 2**32, b % 2**32) == (2**31, 2**32 - 1)
    run = assert_like_oracle(divided(mnemonic, version, a, b).build())
    if overflows:
        assert run.fault is not None
        assert run.fault.name == "DivideOverflow"
        assert str(run.fault) == "division overflow at BPF instruction"
        assert run.pc == 4
    else:
        assert run.fault is None


@pytest.mark.parametrize("a", [2**63, 2**31])
@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_IMM" for stem in SIGNED)))
def test_overflow_of_immediates(mnemonic: str, version: int, a: int) -> None:
    run = assert_like_oracle(divided(mnemonic, version, a, -1).build())
    assert (run.fault is not None) == (a == (2**63 if "64" in mnemonic else 2**31))


@pytest.mark.parametrize(
    ("mnemonic", "a", "b", "result"),
    [
        ("SDIV64_REG", -7, 2, -3),
        ("SREM64_REG", -7, 2, -1),
        ("SDIV64_REG", 7, -2, -3),
        ("SREM64_REG", 7, -2, 1),
        ("SDIV64_REG", -7, -2, 3),
        ("SREM64_REG", -7, -2, -1),
        ("SREM64_REG", -6, 2, 0),
        ("SDIV64_REG", -(2**63), 1, -(2**63)),
        ("SDIV64_REG", 1, -(2**63), 0),
        ("SDIV64_REG", -(2**63), -(2**63), 1),
        ("SDIV32_REG", -(2**31), 1, 2**31),
        ("SDIV32_REG", -7, 2, 2**32 - 3),
        ("SREM32_REG", -7, 2, 2**32 - 1),
        ("UDIV64_IMM", -1, -1, 2**32 + 1),
        ("UREM64_IMM", -2, -1, 2**32 - 2),
    ],
)
def test_signs(mnemonic: str, a: int, b: int, result: int) -> None:
    """Quotients round towards zero. Remainders have the dividend's sign. 32-bit results are zero-extended."""
    witness = assert_conforms(divided(mnemonic, 2, a, b).build())
    assert witness.public[0].final.registers[0] == result % 2**64
