"""Loads of every size at every alignment, from every region."""

from __future__ import annotations

import random
from dataclasses import replace
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
    image,
    inside,
    sizes,
    split,
)
from assurance.program_builder import ProgramBuilder
from assurance.runs import run
from tests.support.conformance import assert_checked, assert_conforms, assert_like_oracle, rows_of, states
from tests.support.operands import cases

INPUT_LENGTH = 1000 + 5
NAMES = (*SIZES, *SIZES_V2)


def load_all(builder: ProgramBuilder, name: str, addresses: list[int]) -> None:
    for number, address in enumerate(addresses):
        base, offset = split(address, number)
        builder.constant(1, base)
        builder.emit(f"LD_{name}_REG", 2, 1, offset)


@pytest.mark.parametrize(("mnemonic", "version"), cases(*(f"LD_{name}_REG" for name in NAMES)))
def test_every_region(mnemonic: str, version: int) -> None:
    name = mnemonic[3:-4]
    size = sizes(version)[name]
    source = random.Random(name)
    input_region = source.randbytes(INPUT_LENGTH)
    builder = ProgramBuilder(version)
    for start in (STACK, STACK + FRAME - 32, STACK + STRIDE, HEAP, HEAP + HEAP_SIZE - 32):
        builder.constant(1, start)
        for word in range(4):
            builder.constant(2, source.getrandbits(64))
            builder.emit("ST_8B_REG" if version == 2 else "ST_DW_REG", 1, 2, 8 * word)
    load_all(builder, name, inside(INPUT, INPUT + INPUT_LENGTH, size))
    load_all(builder, name, inside(HEAP, HEAP + HEAP_SIZE, size))
    load_all(builder, name, inside(STACK, STACK + FRAME, size))
    load_all(builder, name, across_frames(size, version))
    start = image(version)
    load_all(builder, name, inside(start, start + 8 * (builder.pc + 1), size)[:-17])
    builder.exit()
    witness = assert_conforms(builder.build(), input_region)
    assert rows_of(witness, "load" if size == 8 else "load_narrow") > 20
    if size > 1:
        assert rows_of(witness, "load_unaligned") > 20


@pytest.mark.parametrize("length", range(1, 18))
def test_end_of_input(length: int) -> None:
    """The last bytes of an input of every length modulo 8, loaded with every size that fits."""
    builder = ProgramBuilder()
    for name, size in SIZES.items():
        load_all(builder, name, [INPUT + start for start in range(max(0, length - 9), length - size + 1)])
    builder.exit()
    assert_conforms(builder.build(), bytes(range(1, length + 1)))


@pytest.mark.parametrize("length", range(1, 9))
def test_end_of_image(length: int) -> None:
    """The end of an image that is some bytes longer than its text."""
    tail = bytes(range(0xA0, 0xA0 + length))
    builder = ProgramBuilder()
    loads: list[tuple[int, int]] = []
    count = sum(1 for size in SIZES.values() for _ in range(length - size + 1))
    text_length = 8 * (3 * count + 1)
    for name, size in SIZES.items():
        for start in range(length - size + 1):
            builder.constant(1, IMAGE + text_length + start)
            builder.emit(f"LD_{name}_REG", 2, 1)
            loads.append((start, size))
    builder.exit()
    program = builder.build()
    assert len(program.text) == text_length
    outcome = run(replace(program, image=program.text + tail))
    assert_checked(outcome)
    after = [row[2] for row in states(outcome)][2::2]
    assert after == [int.from_bytes(tail[start : start + size], "little") for start, size in loads]


@pytest.mark.parametrize("version", range(5))
def test_register_pairs(version: int) -> None:
    """The base may be any register, including r10, and may also be the destination."""
    builder = ProgramBuilder(version)
    for (name, size), destination, base in product(sizes(version).items(), range(10), range(11)):
        if base != 10:
            builder.constant(base, INPUT + 3 * size)
        builder.emit(f"LD_{name}_REG", destination, base, -size)
    builder.exit()
    assert_conforms(builder.build(), bytes(range(1, 65)))


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DW", 0),
        ("B", IMAGE - 1),
        ("DW", IMAGE + 8 * 4 - 7),
        ("B", STACK - 1),
        ("B", STACK + FRAME),
        ("W", STACK + FRAME + 0xFFF),
        ("DW", STACK + 63 * STRIDE + FRAME - 7),
        ("B", STACK + 64 * STRIDE),
        ("DW", HEAP + HEAP_SIZE - 7),
        ("B", HEAP + HEAP_SIZE),
        ("H", INPUT + 12),
        ("DW", INPUT + 6),
        ("B", INPUT + 13),
        ("B", INPUT + 2**32),
        ("DW", 2**64 - 4),
        ("B", 2**63),
    ],
)
def test_violations(name: str, address: int) -> None:
    builder = ProgramBuilder()
    builder.constant(1, address)
    builder.emit(f"LD_{name}_REG", 2, 1)
    builder.exit()
    outcome = assert_like_oracle(builder.build(), bytes(13))
    assert outcome.fault is not None
    assert outcome.fault.name in ("AccessViolation", "StackAccessViolation")
