"""Addition, subtraction and negation, and the move of 32 bits between registers.

Given a destination a and an operand b (a register or an immediate), `add` proves that the new destination c
is a + b modulo 2^64. `arithmetic` proves the rarer forms: a - b, b - a (negation if b = 0), and b itself.
They have 64 bits, or 32 bits with the result sign-extended or zero-extended. The limbs of c are range-checked
here. The limbs of a and b were range-checked where they were written.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, range16, range16_word
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode, by_mnemonic

# OPCODES


def encode_add(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """ADD64."""
    return binary_entry(FamilyCode.ADD, row, instruction)


SUBTRACT, REVERSE, COPY, HALF, EXTEND = 1, 2, 4, 8, 16
MODES = {
    "ADD32": HALF | EXTEND,
    "ADD32_ZERO_EXTENDED": HALF,
    "SUB32": SUBTRACT | HALF | EXTEND,
    "SUB32_ZERO_EXTENDED": SUBTRACT | HALF,
    "REVERSE_SUB32": REVERSE | HALF,
    "SUB64": SUBTRACT,
    "REVERSE_SUB64": REVERSE,
    "MOV32": COPY | HALF,
    "MOV32_SIGN_EXTENDED": COPY | HALF | EXTEND,
    "NEG32": REVERSE | HALF,
    "NEG64": REVERSE,
}


def encode_arithmetic(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """The forms other than a + b on 64 bits. Negation is b - a with b = 0."""
    return binary_entry(FamilyCode.ARITHMETIC, row, instruction, MODES[row.operations[version]])


# COLUMNS AND CONSTRAINTS


def build_add() -> Chip:
    """c = a + b modulo 2^64."""
    chip = Chip("add", "Given a and b, this chip proves that the new destination is a + b modulo 2^64.")
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when b is a register")
    a = Register.columns(chip, "a")
    b, immediate = operand(step, is_register)
    c = chip.word("c", "a + b")

    step.fetch(FamilyCode.ADD, destination=a.index, source=b.index, immediate=immediate, flags=is_register)
    step.advance(step.pc + 1)
    carry = chip.graph.constant(0)
    for limb in range(4):
        # Both sides are below 2^17 + 1 < p, so the equation holds over the integers. The last carry is
        # dropped, because the sum is modulo 2^64.
        carry = (a.value[limb] + b.value[limb] + carry - c[limb]) / LIMB
        chip.assert_bool(carry, f"carry out of limb {limb} is 0 or 1")
    range16_word(chip, c, step.is_real, "c")
    a.write_as_destination(step, c)
    return chip


def build_arithmetic() -> Chip:
    """c = a + b, a - b, b - a or b, on 64 or 32 bits."""
    chip = Chip(
        "arithmetic",
        "Given a and b, this chip proves that the new destination is a + b, a - b, b - a or b, on "
        "64 or 32 bits.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when b is a register")
    flags = {
        "is_register": is_register,
        "is_subtract": step.flag("is_subtract", "1 for a - b"),
        "is_reverse": step.flag("is_reverse", "1 for b - a"),
        "is_copy": step.flag("is_copy", "1 for b"),
        "is_half": step.flag("is_half", "1 when the operation has 32 bits"),
        "is_extended": step.flag(
            "is_extended", "1 when a 32-bit result is sign-extended, 0 when zero-extended"
        ),
    }
    a = Register.columns(chip, "a")
    b, immediate = operand(step, is_register)
    c = chip.word("c", "the result")
    carries = [chip.flag(f"carry_{limb}", f"carry out of limb {limb}") for limb in range(4)]
    is_negative = chip.flag("is_negative", "sign bit of the low 32 bits of c when it is extended")

    step.fetch(
        FamilyCode.ARITHMETIC, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags)
    )
    step.advance(step.pc + 1)
    subtract, reverse, copy = flags["is_subtract"], flags["is_reverse"], flags["is_copy"]
    half, extended = flags["is_half"], flags["is_extended"]
    add = step.is_real - subtract - reverse - copy
    carry = chip.graph.constant(0)
    for limb in range(4):
        x, y, z = a.value[limb], b.value[limb], c[limb]
        # a - b = c exactly when c + b = a: one carry chain serves every form, with the terms moved.
        total = add * (x + y - z) + subtract * (z + y - x) + reverse * (z + x - y) + copy * (y - z)
        chain = total + carry - LIMB * carries[limb]
        carry = carries[limb]
        chip.assert_zero(chain if limb < 2 else (1 - half) * chain, f"limb {limb} of the sum")
    for limb in (2, 3):
        chip.assert_zero(
            half * (c[limb] - (LIMB - 1) * is_negative), f"limb {limb} of a 32-bit result is its extension"
        )
    chip.assert_zero(is_negative * (1 - extended), "a zero-extended result has no sign")
    range16(chip, 2 * (c[1] - 2**15 * is_negative), extended, "is_negative is the sign bit of c")
    range16_word(chip, c, step.is_real, "c")
    a.write_as_destination(step, c)
    return chip


# WITNESS


def fill_add(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    table.word("c", rows.c)


def fill_arithmetic(table: Table, rows: Rows) -> None:
    """One row per step. The carries are those of the chain that the form uses."""
    fill_add(table, rows)
    mode = rows.flags >> 1
    for name, bit in (
        ("is_subtract", SUBTRACT),
        ("is_reverse", REVERSE),
        ("is_copy", COPY),
        ("is_half", HALF),
        ("is_extended", EXTEND),
    ):
        table[name] = mode & bit != 0
    a, b, c = limbs(rows.a), limbs(rows.b), limbs(rows.c)
    carry: Integers = np.zeros(len(rows), np.int64)
    for limb in range(4):
        x, y, z = a[:, limb], b[:, limb], c[:, limb]
        forms = [mode & SUBTRACT != 0, mode & REVERSE != 0, mode & COPY != 0]
        chain = np.select(forms, [z + y - x, z + x - y, y - z], x + y - z) + carry
        carry = np.where((mode & HALF != 0) & (limb >= 2), 0, chain >> 16)
        table[f"carry_{limb}"] = carry
    table["is_negative"] = (mode & EXTEND != 0) & (c[:, 1] >> 15 == 1)


FAMILIES = (
    Family((FamilyCode.ADD,), forms(Action.COMPUTE, "ADD64"), encode_add, (Executor(build_add(), fill_add),)),
    Family(
        (FamilyCode.ARITHMETIC,),
        (
            *forms(Action.COMPUTE, "ADD32", "SUB32", "SUB64"),
            by_mnemonic("MOV32_REG"),
            *forms(Action.COMPUTE, "NEG32", "NEG64"),
        ),
        encode_arithmetic,
        (Executor(build_arithmetic(), fill_arithmetic),),
    ),
)
