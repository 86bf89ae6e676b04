"""AND, OR and XOR, and the jump on common bits.

Given a and b, this chip proves their bitwise AND byte by byte, with a lookup. Limb by limb, OR is a + b - AND
and XOR is a + b - 2 AND. For JSET it proves that the jump is taken exactly when the AND is not zero, and that
a stays unchanged. On 32 bits it uses only the low halves.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.bus import BITWISE
from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.field import inverses
from solproof.circuit.instructions.family import Entry, Executor, Family, binary_entry, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, operand, pack
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES

OR, XOR, HALF, JUMP = 1, 2, 4, 8
MODES = {
    "AND64": 0,
    "OR64": OR,
    "XOR64": XOR,
    "AND32": HALF,
    "OR32": OR | HALF,
    "XOR32": XOR | HALF,
    "JSET64": JUMP,
    "JSET32": JUMP | HALF,
}


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """A bitwise operation, or a jump on common bits."""
    mode = MODES[row.operations[version]]
    offset = instruction.offset if mode & JUMP else 0
    return binary_entry(FamilyCode.BITWISE, row, instruction, mode, offset=offset)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a AND, OR or XOR b, or a jump if a AND b is not zero."""
    chip = Chip(
        "bitwise",
        "Given a and b, this chip proves their AND, OR or XOR, or whether they have a bit in common.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when b is a register")
    flags = {
        "is_register": is_register,
        "is_or": step.flag("is_or", "1 for OR"),
        "is_xor": step.flag("is_xor", "1 for XOR"),
        "is_half": step.flag("is_half", "1 when the operation has 32 bits"),
        "is_jump": step.flag("is_jump", "1 for JSET"),
    }
    a = Register.columns(chip, "a")
    b, immediate = operand(step, is_register)
    c = chip.word("c", "the result; a for JSET")
    offset = chip.column("offset", "distance of the jump, 0 if this is not JSET")
    taken = chip.flag("is_taken", "1 when this is JSET and a AND b is not zero")
    inverse = chip.column("inverse", "for JSET: inverse of the sum of the limbs of a AND b, 0 if it is 0")
    either, xor, half, jump = (
        flags["is_or"] + flags["is_xor"],
        flags["is_xor"],
        flags["is_half"],
        flags["is_jump"],
    )

    step.fetch(
        FamilyCode.BITWISE,
        destination=a.index,
        source=b.index,
        immediate=immediate,
        offset=offset,
        flags=pack(flags),
    )
    step.advance(step.pc + 1 + taken * offset)
    common_bits = chip.graph.constant(0)
    for limb in range(4):
        a_low = chip.column(f"a_{limb}_low", f"low byte of a_{limb}")
        b_low = chip.column(f"b_{limb}_low", f"low byte of b_{limb}")
        and_low = chip.column(f"and_{limb}_low", f"a_{limb}_low AND b_{limb}_low")
        and_high = chip.column(f"and_{limb}_high", f"high byte of a_{limb} AND b_{limb}")
        a_high, b_high = (a.value[limb] - a_low) / 256, (b.value[limb] - b_low) / 256
        chip.query(BITWISE, [a_low, b_low, and_low], step.is_real, f"AND of the low bytes of limb {limb}")
        chip.query(BITWISE, [a_high, b_high, and_high], step.is_real, f"AND of the high bytes of limb {limb}")
        common = and_low + 256 * and_high
        gate: Expression | int = 1 if limb < 2 else 1 - half
        common_bits = common_bits + gate * common
        # AND: x, OR: a + b - x, XOR: a + b - 2x, JSET: x + (a - x) = a. In the program table the flags
        # exclude each other.
        result = (
            either * (a.value[limb] + b.value[limb] - 2 * common)
            + (1 - xor) * common
            + jump * (a.value[limb] - common)
        )
        kept: Expression | int = 0 if limb < 2 else half * jump * a.value[limb]
        chip.assert_zero(c[limb] - gate * result - kept, f"limb {limb} of the result")
    chip.assert_equal(common_bits * inverse, taken, "a jump is taken only when the AND has an inverse")
    # The sum of four limbs is below 2^18, so it is zero modulo p only if all four are zero. If it is not
    # zero, `taken` is equal to `jump`: only JSET jumps.
    chip.assert_zero((jump - taken) * common_bits, "a jump is not taken only when the AND is zero")
    a.write_as_destination(step, c)
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    mode = rows.flags >> 1
    for name, bit in (("is_or", OR), ("is_xor", XOR), ("is_half", HALF), ("is_jump", JUMP)):
        table[name] = mode & bit != 0
    is_jump = mode & JUMP != 0
    table.fill_destination("a", rows)
    table.fill_operand("b", rows)
    table.word("c", np.where(is_jump, rows.a, rows.c))
    table["offset"] = rows.offset
    a, b = limbs(rows.a), limbs(rows.b)
    common = a & b
    for limb in range(4):
        table[f"a_{limb}_low"], table[f"b_{limb}_low"] = a[:, limb] & 255, b[:, limb] & 255
        table[f"and_{limb}_low"], table[f"and_{limb}_high"] = common[:, limb] & 255, common[:, limb] >> 8
    common[:, 2:] *= (mode & HALF == 0)[:, None]
    total = common.sum(axis=1) * is_jump
    table["is_taken"] = total != 0
    table["inverse"] = inverses(total)


FAMILIES = (
    Family(
        (FamilyCode.BITWISE,),
        (
            *forms(Action.COMPUTE, "AND64", "OR64", "XOR64", "AND32", "OR32", "XOR32"),
            *forms(Action.JUMP, "JSET64", "JSET32"),
            *forms(Action.COMPUTE, "HOR64"),
        ),
        encode,
        (Executor(build(), fill),),
    ),
)
