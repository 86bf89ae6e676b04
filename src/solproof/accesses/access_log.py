"""A run as the tables need it: every access chained, every call matched with its exit.

The last instruction is not among the steps: see `solproof.vm.trace.FinalState`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses import memory_calls
from solproof.accesses.arrays import Flags, Integers, Values
from solproof.accesses.calls import Calls, CallTree, call_accesses, call_tree
from solproof.accesses.memory import HOLE_WORDS, chain_memory, skips_hole
from solproof.accesses.memory_calls import Words, split_events
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.accesses.registers import FRAME_REGISTER, MEMORY_UNITS_REGISTER, Special, chain_registers
from solproof.vm.limits import FRAME_STRIDES
from solproof.vm.trace import Run, SyscallEvent

DEPTH_SHIFT = 32
"""The frame register's two limbs, clk and depth, as one value: clk + depth 2^32."""

ARGUMENTS = (1, 2, 3, 4, 5)


class AccessLog:
    """Chained accesses of one run."""

    def __init__(self, run: Run, program: ProgramTable) -> None:
        self.run = run
        self.trace = run.trace
        self.layout = run.layout
        self.program = program
        self.steps = run.final.steps
        self.codes = program.code[run.trace.pc[: self.steps]]
        self.events, self.memory_calls = split_events(run)
        self._chain_registers()
        self._chain_memory()

    def returned_events(self) -> tuple[SyscallEvent, ...]:
        """The syscalls of the statement that returned, in order."""
        return tuple(event for event in self.events if event.clk <= self.steps)

    # REGISTERS

    def _chain_registers(self) -> None:
        program, pc = self.program, self.trace.pc[: self.steps]
        accessed = np.full((self.steps, 2), -1, np.int8)
        accessed[:, 0] = np.where(program.reads_source[pc], program.source[pc], -1)
        accessed[:, 1] = np.where(program.uses_destination[pc], program.destination[pc], -1)
        is_call = np.isin(self.codes, (FamilyCode.CALL, FamilyCode.CALL_REGISTER))
        call_clk = np.flatnonzero(is_call) + 1
        exit_clk = np.flatnonzero(self.codes == FamilyCode.EXIT) + 1
        tree = call_tree(call_clk, exit_clk)
        by_register = self.codes[call_clk - 1] == FamilyCode.CALL_REGISTER
        callee = program.source[pc[call_clk - 1]]
        parts = [
            call_accesses(tree, self.trace.frames, by_register, callee, self._stride),
            self._frame_accesses(tree),
            self._event_accesses(),
            self._memory_call_accesses(),
        ]
        special = Special(*(np.concatenate(columns) for columns in zip(*map(_columns, parts), strict=True)))
        initial = np.array([*self.run.registers, 0, 0], np.uint64)
        self.registers = chain_registers(
            accessed, program.writes_destination[pc], self.trace.value[: self.steps], special, initial
        )
        starts = np.cumsum([len(part.time) for part in parts])
        self.calls = self._calls(tree, by_register, callee, int(starts[0]))
        self.event_r0, self.event_before = self._syscalls(ARGUMENTS, slice(starts[1], starts[2]))
        self.memory_call_r0, self.memory_call_before = self._syscalls(
            memory_calls.ARGUMENTS, slice(starts[2], starts[3])
        )

    def _frame_accesses(self, tree: CallTree) -> Special:
        exits = tree.exit_clk != 0
        inner = tree.clk + (tree.depth + 1 << DEPTH_SHIFT)
        outer = tree.caller + (tree.depth << DEPTH_SHIFT)
        time = np.concatenate([2 * tree.clk + 1, 2 * tree.exit_clk[exits] + 1])
        value = np.concatenate([inner, outer[exits]]).astype(np.uint64)
        return Special(np.full(len(time), FRAME_REGISTER), time, np.ones(len(time), np.bool_), value)

    def _event_accesses(self) -> Special:
        events = self.returned_events()
        clk = np.array([event.clk for event in events], np.int64)
        return _syscall_accesses(
            clk, ARGUMENTS, np.array([event.result for event in events], np.uint64), None
        )

    def _memory_call_accesses(self) -> Special:
        calls = self.memory_calls
        units = (calls.units + calls.cost).astype(np.uint64)
        return _syscall_accesses(calls.clk, memory_calls.ARGUMENTS, np.zeros(len(calls), np.uint64), units)

    def _syscalls(self, arguments: Sequence[int], accesses: slice) -> tuple[Values, Integers]:
        """Of each syscall: r0 before it, and the times of the previous accesses of arguments, r0, units."""
        value, before = self.registers.special_value[accesses], self.registers.special_before[accesses]
        width = len(arguments) + 2
        return value[len(arguments) :: width], before.reshape(-1, width)

    def _calls(self, tree: CallTree, by_register: Flags, callee: Integers, frame_start: int) -> Calls:
        found, before = self.registers.special_value, self.registers.special_before
        calls, exits = len(tree.clk), tree.exit_clk != 0
        returned = int(exits.sum())
        callee_end = 5 * calls + int(by_register.sum())
        callee_value, callee_before = np.zeros(calls, np.uint64), np.zeros(calls, np.int64)
        callee_value[by_register] = found[5 * calls : callee_end]
        callee_before[by_register] = before[5 * calls : callee_end]
        at_exit, exit_before = np.zeros((calls, 5), np.uint64), np.zeros((calls, 6), np.int64)
        at_exit[exits] = found[callee_end : callee_end + 5 * returned].reshape(-1, 5)
        exit_before[exits, :5] = before[callee_end : callee_end + 5 * returned].reshape(-1, 5)
        exit_before[exits, 5] = before[frame_start + calls : frame_start + calls + returned]
        frame_before = before[frame_start : frame_start + calls]
        pc = self.trace.pc
        reached = np.append(pc[: self.steps], self.run.final.pc)
        return Calls(
            stride=self._stride,
            by_register=by_register,
            target=reached[tree.clk],  # the slot after the call
            callee=np.where(by_register, callee, 0),
            callee_value=callee_value,
            callee_before=callee_before,
            caller=tree.caller,
            depth=tree.depth,
            saved=found[: 5 * calls].reshape(-1, 5),
            before=np.concatenate([before[: 5 * calls].reshape(-1, 5), frame_before[:, None]], axis=1),
            exit_clk=tree.exit_clk,
            exit_pc=np.where(exits, pc[tree.exit_clk - 1], 0),
            at_exit=at_exit,
            exit_before=exit_before,
        )

    @property
    def _stride(self) -> int:
        return FRAME_STRIDES[self.run.program.version]

    # MEMORY

    def _chain_memory(self) -> None:
        trace, program = self.trace, self.program
        size = program.size[trace.pc[: self.steps]]
        is_access = size != 0
        self.access_of_step = np.cumsum(is_access) - 1
        steps = np.flatnonzero(is_access)
        size, is_store = size[steps], self.codes[steps] == FamilyCode.STORE
        start = trace.address & np.uint64(7)
        self._store_words(size, is_store, start, trace.value[steps])
        region = (trace.address >> np.uint64(32)).astype(np.int64)
        index = (trace.address & np.uint64(0xFFFF_FFFF)).astype(np.int64) >> 3
        reaches = start.astype(np.int64) + size > 8
        skips = skips_hole(self.layout, region, index)
        events = [(event.clk, word) for event in self.events for word in event.words]
        event_columns = np.array([(clk, word.region, word.index) for clk, word in events], np.int64).reshape(
            -1, 3
        )
        event_values = np.array([(word.old, word.new) for _, word in events], np.uint64).reshape(-1, 2)
        second = (index + 1 + HOLE_WORDS * skips)[reaches]
        time = 2 * (steps + 1)
        calls, blocks = self.memory_calls, self.memory_calls.blocks
        parts = [
            (region, index, time, trace.first_word, self.first_after),
            (region[reaches], second, time[reaches], trace.second_word[reaches], self.second_after[reaches]),
            (event_columns[:, 1], event_columns[:, 2], 2 * event_columns[:, 0], *event_values.T),
            _word_accesses(blocks.shifted, 2 * blocks.clk, writes=False),
            _word_accesses(blocks.aligned, 2 * blocks.clk + 1),
            _word_accesses(calls.result, 2 * calls.clk + 1),
        ]
        chained = chain_memory(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        starts = np.cumsum([len(part[0]) for part in parts])
        before = np.split(chained.before, starts[:-1])
        self.first_before, self.event_word_before = before[0], before[2]
        self.second_before = _spread(before[1], reaches)
        self.shifted_before = _spread(before[3], blocks.shifted.exists)
        self.aligned_before = _spread(before[4], blocks.aligned.exists)
        self.result_before = _spread(before[5], calls.result.exists)
        self.cells, self.memory_refreshes = chained.cells, chained.refreshes

    def _store_words(self, size: Integers, is_store: Flags, start: Values, value: Values) -> None:
        """The two words of each access after it: those before, with the stored bytes put in."""
        first, second = self.trace.first_word, self.trace.second_word
        bits = (size * 8).astype(np.uint64)
        mask = np.uint64(2**64 - 1) >> (np.uint64(64) - bits)
        shift = start * np.uint64(8)
        low_mask, low = mask << shift, (value & mask) << shift
        over = np.where(shift == 0, np.uint64(0), np.uint64(64) - shift)
        high_mask = np.where(shift == 0, np.uint64(0), mask >> over)
        high = np.where(shift == 0, np.uint64(0), (value & mask) >> over)
        self.first_after = np.where(is_store, (first & ~low_mask) | low, first)
        self.second_after = np.where(is_store, (second & ~high_mask) | high, second)


def _syscall_accesses(
    clk: Integers, arguments: Sequence[int], result: Values, units: Values | None
) -> Special:
    """Of each syscall: its arguments are read, r0 is written, and the units are read, or written if given."""
    index = np.tile(np.array([*arguments, 0, MEMORY_UNITS_REGISTER]), len(clk))
    time = np.repeat(2 * clk, len(arguments) + 2) + np.isin(index, (0, MEMORY_UNITS_REGISTER))
    value = np.zeros(len(time), np.uint64)
    value[index == 0] = result
    writes = index == 0
    if units is not None:
        writes |= index == MEMORY_UNITS_REGISTER
        value[index == MEMORY_UNITS_REGISTER] = units
    return Special(index, time, writes, value)


def _word_accesses(
    words: Words, time: Integers, *, writes: bool = True
) -> tuple[Integers, Integers, Integers, Values, Values]:
    """The accesses of the words that exist, as `chain_memory` takes them."""
    there = words.exists
    new = words.new if writes else words.old
    return words.region[there], words.index[there], time[there], words.old[there], new[there]


def _spread(values: Integers, where: Flags) -> Integers:
    """The values at the places where a mask is set, 0 elsewhere."""
    spread = np.zeros(len(where), np.int64)
    spread[where] = values
    return spread


def _columns(special: Special) -> tuple[object, ...]:
    return special.index, special.time, special.writes, special.value
