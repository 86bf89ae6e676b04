"""Shifts: left, logical right and arithmetic right, on 64 or 32 bits.

Given a and an amount s = 16 l + r, each limb of a is split where the shift cuts it, into a narrow part of r
bits and a wide part of 16 - r bits. For a left shift a limb is wide + 2^(16-r) narrow. For a right shift it
is narrow + 2^r wide. Limbs of the result are sums of two parts that do not overlap, so they need no range
check of their own. An arithmetic shift of 32 bits works on sign-extended upper limbs.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.bus import BITS
from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, range16
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES

LEFT, HALF, ARITHMETIC = 1, 2, 4
MODES = {
    "LSH64": LEFT,
    "RSH64": 0,
    "ARSH64": ARITHMETIC,
    "LSH32": LEFT | HALF,
    "RSH32": HALF,
    "ARSH32": ARITHMETIC | HALF,
}


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """A shift."""
    return binary_entry(FamilyCode.SHIFT, row, instruction, MODES[row.operations[version]])


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a shifted by b."""
    chip = Chip(
        "shift",
        "Given a and b, this chip proves that the new destination is a shifted by b modulo the width.",
    )
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_left": step.flag("is_left", "1 for a left shift"),
        "is_half": step.flag("is_half", "1 for 32 bits"),
        "is_arithmetic": step.flag("is_arithmetic", "1 for an arithmetic right shift"),
    }
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])
    c = chip.word("c", "the result, before the upper half of a 32-bit result is cleared")
    left = [step.flag(f"is_left_{limb}", f"1 for a left shift with l = {limb}") for limb in range(4)]
    right = [step.flag(f"is_right_{limb}", f"1 for a right shift with l = {limb}") for limb in range(4)]
    r = chip.column("r", "the shift within a limb, in bits: s - 16 l")
    is_whole = step.flag("is_whole", "1 only if r = 0; then the wide part is the whole limb")
    power = chip.column("power", "2^r")
    copower = chip.column("copower", "2^(16-r)")
    quotient = chip.column("quotient", "b_0 divided by the width, because the amount is b modulo the width")
    sign = step.flag("sign", "sign bit of a for an arithmetic shift, else 0")
    narrow = chip.word("narrow", "the r bits of each limb that move to its neighbour")
    wide = chip.word("wide", "the 16 - r bits of each limb that stay together")
    is_left, half, arithmetic = flags["is_left"], flags["is_half"], flags["is_arithmetic"]
    is_right = step.is_real - is_left

    step.fetch(FamilyCode.SHIFT, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags))
    step.advance(step.pc + 1)

    # The amount: b_0 = 16 l + r + width * quotient. By its lookup r is at most 15, so this is the division of
    # integers.
    chip.assert_equal(left[0] + left[1] + left[2] + left[3], is_left, "a left shift has one l")
    chip.assert_equal(right[0] + right[1] + right[2] + right[3], is_right, "a right shift has one l")
    chip.assert_zero(half * (left[2] + left[3] + right[2] + right[3]), "a 32-bit shift has l below 2")
    limb_shift = sum(
        (limb * (left[limb] + right[limb]) for limb in range(1, 4)), start=chip.graph.constant(0)
    )
    chip.assert_equal(
        b.value[0], 16 * limb_shift + r + (64 - 32 * half) * quotient, "b_0 = s + width * quotient"
    )
    range16(chip, quotient, step.is_real, "quotient is below 2^16")

    # The split of each limb.
    chip.assert_equal(power * copower, LIMB * step.is_real, "2^r 2^(16-r) = 2^16")
    chip.assert_zero(is_whole * r, "is_whole only when r = 0")
    fill_limb = (LIMB - 1) * sign
    seen = [a.value[0], a.value[1], *((1 - half) * a.value[limb] + half * fill_limb for limb in (2, 3))]
    for limb in range(4):
        narrow_name = f"narrow part of limb {limb} has r bits, and power = 2^r"
        chip.query(BITS, [r, narrow[limb], power + narrow[limb]], step.is_real, narrow_name)
        # If r = 0, the narrow part is 0, so the wide part equals the limb. The lookup has no entry for 16
        # bits.
        wide_bits, is_split = 16 - r, step.is_real - is_whole
        wide_name = f"wide part of limb {limb} has 16 - r bits"
        chip.query(BITS, [wide_bits, wide[limb], copower + wide[limb]], is_split, wide_name)
        parts = is_left * (wide[limb] + copower * narrow[limb])
        parts = parts + is_right * (narrow[limb] + power * wide[limb])
        chip.assert_equal(parts, seen[limb], f"limb {limb} is its two parts")
    top = a.value[3] + half * (a.value[1] - a.value[3])
    range16(chip, 2 * (top - 2**15 * sign), arithmetic, "sign is the sign bit of a")
    chip.assert_zero(sign * (1 - arithmetic), "only an arithmetic shift fills with the sign")

    # The result. Beyond the top limb an arithmetic shift uses limbs of sign bits, whose parts are 2^r - 1 and
    # 2^(16-r) - 1.
    zero = chip.graph.constant(0)
    for limb in range(4):
        result = zero
        for shift in range(4):
            low, below = limb - shift, limb - shift - 1
            if low >= 0:
                result = result + left[shift] * (wide[low] * power + (narrow[below] if below >= 0 else zero))
            high, above = limb + shift, limb + shift + 1
            if above < 4:
                result = result + right[shift] * (wide[high] + narrow[above] * copower)
            elif high < 4:
                result = result + right[shift] * (wide[high] + sign * (LIMB - copower))
            else:
                result = result + right[shift] * fill_limb
        chip.assert_equal(c[limb], result, f"limb {limb} of the result")
    a.write_as_destination(step, [c[0], c[1], (1 - half) * c[2], (1 - half) * c[3]])
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    is_left, half, arithmetic = mode & LEFT != 0, mode & HALF != 0, mode & ARITHMETIC != 0
    table["is_left"], table["is_half"], table["is_arithmetic"] = is_left, half, arithmetic
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    width = np.where(half, 32, 64)
    a, b0 = limbs(rows.a), limbs(rows.b)[:, 0]
    amount = b0 % width
    limb_shift, r = amount // 16, amount % 16
    sign = arithmetic & (np.where(half, a[:, 1], a[:, 3]) >> 15 == 1)
    a[:, 2:] = np.where(half[:, None], (sign * 0xFFFF)[:, None], a[:, 2:])
    for limb in range(4):
        table[f"is_left_{limb}"] = is_left & (limb_shift == limb)
        table[f"is_right_{limb}"] = ~is_left & (limb_shift == limb)
    power, copower = 1 << r, 1 << (16 - r)
    table["r"], table["is_whole"], table["power"], table["copower"] = r, r == 0, power, copower
    table["quotient"], table["sign"] = b0 // width, sign
    for limb in range(4):
        narrow = np.where(is_left, a[:, limb] // copower, a[:, limb] % power)
        wide = np.where(is_left, a[:, limb] % copower, a[:, limb] // power)
        table[f"narrow_{limb}"], table[f"wide_{limb}"] = narrow, wide
    # The full-width shift of the limbs as seen: c, before the upper half of a 32-bit result is cleared.
    seen = np.zeros(len(rows), np.uint64)
    for limb in range(4):
        seen |= a[:, limb].astype(np.uint64) << np.uint64(16 * limb)
    by = amount.astype(np.uint64)
    shifted = np.where(
        is_left, seen << by, np.where(arithmetic, (seen.view(np.int64) >> amount).view(np.uint64), seen >> by)
    )
    table.word("c", shifted)


FAMILIES = (
    Family(
        (FamilyCode.SHIFT,),
        forms(Action.COMPUTE, *MODES),
        encode,
        (Executor(build(), fill),),
    ),
)
