"""Copying and setting: one row per word of the destination, and one more if the source reaches further.

Given the block of a copy, this chip proves that the bytes of the aligned range become those of the shifted
range. A set reads no shifted range. Instead, all bytes in its place are the byte to set.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Flags
from solproof.accesses.memory_calls import BlockKind, Operation
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.air.expression import Word
from solproof.circuit.syscalls.memory_block import Block, fill_block, is_writable, split_between_calls
from solproof.circuit.table import ChipTable

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """A word copied or set."""
    chip = Chip(
        "memory_copy",
        "Given the block of a copy, move or set, this chip proves that the bytes of its first range become "
        "those of its second, or the byte to set, and that no other byte of memory changes.",
    )
    block = Block.columns(chip, written=True)
    is_set = chip.flag("is_set", "1 when the bytes are set")
    new: Word = chip.word("new", "the aligned word after the row")

    byte, *others = block.shifted.bytes
    block.constant(is_set, "is_set")
    for position, other in enumerate(others, 1):
        chip.assert_zero(is_set * (other - byte), f"byte {position} of a set is its byte 0")
    chip.assert_zero(block.continues * is_set * (chip.next(byte) - byte), "the next row sets the same byte")
    after = [
        old + inside * (source - old)
        for old, inside, source in zip(block.aligned.bytes, block.mask, block.window, strict=True)
    ]
    for limb, column in enumerate(new):
        chip.assert_equal(column, after[2 * limb] + 256 * after[2 * limb + 1], f"limb {limb} afterwards")
    block.prove(new, kind=BlockKind.SET * is_set, value=is_set * byte, has_shifted=1 - is_set)
    return chip


CHIP = build()

# WITNESS


def chosen(log: AccessLog) -> Flags:
    """Which rows of the run's blocks belong to this chip."""
    calls = log.memory_calls
    is_chosen: Flags = calls.operation[calls.blocks.call] != Operation.COMPARE
    return is_chosen


def fill(log: AccessLog) -> Table:
    """The rows of all blocks except those of comparisons, not padded."""
    blocks, operation = log.memory_calls.blocks, log.memory_calls.operation
    rows = np.flatnonzero(chosen(log))
    is_set = operation[blocks.call[rows]] == Operation.SET
    repeated = blocks.value[rows].astype(np.uint64) * np.uint64(0x0101_0101_0101_0101)
    table = fill_block(CHIP, log, rows, np.where(is_set, repeated, blocks.shifted.old[rows]))
    table["shifted_is_writable"] = is_writable(log, blocks.shifted, rows)
    table["is_set"] = is_set
    table.word("new", blocks.aligned.new[rows])
    return table


TABLES = (
    ChipTable(
        CHIP, lambda log: int(chosen(log).sum()), fill, lambda logs, _: split_between_calls(logs, chosen)
    ),
)
