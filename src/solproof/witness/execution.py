"""A run as the tables need it: every access chained, every call matched with its exit.

The last instruction is not among the steps: see `solproof.vm.trace.FinalState`.
"""

from __future__ import annotations

import numpy as np

from solproof.families.family import Code
from solproof.vm.limits import FRAME_REGISTER, FRAME_STRIDES
from solproof.vm.trace import Run, SyscallEvent
from solproof.witness.arrays import Flags, Integers, Values
from solproof.witness.calls import Calls, CallTree, call_accesses, call_tree
from solproof.witness.memory import HOLE_WORDS, chain_memory, skips_hole
from solproof.witness.program_table import ProgramTable
from solproof.witness.registers import Special, chain_registers
from solproof.witness.rows import Rows

DEPTH_SHIFT = 32
"""The frame register's two limbs, clk and depth, as one value: clk + depth 2^32."""

ARGUMENTS = (1, 2, 3, 4, 5)


class Execution:
    """Chained accesses of one run."""

    def __init__(self, run: Run, program: ProgramTable) -> None:
        self.run = run
        self.trace = run.trace
        self.layout = run.layout
        self.program = program
        self.steps = run.final.steps
        self.codes = program.code[run.trace.pc[: self.steps]]
        self._chain_registers()
        self._chain_memory()

    def rows(self, codes: tuple[Code, ...]) -> Rows:
        """The steps whose instruction has one of the codes."""
        return Rows(self, np.flatnonzero(np.isin(self.codes, codes)))

    def events(self) -> tuple[SyscallEvent, ...]:
        """The syscalls that returned, in order."""
        return tuple(event for event in self.trace.events if event.clk <= self.steps)

    def event_before(self, event: int) -> tuple[list[int], int, int]:
        """Of a syscall: times of the previous accesses of r1..r5 and of r0, and r0 before it."""
        start = self._syscalls + event * (len(ARGUMENTS) + 1)
        before = self.registers.special_before[start : start + len(ARGUMENTS) + 1]
        return (
            before[:-1].tolist(),
            int(before[-1]),
            int(self.registers.special_value[start + len(ARGUMENTS)]),
        )

    # REGISTERS

    def _chain_registers(self) -> None:
        program, pc = self.program, self.trace.pc[: self.steps]
        accessed = np.full((self.steps, 2), -1, np.int8)
        accessed[:, 0] = np.where(program.reads_source[pc], program.source[pc], -1)
        accessed[:, 1] = np.where(program.uses_destination[pc], program.destination[pc], -1)
        is_call = np.isin(self.codes, (Code.CALL, Code.CALL_REGISTER))
        call_clk = np.flatnonzero(is_call) + 1
        exit_clk = np.flatnonzero(self.codes == Code.EXIT) + 1
        tree = call_tree(call_clk, exit_clk)
        by_register = self.codes[call_clk - 1] == Code.CALL_REGISTER
        callee = program.source[pc[call_clk - 1]]
        parts = [
            call_accesses(tree, self.trace.frames, by_register, callee, self._stride),
            self._frame_accesses(tree),
            self._syscall_accesses(),
        ]
        special = Special(*(np.concatenate(columns) for columns in zip(*map(_columns, parts), strict=True)))
        initial = np.array([*self.run.registers, 0], np.uint64)
        self.registers = chain_registers(
            accessed, program.writes_destination[pc], self.trace.value[: self.steps], special, initial
        )
        offsets = np.cumsum([0, *(len(part.time) for part in parts)])
        self._syscalls = int(offsets[2])
        self.calls = self._calls(tree, by_register, callee, int(offsets[1]))

    def _frame_accesses(self, tree: CallTree) -> Special:
        exits = tree.exit_clk != 0
        inner = tree.clk + (tree.depth + 1 << DEPTH_SHIFT)
        outer = tree.caller + (tree.depth << DEPTH_SHIFT)
        time = np.concatenate([2 * tree.clk + 1, 2 * tree.exit_clk[exits] + 1])
        value = np.concatenate([inner, outer[exits]]).astype(np.uint64)
        return Special(np.full(len(time), FRAME_REGISTER), time, np.ones(len(time), np.bool_), value)

    def _syscall_accesses(self) -> Special:
        events = self.events()
        clk = np.array([event.clk for event in events], np.int64)
        time = np.repeat(2 * clk, len(ARGUMENTS) + 1)
        time[len(ARGUMENTS) :: len(ARGUMENTS) + 1] += 1
        value = np.zeros(len(time), np.uint64)
        value[len(ARGUMENTS) :: len(ARGUMENTS) + 1] = [event.result for event in events]
        index = np.tile(np.array([*ARGUMENTS, 0]), len(events))
        return Special(index, time, index == 0, value)

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
        size, is_store = size[steps], self.codes[steps] == Code.STORE
        start = trace.address & np.uint64(7)
        self._store_words(size, is_store, start, trace.value[steps])
        region = (trace.address >> np.uint64(32)).astype(np.int64)
        index = (trace.address & np.uint64(0xFFFF_FFFF)).astype(np.int64) >> 3
        reaches = start.astype(np.int64) + size > 8
        skips = skips_hole(self.layout, region, index)
        events = [(event.clk, word) for event in trace.events for word in event.words]
        event_columns = np.array([(clk, word.region, word.index) for clk, word in events], np.int64).reshape(
            -1, 3
        )
        event_values = np.array([(word.old, word.new) for _, word in events], np.uint64).reshape(-1, 2)
        chained = chain_memory(
            np.concatenate([region, region[reaches], event_columns[:, 1]]),
            np.concatenate([index, (index + 1 + HOLE_WORDS * skips)[reaches], event_columns[:, 2]]),
            np.concatenate([steps + 1, (steps + 1)[reaches], event_columns[:, 0]]),
            np.concatenate([trace.first_word, trace.second_word[reaches], event_values[:, 0]]),
            np.concatenate([self.first_after, self.second_after[reaches], event_values[:, 1]]),
        )
        accesses, second = len(steps), int(reaches.sum())
        self.first_before = chained.before[:accesses]
        self.second_before = np.zeros(accesses, np.int64)
        self.second_before[reaches] = chained.before[accesses : accesses + second]
        self.event_word_before = chained.before[accesses + second :]
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


def _columns(special: Special) -> tuple[object, ...]:
    return special.index, special.time, special.writes, special.value
