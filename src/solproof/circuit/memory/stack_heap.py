"""The touched words of stack and heap, which start at zero.

Each word is put on the memory bus once, at time 0, and taken from it at the time of its last access. A word
that were put there twice could be read with two values. Therefore the constraints of this table make the
words rise from row to row: first by invocation, then by region and index. The engine demands that this table
occurs exactly once, because a second table could put a word on the bus again.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.memory import HOLE_WORDS, WRITABLE_TAG
from solproof.accesses.table import Table
from solproof.air.bus import INVOCATION, LAYOUT, MEMORY
from solproof.air.chip import Chip
from solproof.air.gadgets import bits, range16
from solproof.backend.protocol import Columns
from solproof.circuit.table import ChipTable, one_table
from solproof.vm.memory import HEAP, STACK, WORD

FRAME_WORDS_BITS = 9
FRAMES_BITS = 6
REGION_WORDS_BITS = FRAMES_BITS + FRAME_WORDS_BITS
WHOLE = 8 + WRITABLE_TAG

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The touched words of stack and heap."""
    chip = Chip(
        "stack_heap",
        "Given the sizes of the heaps, this chip proves that the touched words of stack and heap are zero "
        "at the start, and that each has one row.",
    )
    chip.scope()
    heap_words = chip.column("heap_words", "size of the invocation's heap in words")
    stack_gaps = chip.column("stack_gaps", "1 when the stack has a hole after each frame (V0), else 0")
    is_real = chip.flag("is_real", "1 on a row that holds a word")
    is_heap = chip.flag("is_heap", "1 for a word of the heap, 0 for a word of the stack")
    index = chip.column("index", "index of the word in its region, without holes")
    frame = chip.column("frame", "floor(index / 512): for the stack, the frame that holds the word")
    holes = chip.column("holes", "for a stack with holes: how many holes lie below the word, else 0")
    continues = chip.flag("continues", "1 when the next row holds a word of the same invocation")
    gap = chip.column("gap", "distance to the next row's word, or to its invocation if that differs, minus 1")
    last = chip.word("last", "the word after the run")
    time = chip.column("time", "time of the last access")

    chip.query(LAYOUT, [heap_words, stack_gaps], is_real, "the layout of the invocation")
    chip.assert_zero(is_heap * (1 - is_real), "padding is not heap")
    chip.assert_zero(chip.transition() * chip.next(is_real) * (1 - is_real), "real rows come first")
    # Both parts are small integers, so index is an integer below 2^15 and has only one frame. Without the
    # bound on `frame` a fraction would satisfy the constraints, and two rows could describe the same word.
    bits(chip, FRAMES_BITS, frame, is_real, "frame is below 64")
    bits(chip, FRAME_WORDS_BITS, index - HOLE_WORDS * frame, is_real, "frame holds index")
    range16(chip, heap_words - 1 - index, is_heap, "index is inside the heap")
    chip.assert_equal(holes, stack_gaps * (1 - is_heap) * frame, "only a stack has holes, and not every one")
    position = index + 2**REGION_WORDS_BITS * is_heap
    following = chip.next(index) + 2**REGION_WORDS_BITS * chip.next(is_heap)
    assert chip.invocation is not None
    further = chip.next(chip.invocation) - chip.invocation
    chip.assert_zero(chip.transition() * continues * further, "a row that continues stays in its invocation")
    chip.assert_zero(
        chip.transition() * continues * (following - position - 1 - gap),
        "gap is the distance to the next word, less one",
    )
    # An invocation of a real row is one of the layout, so it is a small integer, and the gap proves that the
    # next one is greater.
    chip.assert_zero(
        chip.transition() * (chip.next(is_real) - continues) * (further - 1 - gap),
        "gap is the distance to the next invocation, less one",
    )
    range16(chip, gap, is_real, "words and invocations rise")
    region = STACK * is_real + (HEAP - STACK) * is_heap
    virtual = index + HOLE_WORDS * holes
    chip.send(MEMORY, [region, virtual, WHOLE, 0, 0, 0, 0, 0], is_real, "zero, from the start")
    chip.receive(MEMORY, [region, virtual, WHOLE, *last, time], is_real, "the word, at the end")
    return chip


CHIP = build()

# WITNESS


def rows(log: AccessLog) -> int:
    """One row per touched word."""
    return len(log.memory.cells.of(STACK, HEAP).index)


def fill(log: AccessLog) -> Table:
    """One row per touched word, in rising order. `link` completes it."""
    words = log.memory.cells.of(STACK, HEAP)
    table = Table(CHIP, len(words.index))
    is_heap = words.region == HEAP
    holes = np.where(is_heap, 0, words.index // (2 * HOLE_WORDS)) * log.layout.stack_gaps
    index = words.index - HOLE_WORDS * holes
    table["heap_words"] = log.layout.heap_size // WORD
    table["stack_gaps"] = log.layout.stack_gaps
    table["is_real"], table["is_heap"], table["index"] = 1, is_heap, index
    table["frame"], table["holes"] = index // HOLE_WORDS, holes
    table["time"] = words.time
    table.word("last", words.last)
    return table


def link(rows: Columns) -> None:
    """Fill the columns that look at the next row, when the rows of all invocations are together."""
    invocation, index, is_heap = (
        rows[:, CHIP.index(name)].astype(np.int64) for name in (INVOCATION, "index", "is_heap")
    )
    continues = invocation[1:] == invocation[:-1]
    position = index + (is_heap << REGION_WORDS_BITS)
    rows[:-1, CHIP.index("continues")] = continues
    rows[:-1, CHIP.index("gap")] = np.where(continues, np.diff(position), np.diff(invocation)) - 1


TABLES = (ChipTable(CHIP, rows, fill, one_table, link=link),)
