"""A table while it is filled: the rows of one chip, with columns addressed by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.rows import Rows
from solproof.air.chip import Chip
from solproof.air.field import P

MINIMUM_HEIGHT = 16
LARGEST_HEIGHT = 2**22
"""The engine cannot prove a higher table."""


def padded_height(rows: int) -> int:
    """The smallest height of a table that holds the given number of rows."""
    return max(MINIMUM_HEIGHT, 1 << max(rows - 1, 0).bit_length())


def split_heights(rows: int) -> list[int]:
    """The heights of the tables that hold the given number of rows.

    The list is empty if there are no rows. Heights are powers of two, so the rows are split into two tables
    if that saves at least a quarter of the cells.
    """
    if rows == 0:
        return []
    height = padded_height(rows)
    second = padded_height(rows - height // 2)
    if height >= 32 * MINIMUM_HEIGHT and height // 2 + second <= height * 3 // 4:
        return [height // 2, second]
    return [height]


def split_blocks(starts: Integers, rows: int, largest: int) -> list[int]:
    """How many rows go into each table of a chip whose rows form blocks.

    starts: the first row of each block.
    A block stays whole, so no block may be higher than a table. All rows go into one table unless that would
    be too high. The list is empty if there are no rows.

    A table whose last row ends a block, or is padding, obeys its constraints by itself. No constraint looks
    from the last row of a block at the next row, except to see whether that row starts another block.
    """
    counts, done = [], 0
    while rows - done > largest:
        end = int(starts[np.searchsorted(starts, done + largest, side="right") - 1])
        counts.append(end - done)
        done = end
    return [*counts, rows - done] if rows else []


def limbs(values: Values) -> Integers:
    """The four 16-bit limbs of each value: shape [rows, 4]."""
    contiguous = np.ascontiguousarray(values, dtype="<u8")
    return contiguous.view("<u2").reshape(len(values), 4).astype(np.int64)


class Table:
    """The rows of one chip.

    `data` is [rows, width], canonical field elements. Columns start at zero. Each is set as a whole, from
    integers of any sign.
    """

    def __init__(self, chip: Chip, rows: int) -> None:
        self.chip = chip
        # Stored column by column in memory, because it is filled that way.
        self.data: NDArray[np.uint32] = np.zeros((chip.width, rows), np.uint32).T
        self._positions = {note.name: position for position, note in enumerate(chip.main)}

    def __setitem__(self, name: str, values: Flags | Integers | Values | int) -> None:
        array = np.asarray(values)
        if array.dtype.kind == "i":
            array = np.where(array < 0, array + P, array)
        self.data[:, self._positions[name]] = array

    def word(self, name: str, values: Values) -> None:
        """Set the four limb columns of a 64-bit value."""
        first = self._positions[f"{name}_0"]
        contiguous = np.ascontiguousarray(values, dtype="<u8")
        self.data[:, first : first + 4] = contiguous.view("<u2").reshape(len(values), 4)

    def rows(self) -> NDArray[np.uint32]:
        """The table stored row by row in memory, as the engine takes it."""
        return np.ascontiguousarray(self.data)

    # COLUMNS THAT EVERY INSTRUCTION HAS

    def fill_step(self, rows: Rows) -> None:
        """Fill is_real, clk and pc."""
        self["is_real"], self["clk"], self["pc"] = 1, rows.clk, rows.pc

    def fill_destination(self, name: str, rows: Rows) -> None:
        """Fill the columns of the destination register, with its value before the instruction."""
        self[f"{name}_index"], self[f"{name}_before"] = rows.destination, rows.a_before
        self.word(name, rows.a)

    def fill_operand(self, name: str, rows: Rows) -> None:
        """Fill the columns of operand b: the source register, or an immediate without a register."""
        self[f"{name}_index"], self[f"{name}_before"] = rows.source, rows.b_before
        self.word(name, rows.b)
