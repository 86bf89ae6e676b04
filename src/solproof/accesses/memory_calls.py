"""The calls of memory syscalls that chips prove, as arrays. All other syscalls are events of the statement.

Four kinds of memory calls stay events: a call that fails, a call of 16 MiB or more, a call that crosses a
hole of a V0 stack, and some comparisons. A comparison stays an event if its result address is not a multiple
of 4 (loader v1 allows that), or if it puts the result into a word of its own first range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.memory import INDEX_BITS
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.budget import memory_operation_cost
from solproof.vm.memory import FRAME_SIZE, STACK, WORD, Layout
from solproof.vm.trace import Run, SyscallEvent
from solproof.vm.word_accesses import WordAccesses

ARGUMENTS = (1, 2, 3, 4)
"""The registers that these syscalls use."""

LENGTH_BITS = 24
LARGEST_COST = 2**16


class Operation(IntEnum):
    """The memory syscalls."""

    COPY = 0
    MOVE = 1
    SET = 2
    COMPARE = 3


class BlockKind(IntEnum):
    """The work of a block, as the block bus names it. A copy does not need to know whether ranges overlap."""

    COPY = 0
    SET = 1
    COMPARE = 2


NAMES = {
    Operation.COPY: "sol_memcpy_",
    Operation.MOVE: "sol_memmove_",
    Operation.SET: "sol_memset_",
    Operation.COMPARE: "sol_memcmp_",
}
OPERATIONS = {SYSCALL_HASHES[name]: operation for operation, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class Places:
    """Where ranges start: a word, and a byte in it. All 0 if a call has no such range."""

    region: Integers
    index: Integers
    byte: Integers

    @classmethod
    def of(cls, address: Values, exists: Flags) -> Places:
        """The places of the given addresses."""
        address = np.where(exists, address, np.uint64(0))
        low = (address & np.uint64(0xFFFF_FFFF)).astype(np.int64)
        return cls((address >> np.uint64(32)).astype(np.int64), low >> 3, low & 7)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of memory, before and after. Values are 0 where no word exists."""

    exists: Flags
    region: Integers
    index: Integers
    old: Values
    new: Values


@dataclass(frozen=True, slots=True)
class Blocks:
    """The rows of some calls, one call after another (see `solproof.circuit.syscalls.memory_block`)."""

    call: Integers
    """The call that each row belongs to."""
    clk: Integers
    is_first: Flags
    is_last: Flags
    left: Integers
    is_end: Flags
    mask: Flags  # [rows, 8]
    shift: Integers
    value: Integers
    aligned: Words
    shifted: Words


@dataclass(frozen=True, slots=True)
class MemoryCalls:
    """Calls in order, as arrays over the calls. `blocks` has the rows of all calls with bytes."""

    clk: Integers
    operation: Integers
    arguments: Values  # [calls, 4]
    length: Integers
    cost: Integers
    units: Integers
    """The compute units that all earlier calls cost."""
    value: Integers
    """The byte of a set, the difference of a comparison, and 0 for the other operations."""
    first: Places
    second: Places
    reads: Flags
    """Whether the first row of the call's block also has a word of the second range."""
    result: Words
    """For a comparison: the word that holds the difference."""
    blocks: Blocks

    def __len__(self) -> int:
        return len(self.clk)


def returned_events(events: Sequence[SyscallEvent], steps: int) -> tuple[SyscallEvent, ...]:
    """The events that returned: all, except an event that fails at the last instruction.

    steps: how many instructions came before the last instruction.
    """
    return tuple(event for event in events if event.clk <= steps)


def split_events(run: Run) -> tuple[tuple[SyscallEvent, ...], MemoryCalls]:
    """Split the syscalls of a run into the events of the statement and the calls that chips prove."""
    public, proven, units = [], [], 0
    for event in run.trace.events:
        if event.clk <= run.final.steps and _has_chips(event, run.layout):
            proven.append(event)
            units += memory_operation_cost(event.arguments[2])
        else:
            public.append(replace(event, memory_units=units))
    return tuple(public), _calls(proven)


def _has_chips(event: SyscallEvent, layout: Layout) -> bool:
    first, second, length, result, _ = event.arguments
    operation = OPERATIONS.get(event.key)
    if operation is None or length >> LENGTH_BITS or memory_operation_cost(length) > LARGEST_COST:
        return False
    ranges = [(first, length)] if operation is Operation.SET else [(first, length), (second, length)]
    if layout.stack_gaps and any(_leaves_frame(*range_) for range_ in ranges):
        return False
    # The difference is written at the same time as the words of the first range are accessed.
    into_first = length != 0 and first // WORD <= result // WORD <= (first + length - 1) // WORD
    return operation is not Operation.COMPARE or (result % 4 == 0 and not into_first)


def _leaves_frame(address: int, length: int) -> bool:
    return address >> 32 == STACK and address % FRAME_SIZE + length > FRAME_SIZE


def _calls(events: Sequence[SyscallEvent]) -> MemoryCalls:
    arguments = np.array([event.arguments[: len(ARGUMENTS)] for event in events], np.uint64).reshape(-1, 4)
    operation = np.array([OPERATIONS[event.key] for event in events], np.int64)
    length = arguments[:, 2].astype(np.int64)
    cost = np.array([memory_operation_cost(int(bytes_)) for bytes_ in length], np.int64)
    acts = length != 0
    has_second = acts & (operation != Operation.SET)
    first, second = Places.of(arguments[:, 0], acts), Places.of(arguments[:, 1], has_second)
    reads = has_second & (second.byte >= first.byte)
    lookup = _Lookup(events)
    is_compare = operation == Operation.COMPARE
    place = Places.of(arguments[:, 3], is_compare)
    result = lookup.words(np.arange(len(events)), place.region, place.index, is_compare)
    difference = (result.new >> (place.byte * 8).astype(np.uint64)).astype(np.uint32).astype(np.int32)
    byte = (arguments[:, 1] & np.uint64(0xFF)).astype(np.int64)
    value = np.where(operation == Operation.SET, byte, difference.astype(np.int64))
    clk = np.array([event.clk for event in events], np.int64)
    return MemoryCalls(
        clk=clk,
        operation=operation,
        arguments=arguments,
        length=length,
        cost=cost,
        units=np.cumsum(cost) - cost,
        value=value,
        first=first,
        second=second,
        reads=reads,
        result=result,
        blocks=_blocks(clk, length, value, first, second, has_second, reads, lookup),
    )


def _blocks(
    clk: Integers,
    length: Integers,
    value: Integers,
    first: Places,
    second: Places,
    has_second: Flags,
    reads: Flags,
    lookup: _Lookup,
) -> Blocks:
    shift = np.where(has_second, (second.byte - first.byte) % WORD, 0)
    covered = -(-(first.byte + length) // WORD) * (length != 0)
    rows = np.maximum(covered, -(-(first.byte + length + shift) // WORD) * has_second)
    call = np.repeat(np.arange(len(clk)), rows)
    row = np.arange(len(call)) - np.repeat(np.cumsum(rows) - rows, rows)
    left = (first.byte + length)[call] - WORD * row
    start = np.where(row == 0, first.byte[call], 0)
    byte = np.arange(WORD)
    mask = (byte >= start[:, None]) & (byte < left[:, None])
    covers = row < covered[call]
    skipped = has_second & ~reads
    reads_row = has_second[call] & ~(skipped[call] & (row == 0))
    return Blocks(
        call=call,
        clk=clk[call],
        is_first=row == 0,
        is_last=row == rows[call] - 1,
        left=left,
        is_end=row == covered[call] - 1,
        mask=mask,
        shift=shift[call],
        value=value[call],
        aligned=lookup.words(call, first.region[call], first.index[call] + row, covers),
        shifted=lookup.words(call, second.region[call], second.index[call] - skipped[call] + row, reads_row),
    )


def joined_words(events: Sequence[SyscallEvent]) -> WordAccesses:
    """The words of all events, one event after another."""
    words = [WordAccesses.of(()), *(event.words for event in events)]
    return WordAccesses(
        np.concatenate([part.regions for part in words]),
        np.concatenate([part.indices for part in words]),
        np.concatenate([part.old for part in words]),
        np.concatenate([part.new for part in words]),
    )


class _Lookup:
    """The words that the events list, to be found by event, region and index."""

    def __init__(self, events: Sequence[SyscallEvent]) -> None:
        call = np.repeat(np.arange(len(events)), [len(event.words) for event in events])
        words = joined_words(events)
        values = np.stack([words.old, words.new], axis=1)
        key = _key(call, words.regions, words.indices)
        order = np.argsort(key)
        # One extra key that no word has, so that every search ends at a row.
        self._key = np.append(key[order], np.iinfo(np.int64).max)
        self._values = np.append(values[order], np.zeros((1, 2), np.uint64), axis=0)

    def words(self, call: Integers, region: Integers, index: Integers, exists: Flags) -> Words:
        """The words with these keys. The values of a word that is not found are 0."""
        key = _key(call, region, index)
        position = np.searchsorted(self._key, key)
        found = np.where(
            (exists & (self._key[position] == key))[:, None], self._values[position], np.uint64(0)
        )
        return Words(exists, region, index, found[:, 0], found[:, 1])


def _key(call: Integers, region: Integers, index: Integers) -> Integers:
    return (call << 32) | (region << INDEX_BITS) | index
