"""Comparing: one row per word of the first range, and one more if the second range reaches further.

Given the block of a comparison, this chip proves the difference that the call finds. It is the difference of
the first two bytes that differ, first minus second, or 0. All words of both ranges are accessed, even those
after a difference, because the runtime refuses a range if any of its bytes does not exist.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.memory_calls import BlockKind, Operation
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.air.expression import total
from solproof.air.field import inverse
from solproof.circuit.syscalls.memory_block import (
    BYTES,
    Block,
    bytes_of,
    fill_block,
    is_writable,
    split_between_calls,
)
from solproof.circuit.table import ChipTable
from solproof.vm.memory import WORD

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """A word compared."""
    chip = Chip(
        "memory_compare",
        "Given the block of a comparison, this chip proves that its value is the difference of the first two "
        "bytes that differ, or 0.",
    )
    block = Block.columns(chip, written=False)
    value = chip.column("value", "the difference that the whole comparison finds")
    inverse = chip.column("inverse", "1 / value, on the row where the difference is found")
    # 0 or 1: if `value` is not 0, one byte is found in all rows together, otherwise none is.
    is_open = chip.column("is_open", "1 when no earlier row of the call found a difference")
    second = [
        chip.column(f"second_{byte}", f"the byte to compare with byte {byte}, if byte {byte} is in the range")
        for byte in BYTES
    ]
    found = [chip.flag(f"found_{byte}", f"1 when byte {byte} is the first that differs") for byte in BYTES]

    finds = total(found)
    block.constant(value, "value")
    chip.assert_zero(block.is_first * (1 - is_open), "nothing is found before the first row")
    chip.assert_zero(
        block.continues * (chip.next(is_open) - is_open + finds), "a row is open until one finds"
    )
    chip.assert_zero(block.is_last * (is_open - finds) * value, "value is 0 when nothing is found")
    chip.assert_zero(finds * (1 - value * inverse), "what is found is a difference")
    for byte in BYTES:
        first, inside, other = block.aligned.bytes[byte], block.mask[byte], block.window[byte]
        # Only inside the range: the window of a last row reaches into the next row, which is another call's.
        chip.assert_zero(inside * (second[byte] - other), f"byte {byte} of the second range")
        chip.assert_zero(found[byte] * (1 - inside), f"byte {byte} is in the range if it is found")
        chip.assert_zero(
            found[byte] * (first - second[byte] - value), f"value is the difference found at {byte}"
        )
        still_open = is_open - total(found[: byte + 1])
        chip.assert_zero(
            inside * still_open * (first - second[byte]), f"byte {byte} is equal before a difference is found"
        )
    block.prove(None, kind=BlockKind.COMPARE, value=value)
    return chip


CHIP = build()

# WITNESS

INVERSES = np.array([0, *(inverse(difference) for difference in range(1, 256))])


def chosen(log: AccessLog) -> Flags:
    """Which rows of the run's blocks belong to this chip."""
    calls = log.memory_calls
    is_chosen: Flags = calls.operation[calls.blocks.call] == Operation.COMPARE
    return is_chosen


def fill(log: AccessLog) -> Table:
    """The rows of the blocks of comparisons, not padded."""
    blocks = log.memory_calls.blocks
    rows = np.flatnonzero(chosen(log))
    table = fill_block(CHIP, log, rows, blocks.shifted.old[rows])
    for name, words in (("aligned", blocks.aligned), ("shifted", blocks.shifted)):
        table[f"{name}_is_writable"] = is_writable(log, words, rows)
    first, second = bytes_of(blocks.aligned.old[rows]), _second(blocks.shifted.old[rows], blocks.shift[rows])
    differs = blocks.mask[rows] & (first != second)
    # For each row, how many earlier rows of this chip have a difference.
    count = np.cumsum(differs.any(axis=1)) - differs.any(axis=1)
    starts = np.flatnonzero(blocks.is_first[rows])
    is_open = count == np.repeat(count[starts], np.diff(starts, append=len(rows)))
    found = differs & (np.cumsum(differs, axis=1) == 1) & is_open[:, None]
    value = blocks.value[rows]
    table["value"], table["is_open"] = value, is_open
    table["inverse"] = found.any(axis=1) * np.sign(value) * INVERSES[np.abs(value)]
    for byte in BYTES:
        table[f"second_{byte}"] = blocks.mask[rows, byte] * second[:, byte]
        table[f"found_{byte}"] = found[:, byte]
    return table


def _second(words: Values, shift: Integers) -> Integers:
    """The bytes in the window of each row. What follows the last row of a call is outside its range."""
    here = bytes_of(words)
    following = np.roll(here, -1, axis=0)
    position = shift[:, None] + np.arange(WORD)
    return np.take_along_axis(np.concatenate([here, following], axis=1), position, axis=1)


TABLES = (
    ChipTable(
        CHIP, lambda log: int(chosen(log).sum()), fill, lambda logs, _: split_between_calls(logs, chosen)
    ),
)
