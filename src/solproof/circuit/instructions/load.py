"""Loads: 1, 2, 4 or 8 bytes, zero-extended, from any address that is mapped.

Given a base register and an offset, `load` proves that the new destination is the whole word at an address
that is a multiple of 8. `load_narrow` proves that it is 1, 2 or 4 bytes at a multiple of their size.
`load_unaligned` proves all other loads: bytes from anywhere in two neighbouring words. The words come from
the memory bus, so their limbs need no range check.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.arrays import Flags
from solproof.accesses.memory import WRITABLE_TAG
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.expression import Expression, total
from solproof.air.gadgets import access_memory, bits, byte_pair
from solproof.circuit.instructions.family import Entry, Executor, Family, forms
from solproof.circuit.instructions.parts.adapter import Register, Step, pack
from solproof.circuit.instructions.parts.address import Address, fill_address
from solproof.circuit.instructions.parts.straddle import Straddle, fill_straddle
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode

# OPCODES


def encode(row: Opcode, instruction: Instruction, _: int) -> Entry:
    """A load. The flag of weight n is set if it loads n bytes."""
    return Entry(
        FamilyCode.LOAD,
        instruction.destination,
        instruction.source,
        offset=instruction.offset,
        flags=row.size,
    )


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The new destination is the word at an aligned address."""
    chip = Chip(
        "load",
        "Given a base and an offset that add up to a multiple of 8, this chip proves that the new "
        "destination is the word there.",
    )
    step = Step.columns(chip)
    destination = Register.columns(chip, "destination")
    base = Register.columns(chip, "base")
    offset = chip.column("offset", "the offset of the instruction")
    value = chip.word("value", "the word loaded")
    before = chip.column("memory_before", "time of the previous access of the word")
    is_writable = chip.flag("is_writable", "1 when the word is writable")

    step.fetch(FamilyCode.LOAD, destination=destination.index, source=base.index, offset=offset, flags=8)
    step.advance(step.pc + 1)
    base.read_as_source(step, step.is_real)
    address = Address.columns(chip, base.value, offset, 0, step.is_real)
    word = (address.region, address.index, 8 + WRITABLE_TAG * is_writable)  # all 8 bytes exist
    access_memory(
        chip, word, value, value, before=before, now=2 * step.clk, active=step.is_real, name="the word"
    )
    destination.write_as_destination(step, value)
    return chip


def build_narrow() -> Chip:
    """The new destination is 1, 2 or 4 bytes at an address that is a multiple of their size."""
    chip = Chip(
        "load_narrow",
        "Given a base and an offset that add up to a multiple of the size, this chip proves that "
        "the new destination is the 1, 2 or 4 bytes there.",
    )
    step = Step.columns(chip)
    sizes = {
        "is_byte": step.flag("is_byte", "1 for 1 byte"),
        "is_half": step.flag("is_half", "1 for 2 bytes"),
        "is_word": step.flag("is_word", "1 for 4 bytes"),
    }
    is_byte, is_half, is_word = sizes.values()
    destination = Register.columns(chip, "destination")
    base = Register.columns(chip, "base")
    offset = chip.column("offset", "the offset of the instruction")
    word = chip.word("word", "the word that holds the bytes")
    before = chip.column("memory_before", "time of the previous access of the word")
    is_writable = chip.flag("is_writable", "1 when the word is writable")
    available = chip.column("available", "how many bytes of the word exist")
    selected = [step.flag(f"is_limb_{limb}", f"1 when the bytes start in limb {limb}") for limb in range(4)]
    is_high = step.flag("is_high", "1 when the byte is the high byte of its limb")
    low = chip.column("low", "for a byte: the low byte of its limb")
    high = chip.column("high", "for a byte: the high byte of its limb")
    result = (
        chip.column("result_0", "low limb of the result"),
        chip.column("result_1", "second limb of the result"),
    )

    flags = is_byte * 1 + is_half * 2 + is_word * 4
    step.fetch(FamilyCode.LOAD, destination=destination.index, source=base.index, offset=offset, flags=flags)
    step.advance(step.pc + 1)
    base.read_as_source(step, step.is_real)
    chip.assert_equal(
        selected[0] + selected[1] + selected[2] + selected[3], step.is_real, "the bytes start in one limb"
    )
    chip.assert_zero(is_word * (selected[1] + selected[3]), "4 bytes start in limb 0 or 2")
    chip.assert_zero(is_high * (1 - is_byte), "only a byte starts in the middle of a limb")
    byte = 2 * selected[1] + 4 * selected[2] + 6 * selected[3] + is_high
    address = Address.columns(chip, base.value, offset, byte, step.is_real)
    cell = (address.region, address.index, available + WRITABLE_TAG * is_writable)
    access_memory(
        chip, cell, word, word, before=before, now=2 * step.clk, active=step.is_real, name="the word"
    )
    size = is_byte + 2 * is_half + 4 * is_word
    # byte + size is at most 8, so `available` is below 16. The tag cannot be read as 16 more bytes of a
    # read-only word.
    bits(chip, 3, available - byte - size, step.is_real, "the bytes exist")
    limb = total(flag * part for flag, part in zip(selected, word, strict=True))
    chip.assert_zero(is_byte * (limb - low - 256 * high), "the limb of a byte is its low and its high byte")
    byte_pair(chip, low, high, is_byte, "low and high are bytes")
    chip.assert_equal(
        result[0],
        is_byte * (low + is_high * (high - low)) + (is_half + is_word) * limb,
        "low limb of the result",
    )
    chip.assert_equal(
        result[1], is_word * (selected[0] * word[1] + selected[2] * word[3]), "second limb of the result"
    )
    destination.write_as_destination(step, [*result, 0, 0])
    return chip


def build_unaligned() -> Chip:
    """The new destination is 2, 4 or 8 bytes from any address."""
    chip = Chip(
        "load_unaligned",
        "Given a base and an offset, this chip proves that the new destination is the 2, 4 or 8 "
        "bytes at their sum, which may lie in two words.",
    )
    step = Step.columns(chip)
    sizes = {
        "is_half": step.flag("is_half", "1 for 2 bytes"),
        "is_word": step.flag("is_word", "1 for 4 bytes"),
        "is_double": step.flag("is_double", "1 for 8 bytes"),
    }
    is_half, is_word, is_double = sizes.values()
    destination = Register.columns(chip, "destination")
    base = Register.columns(chip, "base")
    offset = chip.column("offset", "the offset of the instruction")
    result = chip.word("result", "the value loaded")

    step.fetch(
        FamilyCode.LOAD,
        destination=destination.index,
        source=base.index,
        offset=offset,
        flags=2 * pack(sizes),
    )
    step.advance(step.pc + 1)
    base.read_as_source(step, step.is_real)
    chip.assert_equal(is_half + is_word + is_double, step.is_real, "one size")
    straddle = Straddle.columns(step, base.value, offset, 2 * is_half + 4 * is_word + 8 * is_double)
    straddle.access(step, straddle.limbs, writable=False)
    gates: list[Expression | int] = [1, 1 - is_half, is_double, is_double]
    for limb in range(4):
        value = sum(
            (
                starts * (straddle.bytes[position + 2 * limb] + 256 * straddle.bytes[position + 2 * limb + 1])
                for position, starts in enumerate(straddle.starts)
                if position + 2 * limb + 1 < 16
            ),
            start=chip.graph.constant(0),
        )
        chip.assert_equal(result[limb], gates[limb] * value, f"limb {limb} of the result")
    destination.write_as_destination(step, result)
    return chip


# WITNESS


def is_natural(rows: Rows) -> Flags:
    """Which steps access memory at a multiple of their size."""
    natural: Flags = (rows.address & (rows.size - 1).astype(np.uint64)) == 0
    return natural


def select_double(rows: Rows) -> Rows:
    """The steps that load or store 8 aligned bytes."""
    return rows.where((rows.size == 8) & is_natural(rows))


def select_narrow(rows: Rows) -> Rows:
    """The steps that load or store 1, 2 or 4 aligned bytes."""
    return rows.where((rows.size < 8) & is_natural(rows))


def select_unaligned(rows: Rows) -> Rows:
    """The steps whose address is not aligned."""
    return rows.where(~is_natural(rows))


def _fill_common(table: Table, rows: Rows) -> None:
    table.fill_step(rows)
    table.fill_destination("destination", rows)
    table.fill_operand("base", rows)
    table["offset"] = rows.offset
    fill_address(table, rows, rows.b)


def fill(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    table.word("value", rows.first_word)
    table["memory_before"] = rows.first_before
    table["is_writable"] = rows.is_writable


def fill_position(table: Table, rows: Rows) -> None:
    """Fill the columns that give the position of 1, 2 or 4 aligned bytes in their word."""
    position = (rows.address & np.uint64(7)).astype(np.int64)
    table["is_byte"], table["is_half"], table["is_word"] = rows.size == 1, rows.size == 2, rows.size == 4
    for limb in range(4):
        table[f"is_limb_{limb}"] = position >> 1 == limb
    is_byte, is_high = rows.size == 1, position & 1 == 1
    table["is_high"] = is_high
    table["memory_before"] = rows.first_before
    table["available"] = rows.first_available
    selected = np.take_along_axis(limbs(rows.first_word), (position >> 1)[:, None], axis=1)[:, 0]
    table["low"], table["high"] = is_byte * (selected & 255), is_byte * (selected >> 8)


def fill_narrow(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    fill_position(table, rows)
    table.word("word", rows.first_word)
    table["is_writable"] = rows.is_writable
    result = limbs(rows.c)
    table["result_0"], table["result_1"] = result[:, 0], result[:, 1]


def fill_unaligned(table: Table, rows: Rows) -> None:
    """One row per step."""
    _fill_common(table, rows)
    table["is_half"], table["is_word"], table["is_double"] = rows.size == 2, rows.size == 4, rows.size == 8
    fill_straddle(table, rows)
    table["is_writable"] = rows.is_writable
    table.word("result", rows.c)


FAMILIES = (
    Family(
        (FamilyCode.LOAD,),
        forms(Action.LOAD, "LD_B", "LD_H", "LD_W", "LD_DW", "LD_1B", "LD_2B", "LD_4B", "LD_8B"),
        encode,
        (
            Executor(build(), fill, select_double),
            Executor(build_narrow(), fill_narrow, select_narrow),
            Executor(build_unaligned(), fill_unaligned, select_unaligned),
        ),
    ),
)
