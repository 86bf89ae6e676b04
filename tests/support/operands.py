"""Programs that give an instruction every edge operand, random operands, and every pair of registers."""

from __future__ import annotations

import random
from itertools import product

from assurance.corpus import raises
from assurance.program_builder import ProgramBuilder
from solproof.isa.integers import signed32
from solproof.isa.opcodes import by_mnemonic

EDGES = (
    0,
    1,
    2,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0x1_0000_0000,
    0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000,
    0xFFFF_FFFF_0000_0000,
    0xFFFF_FFFF_FFFF_0000,
    0xFFFF_FFFF_FFFF_FFFF,
)
IMMEDIATE_EDGES = (0, 1, -1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, -0x8000, 0x7FFF_FFFF, -0x8000_0000)
RANDOM_PAIRS = 64


def random_value(source: random.Random) -> int:
    """A 64-bit value of a random width, so that small values are as likely as large ones."""
    return source.getrandbits(source.randint(1, 64))


def cases(*mnemonics: str) -> list[tuple[str, int]]:
    """Each mnemonic with each version that has it."""
    return [(name, version) for name in mnemonics for version in sorted(by_mnemonic(name).versions)]


def binary_register(mnemonic: str, version: int = 0) -> ProgramBuilder:
    """`mnemonic` on all pairs of edges, random pairs, and all pairs of registers.

    r10 is never a destination. Pairs that are a fault are left out.
    """
    source = random.Random(mnemonic)
    builder = ProgramBuilder(version)
    pairs = list(product(EDGES, EDGES))
    pairs += [(random_value(source), random_value(source)) for _ in range(RANDOM_PAIRS)]
    for a, b in pairs:
        if raises(mnemonic, version, a, b):
            continue
        builder.constant(1, a)
        builder.constant(2, b)
        builder.emit(mnemonic, 1, 2)
    for destination, operand in product(range(10), range(11)):
        for register in {destination, operand} - {10}:
            builder.constant(register, random_value(source) | 1)
        builder.emit(mnemonic, destination, operand)
    builder.exit()
    return builder


def binary_immediate(
    mnemonic: str, version: int = 0, *, immediates: tuple[int, ...] = IMMEDIATE_EDGES, random_bits: int = 32
) -> ProgramBuilder:
    """`mnemonic` on all edges with these immediates, with random ones, and on every register."""
    source = random.Random(mnemonic)
    builder = ProgramBuilder(version)
    pairs = list(product(EDGES, immediates))
    pairs += [(random_value(source), source.getrandbits(random_bits) or 1) for _ in range(RANDOM_PAIRS)]
    for a, immediate in pairs:
        if raises(mnemonic, version, a, signed32(immediate) % 2**64):
            continue
        builder.constant(3, a)
        builder.emit(mnemonic, 3, immediate=immediate)
    for register in range(10):
        builder.constant(register, random_value(source))
        builder.emit(mnemonic, register, immediate=immediates[-1])
    builder.exit()
    return builder


def unary(mnemonic: str, version: int = 0, *, immediate: int = 0) -> ProgramBuilder:
    """`mnemonic` on every edge, random values, and every register."""
    source = random.Random(mnemonic)
    builder = ProgramBuilder(version)
    for value in (*EDGES, *(random_value(source) for _ in range(RANDOM_PAIRS))):
        builder.constant(4, value)
        builder.emit(mnemonic, 4, immediate=immediate)
    for register in range(10):
        builder.constant(register, random_value(source))
        builder.emit(mnemonic, register, immediate=immediate)
    builder.exit()
    return builder
