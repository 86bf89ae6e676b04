"""The record of a run: a trace in columns, the syscall events, and the result."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.errors import InputError
from solproof.program.program import Program
from solproof.representation import short_repr
from solproof.vm.faults import Fault
from solproof.vm.memory import Layout
from solproof.vm.word_accesses import WordAccesses


@dataclass(frozen=True, slots=True)
class SyscallEvent:
    """One syscall: the caller, the arguments, and every effect on the machine.

    A syscall that fails is the last of its run, and its result is 0. `memory_units` are the compute units
    used so far by memory syscalls that the circuit proves. It is set only for events in a claim, and 0
    otherwise.
    """

    clk: int
    key: int
    arguments: tuple[int, int, int, int, int]
    result: int
    compute_units: int
    words: WordAccesses
    memory_units: int = 0

    __repr__ = short_repr


class Recorder:
    """Appends to the columns of a trace while the machine runs. All values have 64 bits."""

    def __init__(self) -> None:
        self.pc = array("Q")  # one per executed instruction
        self.value = array("Q")  # one per executed instruction: the value that it wrote or stored, or 0
        self.address = array("Q")  # one per load or store, in order
        self.first_word = array("Q")  # the word with the first byte, before the access
        self.second_word = array("Q")  # the next word in physical memory, before the access
        self.frames = array("Q")  # r6 to r9 and r10 of the caller: five per call, in order of the calls
        self.events: list[SyscallEvent] = []


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Trace:
    """The recorded run as arrays, for n instructions, m loads and stores, and k calls."""

    pc: NDArray[np.int64]  # [n]
    value: NDArray[np.uint64]  # [n]
    address: NDArray[np.uint64]  # [m]
    first_word: NDArray[np.uint64]  # [m]
    second_word: NDArray[np.uint64]  # [m]
    frames: NDArray[np.uint64]  # [k, 5]
    events: tuple[SyscallEvent, ...]

    __repr__ = short_repr

    @classmethod
    def of(cls, recorder: Recorder) -> Trace:
        """The columns of a recorder. Columns that NumPy can read in place are not copied."""

        def column(values: array[int]) -> NDArray[np.uint64]:
            return np.frombuffer(values, dtype=np.uint64) if len(values) else np.zeros(0, np.uint64)

        return cls(
            pc=column(recorder.pc).astype(np.int64),
            value=column(recorder.value),
            address=column(recorder.address),
            first_word=column(recorder.first_word),
            second_word=column(recorder.second_word),
            frames=column(recorder.frames).reshape(-1, 5),
            events=tuple(recorder.events),
        )


@dataclass(frozen=True, slots=True)
class FinalState:
    """The machine before its last instruction: the exit, or the instruction that a fault stopped.

    If the meter stopped the program, this is the state before the instruction that was not executed.

    clk: number of the last instruction, from 1.
    pc: its slot.
    registers: r0 to r10.
    open_call: clk of the innermost open call, 0 if no call is open.
    depth: number of open calls.
    """

    clk: int
    pc: int
    registers: tuple[int, ...]
    open_call: int
    depth: int

    @property
    def steps(self) -> int:
        """Number of instructions before the last one."""
        return self.clk - 1


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Record:
    """What a proof and a trace need of a run, in addition to its outcome.

    input_region: the bytes of the input region after the run.
    """

    trace: Trace
    input_region: bytes

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, eq=False)  # never compared, as its record
class Run:
    """The outcome of a run.

    open_calls: the slot of each call instruction whose call was open at the end, outermost call first.
    record: None if the run was not recorded.
    """

    program: Program
    layout: Layout
    registers: tuple[int, ...]  # r0 to r10 before the first instruction
    compute_unit_limit: int
    fault: Fault | None
    final: FinalState
    instructions: int  # number of executed instructions, including the last one
    compute_units: int
    open_calls: tuple[int, ...]
    record: Record | None

    __repr__ = short_repr

    @property
    def trace(self) -> Trace:
        """The trace of a recorded run. Raises `InputError` for another run."""
        return self._recorded().trace

    @property
    def input_region(self) -> bytes:
        """The input region after a recorded run. Raises `InputError` for another run."""
        return self._recorded().input_region

    def _recorded(self) -> Record:
        if self.record is None:
            raise InputError("the execution was not recorded: expected an execution with recorded=True")
        return self.record

    @property
    def r0(self) -> int:
        """The program's return value if no fault stopped it."""
        return self.final.registers[0]

    @property
    def pc(self) -> int:
        """Slot where the run ended, see `FinalState`."""
        return self.final.pc
