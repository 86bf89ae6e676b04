"""Like `test_needed.py`, for products, quotients and 32-bit jumps: lies that exactly one rule notices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from assurance.corpus import raises
from assurance.forgery import Forgery, Row, lying_witness
from assurance.program_builder import ProgramBuilder
from assurance.programs import asm
from assurance.runs import run
from assurance.shown import needed, shows
from solproof.air.field import P
from solproof.circuit.memory.refresh import REGISTER_REFRESH
from solproof.isa import semantics
from solproof.isa.integers import MASK64
from solproof.isa.opcodes import Form, by_mnemonic
from solproof.proving.witness import Instance
from tests.support.lies import ends_with

HALF = (P + 1) // 2
LIMBS = range(4)


def computed(mnemonic: str, a: int, b: int) -> Forgery:
    """The witness of r1 = a, r2 = b and one instruction on them, in a version that has the instruction."""
    version = min(by_mnemonic(mnemonic).versions)
    builder = ProgramBuilder(version)
    builder.constant(1, a)
    builder.constant(2, b)
    by_register = by_mnemonic(mnemonic).form is Form.REGISTER
    builder.emit(mnemonic, 1, 2 if by_register else 0, immediate=0 if by_register else b)
    builder.exit()
    assert not raises(mnemonic, version, a, b)
    return Forgery.of(run(builder.build()))


# PRODUCTS


def multiplied(row: Row, start: int, carry: int) -> int:
    """Continue a product of `multiply_wide` at a limb, from the cells as set. Returns the upper half."""
    a, b = row.word("a"), row.word("b")
    for limb in range(start, 8):
        total = carry + sum(
            (a >> 8 * i & 255) * (b >> 8 * j & 255) << 8 * (i + j - 2 * limb)
            for i, j in product(range(8), range(8))
            if (i + j) // 2 == limb
        )
        if limb >= 4:
            total -= row["a_sign"] * row[f"b_{limb - 4}"] + row["b_sign"] * row[f"a_{limb - 4}"]
        row[f"{'high' if limb >= 4 else 'low'}_{limb % 4}"] = total & 0xFFFF
        row[f"carry_{limb}"] = carry = total >> 16
    return row.word("high")


def ends_as(lie: Forgery, result: int) -> None:
    """Set the result of the computation at the end of the run."""
    lie.row("registers", 1).claim_word("last", result % 2**64)


@shows(*(("multiply", f"the parts of {name}_{limb} are bytes") for name in "ab" for limb in LIMBS))
@pytest.mark.parametrize("name", ["a", "b"])
@pytest.mark.parametrize("limb", LIMBS)
def test_a_byte_that_is_a_fraction(name: str, limb: int) -> None:
    """The low byte has 1 / 256 more and the high byte has 1 / 2^16 less. The other factor is 256."""
    one, other = 1 << 16 * limb, 1 << 8
    a, b = (one, other) if name == "a" else (other, one)
    lie = computed("MUL64_REG", a, b)
    row = lie.row("multiply")
    row[f"{name}_{limb}_low"] = 1 + pow(256, -1, P)
    for position, more in ((limb, 1), (limb + 1, 32512)):
        if position < 4:
            row[f"c_{position}"] = row[f"c_{position}"] + more
            ends_with(lie, 1, {position: row[f"c_{position}"]})
    needed(lie, "multiply", f"the parts of {name}_{limb} are bytes")


@shows(*(("multiply_wide", f"the parts of {name}_{limb} are bytes") for name in "ab" for limb in LIMBS))
@pytest.mark.parametrize("name", ["a", "b"])
@pytest.mark.parametrize("limb", LIMBS)
def test_a_byte_of_a_wide_product_that_is_a_fraction(name: str, limb: int) -> None:
    """The same lie with another byte of the other factor, so that it reaches the upper half."""
    one, other = 1 << 16 * limb, 1 << 56
    a, b = (one, other) if name == "a" else (other, one)
    lie = computed("UHMUL64_REG", a, b)
    row = lie.row("multiply_wide")
    row[f"{name}_{limb}_low"] = 1 + pow(256, -1, P)
    for position, more in ((limb + 3, 1), (limb + 4, 32512)):
        cell = f"{'high' if position >= 4 else 'low'}_{position % 4}"
        if position < 8:
            row[cell] = row[cell] + more
    ends_as(lie, row.word("high"))
    needed(lie, "multiply_wide", f"the parts of {name}_{limb} are bytes")


@shows(*(("multiply_wide", f"limb {limb} of the product") for limb in range(8)))
@pytest.mark.parametrize("limb", range(8))
def test_a_carry_from_nowhere(limb: int) -> None:
    """A carry of 1 passes through limbs that are full, or it is added to the result."""
    lie = computed("UHMUL64_REG", 1, MASK64)
    row = lie.row("multiply_wide")
    if limb < 4:
        row[f"carry_{limb}"] = 1
        multiplied(row, limb + 1, 1)
    else:
        row[f"high_{limb - 4}"] = 1
    assert row.word("high") != 0
    ends_as(lie, row.word("high"))
    needed(lie, "multiply_wide", f"limb {limb} of the product")


SMALL_CARRY = "is at least -2 and below 2^12 - 2"


@shows(*(("multiply_wide", f"carry out of limb {limb} {SMALL_CARRY}") for limb in range(8)))
@pytest.mark.parametrize("limb", range(8))
def test_a_carry_of_a_product_that_is_a_fraction(limb: int) -> None:
    """The carry has 1 / 2^16 more and the limb has 1 less. The next limb gets -32512 and borrows."""
    lie = (
        computed("UHMUL64_REG", 1 << 32, (5 << 32) + 1)
        if limb < 4
        else computed("UHMUL64_REG", *[MASK64] * 2)
    )
    row = lie.row("multiply_wide")
    cell = f"{'high' if limb >= 4 else 'low'}_{limb % 4}"
    carry = row[f"carry_{limb}"]
    if row[cell] == 0:  # nothing to subtract from, so borrow
        row[cell], carry = 2**16, carry - 1
    row[cell] = row[cell] - 1
    row[f"carry_{limb}"] = carry + pow(2**16, -1, P)
    if limb < 7:
        multiplied(row, limb + 1, carry - 32512)
    ends_as(lie, row.word("high"))
    needed(lie, "multiply_wide", f"carry out of limb {limb} {SMALL_CARRY}")


@shows(*(("multiply_wide", f"limb {limb} of the low half is below 2^16") for limb in LIMBS))
@pytest.mark.parametrize("limb", LIMBS)
def test_a_low_limb_that_is_not_reduced(limb: int) -> None:
    """2^16 stays in a limb, and the limbs above borrow from the upper half."""
    lie = computed("UHMUL64_REG", 1 << 32, 5 << 32)
    row = lie.row("multiply_wide")
    row[f"low_{limb}"] = row[f"low_{limb}"] + 2**16
    carry = row[f"carry_{limb}"] - 1
    row[f"carry_{limb}"] = carry
    assert multiplied(row, limb + 1, carry) == 4
    ends_as(lie, 4)
    needed(lie, "multiply_wide", f"limb {limb} of the low half is below 2^16")


@shows(*(("multiply_wide", f"{name}_sign is the sign bit of {name}") for name in "ab"))
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_negative_factor_taken_as_positive(name: str) -> None:
    a, b = (MASK64, 5) if name == "a" else (5, MASK64)
    lie = computed("SHMUL64_REG", a, b)
    row = lie.row("multiply_wide")
    row[f"{name}_sign"] = 0
    ends_as(lie, multiplied(row, 0, 0))
    assert row.word("high") == 4
    needed(lie, "multiply_wide", f"{name}_sign is the sign bit of {name}")


@shows(*(("multiply_wide", f"{name}_sign is 0 or 1") for name in "ab"))
@pytest.mark.parametrize("name", ["a", "b"])
def test_half_a_sign(name: str) -> None:
    """2^62 with half a sign is 2^62 - 2^63. Times 2, that is -2^63."""
    a, b = (2**62, 2) if name == "a" else (2, 2**62)
    lie = computed("SHMUL64_REG", a, b)
    row = lie.row("multiply_wide")
    row[f"{name}_sign"] = HALF
    for limb in LIMBS:
        row[f"high_{limb}"], row[f"carry_{4 + limb}"] = 0xFFFF, -1
    ends_as(lie, MASK64)
    needed(lie, "multiply_wide", f"{name}_sign is 0 or 1")


@shows(*(("multiply_wide", f"{name} has no sign when it is unsigned") for name in "ab"))
@pytest.mark.parametrize("name", ["a", "b"])
def test_an_unsigned_factor_with_a_sign(name: str) -> None:
    """The upper half decreases by the other factor."""
    lie = computed("UHMUL64_REG", 1, 1)
    row = lie.row("multiply_wide")
    row[f"{name}_sign"] = 1
    ends_as(lie, multiplied(row, 0, 0))
    assert row.word("high") == MASK64
    needed(lie, "multiply_wide", f"{name} has no sign when it is unsigned")


# QUOTIENTS

DIVISIONS = {"divide": ("DIV64_REG", "MOD64_REG"), "divide_signed": ("SDIV64_REG", "SREM64_REG")}
CHIPS = [pytest.param(chip, id=chip) for chip in DIVISIONS]


def both(*rules: str) -> list[tuple[str, str]]:
    """The rules, for both chips."""
    return list(product(DIVISIONS, rules))


def compare(row: Row, limb: int, difference: int) -> None:
    """Set the cells of a comparison to "less", decided at a limb."""
    for position in LIMBS:
        row[f"differs_{position}"] = int(position == limb)
    row["is_less"], row["difference"] = 1, difference


def divided(mnemonic: str, n: int, d: int, quotient: int, remainder: int) -> tuple[Forgery, Row]:
    """The division of n by d, both positive, with another quotient and remainder but the same carries."""
    lie = computed(mnemonic, n, d)
    chip = next(chip for chip, names in DIVISIONS.items() if mnemonic in names)
    row = lie.row(chip)
    row.set_word("quotient", quotient)
    row.set_word("remainder", remainder)
    for limb in LIMBS:
        row[f"quotient_{limb}_low"] = quotient >> 16 * limb & 0xFF
    result = remainder if mnemonic == DIVISIONS[chip][1] else quotient
    if chip == "divide_signed":
        row.set_word("c", result)
    ends_as(lie, result)
    return lie, row


@shows(*both(*(f"the parts of quotient_{limb} are bytes" for limb in LIMBS)))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", LIMBS)
def test_a_quotient_of_five_thirds(chip: str, limb: int) -> None:
    """5 / 3 in the field, times 3, is 5, so the remainder is 0."""
    place = 3 - limb
    lie, row = divided(DIVISIONS[chip][1], 5 << 48, 3 << 16 * place, 0, 0)
    row[f"quotient_{limb}"] = row[f"quotient_{limb}_low"] = 5 * pow(3, -1, P)
    for position in range(3):
        row[f"carry_{position}"] = 0
    compare(row, place, 3)
    needed(lie, chip, f"the parts of quotient_{limb} are bytes")


@shows(*both(*(f"the parts of divisor_{limb} are bytes" for limb in (1, 2, 3))))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", [1, 2, 3])
def test_a_limb_of_the_divisor_that_vanishes(chip: str, limb: int) -> None:
    """Bytes -1 / 255 and 1 / 255 make a limb of 1. Only the sum of the bytes overflows, and it is 0."""
    place = 4 - limb
    n = 1 << 16 * place
    lie, row = divided(DIVISIONS[chip][0], n, (1 << 16 * limb) + 1, n, 0)
    row[f"divisor_{limb}_low"] = -pow(255, -1, P)
    for position in range(3):
        row[f"carry_{position}"] = 0
    compare(row, limb, 1)
    needed(lie, chip, f"the parts of divisor_{limb} are bytes")


@shows(*both("the parts of divisor_0 are bytes"))
@pytest.mark.parametrize("chip", CHIPS)
def test_a_low_limb_of_the_divisor_that_is_a_fraction(chip: str) -> None:
    remainder = 1 | 40000 << 16
    divisor = 0x70 << 48 | 5
    n = 256 * divisor + remainder
    lie, row = divided(DIVISIONS[chip][1], n, divisor, 256, (40000 - 32512) << 16)
    row["divisor_0_low"] = 5 + pow(256, -1, P)
    needed(lie, chip, "the parts of divisor_0 are bytes")


@shows(*both(*(f"carry out of limb {limb} is below 2^12" for limb in range(3))))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", range(3))
def test_a_carry_of_a_division_that_is_a_fraction(chip: str, limb: int) -> None:
    n, d = 200 << 16 * (limb + 1) | 5 << 16 * limb, 0x7FFF << 48
    remainder = n + (1 << 16 * limb) + (32512 << 16 * (limb + 1))
    lie, row = divided(DIVISIONS[chip][1], n, d, 0, remainder)
    row[f"carry_{limb}"] = pow(2**16, -1, P)
    compare(row, 3, 0x7FFF - row["remainder_3"])
    needed(lie, chip, f"carry out of limb {limb} is below 2^12")


@shows(*both(*(f"limb {limb} of the remainder is below 2^16" for limb in LIMBS)))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", LIMBS)
def test_a_negative_remainder(chip: str, limb: int) -> None:
    """5 = 2 * 3 - 1."""
    lie, row = divided(DIVISIONS[chip][0], 5 << 16 * limb, 3 << 16 * limb, 2, 0)
    row[f"remainder_{limb}"] = -1
    compare(row, limb, 4)
    needed(lie, chip, f"limb {limb} of the remainder is below 2^16")


@shows(*both("the remainder is below the divisor"))
@pytest.mark.parametrize("chip", CHIPS)
def test_a_remainder_above_the_divisor(chip: str) -> None:
    lie, row = divided(DIVISIONS[chip][0], 29, 10, 1, 19)
    row["is_less"], row["difference"] = 0, 9
    needed(lie, chip, "the remainder is below the divisor")


@shows(*both("the marked limbs differ in the direction of is_less"))
@pytest.mark.parametrize("chip", CHIPS)
def test_a_difference_below_zero(chip: str) -> None:
    lie, row = divided(DIVISIONS[chip][0], 29, 10, 1, 19)
    row["difference"] = -9
    needed(lie, chip, "the marked limbs differ in the direction of is_less")


@shows(*both(*(f"the difference is that of limb {limb}" for limb in LIMBS)))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", LIMBS)
def test_a_difference_of_no_limb(chip: str, limb: int) -> None:
    lie, row = divided(DIVISIONS[chip][0], 29 << 16 * limb, 10 << 16 * limb, 1, 19 << 16 * limb)
    compare(row, limb, 1)
    needed(lie, chip, f"the difference is that of limb {limb}")


@shows(*both(*(f"limb {limb} is equal above the marker" for limb in (1, 2, 3))))
@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("limb", [1, 2, 3])
def test_a_remainder_above_the_divisor_in_a_higher_limb(chip: str, limb: int) -> None:
    """No part of the dividend is divided. Its lowest limb is below the divisor."""
    n = 1 << 16 * limb
    lie, row = divided(DIVISIONS[chip][1], n, 5, 0, n)
    for position in range(3):
        row[f"carry_{position}"] = 0
    compare(row, 0, 5)
    needed(lie, chip, f"limb {limb} is equal above the marker")


@shows(*both("equal values are not less"))
@pytest.mark.parametrize("chip", CHIPS)
def test_a_remainder_equal_to_the_divisor(chip: str) -> None:
    lie, row = divided(DIVISIONS[chip][0], 20, 10, 1, 10)
    for limb in LIMBS:
        row[f"differs_{limb}"] = 0
    row["difference"] = 0
    needed(lie, chip, "equal values are not less")


# SIGNS


@shows(("divide_signed", "is_half is 0 or 1"))
def test_two_halves_for_a_remainder() -> None:
    """The flags field is the same. The upper halves are zero, whatever their factor is."""
    lie, row = divided("SREM64_REG", 7, 2, 3, 1)
    row["is_remainder"], row["is_half"] = 0, 2
    row.set_word("c", 3)
    ends_as(lie, 3)
    needed(lie, "divide_signed", "is_half is 0 or 1")


@shows(("divide_signed", "is_remainder is 0 or 1"))
def test_half_a_remainder_for_32_bits() -> None:
    """The flags field is the same. The result is the mean of quotient and remainder."""
    lie = computed("SDIV32_REG", 7, 2)
    row = lie.row("divide_signed")
    row["is_half"], row["is_remainder"] = 0, HALF
    row.set_word("c", 2)
    ends_as(lie, 2)
    needed(lie, "divide_signed", "is_remainder is 0 or 1")


@shows(*(("divide_signed", f"divisor_carry_{limb} is 0 or 1") for limb in range(3)))
@pytest.mark.parametrize("limb", range(3))
def test_a_carry_of_the_divisor_that_is_a_fraction(limb: int) -> None:
    n, wrong = 0x7FFF << 48, 5 + (1 << 16 * limb) + (32512 << 16 * (limb + 1))
    lie, other = computed("SREM64_REG", n, 5), computed("SREM64_REG", n, wrong)
    row = lie.row("divide_signed")
    row.copy_from(other.row("divide_signed"))
    row.set_word("b", 5)
    row[f"divisor_carry_{limb}"] = pow(2**16, -1, P)
    ends_as(lie, n % wrong)
    needed(lie, "divide_signed", f"divisor_carry_{limb} is 0 or 1")


@shows(*(("divide_signed", f"limb {limb} of c is below 2^16") for limb in LIMBS))
@pytest.mark.parametrize("limb", LIMBS)
def test_a_result_that_is_not_reduced(limb: int) -> None:
    """2^16 stays in a limb, and the next limb is one less."""
    lie = computed("SDIV64_REG", 0x0005_0005_0005_0005, 1)
    row = lie.row("divide_signed")
    row[f"c_{limb}"], row[f"c_carry_{limb}"] = 5 + 2**16, 1
    ends_with(lie, 1, {limb: 5 + 2**16})
    if limb < 3:
        row[f"c_{limb + 1}"] = 4
        ends_with(lie, 1, {limb + 1: 4})
    needed(lie, "divide_signed", f"limb {limb} of c is below 2^16")


@shows(*(("divide_signed", f"limb {limb} of the divisor") for limb in LIMBS))
@pytest.mark.parametrize("limb", LIMBS)
def test_another_divisor(limb: int) -> None:
    n, wrong = 0x7FFF << 48, 5 + (1 << 16 * limb)
    lie, other = computed("SREM64_REG", n, 5), computed("SREM64_REG", n, wrong)
    row = lie.row("divide_signed")
    row.copy_from(other.row("divide_signed"))
    row.set_word("b", 5)
    assert n % wrong != n % 5
    ends_as(lie, n % wrong)
    needed(lie, "divide_signed", f"limb {limb} of the divisor")


NEGATED = "the quotient is negative when one sign is, the remainder when that of a is"


@shows(("divide_signed", NEGATED))
def test_a_quotient_negated() -> None:
    """7 / 2 = -3."""
    lie = computed("SDIV64_REG", 7, 2)
    row = lie.row("divide_signed")
    row["is_negated"] = 1
    row.set_word("c", -3)
    for limb in LIMBS:
        row[f"c_carry_{limb}"] = 1
    ends_as(lie, -3)
    needed(lie, "divide_signed", NEGATED)


def as_unsigned(row: Row, dividend: int, divisor: int, is_remainder: int) -> int:
    """Fill a row of `divide_signed` as if neither number were negative. Returns the result."""
    other = computed("MOD64_REG", dividend, divisor).row("divide")
    for note in other.instance.chip.main:
        if note.name.startswith(("quotient", "divisor", "remainder", "carry", "differs", "difference")):
            row[note.name] = other[note.name]
    result = divmod(dividend, divisor)[is_remainder]
    row.set_word("c", result)
    for limb in LIMBS:
        row[f"c_carry_{limb}"] = 0
        row[f"divisor_carry_{min(limb, 2)}"] = 0
    row["is_negated"] = 0
    return result


@shows(*(("divide_signed", f"{name}_sign is the sign bit of {name}") for name in "ab"))
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_negative_number_taken_as_positive(name: str) -> None:
    a, b = (MASK64 - 6, 2) if name == "a" else (7, MASK64 - 1)
    lie = computed("SDIV64_REG", a, b)
    row = lie.row("divide_signed")
    row[f"{name}_sign"] = 0
    ends_as(lie, as_unsigned(row, a, b, 0))
    needed(lie, "divide_signed", f"{name}_sign is the sign bit of {name}")


@shows(("divide_signed", "b_sign is 0 or 1"))
def test_half_a_sign_of_the_divisor() -> None:
    """2^62 with half a sign is 2^63. Only a remainder has the sign of the dividend alone."""
    a, b = 2**62 + 5, 2**62
    lie = computed("SREM64_REG", a, b)
    row = lie.row("divide_signed")
    ends_as(lie, as_unsigned(row, a, 2**63, 1))
    row["b_sign"] = HALF
    needed(lie, "divide_signed", "b_sign is 0 or 1")


OVERFLOW = "the quotient of two negative numbers does not overflow"


@shows(("divide_signed", OVERFLOW))
@pytest.mark.parametrize(
    ("mnemonic", "result"),
    [("SDIV64_REG", 2**63), ("SREM64_REG", 0), ("SDIV32_REG", 2**31), ("SREM32_REG", 0)],
)
def test_a_quotient_that_overflows(mnemonic: str, result: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run of a machine that does not fault here."""
    true = semantics.binary
    monkeypatch.setattr(
        semantics,
        "binary",
        lambda row, version: (lambda _, __: result) if row.mnemonic == mnemonic else true(row, version),
    )
    builder = ProgramBuilder(2)
    builder.constant(1, 2 ** (63 if "64" in mnemonic else 31))
    builder.constant(2, MASK64)
    builder.emit(mnemonic, 1, 2)
    builder.exit()
    needed(lying_witness(run(builder.build())), "divide_signed", OVERFLOW)


# IMMEDIATES

CLAIMED = {"multiply_wide": "UHMUL64_IMM", "divide": "MOD64_IMM", "divide_signed": "SREM64_IMM"}


@shows(*((chip, "is_register is 0 or 1") for chip in CLAIMED))
@pytest.mark.parametrize("chip", CLAIMED)
def test_a_register_minus_two_times(chip: str) -> None:
    """The flags field is that of another form, and the immediate is a third.

    The register is read -2 times, and two refreshes take that back.
    """
    lie = computed(CLAIMED[chip], 2**63 if chip == "multiply_wide" else 7, 15)
    row = lie.row(chip)
    row["is_register"] = -2
    row.set_word("b", 5)
    if chip == "multiply_wide":
        row["is_signed"], row["a_sign"], row["b_0_low"] = 1, 1, 5
        result = multiplied(row, 0, 0)
    else:
        row["is_half"] = 1
        row["quotient_0"] = row["quotient_0_low"] = 1
        row["divisor_0"] = row["divisor_0_low"] = 5
        row["remainder_0"], row["difference"] = 2, 3
        result = 2
        if chip == "divide_signed":
            row["c_0"] = 2
    ends_as(lie, result)
    table = Instance(REGISTER_REFRESH, np.zeros((16, REGISTER_REFRESH.width), np.uint32))
    lie.instances.append(table)
    for number in range(2):
        refresh, now = Row(table, number), 2 * row["clk"]
        refresh["invocation"] = refresh["is_real"] = 1
        for name, value in {"index": 0, "before": 0, "now": now, "now_low": now & 255}.items():
            refresh[name] = value
        refresh["gap_low"] = now - 1 & 255
        refresh.set_word("value", 5)
    needed(lie, chip, "is_register is 0 or 1")


# JUMPS


def jumped(mnemonic: str, a: int, b: int) -> tuple[Forgery, Row]:
    """The witness of a jump to the next instruction. In its row, `is_taken` is flipped."""
    builder = ProgramBuilder(3)
    builder.constant(1, a)
    builder.constant(2, b)
    builder.emit(mnemonic, 1, 2, 0)
    builder.exit()
    lie = Forgery.of(run(builder.build()))
    row = lie.row("jump_half" if "32" in mnemonic else "jump")
    row["is_taken"] = 1 - row["is_taken"]
    return lie, row


@shows(*product(("jump", "jump_half"), (f"{name} has no sign in an unsigned comparison" for name in "ab")))
@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_sign_in_an_unsigned_comparison(bits: int, name: str) -> None:
    """The number with a sign is less, by 2^16 in the top limb."""
    lie, row = jumped(f"JLT{bits}_REG", *((5, 3) if name == "a" else (3, 5)))
    top = bits // 16 - 1
    row[f"{name}_sign"] = 1
    row[f"differs_{top}"], row["differs_0"] = 1, 0
    row["is_less"], row["difference"] = int(name == "a"), 2**16
    needed(lie, row.instance.chip.name, f"{name} has no sign in an unsigned comparison")


@shows(*product(("jump", "jump_half"), (f"{name}_sign is 0 or 1" for name in "ab")))
@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_sign_that_makes_any_top(bits: int, name: str) -> None:
    """The top limb is 2^15 without a sign, and 2^16 - 1 with a fraction of a sign."""
    lie, row = jumped(f"JSLT{bits}_REG", *((3, 5) if name == "a" else (5, 3)))
    top = bits // 16 - 1
    row[f"{name}_sign"] = (2**15 - 0xFFFF) * pow(2**16, -1, P)
    row["differs_0"], row[f"differs_{top}"] = 0, 1
    row["is_less"], row["difference"] = int(name == "b"), 0x7FFF
    needed(lie, row.instance.chip.name, f"{name}_sign is 0 or 1")


@shows(("jump", "differs_0 is 0 or 1"), ("jump", "differs_1 is 0 or 1"))
@pytest.mark.parametrize("limb", [0, 1])
def test_a_marker_taken_back(limb: int) -> None:
    """A marker on an equal limb, and -1 on a lower limb. A difference between them is not compared."""
    lie, row = jumped("JEQ64_REG", 1 << 16 * (limb + 1), 0)
    row[f"differs_{limb + 2}"], row[f"differs_{limb + 1}"], row[f"differs_{limb}"] = 1, 0, -1
    row["difference"] = row["is_less"] = 0
    needed(lie, "jump", f"differs_{limb} is 0 or 1")


@shows(*(("jump_half", f"limb {limb} is equal above the marker") for limb in range(2)))
@pytest.mark.parametrize("limb", range(2))
def test_a_difference_of_halves_that_is_not_marked(limb: int) -> None:
    lie, row = jumped("JLE32_REG", 1 << 16 * limb | 5, 7 * limb)
    row["differs_0"], row["differs_1"] = limb, 0
    row["difference"], row["is_less"] = 2 * limb, limb
    needed(lie, "jump_half", f"limb {limb} is equal above the marker")


@shows(*(("jump_half", f"{name}_sign is the sign bit of {name}") for name in "ab"))
@pytest.mark.parametrize("name", ["a", "b"])
def test_a_negative_half_taken_as_positive(name: str) -> None:
    values = {"a": 1, "b": 1, name: 2**31}
    source = f"""
        lddw r1, {values["a"]}
        lddw r2, {values["b"]}
        jsgt32 r1, r2, +0
        exit
    """
    lie = Forgery.of(run(asm(source, 3)))
    row = lie.row("jump_half")
    row[f"{name}_sign"] = 0
    row["is_less"], row["is_taken"] = 1 - row["is_less"], 1 - row["is_taken"]
    needed(lie, "jump_half", f"{name}_sign is the sign bit of {name}")
