"""Stores: the low 1, 2, 4 or 8 bytes of a register or immediate, to any mapped and writable address.

Given a base register, an offset and a value, `store` proves that the whole word at an address that is a
multiple of 8 becomes the value. `store_narrow` proves that 1, 2 or 4 bytes at a multiple of their size become
the value's low bytes, and that the other bytes stay unchanged. `store_unaligned` proves all other stores:
bytes anywhere in two neighbouring words. A store takes a word with a writable tag from the memory bus, and a
read-only word has another tag.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.memory import WRITABLE_TAG
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.expression import Expression, total
from solproof.air.gadgets import access_memory, bits, byte_pair
from solproof.circuit.instructions.family import Entry, Executor, Family, forms
from solproof.circuit.instructions.load import fill_position, select_double, select_narrow, select_unaligned
from solproof.circuit.instructions.parts.adapter import Register, Step, operand
from solproof.circuit.instructions.parts.address import Address, fill_address
from solproof.circuit.instructions.parts.straddle import Straddle, fill_straddle
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Form, Opcode

# OPCODES

REGISTER = 16


def encode(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """A store. The flag of weight n <= 8 is set if it stores n bytes.

    The flag of weight 16 is set if the value is a register.
    """
    register = row.form is Form.REGISTER
    return Entry(
        FamilyCode.STORE,
        instruction.destination,
        instruction.source if register else 0,
        row.operand(instruction.immediate),
        instruction.offset,
        row.size + REGISTER * register,
    )


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The word at an aligned address becomes the value."""
    chip = Chip(
        "store",
        "Given a base and an offset that add up to a multiple of 8, this chip proves that the "
        "word there becomes the value.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when the value is a register")
    base = Register.columns(chip, "base")
    b, immediate = operand(step, is_register)
    offset = chip.column("offset", "the offset of the instruction")
    old = chip.word("old", "the word before")
    before = chip.column("memory_before", "time of the previous access of the word")

    flags = 8 + REGISTER * is_register
    step.fetch(
        FamilyCode.STORE,
        destination=base.index,
        source=b.index,
        immediate=immediate,
        offset=offset,
        flags=flags,
    )
    step.advance(step.pc + 1)
    address = Address.columns(chip, base.value, offset, 0, step.is_real)
    word = (address.region, address.index, 8 + WRITABLE_TAG)
    access_memory(
        chip, word, old, b.value, before=before, now=2 * step.clk, active=step.is_real, name="the word"
    )
    base.read_as_destination(step)
    return chip


def build_narrow() -> Chip:
    """1, 2 or 4 bytes at an address that is a multiple of their size become the low bytes of the value."""
    chip = Chip(
        "store_narrow",
        "Given a base and an offset that add up to a multiple of the size, this chip proves that "
        "the 1, 2 or 4 bytes there become those of the value.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when the value is a register")
    is_byte = step.flag("is_byte", "1 for 1 byte")
    is_half = step.flag("is_half", "1 for 2 bytes")
    is_word = step.flag("is_word", "1 for 4 bytes")
    base = Register.columns(chip, "base")
    b, immediate = operand(step, is_register)
    offset = chip.column("offset", "the offset of the instruction")
    old = chip.word("old", "the word before")
    new = chip.word("new", "the word after")
    before = chip.column("memory_before", "time of the previous access of the word")
    available = chip.column("available", "how many bytes of the word exist")
    selected = [step.flag(f"is_limb_{limb}", f"1 when the bytes start in limb {limb}") for limb in range(4)]
    is_high = step.flag("is_high", "1 when the byte is the high byte of its limb")
    low = chip.column("low", "for a byte: the low byte of its limb, before")
    high = chip.column("high", "for a byte: the high byte of its limb, before")
    value_low = chip.column("value_low", "for a byte: the low byte of the value")
    limb_after = chip.column("limb_after", "the limb in which the bytes start, after")

    flags = is_byte + 2 * is_half + 4 * is_word + REGISTER * is_register
    step.fetch(
        FamilyCode.STORE,
        destination=base.index,
        source=b.index,
        immediate=immediate,
        offset=offset,
        flags=flags,
    )
    step.advance(step.pc + 1)
    chip.assert_equal(
        selected[0] + selected[1] + selected[2] + selected[3], step.is_real, "the bytes start in one limb"
    )
    chip.assert_zero(is_word * (selected[1] + selected[3]), "4 bytes start in limb 0 or 2")
    chip.assert_zero(is_high * (1 - is_byte), "only a byte starts in the middle of a limb")
    byte = 2 * selected[1] + 4 * selected[2] + 6 * selected[3] + is_high
    address = Address.columns(chip, base.value, offset, byte, step.is_real)
    cell = (address.region, address.index, available + WRITABLE_TAG)
    access_memory(chip, cell, old, new, before=before, now=2 * step.clk, active=step.is_real, name="the word")
    size = is_byte + 2 * is_half + 4 * is_word
    bits(chip, 3, available - byte - size, step.is_real, "the bytes exist")
    limb = total(flag * part for flag, part in zip(selected, old, strict=True))
    chip.assert_zero(is_byte * (limb - low - 256 * high), "the limb of a byte is its low and its high byte")
    byte_pair(chip, low, high, is_byte, "low and high are bytes")
    byte_pair(
        chip,
        value_low,
        (b.value[0] - value_low) / 256,
        is_byte,
        "the parts of the value's low limb are bytes",
    )
    with_byte = value_low + 256 * high + is_high * (low + 256 * value_low - value_low - 256 * high)
    chip.assert_equal(limb_after, is_byte * with_byte + (is_half + is_word) * b.value[0], "the limb after")
    for position in range(4):
        change = selected[position] * (limb_after - old[position])
        if position % 2:
            change = change + is_word * selected[position - 1] * (b.value[1] - old[position])
        chip.assert_equal(new[position], old[position] + change, f"limb {position} of the word after")
    base.read_as_destination(step)
    return chip


def build_unaligned() -> Chip:
    """2, 4 or 8 bytes at any address become the low bytes of the value."""
    chip = Chip(
        "store_unaligned",
        "Given a base and an offset, this chip proves that the 2, 4 or 8 bytes at their sum, "
        "which may lie in two words, become those of the value.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when the value is a register")
    is_half = step.flag("is_half", "1 for 2 bytes")
    is_word = step.flag("is_word", "1 for 4 bytes")
    is_double = step.flag("is_double", "1 for 8 bytes")
    base = Register.columns(chip, "base")
    b, immediate = operand(step, is_register)
    offset = chip.column("offset", "the offset of the instruction")

    flags = 2 * is_half + 4 * is_word + 8 * is_double + REGISTER * is_register
    step.fetch(
        FamilyCode.STORE,
        destination=base.index,
        source=b.index,
        immediate=immediate,
        offset=offset,
        flags=flags,
    )
    step.advance(step.pc + 1)
    chip.assert_equal(is_half + is_word + is_double, step.is_real, "one size")
    straddle = Straddle.columns(step, base.value, offset, 2 * is_half + 4 * is_word + 8 * is_double)
    value: list[Expression] = []
    for limb in range(4):
        low = chip.column(f"b_{limb}_low", f"low byte of b_{limb}")
        parts = (low, (b.value[limb] - low) / 256)
        byte_pair(chip, *parts, step.is_real, f"the parts of limb {limb} of the value are bytes")
        value.extend(parts)
    # Byte i of the value is stored if the size is above i.
    above_half = 1 - is_half
    stored: list[Expression | int] = [1, 1, above_half, above_half, *[is_double] * 4]
    after = []
    for position in range(16):
        new = straddle.bytes[position]
        for start, starts in enumerate(straddle.starts):
            if 0 <= position - start < 8:
                new = new + starts * stored[position - start] * (
                    value[position - start] - straddle.bytes[position]
                )
        after.append(new)
    limbs_after = []
    for limb in range(8):
        column = chip.column(f"limb_{limb}_after", f"limb {limb} of the two words, after")
        chip.assert_equal(column, after[2 * limb] + 256 * after[2 * limb + 1], f"limb {limb} after")
        limbs_after.append(column)
    straddle.access(step, limbs_after, writable=True)
    base.read_as_destination(step)
    return chip


# WITNESS


def _fill_common(table: Table, rows: Rows) -> None:
    table.fill_step(rows)
    table["is_register"] = rows.is_register
    table.fill_destination("base", rows)
    table.fill_operand("b", rows)
    table["offset"] = rows.offset
    fill_address(table, rows, rows.a)


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    table.word("old", rows.first_word)
    table["memory_before"] = rows.first_before


def fill_narrow(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    fill_position(table, rows)
    table.word("old", rows.first_word)
    table.word("new", rows.first_after)
    table["value_low"] = (rows.size == 1) * (limbs(rows.b)[:, 0] & 255)
    position = ((rows.address & np.uint64(7)) >> np.uint64(1)).astype(np.int64)
    table["limb_after"] = np.take_along_axis(limbs(rows.first_after), position[:, None], axis=1)[:, 0]


def fill_unaligned(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    table["is_half"], table["is_word"], table["is_double"] = rows.size == 2, rows.size == 4, rows.size == 8
    fill_straddle(table, rows)
    value = limbs(rows.b)
    for limb in range(4):
        table[f"b_{limb}_low"] = value[:, limb] & 255
    reaches = (rows.address & np.uint64(7)).astype(np.int64) + rows.size > 8
    for word, after in enumerate(
        (rows.first_after, np.where(reaches, rows.second_after, 0).astype(np.uint64))
    ):
        parts = limbs(after)
        for limb in range(4):
            table[f"limb_{4 * word + limb}_after"] = parts[:, limb]


FAMILIES = (
    Family(
        (FamilyCode.STORE,),
        forms(Action.STORE, "ST_B", "ST_H", "ST_W", "ST_DW", "ST_1B", "ST_2B", "ST_4B", "ST_8B"),
        encode,
        (
            Executor(build(), fill, select_double),
            Executor(build_narrow(), fill_narrow, select_narrow),
            Executor(build_unaligned(), fill_unaligned, select_unaligned),
        ),
    ),
)
