"""The chained memory accesses of a run: loads, stores, events, and memory syscalls that chips prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.memory import HOLE_WORDS, INDEX_BITS, Cells, chain_memory, skips_hole
from solproof.accesses.memory_calls import MemoryCalls, Words, joined_words
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.accesses.registers import Refreshes
from solproof.vm.memory import INPUT, WORD, Layout
from solproof.vm.trace import Run, SyscallEvent
from solproof.vm.word_accesses import WordAccesses

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


@dataclass(frozen=True, slots=True)
class StepWords:
    """The words that loads and stores touch: arrays over all loads and stores of a run.

    steps: the number of each step that loads or stores, counted from 0.
    size, start: bytes accessed, and the position of the first byte in its word.
    region, index: the word of the first byte.
    reaches: whether the access reaches the second word, whose index is `second`.
    """

    is_access: Flags  # one for each step
    steps: Integers
    size: Integers
    start: Values
    region: Integers
    index: Integers
    reaches: Flags
    second: Integers


def step_words(run: Run, program: ProgramTable, codes: Integers) -> StepWords:
    """The words that the loads and stores of a run touch. `codes`: the family code of each step."""
    trace = run.trace
    size = program.size[trace.pc[: len(codes)]]
    is_access = size != 0
    steps = np.flatnonzero(is_access)
    start = trace.address & np.uint64(7)
    region = (trace.address >> np.uint64(32)).astype(np.int64)
    index = (trace.address & np.uint64(0xFFFF_FFFF)).astype(np.int64) >> 3
    return StepWords(
        is_access=is_access,
        steps=steps,
        size=size[steps],
        start=start,
        region=region,
        index=index,
        reaches=start.astype(np.int64) + size[steps] > WORD,
        second=index + 1 + HOLE_WORDS * skips_hole(run.layout, region, index),
    )


def listed_words(
    events: Sequence[SyscallEvent], layout: Layout, words: StepWords, proven: MemoryCalls
) -> tuple[SyscallEvent, ...]:
    """The events with the words that they list.

    An event lists all words of stack and heap that it touches. A word of the image or of the input that no
    instruction and no memory syscall touches is on no bus. The verifier knows such a word, because nothing
    but events can change it. So events leave it out.
    """
    blocks, outer = proven.blocks, (layout.image_region, INPUT)
    touched = [
        (words.region, words.index),
        (words.region[words.reaches], words.second[words.reaches]),
        *(
            (part.region[part.exists], part.index[part.exists])
            for part in (blocks.shifted, blocks.aligned, proven.result)
        ),
    ]
    keys = np.concatenate([_key(region, index)[np.isin(region, outer)] for region, index in touched])
    known = np.unique(keys)

    def listed(words: WordAccesses) -> WordAccesses:
        inner = ~np.isin(words.regions, outer)
        return words.where(inner | np.isin(_key(words.regions, words.indices), known))

    return tuple(replace(event, words=listed(event.words)) for event in events)


def _key(region: Integers, index: Integers) -> Integers:
    return region << INDEX_BITS | index


def memory_log(
    run: Run, words: StepWords, codes: Integers, events: Sequence[SyscallEvent], proven: MemoryCalls
) -> MemoryLog:
    """Chain the memory accesses of a run.

    words: the words of its loads and stores.
    codes: the family code of each step.
    events: the events of the statement, with the words that they list.
    proven: the calls of memory syscalls that the circuit proves.
    """
    trace, reaches = run.trace, words.reaches
    is_store = codes[words.steps] == FamilyCode.STORE
    first_after, second_after = _words_after(run, words.size, is_store, words.start, trace.value[words.steps])
    time, blocks = 2 * (words.steps + 1), proven.blocks
    parts: dict[str, Accesses] = {
        "first": (words.region, words.index, time, trace.first_word, first_after),
        "second": (
            words.region[reaches],
            words.second[reaches],
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
        access_of_step=np.cumsum(words.is_access) - 1,
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
    clk = np.repeat(
        np.array([event.clk for event in events], np.int64), [len(event.words) for event in events]
    )
    words = joined_words(events)
    return words.regions, words.indices, 2 * clk, words.old, words.new


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
