"""The chained memory accesses of a run: loads, stores, events, and memory syscalls that chips prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.memory import HOLE_WORDS, Cells, chain_memory, skips_hole
from solproof.accesses.memory_calls import MemoryCalls, Words
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.accesses.registers import Refreshes
from solproof.vm.trace import Run, SyscallEvent

Accesses = tuple[Integers, Integers, Integers, Values, Values]
"""Region, index, time, word before and word after: arrays of one length, as `chain_memory` takes them."""


@dataclass(frozen=True, slots=True)
class WordPair:
    """The two words of all loads and stores: the word of the first byte, and the word after it.

    The value after an access is the value before, with the stored bytes put in. `second_before` is meaningful
    only if the access reaches the second word.
    """

    first_after: Values
    first_before: Integers
    second_after: Values
    second_before: Integers


@dataclass(frozen=True, slots=True)
class MemoryLog:
    """All memory accesses of a run.

    access_of_step: the number of each step's load or store.
    Every `before` is the time of the previous access of the same word. There is one for each word of an
    event, for the shifted and the aligned word of each row of a block, and for the word that holds the result
    of each memory syscall. It is 0 if there is no such word.
    """

    access_of_step: Integers
    pair: WordPair
    event_word_before: Integers
    shifted_before: Integers
    aligned_before: Integers
    result_before: Integers
    cells: Cells
    refreshes: Refreshes


def memory_log(
    run: Run, program: ProgramTable, codes: Integers, events: Sequence[SyscallEvent], proven: MemoryCalls
) -> MemoryLog:
    """Chain the memory accesses of a run.

    codes: the family code of each step.
    events: the events of the statement.
    proven: the calls of memory syscalls that the circuit proves.
    """
    trace = run.trace
    size = program.size[trace.pc[: len(codes)]]
    is_access = size != 0
    steps = np.flatnonzero(is_access)
    size, is_store = size[steps], codes[steps] == FamilyCode.STORE
    start = trace.address & np.uint64(7)
    first_after, second_after = _words_after(run, size, is_store, start, trace.value[steps])
    region = (trace.address >> np.uint64(32)).astype(np.int64)
    index = (trace.address & np.uint64(0xFFFF_FFFF)).astype(np.int64) >> 3
    reaches = start.astype(np.int64) + size > 8
    second = (index + 1 + HOLE_WORDS * skips_hole(run.layout, region, index))[reaches]
    time, blocks = 2 * (steps + 1), proven.blocks
    parts: dict[str, Accesses] = {
        "first": (region, index, time, trace.first_word, first_after),
        "second": (
            region[reaches],
            second,
            time[reaches],
            trace.second_word[reaches],
            second_after[reaches],
        ),
        "events": _event_words(events),
        "shifted": _word_accesses(blocks.shifted, 2 * blocks.clk, writes=False),
        "aligned": _word_accesses(blocks.aligned, 2 * blocks.clk + 1),
        "results": _word_accesses(proven.result, 2 * proven.clk + 1),
    }
    chained = chain_memory(*(np.concatenate(columns) for columns in zip(*parts.values(), strict=True)))
    ends = np.cumsum([len(part[0]) for part in parts.values()])[:-1]
    before = dict(zip(parts, np.split(chained.before, ends), strict=True))
    return MemoryLog(
        access_of_step=np.cumsum(is_access) - 1,
        pair=WordPair(first_after, before["first"], second_after, _spread(before["second"], reaches)),
        event_word_before=before["events"],
        shifted_before=_spread(before["shifted"], blocks.shifted.exists),
        aligned_before=_spread(before["aligned"], blocks.aligned.exists),
        result_before=_spread(before["results"], proven.result.exists),
        cells=chained.cells,
        refreshes=chained.refreshes,
    )


def _words_after(
    run: Run, size: Integers, is_store: Flags, start: Values, value: Values
) -> tuple[Values, Values]:
    """The two words after each access: the words before it, with the stored bytes put in."""
    first, second = run.trace.first_word, run.trace.second_word
    bits = (size * 8).astype(np.uint64)
    mask = np.uint64(2**64 - 1) >> (np.uint64(64) - bits)
    shift = start * np.uint64(8)
    low_mask, low = mask << shift, (value & mask) << shift
    over = np.where(shift == 0, np.uint64(0), np.uint64(64) - shift)
    high_mask = np.where(shift == 0, np.uint64(0), mask >> over)
    high = np.where(shift == 0, np.uint64(0), (value & mask) >> over)
    first_after = np.where(is_store, (first & ~low_mask) | low, first)
    second_after = np.where(is_store, (second & ~high_mask) | high, second)
    return first_after, second_after


def _event_words(events: Sequence[SyscallEvent]) -> Accesses:
    """The words of events in order, each accessed at 2 clk."""
    words = [(event.clk, word) for event in events for word in event.words]
    places = np.array([(clk, word.region, word.index) for clk, word in words], np.int64).reshape(-1, 3)
    values = np.array([(word.old, word.new) for _, word in words], np.uint64).reshape(-1, 2)
    return places[:, 1], places[:, 2], 2 * places[:, 0], values[:, 0], values[:, 1]


def _word_accesses(words: Words, time: Integers, *, writes: bool = True) -> Accesses:
    """The accesses of the words that exist."""
    there = words.exists
    new = words.new if writes else words.old
    return words.region[there], words.index[there], time[there], words.old[there], new[there]


def _spread(values: Integers, where: Flags) -> Integers:
    """Put the values at the places where the mask is set, and 0 elsewhere."""
    spread = np.zeros(len(where), np.int64)
    spread[where] = values
    return spread
