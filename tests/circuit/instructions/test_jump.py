"""Jumps: every condition on every pair of edges, both ways, forward and backward."""

from __future__ import annotations

import random
from itertools import product

import pytest

from assurance.program_builder import ProgramBuilder
from solproof.proving.witness import Witness
from tests.support.conformance import assert_conforms, rows_of
from tests.support.operands import EDGES, IMMEDIATE_EDGES, random_value

STEMS = [
    "JEQ64",
    "JNE64",
    "JGT64",
    "JGE64",
    "JLT64",
    "JLE64",
    "JSGT64",
    "JSGE64",
    "JSLT64",
    "JSLE64",
    "JSET64",
]
HALF_STEMS = [stem.replace("64", "32") for stem in STEMS]
VERSIONED = [(stem, version) for stem in STEMS for version in range(5)]
VERSIONED += [(stem, version) for stem in HALF_STEMS for version in (3, 4)]


def chip_of(stem: str) -> str:
    if stem.startswith("JSET"):
        return "bitwise"
    return "jump" if stem in STEMS else "jump_half"


def constants_of(version: int, stem: str, count: int) -> int:
    """The number of rows of a jump's chip that load constants. In V2 each HOR64 is a row of `bitwise`."""
    return count if version == 2 and chip_of(stem) == "bitwise" else 0


@pytest.mark.parametrize(("stem", "version"), VERSIONED)
def test_registers(stem: str, version: int) -> None:
    source = random.Random(stem)
    builder = ProgramBuilder(version)
    pairs = list(product(EDGES, EDGES))
    for _ in range(32):
        value = random_value(source)
        pairs += [(value, random_value(source)), (value, value ^ 1 << source.randrange(64))]
    for a, b in pairs:
        builder.constant(1, a)
        builder.constant(2, b)
        builder.emit(f"{stem}_REG", 1, 2, 1)
        builder.emit("ADD64_IMM", 3, immediate=1)
    # Every pair of registers, including equal ones. r10 is only an operand.
    for a_register, b_register in product(range(10), range(11)):
        for register in {a_register, b_register} - {10}:
            builder.constant(register, random_value(source))
        builder.emit(f"{stem}_REG", a_register, b_register, 0)
    builder.exit()
    witness = assert_conforms(builder.build())
    constants = constants_of(version, stem, 2 * (256 + 64) + 200)
    assert rows_of(witness, chip_of(stem)) == 256 + 64 + 110 + constants
    outcomes = witness_column(witness, chip_of(stem), "is_taken")
    assert outcomes == {0, 1}


@pytest.mark.parametrize(("stem", "version"), VERSIONED)
def test_immediates(stem: str, version: int) -> None:
    builder = ProgramBuilder(version)
    for a, immediate in product(EDGES, IMMEDIATE_EDGES):
        builder.constant(1, a)
        builder.emit(f"{stem}_IMM", 1, offset=1, immediate=immediate)
        builder.emit("ADD64_IMM", 3, immediate=1)
    builder.exit()
    witness = assert_conforms(builder.build())
    assert rows_of(witness, chip_of(stem)) == 16 * 11 + constants_of(version, stem, 16 * 11)


@pytest.mark.parametrize("stem", [*STEMS, *HALF_STEMS])
def test_backward(stem: str) -> None:
    """A jump back, taken once: the operands are swapped or made equal between the two visits."""
    builder = ProgramBuilder(0 if stem in STEMS else 3)
    for number, (a, b) in enumerate([(1, 2), (2, 1), (3, 3), (2**63, 1), (1, 2**63), (0, 0), (5, 2)]):
        builder.constant(1, a)
        builder.constant(2, b)
        builder.emit("MOV64_IMM", 5, immediate=0)
        builder.label(f"again {number}")
        builder.jump(f"leave {number}", "JGT64_IMM", 5, immediate=3)
        builder.emit("ADD64_IMM", 5, immediate=1)
        builder.jump(f"again {number}", f"{stem}_REG", 1, 2)
        builder.emit("MOV64_REG", 1, 2)
        builder.jump(f"again {number}", f"{stem}_IMM", 1, immediate=2)
        builder.label(f"leave {number}")
    builder.exit()
    assert_conforms(builder.build())


@pytest.mark.parametrize("version", range(5))
def test_always(version: int) -> None:
    """Forward over 300 slots, backward, and to the next instruction."""
    builder = ProgramBuilder(version)
    builder.jump("far")
    builder.label("near")
    builder.emit("JA", offset=0)
    builder.jump("end")
    for _ in range(300):
        builder.emit("MOV64_IMM", 0, immediate=1)
    builder.label("far")
    builder.jump("near")
    builder.label("end")
    builder.exit()
    assert rows_of(assert_conforms(builder.build()), "jump_always") == 4


def witness_column(witness: Witness, chip: str, column: str) -> set[int]:
    """The values of a column on real rows."""
    values: set[int] = set()
    for instance in witness.instances:
        if instance.chip.name == chip:
            real = instance.main[:, instance.chip.index("is_real")] == 1
            values |= set(instance.main[real, instance.chip.index(column)].tolist())
    return values
