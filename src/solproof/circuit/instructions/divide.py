"""Division and remainder, unsigned or signed, on 64 or 32 bits.

Given a dividend n and a divisor d, `divide` proves n = q d + r over the integers with r < d. So d is not
zero, and q and r are the quotient and the remainder. For this, the part of q d above 2^64 is zero, and so is
the last carry.

`divide_signed` proves the same for the absolute values of a and b. It also proves that the result is the
quotient or the remainder with its sign. (V2 has signed division.) The quotient is rounded towards zero, so
the remainder has the sign of the dividend. The sign bit of a quotient of two negative numbers must be 0. It
would be 1 for the only quotient that overflows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word
from solproof.air.gadgets import LIMB, bits, range16, range16_word
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.circuit.instructions.parts.byte_product import (
    byte_pairs,
    fill_byte_pairs,
    overflow,
    product_column,
)
from solproof.circuit.instructions.parts.comparison import Comparison, fill_comparison
from solproof.isa.instruction import Instruction
from solproof.isa.integers import MASK32
from solproof.isa.opcodes import Action, Opcode

# OPCODES

HALF, REMAINDER = 1, 2
MODES = {"DIV64": 0, "MOD64": REMAINDER, "DIV32": HALF, "MOD32": HALF | REMAINDER}
SIGNED_MODES = {"SDIV64": 0, "SREM64": REMAINDER, "SDIV32": HALF, "SREM32": HALF | REMAINDER}


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """An unsigned division."""
    return binary_entry(FamilyCode.DIVIDE, row, instruction, MODES[row.operations[version]])


def encode_signed(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """A signed division."""
    return binary_entry(FamilyCode.DIVIDE_SIGNED, row, instruction, SIGNED_MODES[row.operations[version]])


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a / b or a mod b."""
    chip = Chip(
        "divide", "Given a and b, this chip proves the unsigned quotient or remainder and that b is not 0."
    )
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_half": step.flag("is_half", "1 for 32 bits"),
        "is_remainder": step.flag("is_remainder", "1 when the result is the remainder"),
    }
    half, is_remainder = flags["is_half"], flags["is_remainder"]
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])
    divisor = chip.word("divisor", "b, with its upper half cleared for 32 bits")

    step.fetch(FamilyCode.DIVIDE, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags))
    step.advance(step.pc + 1)
    for limb in range(4):
        gate = 1 if limb < 2 else 1 - half
        chip.assert_equal(divisor[limb], gate * b.value[limb], f"limb {limb} of the divisor")
    dividend = [*a.value[:2], (1 - half) * a.value[2], (1 - half) * a.value[3]]
    quotient, remainder = _divide(step, dividend, divisor, chip.graph.constant(0))
    result = [q + is_remainder * (r - q) for q, r in zip(quotient, remainder, strict=True)]
    a.write_as_destination(step, result)
    return chip


def _divide(
    step: Step, dividend: Sequence[Expression], divisor: Word, last_carry: Expression
) -> tuple[Word, Word]:
    """Declare the quotient and the remainder, and prove them. The remainder is below the divisor.

    quotient * divisor + remainder = dividend + 2^64 last_carry over the integers. Limbs of the dividend may
    be negative, but not below -2^16.
    """
    chip = step.chip
    quotient = chip.word("quotient", "floor(dividend / divisor)")
    remainder = chip.word("remainder", "dividend - quotient * divisor")
    carries = [
        chip.column(f"carry_{limb}", f"carry out of limb {limb} of quotient * divisor + remainder")
        for limb in range(3)
    ]
    quotient_bytes, divisor_bytes = byte_pairs(step, "quotient", quotient, "divisor", divisor)
    carry = chip.graph.constant(0)
    for limb, carry_out in enumerate((*carries, last_carry)):
        total = product_column(quotient_bytes, divisor_bytes, limb) + remainder[limb] + carry
        chip.assert_equal(
            total,
            dividend[limb] + LIMB * carry_out,
            f"limb {limb} of the dividend; nothing carries out of the last",
        )
        carry = carry_out
    for limb in range(3):
        bits(chip, 12, carries[limb], step.is_real, f"carry out of limb {limb} is below 2^12")
    # A sum of 28 products of bytes is below 2^21, so it is zero only if each of them is zero.
    chip.assert_zero(overflow(quotient_bytes, divisor_bytes), "the product is below 2^64")
    range16_word(chip, remainder, step.is_real, "the remainder")
    comparison = Comparison.columns(chip, remainder, divisor, step.is_real)
    chip.assert_equal(comparison.less, step.is_real, "the remainder is below the divisor")
    return quotient, remainder


def build_signed() -> Chip:
    """c = a / b, rounded towards zero, or the signed remainder."""
    chip = Chip(
        "divide_signed",
        "Given a and b, this chip proves the signed quotient or remainder, that b is not zero, and that the "
        "quotient does not overflow.",
    )
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_half": step.flag("is_half", "1 for 32 bits"),
        "is_remainder": step.flag("is_remainder", "1 when the result is the remainder"),
    }
    half, is_remainder = flags["is_half"], flags["is_remainder"]
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])
    divisor = chip.word("divisor", "the absolute value of b")
    c = chip.word("c", "the result, before the upper half of a 32-bit result is cleared")
    divisor_carries = [
        chip.flag(f"divisor_carry_{limb}", f"carry out of limb {limb} of divisor + b when b is negative")
        for limb in range(3)
    ]
    c_carries = [
        chip.flag(f"c_carry_{limb}", f"carry out of limb {limb} of c + its absolute value when c is negated")
        for limb in range(4)
    ]
    a_sign = chip.flag("a_sign", "sign bit of a")
    b_sign = chip.flag("b_sign", "sign bit of b")
    is_negated = chip.flag("is_negated", "1 when c is the negated quotient or remainder")

    step.fetch(
        FamilyCode.DIVIDE_SIGNED, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags)
    )
    step.advance(step.pc + 1)
    signed = {}
    for name, value, sign in (("a", a.value, a_sign), ("b", b.value, b_sign)):
        top = value[3] + half * (value[1] - value[3])
        range16(chip, 2 * (top - 2**15 * sign), step.is_real, f"{name}_sign is the sign bit of {name}")
        extended = [(1 - half) * limb + half * (LIMB - 1) * sign for limb in value[2:]]
        # The limbs of the absolute value. For a negative value, 2^64 is missing.
        signed[name] = [(1 - 2 * sign) * limb for limb in (*value[:2], *extended)]
    carry = chip.graph.constant(0)
    for limb, carry_out in enumerate((*divisor_carries, b_sign)):
        chip.assert_equal(
            divisor[limb] + carry, signed["b"][limb] + LIMB * carry_out, f"limb {limb} of the divisor"
        )
        carry = carry_out
    quotient, remainder = _divide(step, signed["a"], divisor, a_sign)
    quotient_top = quotient[3] + half * (quotient[1] - quotient[3])
    bits(chip, 15, quotient_top, a_sign * b_sign, "the quotient of two negative numbers does not overflow")
    chip.assert_equal(
        is_negated,
        a_sign + (1 - is_remainder) * (b_sign - 2 * a_sign * b_sign),
        "the quotient is negative when one sign is, the remainder when that of a is",
    )
    carry = chip.graph.constant(0)
    for limb, carry_out in enumerate(c_carries):
        absolute = quotient[limb] + is_remainder * (remainder[limb] - quotient[limb])
        chip.assert_equal(
            c[limb] + carry, (1 - 2 * is_negated) * absolute + LIMB * carry_out, f"limb {limb} of the result"
        )
        carry = carry_out
    range16_word(chip, c, step.is_real, "c")
    a.write_as_destination(step, [c[0], c[1], (1 - half) * c[2], (1 - half) * c[3]])
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    half = mode & HALF != 0
    table["is_half"], table["is_remainder"] = half, mode & REMAINDER != 0
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    mask = np.where(half, np.uint64(MASK32), np.uint64(2**64 - 1))
    dividend, divisor = rows.a & mask, rows.b & mask
    quotient, remainder = dividend // divisor, dividend % divisor
    table.word("divisor", divisor)
    table.word("quotient", quotient)
    table.word("remainder", remainder)
    _fill_division(table, limbs(dividend), divisor, quotient, remainder)


def _fill_division(
    table: Table, dividend: Integers, divisor: Values, quotient: Values, remainder: Values
) -> None:
    quotient_bytes, divisor_bytes = fill_byte_pairs(table, "quotient", quotient, "divisor", divisor)
    parts = limbs(remainder)
    carry: Integers = np.zeros(len(dividend), np.int64)
    for limb in range(3):
        total = product_column(quotient_bytes, divisor_bytes, limb) + parts[:, limb] + carry
        carry = (total - dividend[:, limb]) >> 16
        table[f"carry_{limb}"] = carry
    fill_comparison(table, limbs(remainder), limbs(divisor))


def fill_signed(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    half, is_remainder = mode & HALF != 0, mode & REMAINDER != 0
    table["is_half"], table["is_remainder"] = half, is_remainder
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    a, b = (
        np.where(half, value.astype(np.uint32).view(np.int32).astype(np.int64), value.view(np.int64))
        for value in (rows.a, rows.b)
    )
    a_sign, b_sign = a < 0, b < 0
    # The absolute value of the smallest number is 2^63, which only fits into an unsigned number.
    dividend, divisor = np.abs(a).view(np.uint64), np.abs(b).view(np.uint64)
    quotient, remainder = dividend // divisor, dividend % divisor
    is_negated = a_sign ^ (~is_remainder & b_sign)
    absolute = np.where(is_remainder, remainder, quotient)
    c = np.where(is_negated, -absolute, absolute)
    for name, word in (("divisor", divisor), ("quotient", quotient), ("remainder", remainder), ("c", c)):
        table.word(name, word)
    table["a_sign"], table["b_sign"], table["is_negated"] = a_sign, b_sign, is_negated
    dividend_limbs = np.where(a_sign, -1, 1)[:, None] * limbs(a.view(np.uint64))
    _fill_division(table, dividend_limbs, divisor, quotient, remainder)
    _fill_negation(table, "divisor", limbs(divisor) + limbs(b.view(np.uint64)), b_sign, 3)
    _fill_negation(table, "c", limbs(c) + limbs(absolute), is_negated, 4)


def _fill_negation(table: Table, name: str, sums: Integers, is_negated: Flags, count: int) -> None:
    """Fill the carries out of the sums of the limbs of a value and its negation, where it is negated."""
    carry: Integers = np.zeros(len(sums), np.int64)
    for limb in range(count):
        carry = is_negated * (sums[:, limb] + carry) >> 16
        table[f"{name}_carry_{limb}"] = carry


FAMILIES = (
    Family(
        (FamilyCode.DIVIDE,),
        forms(Action.COMPUTE, *MODES, "UDIV64", "UREM64", "UDIV32", "UREM32"),
        encode,
        (Executor(build(), fill),),
    ),
    Family(
        (FamilyCode.DIVIDE_SIGNED,),
        forms(Action.COMPUTE, *SIGNED_MODES),
        encode_signed,
        (Executor(build_signed(), fill_signed),),
    ),
)
