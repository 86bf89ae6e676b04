"""Addition, subtraction, negation and the 32-bit move between registers."""

from __future__ import annotations

import pytest

from assurance.program_builder import ProgramBuilder
from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import binary_immediate, binary_register, cases, unary


@pytest.mark.parametrize(
    ("mnemonic", "version"), cases("ADD64_REG", "SUB64_REG", "ADD32_REG", "SUB32_REG", "MOV32_REG")
)
def test_registers(mnemonic: str, version: int) -> None:
    witness = assert_conforms(binary_register(mnemonic, version).build())
    assert rows_of(witness, "add" if mnemonic == "ADD64_REG" else "arithmetic") == 16 * 16 + 64 + 110


@pytest.mark.parametrize(("mnemonic", "version"), cases("ADD64_IMM", "SUB64_IMM", "ADD32_IMM", "SUB32_IMM"))
def test_immediates(mnemonic: str, version: int) -> None:
    witness = assert_conforms(binary_immediate(mnemonic, version).build())
    assert rows_of(witness, "add" if mnemonic == "ADD64_IMM" else "arithmetic") == 16 * 11 + 64 + 10


@pytest.mark.parametrize(("mnemonic", "version"), cases("NEG64", "NEG32"))
@pytest.mark.parametrize("immediate", [0, -1])
def test_negation_ignores_its_immediate(mnemonic: str, version: int, immediate: int) -> None:
    witness = assert_conforms(unary(mnemonic, version, immediate=immediate).build())
    assert rows_of(witness, "arithmetic") == 16 + 64 + 10


@pytest.mark.parametrize("version", [1, 2])
def test_stack_pointer_moves(version: int) -> None:
    """V1 and V2 programs move r10 themselves, by multiples of 64, anywhere."""
    builder = ProgramBuilder(version)
    for amount in (-64, 64, -4096, 0x7FFF_FFC0, -0x8000_0000, -64, 0):
        builder.emit("ADD64_IMM", 10, immediate=amount)
        builder.emit("MOV64_REG", 1, 10)
    builder.exit()
    assert rows_of(assert_conforms(builder.build()), "add") == 7


def test_differences_of_v2() -> None:
    """Reversed subtraction and the extensions, as defined in SIMD-0174."""
    builder = ProgramBuilder(2)
    for register, value in ((1, 5), (2, 5), (3, 0xFFFF_FFFF), (4, 0x8000_0000)):
        builder.constant(register, value)
    builder.emit("SUB64_IMM", 1, immediate=3)
    builder.emit("SUB32_IMM", 2, immediate=3)
    builder.emit("ADD32_IMM", 3, immediate=-1)
    builder.emit("MOV32_REG", 4, 4)
    builder.exit()
    final = assert_conforms(builder.build()).public[0].final
    assert final.registers[1:5] == (2**64 - 2, 2**32 - 2, 0xFFFF_FFFE, 0xFFFF_FFFF_8000_0000)
