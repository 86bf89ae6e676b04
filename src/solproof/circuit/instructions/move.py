"""Moves: a register, a sign-extended or zero-extended immediate, or the 64-bit immediate of lddw.

Given an operand b, this chip proves that the new destination is b. Nothing is range-checked here, because the
limbs of b are range-checked wherever they come from.
"""

from __future__ import annotations

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode, by_mnemonic

# OPCODES

WIDE = 1


def encode(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """A move. For lddw, `immediate` is the wide immediate (see `solproof.circuit.program_table`)."""
    mode = WIDE if row.action is Action.LOAD_IMMEDIATE else 0
    return binary_entry(FamilyCode.MOVE, row, instruction, mode)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The new destination is b."""
    chip = Chip("move", "Given b, this chip proves that the new destination is b.")
    step = Step.columns(chip)
    flags = {
        "is_register": step.flag("is_register", "1 when b is a register"),
        "is_wide": step.flag("is_wide", "1 for lddw, which takes two slots"),
    }
    a = Register.columns(chip, "a")
    b, immediate = operand(step, flags["is_register"])

    step.fetch(FamilyCode.MOVE, destination=a.index, source=b.index, immediate=immediate, flags=pack(flags))
    step.advance(step.pc + 1 + flags["is_wide"])
    a.write_as_destination(step, b.value)
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    table["is_wide"] = rows.flags >> 1 & WIDE
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)


FAMILIES = (
    Family(
        (FamilyCode.MOVE,),
        (*forms(Action.COMPUTE, "MOV64"), by_mnemonic("MOV32_IMM"), *forms(Action.LOAD_IMMEDIATE, "LD_DW")),
        encode,
        (Executor(build(), fill),),
    ),
)
