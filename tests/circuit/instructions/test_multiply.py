"""Products: low and upper halves, signed and unsigned."""

from __future__ import annotations

import pytest

from assurance.program_builder import ProgramBuilder
from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import binary_immediate, binary_register, cases

STEMS = ["MUL64", "MUL32", "LMUL64", "LMUL32", "UHMUL64", "SHMUL64"]


def chip_of(mnemonic: str) -> str:
    return "multiply" if mnemonic.startswith(("MUL", "LMUL64")) else "multiply_wide"


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_REG" for stem in STEMS)))
def test_registers(mnemonic: str, version: int) -> None:
    witness = assert_conforms(binary_register(mnemonic, version).build())
    assert rows_of(witness, chip_of(mnemonic)) == 16 * 16 + 64 + 110


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"{stem}_IMM" for stem in STEMS)))
def test_immediates(mnemonic: str, version: int) -> None:
    witness = assert_conforms(binary_immediate(mnemonic, version).build())
    assert rows_of(witness, chip_of(mnemonic)) == 16 * 11 + 64 + 10


@pytest.mark.parametrize(
    ("mnemonic", "a", "b", "result"),
    [
        ("UHMUL64_REG", -1, -1, 2**64 - 2),
        ("UHMUL64_IMM", -1, -1, 2**32 - 2),
        ("SHMUL64_REG", -1, -1, 0),
        ("SHMUL64_IMM", 1, -1, -1),
        ("SHMUL64_REG", -(2**63), -(2**63), 2**62),
        ("SHMUL64_REG", -(2**63), 2**63 - 1, -(2**62)),
        ("SHMUL64_REG", 0, -1, 0),
        ("LMUL32_REG", -1, 2**31, 2**31),
        ("LMUL64_REG", -1, 2**31, -(2**31)),
    ],
)
def test_products_of_v2(mnemonic: str, a: int, b: int, result: int) -> None:
    builder = ProgramBuilder(2)
    builder.constant(1, a)
    builder.constant(2, b)
    by_register = mnemonic.endswith("REG")
    builder.emit(mnemonic, 1, 2 if by_register else 0, immediate=0 if by_register else b)
    builder.exit()
    witness = assert_conforms(builder.build())
    assert witness.public[0].final.registers[1] == result % 2**64
