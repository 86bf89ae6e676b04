"""Stores of every size at every alignment, to every writable region, from registers and immediates."""

from __future__ import annotations

import random
from itertools import product

import pytest

from assurance.places import (
    FRAME,
    HEAP,
    HEAP_SIZE,
    IMAGE,
    INPUT,
    SIZES,
    SIZES_V2,
    STACK,
    STRIDE,
    across_frames,
    inside,
    sizes,
    split,
)
from assurance.program_builder import ProgramBuilder
from assurance.programs import asm
from tests.support.conformance import assert_conforms, assert_like_oracle, rows_of
from tests.support.operands import cases

INPUT_LENGTH = 1000 + 5
NAMES = (*SIZES, *SIZES_V2)


def store_all(builder: ProgramBuilder, mnemonic: str, addresses: list[int], source: random.Random) -> None:
    """Store at each address."""
    for number, address in enumerate(addresses):
        base, offset = split(address, number)
        builder.constant(1, base)
        if mnemonic.endswith("REG"):
            builder.constant(2, source.getrandbits(64))
        builder.emit(mnemonic, 1, 2 if mnemonic.endswith("REG") else 0, offset, source.getrandbits(32))


@pytest.mark.parametrize(
    ("mnemonic", "version"), cases(*(f"ST_{name}_{form}" for name in NAMES for form in ("REG", "IMM")))
)
def test_every_region(mnemonic: str, version: int) -> None:
    size = sizes(version)[mnemonic[3:-4]]
    source = random.Random(mnemonic)
    builder = ProgramBuilder(version)
    load_word, load_byte = ("LD_8B_REG", "LD_1B_REG") if version == 2 else ("LD_DW_REG", "LD_B_REG")
    regions = [(INPUT, INPUT + INPUT_LENGTH), (HEAP, HEAP + HEAP_SIZE), (STACK, STACK + FRAME)]
    for start, end in regions:
        store_all(builder, mnemonic, inside(start, end, size), source)
    store_all(builder, mnemonic, across_frames(size, version), source)
    # Read the memory back: whole words, and the bytes at the end of the input.
    for start in (
        STACK,
        STACK + FRAME - 24,
        STACK + STRIDE,
        STACK + 31 * STRIDE + FRAME - 16 if version == 0 else STACK + 31 * FRAME - 16,
        STACK + 32 * STRIDE if version == 0 else STACK + 31 * FRAME,
        HEAP,
    ):
        builder.constant(1, start)
        for word in range(2):
            builder.emit(load_word, 3, 1, 8 * word)
    builder.constant(1, INPUT + INPUT_LENGTH)
    for back in range(1, 16):
        builder.emit(load_byte, 3, 1, -back)
    builder.exit()
    witness = assert_conforms(builder.build(), source.randbytes(INPUT_LENGTH))
    assert rows_of(witness, "store" if size == 8 else "store_narrow") > 15
    if size > 1:
        assert rows_of(witness, "store_unaligned") > 20


@pytest.mark.parametrize("length", range(1, 18))
def test_end_of_input(length: int) -> None:
    builder = ProgramBuilder()
    source = random.Random(length)
    for (name, size), form in product(SIZES.items(), ("REG", "IMM")):
        places = [INPUT + start for start in range(max(0, length - 9), length - size + 1)]
        store_all(builder, f"ST_{name}_{form}", places, source)
    builder.exit()
    assert_conforms(builder.build(), bytes(range(1, length + 1)))


@pytest.mark.parametrize("version", range(5))
def test_register_pairs(version: int) -> None:
    """Base and value may be the same register, and each may be r10."""
    builder = ProgramBuilder(version)
    for (name, size), base, value in product(sizes(version).items(), range(11), range(11)):
        for register in {base, value} - {10}:
            builder.constant(register, INPUT + 16 + size)
        builder.emit(f"ST_{name}_REG", base, value, -size)
    builder.exit()
    assert_conforms(builder.build(), bytes(64))


@pytest.mark.parametrize("heap_size", [32 * 1024, 40 * 1024, 256 * 1024])
def test_heap_sizes(heap_size: int) -> None:
    assert_conforms(
        asm(f"lddw r1, {HEAP + heap_size}; stdw [r1-8], -1; ldxw r2, [r1-5]; exit"), heap_size=heap_size
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("B", IMAGE),
        ("DW", IMAGE),
        ("B", STACK - 1),
        ("B", STACK + FRAME),
        ("DW", STACK + 2 * STRIDE - 1),
        ("DW", STACK + 63 * STRIDE + FRAME - 7),
        ("DW", HEAP + HEAP_SIZE - 7),
        ("H", INPUT + 12),
        ("B", INPUT + 13),
        ("DW", 2**64 - 1),
        ("W", 5 << 32),
    ],
)
def test_violations(name: str, address: int) -> None:
    builder = ProgramBuilder()
    builder.constant(1, address)
    builder.emit(f"ST_{name}_IMM", 1)
    builder.exit()
    outcome = assert_like_oracle(builder.build(), bytes(13))
    assert outcome.fault is not None
    assert outcome.fault.name in ("AccessViolation", "StackAccessViolation")
