"""Byte order: LE truncates to 16, 32 or 64 bits. BE truncates and then swaps the bytes.

Given a, split into bytes, this chip proves the new destination.
"""

from __future__ import annotations

from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.gadgets import byte_pair
from solproof.circuit.instructions.family import Entry, Executor, Family, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, pack
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES

SWAP = 1
MODES = {"LE": 0, "BE": SWAP}
WIDTHS = {16: 2, 32: 4, 64: 8}


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """LE or BE. The bytecode verifier has checked the width."""
    flags = MODES[row.operations[version]] | WIDTHS[instruction.immediate]
    return Entry(FamilyCode.ENDIAN, destination=instruction.destination, flags=flags)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """c = a, truncated. For BE its bytes are swapped."""
    chip = Chip(
        "endian",
        "Given a, this chip proves its truncation to 16, 32 or 64 bits, with the bytes swapped for BE.",
    )
    step = Step.columns(chip)
    flags = {
        "is_swap": step.flag("is_swap", "1 for BE"),
        "is_16": step.flag("is_16", "1 for 16 bits"),
        "is_32": step.flag("is_32", "1 for 32 bits"),
        "is_64": step.flag("is_64", "1 for 64 bits"),
    }
    swap, is_16, is_32, is_64 = flags.values()
    a = Register.columns(chip, "a")
    c = chip.word("c", "the result")

    step.fetch(FamilyCode.ENDIAN, destination=a.index, flags=pack(flags))
    step.advance(step.pc + 1)
    swapped = []
    for limb in range(4):
        low = chip.column(f"a_{limb}_low", f"low byte of a_{limb}")
        high = (a.value[limb] - low) / 256
        byte_pair(chip, low, high, step.is_real, f"the parts of limb {limb} are bytes")
        swapped.append(256 * low + high)
    kept = [is_16 + is_32 + is_64, is_32 + is_64, is_64, is_64]
    for limb in range(4):
        reverse = is_64 * swapped[3 - limb]
        if limb < 2:
            reverse = reverse + is_32 * swapped[1 - limb]
        if limb == 0:
            reverse = reverse + is_16 * swapped[0]
        chip.assert_equal(
            c[limb], (1 - swap) * kept[limb] * a.value[limb] + swap * reverse, f"limb {limb} of the result"
        )
    a.write_as_destination(step, c)
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    table.fill_step(rows)
    for position, name in enumerate(("is_swap", "is_16", "is_32", "is_64")):
        table[name] = rows.flags >> position & 1
    table.fill_destination("a", rows)
    table.word("c", rows.c)
    a = limbs(rows.a)
    for limb in range(4):
        table[f"a_{limb}_low"] = a[:, limb] & 255


FAMILIES = (Family((FamilyCode.ENDIAN,), forms(Action.COMPUTE, *MODES), encode, (Executor(build(), fill),)),)
