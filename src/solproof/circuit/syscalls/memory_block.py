"""Blocks: the columns and constraints that copying and comparing share.

A block is the consecutive rows of one call of a memory syscall. It has two ranges of memory. Each row has one
word of the *aligned range*. The *shifted range* is seen through a window of two neighbouring words, which are
this row's and the next row's. `shift` is the distance between the two ranges modulo 8. Then byte i of the
aligned word belongs to byte i + shift of the window. So heads, tails and all alignments are ordinary rows:

    row                  0          1          2
    aligned word      ...abcde   fghijklm   no......
    mask              00011111   11111111   11000000      start 3, left 18, 10, 2
    shifted word      .....abc   defghijk   lmno....      shift 2

If the shifted range starts further to the left in its word than the aligned range, the first row reads no
shifted word. If the shifted range ends further to the right, a last row covers no bytes.

The memory bus holds only words that exist, each with a single tag. A word that is followed by another one is
whole, so only the last word of a range needs a check of how many of its bytes exist. The shifted range is
read at time 2 clk, and the aligned range is accessed at 2 clk + 1. So everything is read before anything is
written, and the ranges may share words. Indices rise by 1 from row to row, so no block can go round the table
without a first row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.memory import WRITABLE_TAG, available
from solproof.accesses.memory_calls import Words
from solproof.accesses.table import LARGEST_HEIGHT, Table, padded_height, split_blocks
from solproof.air.bus import BLOCK
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word, total
from solproof.air.gadgets import access_memory, bits, byte_pair
from solproof.circuit.table import Logs, Part
from solproof.vm.memory import WORD

BYTES = range(WORD)

Chosen = Callable[[AccessLog], Flags]
"""Which rows of a run's blocks belong to a chip."""

# COLUMNS AND CONSTRAINTS


@dataclass(frozen=True, slots=True)
class Range:
    """One range of a block: the word that this row has of it."""

    name: str
    region: Expression
    index: Expression
    available: Expression
    tag: Expression
    before: Expression
    bytes: list[Expression]

    @classmethod
    def columns(cls, chip: Chip, name: str, *, written: bool = False) -> Range:
        """Declare the columns. The words of a written range are writable."""
        region = chip.column(f"{name}_region", f"region of the {name} range")
        index = chip.column(f"{name}_index", f"index of the {name} word")
        available = chip.column(f"{name}_available", f"how many bytes of the {name} word exist")
        is_writable: Expression | int = (
            1 if written else chip.flag(f"{name}_is_writable", f"1 when the {name} word is writable")
        )
        before = chip.column(f"{name}_before", f"time of the previous access of the {name} word")
        cells = [chip.column(f"{name}_{byte}", f"byte {byte} of the {name} word, before") for byte in BYTES]
        return cls(name, region, index, available, available + WRITABLE_TAG * is_writable, before, cells)

    def access(self, chip: Chip, new: Word | None, *, now: Expression, active: Expression) -> None:
        """Access the word. Its value before is given by `bytes`, and it becomes `new` if that is given."""
        for byte in range(0, 8, 2):
            name = f"bytes {byte} and {byte + 1} of the {self.name} word are bytes"
            byte_pair(chip, self.bytes[byte], self.bytes[byte + 1], active, name)
        old = [self.bytes[byte] + 256 * self.bytes[byte + 1] for byte in range(0, 8, 2)]
        access_memory(
            chip,
            (self.region, self.index, self.tag),
            old,
            old if new is None else new,
            before=self.before,
            now=now,
            active=active,
            name=f"the {self.name} word",
        )


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of a row of a block."""

    chip: Chip
    is_real: Expression
    is_first: Expression
    is_last: Expression
    clk: Expression
    left: Expression
    aligned: Range
    covers: Expression
    is_end: Expression
    mask: list[Expression]
    shifted: Range
    reads: Expression
    shifts: list[Expression]

    @classmethod
    def columns(cls, chip: Chip, *, written: bool) -> Block:
        """Declare the columns. `written`: whether the aligned range is written."""
        chip.scope()
        return cls(
            chip,
            is_real=chip.flag("is_real", "1 on a row of a call"),
            is_first=chip.flag("is_first", "1 on the first row of a call"),
            is_last=chip.flag("is_last", "1 on the last row of a call"),
            clk=chip.column("clk", "number of the call's instruction"),
            left=chip.column("left", "bytes from the start of the aligned word to the end of the range"),
            aligned=Range.columns(chip, "aligned", written=written),
            covers=chip.flag("covers", "1 when the row has an aligned word"),
            is_end=chip.column("is_end", "1 on the last row of a call that has an aligned word"),
            mask=[chip.flag(f"mask_{byte}", f"1 when byte {byte} is in the aligned range") for byte in BYTES],
            shifted=Range.columns(chip, "shifted"),
            reads=chip.column("reads", "1 when the row has a shifted word"),
            shifts=[chip.flag(f"shift_{shift}", f"1 when shift is {shift}") for shift in BYTES],
        )

    @property
    def invocation(self) -> Expression:
        """The invocation that the call belongs to."""
        assert self.chip.invocation is not None
        return self.chip.invocation

    @property
    def continues(self) -> Expression:
        """1 when the next row belongs to the same call."""
        return self.is_real - self.is_last

    @property
    def window(self) -> list[Expression]:
        """The byte of the shifted range that belongs to each byte of the aligned word."""
        following = [self.chip.next(byte) for byte in self.shifted.bytes]
        both = [*self.shifted.bytes, *following]
        return [total(flag * both[byte + shift] for shift, flag in enumerate(self.shifts)) for byte in BYTES]

    def constant(self, column: Expression, name: str) -> None:
        """Prove that a column is the same in all rows of a call."""
        self.chip.assert_zero(
            self.continues * (self.chip.next(column) - column), f"{name} is the same in all rows of a call"
        )

    def prove(
        self,
        new: Word | None,
        *,
        kind: Expression | int,
        value: Expression,
        has_shifted: Expression | int = 1,
    ) -> None:
        """Prove that the rows are the block of a call, and that the aligned words become `new`, if given.

        `kind` and `value` are fields of the call's message. `has_shifted` is 0 for a call with only one
        range.
        """
        shift = total(shift * flag for shift, flag in enumerate(self.shifts))
        self._prove_rows(shift)
        start = self._prove_aligned(new)
        self._prove_shifted(shift, has_shifted)
        message = [self.clk, kind, self.aligned.region, self.aligned.index, start, self.left]
        message += [self.shifted.region, self.shifted.index, self.reads, shift, value]
        self.chip.receive(BLOCK, message, self.is_first, "the call")

    def _prove_rows(self, shift: Expression) -> None:
        chip, continues = self.chip, self.continues
        # Not gated, because the last row of the table is followed by the first. Padding cannot be a last row.
        # Otherwise the next row would be a first row that is padding, which covers nothing, or its is_first
        # would be 2.
        chip.assert_equal(
            chip.next(self.is_first),
            chip.next(self.is_real) - continues,
            "a row continues a call or is a first",
        )
        self.constant(self.clk, "clk")
        self.constant(self.invocation, "the invocation")
        chip.assert_equal(total(self.shifts), self.is_real, "one shift")
        following = total(shift * chip.next(flag) for shift, flag in enumerate(self.shifts))
        chip.assert_zero(continues * (following - shift), "shift is the same in all rows of a call")
        chip.assert_zero(continues * (chip.next(self.left) - self.left + 8), "each row takes a word")
        for part in (self.aligned, self.shifted):
            self.constant(part.region, f"the {part.name} region")
            step = chip.next(part.index) - part.index - 1
            chip.assert_zero(continues * step, f"the next row has the next {part.name} word")

    def _prove_aligned(self, new: Word | None) -> Expression:
        """Prove which bytes the rows cover: from a byte of the first word to the end. Returns that byte."""
        chip, continues, mask, covers = self.chip, self.continues, self.mask, self.covers
        edges = [mask[byte] * (1 - mask[byte - 1]) if byte else mask[0] for byte in BYTES]
        start = total(byte * edge for byte, edge in enumerate(edges))
        chip.assert_zero(covers * (1 - self.is_real), "padding covers nothing")
        chip.assert_zero(self.is_first * (1 - covers), "the first row covers bytes")
        chip.assert_equal(total(edges), covers, "the bytes that a row covers are neighbours")
        chip.assert_zero(
            continues * (chip.next(covers) - covers + self.is_end), "rows cover bytes until the end"
        )
        chip.assert_zero(self.is_last * (covers - self.is_end), "the last row is not before the end")
        # With these two constraints, `is_end` is 0 or 1 like `covers`, and 0 where `covers` is 0.
        chip.assert_zero((covers - self.is_end) * (1 - mask[7]), "a row before the end covers its last byte")
        chip.assert_zero(
            continues * chip.next(covers) * (1 - chip.next(mask[0])),
            "a row that continues covers its first byte",
        )
        chip.assert_zero(self.is_end * (start + total(mask) - self.left), "the end is where nothing is left")
        # Below 16, on every row. So the tag of a writable word cannot be read as 16 more bytes of a read-only
        # word, and the tag of a read-only word cannot be read as that of a writable word with a negative
        # number of bytes.
        bits(chip, 4, self.aligned.available, covers, "an aligned word has few bytes")
        bits(chip, 3, self.aligned.available - self.left, self.is_end, "the last aligned bytes exist")
        self.aligned.access(chip, new, now=2 * self.clk + 1, active=covers)
        return start

    def _prove_shifted(self, shift: Expression, has_shifted: Expression | int) -> None:
        """Prove that every word of the window that matters is read.

        `reads` is 0 or 1: in the first row it comes from the call, in the others it is determined. If the
        first row does not read, the call shows that start + shift is 8 or more, so the word of that row does
        not matter.
        """
        chip, last = self.chip, self.is_last * has_shifted
        chip.assert_zero(self.reads * (1 - self.is_real), "padding reads nothing")
        chip.assert_zero(self.continues * (chip.next(self.reads) - has_shifted), "a row that continues reads")
        chip.assert_zero(self.is_last * (has_shifted - self.reads), "the last row reads")
        bits(chip, 4, self.shifted.available, last, "the last shifted word has few bytes")
        # So the window of the last row that covers bytes does not reach past the last row either.
        bits(chip, 3, self.shifted.available - self.left - shift, last, "the last shifted bytes exist")
        self.shifted.access(chip, None, now=2 * self.clk, active=self.reads)


# WITNESS


def fill_block(chip: Chip, log: AccessLog, rows: Integers, shifted: Values) -> Table:
    """A table with the columns of `Block` filled for some rows of the execution's blocks, not padded.

    shifted: the rows' words of the shifted range.
    """
    blocks = log.memory_calls.blocks
    table = Table(chip, len(rows))
    table["is_real"], table["clk"], table["left"] = 1, blocks.clk[rows], blocks.left[rows]
    table["is_first"], table["is_last"] = blocks.is_first[rows], blocks.is_last[rows]
    table["covers"], table["is_end"] = blocks.aligned.exists[rows], blocks.is_end[rows]
    table["reads"] = blocks.shifted.exists[rows]
    for byte in BYTES:
        table[f"mask_{byte}"], table[f"shift_{byte}"] = blocks.mask[rows, byte], blocks.shift[rows] == byte
    parts = (
        ("aligned", blocks.aligned, blocks.aligned.old[rows], log.memory.aligned_before),
        ("shifted", blocks.shifted, shifted, log.memory.shifted_before),
    )
    for name, words, value, before in parts:
        region, index, exists = words.region[rows], words.index[rows], words.exists[rows]
        table[f"{name}_region"], table[f"{name}_index"] = region, index
        table[f"{name}_available"] = exists * available(log.layout, region, index)
        table[f"{name}_before"] = before[rows]
        content = bytes_of(value)
        for byte in BYTES:
            table[f"{name}_{byte}"] = content[:, byte]
    return table


def bytes_of(words: Values) -> Integers:
    """The bytes of each word: shape [rows, 8]."""
    contiguous = np.ascontiguousarray(words, dtype="<u8")
    return contiguous.view(np.uint8).reshape(len(words), WORD).astype(np.int64)


def is_writable(log: AccessLog, words: Words, rows: Integers) -> Flags:
    """Which of the existing words may be written."""
    writable: Flags = words.exists[rows] & (words.region[rows] != log.layout.image_region)
    return writable


def split_between_calls(logs: Logs, chosen: Chosen, largest: int = LARGEST_HEIGHT) -> list[Part]:
    """The tables that hold the chosen rows of the frames' blocks. Each block stays whole."""
    is_first = np.concatenate([log.memory_calls.blocks.is_first[chosen(log)] for log in logs])
    counts = split_blocks(np.flatnonzero(is_first), len(is_first), largest)
    return [Part(count, padded_height(count)) for count in counts]
