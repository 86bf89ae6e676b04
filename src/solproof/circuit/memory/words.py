"""Memory before and after a run.

The touched words of the input are the statement's; those of stack and heap start at zero. Each word is put on
the memory bus once, at time 0, and taken from it at the time of its last access. A word that stood there
twice could be read with two values, so words must be distinct: those of the input are public and the verifier
sees that they rise; those of stack and heap rise by the constraints of their table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers
from solproof.accesses.memory import HOLE_WORDS, WRITABLE_TAG, Cells
from solproof.accesses.table import Table, padded_height
from solproof.air.bus import MEMORY
from solproof.air.chip import Chip
from solproof.air.gadgets import bits, range16
from solproof.vm.memory import HEAP, INPUT, STACK

FRAME_WORDS_BITS = 9
FRAMES_BITS = 6
REGION_WORDS_BITS = FRAMES_BITS + FRAME_WORDS_BITS
WHOLE = 8 + WRITABLE_TAG

# COLUMNS AND CONSTRAINTS


def build_input() -> Chip:
    """The touched words of the input."""
    chip = Chip(
        "input",
        "Given the words of the input that the run touches, before and after, this chip proves "
        "that the run found and left them so.",
    )
    is_real = chip.public("is_real", "1 on a row that is a word")
    index = chip.public("index", "index of the word")
    tag = chip.public("tag", "how many bytes of it exist, plus 16")
    first = [chip.public(f"first_{limb}", f"limb {limb} before the run") for limb in range(4)]
    last = [chip.public(f"last_{limb}", f"limb {limb} after the run") for limb in range(4)]
    time = chip.column("time", "time of the last access")
    chip.send(MEMORY, [INPUT, index, tag, *first, 0], is_real, "the word, from the start")
    chip.receive(MEMORY, [INPUT, index, tag, *last, time], is_real, "the word, at the end")
    return chip


def build_stack_heap() -> Chip:
    """The touched words of stack and heap."""
    chip = Chip(
        "stack_heap",
        "Given the size of the heap, this chip proves that words of stack and heap are zero at "
        "the start, each word once.",
    )
    heap_words = chip.public_value("heap_words", "size of the heap in words")
    stack_gaps = chip.public_value("stack_gaps", "1 when the stack has a hole after each frame (V0)")
    is_real = chip.flag("is_real", "1 on a row that is a word")
    is_heap = chip.flag("is_heap", "1 for a word of the heap, 0 for one of the stack")
    index = chip.column("index", "index of the word in its region, without holes")
    frame = chip.column("frame", "floor(index / 512): for the stack, the frame that holds the word")
    holes = chip.column("holes", "for a stack with holes: how many lie below the word, else 0")
    gap = chip.column("gap", "distance to the next row's word, less one")
    last = chip.word("last", "the word at the end")
    time = chip.column("time", "time of the last access")

    chip.assert_zero(is_heap * (1 - is_real), "padding is not heap")
    chip.assert_zero(chip.transition() * chip.next(is_real) * (1 - is_real), "real rows come first")
    # Both parts are small integers, so index is one below 2^15 and has one frame. Without the bound on
    # `frame` a fraction would do, and two rows could stand for one word.
    bits(chip, FRAMES_BITS, frame, is_real, "frame is below 64")
    bits(chip, FRAME_WORDS_BITS, index - HOLE_WORDS * frame, is_real, "frame holds index")
    range16(chip, heap_words - 1 - index, is_heap, "index is inside the heap")
    chip.assert_equal(holes, stack_gaps * (1 - is_heap) * frame, "only a stack has holes, and not every one")
    position = index + 2**REGION_WORDS_BITS * is_heap
    following = chip.next(index) + 2**REGION_WORDS_BITS * chip.next(is_heap)
    rises = chip.next(is_real) * (following - position - 1 - gap)
    chip.assert_zero(chip.transition() * rises, "gap is the distance to the next word, less one")
    range16(chip, gap, is_real, "words rise")
    region = STACK * is_real + (HEAP - STACK) * is_heap
    virtual = index + HOLE_WORDS * holes
    chip.send(MEMORY, [region, virtual, WHOLE, 0, 0, 0, 0, 0], is_real, "zero, from the start")
    chip.receive(MEMORY, [region, virtual, WHOLE, *last, time], is_real, "the word, at the end")
    return chip


INPUT_WORDS = build_input()
STACK_HEAP = build_stack_heap()

# WITNESS


def fill_input(public: NDArray[np.uint32], cells: Cells) -> Table:
    """One row per touched word, in the order of the statement."""
    table = Table(INPUT_WORDS, len(public))
    table.data[:, : public.shape[1]] = public
    time = np.zeros(len(public), np.int64)
    words = cells.of(INPUT)
    time[: len(words.time)] = words.time
    table["time"] = time
    return table


def fill_stack_heap(cells: Cells, *, stack_gaps: bool) -> Table:
    """One row per touched word, rising."""
    words = cells.of(STACK, HEAP)
    rows = len(words.index)
    height = padded_height(rows)
    table = Table(STACK_HEAP, height)
    is_heap = words.region == HEAP
    holes = np.where(is_heap, 0, words.index // (2 * HOLE_WORDS)) * stack_gaps
    index = words.index - HOLE_WORDS * holes
    position = index + (is_heap << REGION_WORDS_BITS)
    gap = np.zeros(rows, np.int64)
    gap[:-1] = np.diff(position) - 1

    def padded(values: Integers) -> Integers:
        return np.concatenate([values, np.zeros(height - rows, np.int64)])

    table["is_real"] = padded(np.ones(rows, np.int64))
    table["is_heap"], table["index"] = padded(is_heap.astype(np.int64)), padded(index)
    table["frame"], table["holes"] = padded(index // HOLE_WORDS), padded(holes)
    table["gap"], table["time"] = padded(gap), padded(words.time)
    table.word("last", np.concatenate([words.last, np.zeros(height - rows, np.uint64)]))
    return table
