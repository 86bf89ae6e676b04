"""The memory accesses of a run, chained by word.

The chain gives the time of the previous access of each word, and the word's final value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.registers import Refreshes, split_gaps
from solproof.vm.memory import INPUT, STACK, WORD, Layout

WRITABLE_TAG = 16
INDEX_BITS = 29
TIME_BITS = 24
HOLE_WORDS = 512


@dataclass(frozen=True, slots=True)
class Cells:
    """The words that a run touched, each once, in rising order of (region, index)."""

    region: Integers
    index: Integers
    first: Values
    last: Values
    time: Integers

    def of(self, *regions: int) -> Cells:
        """The cells of the given regions."""
        keep = np.isin(self.region, regions)
        return Cells(self.region[keep], self.index[keep], self.first[keep], self.last[keep], self.time[keep])


@dataclass(frozen=True, slots=True)
class MemoryAccesses:
    """The result of chaining.

    before: the time of the previous access of the same word, in the order in which the accesses were given.
    refreshes: the refresh rows, whose cell is `region << INDEX_BITS | index`.
    """

    before: Integers
    cells: Cells
    refreshes: Refreshes


def available(layout: Layout, region: Integers, index: Integers) -> Integers:
    """How many bytes of each word exist: 8, except in a last word that its region fills only in part."""
    of_input = np.where(region == INPUT, layout.input_size, 2**32)
    size = np.where(region == layout.image_region, layout.image_size, of_input)
    existing: Integers = np.minimum(size - index * WORD, WORD)
    return existing


def tag(layout: Layout, region: Integers, index: Integers) -> Integers:
    """The tag of each word on the memory bus: the number of existing bytes, plus 16 if it is writable."""
    writable: Flags = region != layout.image_region
    return available(layout, region, index) + WRITABLE_TAG * writable


def skips_hole(layout: Layout, region: Integers, index: Integers) -> Flags:
    """Whether a hole of the stack lies between each word and the next one."""
    if not layout.stack_gaps:
        return np.zeros(region.shape, np.bool_)
    is_last: Flags = (region == STACK) & (index % (2 * HOLE_WORDS) == HOLE_WORDS - 1)
    return is_last


def chain_memory(
    region: Integers, index: Integers, time: Integers, old: Values, new: Values
) -> MemoryAccesses:
    """Chain accesses given in any order. No two accesses may have both the same word and the same time."""
    word = (region << INDEX_BITS) | index
    order = np.argsort(word << TIME_BITS | time, kind="stable")
    word, time, old, new = word[order], time[order], old[order], new[order]
    is_first = np.ones(len(word), np.bool_)
    is_first[1:] = word[1:] != word[:-1]
    previous = np.where(is_first, 0, np.concatenate([np.zeros(1, np.int64), time[:-1]])[: len(time)])
    shown, far = split_gaps(time, previous)
    before = np.empty_like(shown)
    before[order] = shown
    starts = np.flatnonzero(is_first)
    ends = np.concatenate([starts[1:], [len(word)]]) - 1 if len(starts) else starts
    cells = Cells(
        word[starts] >> INDEX_BITS, word[starts] & (2**INDEX_BITS - 1), old[starts], new[ends], time[ends]
    )
    return MemoryAccesses(before, cells, Refreshes(word[far], old[far], previous[far], time[far] - 1))
