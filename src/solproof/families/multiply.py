"""Multiplication, low half, on 64 bits or on 32 bits with the result sign-extended.

Given a and b, split into bytes, this chip proves c = a b modulo 2^64. A column of the schoolbook product, two
bytes wide, is below 2^28, and its carry below 2^12: no sum wraps modulo p.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, bits, range16, range16_word
from solproof.families.adapter import Register, Step, operand, pack
from solproof.families.byte_product import byte_pairs, fill_byte_pairs, product_column
from solproof.families.family import Code, Entry, Executor, Family, binary_entry, both
from solproof.families.integers import MASK64, Binary, sign_extend32
from solproof.isa.instruction import Instruction
from solproof.witness.arrays import Integers
from solproof.witness.rows import Rows
from solproof.witness.table import Table, limbs

# SEMANTICS

SEMANTICS: Mapping[str, Binary] = {
    "MUL64": lambda a, b: (a * b) & MASK64,
    "MUL32": lambda a, b: sign_extend32(a * b),
}

# OPCODES

HALF = 1


def encode(mnemonic: str, instruction: Instruction, _: int) -> Entry:
    """A product."""
    half = mnemonic.startswith("MUL32")
    return binary_entry(Code.MULTIPLY, mnemonic, instruction, HALF if half else 0, bits=32 if half else 64)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a b."""
    chip = Chip(
        "multiply",
        "Given a and b, this chip proves that the new destination is a b modulo 2^64, or modulo "
        "2^32 sign-extended.",
    )
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_half": step.flag("is_half", "1 for 32 bits"),
    }
    half = flags["is_half"]
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])
    c = chip.word("c", "the product")
    carries = chip.word("carry", "carry out of each limb of the product")
    is_negative = chip.flag("is_negative", "sign bit of a 32-bit product, else 0")

    step.fetch(Code.MULTIPLY, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags))
    step.advance(step.pc + 1)
    a_bytes, b_bytes = byte_pairs(step, "a", a.value, "b", b.value)
    carry = chip.graph.constant(0)
    for limb in range(4):
        # Below 2^28 on the left; c and the carry are bounded below, so the equation holds over the integers.
        chain = product_column(a_bytes, b_bytes, limb) + carry - c[limb] - LIMB * carries[limb]
        chip.assert_zero(chain if limb < 2 else (1 - half) * chain, f"limb {limb} of the product")
        carry = carries[limb]
        bits(chip, 12, carries[limb], step.is_real, f"carry out of limb {limb} is below 2^12")
    for limb in (2, 3):
        chip.assert_zero(
            half * (c[limb] - (LIMB - 1) * is_negative), f"limb {limb} of a 32-bit product is its sign"
        )
    chip.assert_zero(is_negative * (1 - half), "only a 32-bit product is extended")
    range16(chip, 2 * (c[1] - 2**15 * is_negative), half, "is_negative is the sign bit of c")
    range16_word(chip, c, step.is_real, "c")
    a.write_as_destination(step, c)
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    half = rows.flags >> 1 & HALF != 0
    table["is_half"] = half
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    table.word("c", rows.c)
    a_bytes, b_bytes = fill_byte_pairs(table, "a", rows.a, "b", rows.b)
    c = limbs(rows.c)
    carry: Integers = np.zeros(len(rows), np.int64)
    for limb in range(4):
        total = product_column(a_bytes, b_bytes, limb) + carry - c[:, limb]
        carry = np.where(half & (limb >= 2), 0, total >> 16)
        table[f"carry_{limb}"] = carry
    table["is_negative"] = half & (c[:, 1] >> 15 == 1)


FAMILIES = (Family((Code.MULTIPLY,), both("MUL64", "MUL32"), encode, (Executor(build(), fill),)),)
