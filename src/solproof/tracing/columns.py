"""The recorded trace and everything that follows from it, block by block.

A recorder keeps only the pc of each instruction and the value that it wrote. The rest (registers, meter,
depth, accesses) is computed here for a few thousand steps at a time, so that a long run needs little memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solproof.execution.execute import Execution
from solproof.program.names import FunctionNames
from solproof.program.symbols import SymbolFiles, Symbols
from solproof.program.syscall_names import SYSCALL_NAMES
from solproof.runtime.features import FeatureSet
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import registry
from solproof.tracing.code import Code, code_of
from solproof.vm.limits import FRAME_STRIDES, REGISTERS
from solproof.vm.trace import Run, SyscallEvent

BLOCK_STEPS = 2**14
SAVED = slice(6, 11)


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Block:
    """n consecutive steps. Arrays have one entry per step.

    start: index of the first step, from 0.
    before, after: r0..r10, [n, 11].
    units_before, units_after: the compute units left on the meter.
    depth: how many calls are open before the step.
    has_access: whether the step loaded or stored. Otherwise address, size, old and new have no meaning.
    events: the syscalls, by the index of their step.
    """

    start: int
    pc: NDArray[np.int64]
    before: NDArray[np.uint64]
    after: NDArray[np.uint64]
    units_before: NDArray[np.int64]
    units_after: NDArray[np.int64]
    depth: NDArray[np.int64]
    has_access: NDArray[np.bool_]
    is_store: NDArray[np.bool_]
    address: NDArray[np.uint64]
    size: NDArray[np.int64]
    old: NDArray[np.uint64]
    new: NDArray[np.uint64]
    events: Mapping[int, SyscallEvent]

    def __len__(self) -> int:
        return len(self.pc)


def columns_of(execution: Execution) -> Columns:
    """The steps of an execution's own program."""
    return Columns.of_frame(execution.frames[0])


class Columns:
    """The steps of a run as arrays.

    features: the features that the run had, which decide which syscalls exist.
    symbols: the names of functions and the source lines.
    """

    def __init__(self, run: Run, features: FeatureSet, symbols: Symbols | None = None) -> None:
        self.run = run
        self.trace = trace = run.trace
        known = registry(features)
        symbols = symbols or Symbols(FunctionNames(run.program.entry))
        self.names, self.lines = symbols.names, symbols.lines
        self.code: Code = code_of(run.program, np.unique(trace.pc).tolist(), known.keys(), self.names)
        self.syscall_names = {key: SYSCALL_NAMES[key] for key in known}
        self.steps: int = len(trace.pc)
        self.completed = len(trace.value)
        """The number of steps that ran to their end: all of them, or all except the last."""

    @classmethod
    def of_frame(cls, frame: Frame[Run], symbols: SymbolFiles | None = None) -> Columns:
        """The steps of a frame, with the symbols of its program."""
        executable, features = frame.invocation.executable, frame.invocation.environment.features
        files = symbols or SymbolFiles()
        return cls(frame.outcome, features, files.of(executable.file, executable.program))

    @cached_property
    def _access_of_step(self) -> NDArray[np.int64]:
        """How many loads and stores come before each step. The last entry is their total number."""
        sizes = self.code.size[self.trace.pc[: self.completed]]
        return np.concatenate([[0], np.cumsum(sizes != 0)])

    @cached_property
    def depth(self) -> NDArray[np.int64]:
        """The number of open calls before each step."""
        pc = self.trace.pc[: self.completed]
        change = self.code.is_call[pc].astype(np.int64) - self.code.is_exit[pc]
        return np.concatenate([[0], np.cumsum(change)])[: self.steps]

    @cached_property
    def frames(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Match returns with calls.

        Returns the steps that call, the steps that return to a caller, and for each of the latter the number
        of the call that it ends.
        """
        pc = self.trace.pc[: self.completed]
        calls = np.flatnonzero(self.code.is_call[pc])
        exits = np.flatnonzero(self.code.is_exit[pc] & (self.depth[: self.completed] > 0))
        is_call = np.arange(len(calls) + len(exits)) < len(calls)
        opens = is_call[np.argsort(np.concatenate([calls, exits]), kind="stable")]
        ended, number, open_calls = [], 0, []
        for opened in opens.tolist():
            if opened:
                open_calls.append(number)
                number += 1
            else:
                ended.append(open_calls.pop())
        return calls, exits, np.array(ended, np.int64)

    @cached_property
    def functions(self) -> Mapping[int, str]:
        """The names of the functions that the run entered, in rising order of their pc."""
        calls, _, _ = self.frames
        reached = np.append(self.trace.pc, self.run.final.pc)
        entered = {self.run.program.entry, *reached[calls + 1].tolist()}
        return {pc: self.names.at(pc) for pc in sorted(entered)}

    @cached_property
    def _events(self) -> Mapping[int, SyscallEvent]:
        return {event.clk - 1: event for event in self.trace.events}

    def blocks(self, size: int = BLOCK_STEPS) -> Iterator[Block]:
        """All steps in order, `size` at a time."""
        registers = np.array(self.run.registers, np.uint64)
        left = self.run.compute_unit_limit
        for start in range(0, self.steps, size):
            block = self._block(start, min(start + size, self.steps), registers, left)
            registers, left = block.after[-1], int(block.units_after[-1])
            yield block

    def _block(self, start: int, end: int, registers: NDArray[np.uint64], left: int) -> Block:
        pc = self.trace.pc[start:end]
        events = {step: self._events[step] for step in self._event_steps(start, end)}
        after = self._registers(start, end, registers, events)
        units = np.ones(end - start, np.int64)
        for step, event in events.items():
            units[step - start] += event.compute_units
        units_after = np.maximum(left - np.cumsum(units), 0)
        return Block(
            start,
            pc,
            np.concatenate([registers[None], after[:-1]]),
            after,
            np.concatenate([[left], units_after[:-1]]),
            units_after,
            self.depth[start:end],
            *self._accesses(start, end),
            events,
        )

    def _event_steps(self, start: int, end: int) -> list[int]:
        steps = np.array(list(self._events), np.int64)  # in the order in which they were recorded
        first, last = np.searchsorted(steps, [start, end])
        return [int(step) for step in steps[first:last]]

    # REGISTERS

    def _registers(
        self, start: int, end: int, registers: NDArray[np.uint64], events: Mapping[int, SyscallEvent]
    ) -> NDArray[np.uint64]:
        """r0..r10 after each step."""
        completed = min(end, self.completed)
        pc, value = self.trace.pc[start:completed], self.trace.value[start:completed]
        writes, destination = self.code.writes[pc], self.code.destination[pc]
        written = np.zeros((end - start, REGISTERS), np.bool_)
        values = np.zeros((end - start, REGISTERS), np.uint64)
        rows = np.flatnonzero(writes)
        written[rows, destination[rows]] = True
        values[rows, destination[rows]] = value[rows]
        returned = np.array([step - start for step in events if step < completed], np.int64)
        written[returned, 0] = True
        values[returned, 0] = value[returned]
        self._calls(start, completed, written, values)
        last = np.where(written, np.arange(end - start)[:, None], -1)
        np.maximum.accumulate(last, axis=0, out=last)
        filled = np.take_along_axis(values, np.maximum(last, 0), axis=0)
        return np.where(last >= 0, filled, registers)

    def _calls(self, start: int, end: int, written: NDArray[np.bool_], values: NDArray[np.uint64]) -> None:
        calls, exits, ended = self.frames
        first, last = np.searchsorted(calls, [start, end])
        stride = np.uint64(FRAME_STRIDES[self.run.program.version])
        written[calls[first:last] - start, 10] = True
        values[calls[first:last] - start, 10] = self.trace.frames[first:last, 4] + stride
        first, last = np.searchsorted(exits, [start, end])
        written[exits[first:last] - start, SAVED] = True
        values[exits[first:last] - start, SAVED] = self.trace.frames[ended[first:last]]

    # MEMORY

    def _accesses(
        self, start: int, end: int
    ) -> tuple[
        NDArray[np.bool_],
        NDArray[np.bool_],
        NDArray[np.uint64],
        NDArray[np.int64],
        NDArray[np.uint64],
        NDArray[np.uint64],
    ]:
        """The fields has_access, is_store, address, size, old and new of a `Block`."""
        completed = min(end, self.completed)
        pc = self.trace.pc[start:completed]
        size = np.zeros(end - start, np.int64)
        size[: completed - start] = self.code.size[pc]
        has_access = size != 0
        is_store = np.zeros(end - start, np.bool_)
        is_store[: completed - start] = self.code.is_store[pc]
        first, last = self._access_of_step[[start, completed]]
        address, old, new = (np.zeros(end - start, np.uint64) for _ in range(3))
        address[has_access] = self.trace.address[first:last]
        bits = (size[has_access] * 8).astype(np.uint64)
        mask = np.uint64(2**64 - 1) >> (np.uint64(64) - bits)
        shift = (address[has_access] & np.uint64(7)) * np.uint64(8)
        low = self.trace.first_word[first:last] >> shift
        high = np.where(
            shift == 0,
            np.uint64(0),
            self.trace.second_word[first:last] << (np.uint64(64) - shift) % np.uint64(64),
        )
        old[has_access] = (low | high) & mask
        value = np.zeros(end - start, np.uint64)
        value[: completed - start] = self.trace.value[start:completed]
        new[has_access] = np.where(is_store[has_access], value[has_access] & mask, old[has_access])
        return has_access, is_store, address, size, old, new
