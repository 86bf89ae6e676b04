"""Unsigned division and remainder, on 64 or 32 bits.

Given a dividend n and a divisor d, this chip proves n = q d + r over the integers with r < d, so that d is
not zero, and q and r are the quotient and the remainder: the part of q d above 2^64 is zero, and the last
carry too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, bits, range16_word
from solproof.families.adapter import Register, Step, operand, pack
from solproof.families.byte_product import byte_pairs, fill_byte_pairs, overflow, product_column
from solproof.families.comparison import Comparison, fill_comparison
from solproof.families.family import Code, Entry, Executor, Family, binary_entry, both
from solproof.families.integers import MASK32, Binary
from solproof.isa.instruction import Instruction
from solproof.witness.arrays import Integers
from solproof.witness.rows import Rows
from solproof.witness.table import Table, limbs

# SEMANTICS

# A zero divisor raises ZeroDivisionError, which the machine turns into DivideByZero.
SEMANTICS: Mapping[str, Binary] = {
    "DIV64": lambda a, b: a // b,
    "MOD64": lambda a, b: a % b,
    "DIV32": lambda a, b: (a & MASK32) // (b & MASK32),
    "MOD32": lambda a, b: (a & MASK32) % (b & MASK32),
}

# OPCODES

HALF, REMAINDER = 1, 2
MODES = {"DIV64": 0, "MOD64": REMAINDER, "DIV32": HALF, "MOD32": HALF | REMAINDER}


def encode(mnemonic: str, instruction: Instruction, _: int) -> Entry:
    """A division."""
    mode = MODES[mnemonic.rpartition("_")[0]]
    return binary_entry(Code.DIVIDE, mnemonic, instruction, mode, bits=32 if mode & HALF else 64)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a / b or a mod b."""
    chip = Chip(
        "divide", "Given a and b, this chip proves the unsigned quotient or remainder; b is then not zero."
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
    divisor = chip.word("divisor", "b, its upper half cleared for 32 bits")
    quotient = chip.word("quotient", "floor(dividend / divisor)")
    remainder = chip.word("remainder", "dividend - quotient * divisor")
    carries = [
        chip.column(f"carry_{limb}", f"carry out of limb {limb} of quotient * divisor + remainder")
        for limb in range(3)
    ]

    step.fetch(Code.DIVIDE, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags))
    step.advance(step.pc + 1)
    for limb in range(4):
        gate = 1 if limb < 2 else 1 - half
        chip.assert_equal(divisor[limb], gate * b.value[limb], f"limb {limb} of the divisor")
    quotient_bytes, divisor_bytes = byte_pairs(step, "quotient", quotient, "divisor", divisor)
    carry = chip.graph.constant(0)
    for limb in range(4):
        dividend = a.value[limb] if limb < 2 else (1 - half) * a.value[limb]
        carry_out = carries[limb] if limb < 3 else chip.graph.constant(0)
        total = product_column(quotient_bytes, divisor_bytes, limb) + remainder[limb] + carry
        chip.assert_equal(
            total,
            dividend + LIMB * carry_out,
            f"limb {limb} of the dividend; nothing carries out of the last",
        )
        carry = carry_out
    for limb in range(3):
        bits(chip, 12, carries[limb], step.is_real, f"carry out of limb {limb} is below 2^12")
    # A sum of 28 products of bytes is below 2^21: it is zero only when each of them is.
    chip.assert_zero(overflow(quotient_bytes, divisor_bytes), "the product is below 2^64")
    range16_word(chip, remainder, step.is_real, "the remainder")
    comparison = Comparison.columns(chip, remainder, divisor, step.is_real)
    chip.assert_equal(comparison.less, step.is_real, "the remainder is below the divisor")
    result = [q + is_remainder * (r - q) for q, r in zip(quotient, remainder, strict=True)]
    a.write_as_destination(step, result)
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
    quotient_bytes, divisor_bytes = fill_byte_pairs(table, "quotient", quotient, "divisor", divisor)
    parts, expected = limbs(remainder), limbs(dividend)
    carry: Integers = np.zeros(len(rows), np.int64)
    for limb in range(3):
        total = product_column(quotient_bytes, divisor_bytes, limb) + parts[:, limb] + carry
        carry = (total - expected[:, limb]) >> 16
        table[f"carry_{limb}"] = carry
    fill_comparison(table, limbs(remainder), limbs(divisor))


FAMILIES = (
    Family((Code.DIVIDE,), both("DIV64", "MOD64", "DIV32", "MOD32"), encode, (Executor(build(), fill),)),
)
