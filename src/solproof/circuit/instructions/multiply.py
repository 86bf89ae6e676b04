"""Multiplication.

Given a and b, split into bytes, `multiply` proves the low half of their product, on 64 bits or on 32 bits
with the result sign-extended. A column of the schoolbook product, two bytes wide, is below 2^28, and its
carry is below 2^12, so no sum wraps modulo p. `multiply_wide` proves all 128 bits of the product. V2 has
instructions for the upper 64 bits, signed or unsigned, and for the low 32 bits, zero-extended.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, bits, range16, range16_word
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.circuit.instructions.parts.byte_product import byte_pairs, fill_byte_pairs, product_column
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES

HALF = 1
SIGNED, LOW = 1, 2
MODES = {"MUL64": 0, "MUL32": HALF}
WIDE_MODES = {"UHMUL64": 0, "SHMUL64": SIGNED, "LMUL32": LOW}


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """A product."""
    return binary_entry(FamilyCode.MULTIPLY, row, instruction, MODES[row.operations[version]])


def encode_wide(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """The products of V2 that keep other bits than the low 64."""
    return binary_entry(FamilyCode.MULTIPLY_WIDE, row, instruction, WIDE_MODES[row.operations[version]])


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

    step.fetch(
        FamilyCode.MULTIPLY, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags)
    )
    step.advance(step.pc + 1)
    a_bytes, b_bytes = byte_pairs(step, "a", a.value, "b", b.value)
    carry = chip.graph.constant(0)
    for limb in range(4):
        # The left side is below 2^28. c and the carry are bounded below, so the equation holds over the
        # integers.
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


def build_wide() -> Chip:
    """c = a b / 2^64, or a b modulo 2^32."""
    chip = Chip(
        "multiply_wide",
        "Given a and b, this chip proves that the new destination is the upper half of their product, "
        "signed or unsigned, or the product modulo 2^32.",
    )
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_signed": step.flag("is_signed", "1 when a and b are signed"),
        "is_low": step.flag("is_low", "1 when the result is the low 32 bits, 0 when it is the upper 64 bits"),
    }
    signed, is_low = flags["is_signed"], flags["is_low"]
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])
    low = chip.word("low", "the low half of the product")
    high = chip.word("high", "the upper half of the product")
    carries = [chip.column(f"carry_{limb}", f"carry out of limb {limb} of the product") for limb in range(8)]
    signs = {
        name: chip.flag(f"{name}_sign", f"sign bit of {name} when it is signed, else 0") for name in "ab"
    }

    step.fetch(
        FamilyCode.MULTIPLY_WIDE, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags)
    )
    step.advance(step.pc + 1)
    for name, value in (("a", a.value), ("b", b.value)):
        chip.assert_zero(signs[name] * (1 - signed), f"{name} has no sign when it is unsigned")
        range16(chip, 2 * (value[3] - 2**15 * signs[name]), signed, f"{name}_sign is the sign bit of {name}")
    a_bytes, b_bytes = byte_pairs(step, "a", a.value, "b", b.value)
    carry = chip.graph.constant(0)
    for limb, result in enumerate((*low, *high)):
        total = product_column(a_bytes, b_bytes, limb) + carry
        if limb >= 4:
            # A negative factor is 2^64 less than its limbs, so the product is less by 2^64 times the other
            # factor.
            total = total - signs["a"] * b.value[limb - 4] - signs["b"] * a.value[limb - 4]
        # Between -2^18 and 2^28. The limb and the carry are bounded below, so this holds over the integers.
        chip.assert_equal(total, result + LIMB * carries[limb], f"limb {limb} of the product")
        carry = carries[limb]
        name = f"carry out of limb {limb} is at least -2 and below 2^12 - 2"
        bits(chip, 12, carry + 2, step.is_real, name)
    range16_word(chip, low, step.is_real, "the low half")
    range16_word(chip, high, step.is_real, "the upper half")
    upper = [(1 - is_low) * limb for limb in high]
    a.write_as_destination(step, [upper[0] + is_low * low[0], upper[1] + is_low * low[1], *upper[2:]])
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


def fill_wide(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    signed = mode & SIGNED != 0
    table["is_signed"], table["is_low"] = signed, mode & LOW != 0
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    a_bytes, b_bytes = fill_byte_pairs(table, "a", rows.a, "b", rows.b)
    a, b = limbs(rows.a), limbs(rows.b)
    a_sign, b_sign = (signed & (value[:, 3] >> 15 == 1) for value in (a, b))
    table["a_sign"], table["b_sign"] = a_sign, b_sign
    carry: Integers = np.zeros(len(rows), np.int64)
    for limb in range(8):
        total = product_column(a_bytes, b_bytes, limb) + carry
        if limb >= 4:
            total -= a_sign * b[:, limb - 4] + b_sign * a[:, limb - 4]
        table[f"{'high' if limb >= 4 else 'low'}_{limb % 4}"] = total & 0xFFFF
        table[f"carry_{limb}"] = carry = total >> 16


FAMILIES = (
    Family(
        (FamilyCode.MULTIPLY,),
        forms(Action.COMPUTE, "MUL64", "MUL32", "LMUL64"),
        encode,
        (Executor(build(), fill),),
    ),
    Family(
        (FamilyCode.MULTIPLY_WIDE,),
        forms(Action.COMPUTE, *WIDE_MODES),
        encode_wide,
        (Executor(build_wide(), fill_wide),),
    ),
)
