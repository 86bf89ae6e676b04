"""Conditional jumps on equality and order, and the unconditional jump.

Given a and b, `jump` proves whether they are equal and whether a < b. A marker is set on the highest limb in
which they differ. All limbs above the marker are equal, and the difference at the marker is positive and
below 2^16. A signed comparison flips the sign bits first. `jump_half` does the same for the low 32 bits.
"""

from __future__ import annotations

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.gadgets import LIMB, range16
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.circuit.instructions.parts.comparison import Comparison, fill_comparison
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES

SIGNED, INVERT, EQUAL, LESS = 1, 2, 4, 8
MODES = {
    "JEQ": EQUAL,
    "JNE": EQUAL | INVERT,
    "JLT": LESS,
    "JGE": LESS | INVERT,
    "JLE": LESS | EQUAL,
    "JGT": LESS | EQUAL | INVERT,
    "JSLT": SIGNED | LESS,
    "JSGE": SIGNED | LESS | INVERT,
    "JSLE": SIGNED | LESS | EQUAL,
    "JSGT": SIGNED | LESS | EQUAL | INVERT,
}


def encode(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """A conditional jump. It is taken if (equal and EQUAL) or (less and LESS), inverted by INVERT."""
    return binary_entry(FamilyCode.JUMP, row, instruction, MODES[row.name], offset=instruction.offset)


def encode_half(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """A conditional jump on 32 bits."""
    return binary_entry(FamilyCode.JUMP_HALF, row, instruction, MODES[row.name], offset=instruction.offset)


def encode_always(_: Opcode, instruction: Instruction, __: int) -> Entry:
    """JA."""
    return Entry(FamilyCode.JUMP_ALWAYS, offset=instruction.offset)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The next pc of a conditional jump."""
    chip = Chip(
        "jump", "Given a and b, this chip proves whether a conditional jump is taken, and the next pc."
    )
    _compare(chip, FamilyCode.JUMP, 4)
    return chip


def build_half() -> Chip:
    """The next pc of a conditional jump on 32 bits."""
    chip = Chip(
        "jump_half",
        "Given a and b, this chip proves whether a conditional jump on their low 32 bits is taken, "
        "and the next pc.",
    )
    _compare(chip, FamilyCode.JUMP_HALF, 2)
    return chip


def _compare(chip: Chip, code: FamilyCode, count: int) -> None:
    """A jump that compares the low `count` limbs."""
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_signed": step.flag("is_signed", "1 for a signed comparison"),
        "is_inverted": step.flag("is_inverted", "1 when the jump is taken unless the condition holds"),
        "if_equal": step.flag("if_equal", "1 when the condition holds for a = b"),
        "if_less": step.flag("if_less", "1 when the condition holds for a < b"),
    }
    is_register, is_signed, is_inverted, if_equal, if_less = flags.values()
    a = Register.columns(chip, "a")
    b, immediate = operand(step, is_register)
    offset = chip.column("offset", "distance of the jump")
    a_sign = chip.flag("a_sign", "sign bit of a in a signed comparison, else 0")
    b_sign = chip.flag("b_sign", "sign bit of b in a signed comparison, else 0")
    is_taken = chip.flag("is_taken", "1 when the jump is taken")

    step.fetch(
        code, destination=a.index, source=b.index, immediate=immediate, offset=offset, flags=pack(flags)
    )
    step.advance(step.pc + 1 + is_taken * offset)
    tops = []
    for name, register, sign in (("a", a, a_sign), ("b", b, b_sign)):
        # Adding 2^15 modulo 2^16 to the top limb turns the signed order into the unsigned one.
        top = register.value[count - 1] + 2**15 * is_signed - LIMB * sign
        range16(chip, top, is_signed, f"{name}_sign is the sign bit of {name}")
        chip.assert_zero(sign * (1 - is_signed), f"{name} has no sign in an unsigned comparison")
        tops.append(top)
    x, y = ((*each.value[: count - 1], top) for each, top in zip((a, b), tops, strict=True))
    comparison = Comparison.columns(chip, x, y, step.is_real)
    condition = if_equal * comparison.equal + if_less * comparison.less
    chip.assert_equal(
        is_taken,
        condition + is_inverted - 2 * is_inverted * condition,
        "the jump is taken when its condition holds",
    )
    a.read_as_destination(step)


def build_always() -> Chip:
    """The next pc of JA."""
    chip = Chip("jump_always", "Given an unconditional jump, this chip proves the next pc.")
    step = Step.columns(chip)
    offset = chip.column("offset", "distance of the jump")
    step.fetch(FamilyCode.JUMP_ALWAYS, offset=offset)
    step.advance(step.pc + 1 + offset)
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill(table, rows, 4)


def fill_half(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill(table, rows, 2)


def _fill(table: Table, rows: Rows, count: int) -> None:
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    signed, inverted = mode & SIGNED != 0, mode & INVERT != 0
    for name, bit in (("is_signed", SIGNED), ("is_inverted", INVERT), ("if_equal", EQUAL), ("if_less", LESS)):
        table[name] = mode & bit != 0
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    table["offset"] = rows.offset
    a, b = limbs(rows.a)[:, :count], limbs(rows.b)[:, :count]
    for name, value in (("a_sign", a), ("b_sign", b)):
        table[name] = signed & (value[:, -1] >> 15 == 1)
        value[:, -1] ^= signed * 0x8000
    equal, less = fill_comparison(table, a, b)
    table["is_taken"] = ((equal & (mode & EQUAL != 0)) | (less & (mode & LESS != 0))) ^ inverted


def fill_always(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["offset"] = rows.offset


FAMILIES = (
    Family(
        (FamilyCode.JUMP,),
        forms(Action.JUMP, *(f"{name}64" for name in MODES)),
        encode,
        (Executor(build(), fill),),
    ),
    Family(
        (FamilyCode.JUMP_HALF,),
        forms(Action.JUMP, *(f"{name}32" for name in MODES)),
        encode_half,
        (Executor(build_half(), fill_half),),
    ),
    Family(
        (FamilyCode.JUMP_ALWAYS,),
        forms(Action.JUMP, "JA"),
        encode_always,
        (Executor(build_always(), fill_always),),
    ),
)
