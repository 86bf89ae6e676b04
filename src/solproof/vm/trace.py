"""What a run leaves behind: a columnar trace, the syscall events, and the result."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from solproof.program.program import Program
from solproof.vm.faults import Fault
from solproof.vm.memory import Layout


@dataclass(frozen=True, slots=True)
class WordAccess:
    """One 8-byte word as an event found it and left it."""

    region: int
    index: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class SyscallEvent:
    """One syscall: who called, with what, and everything it did to the machine.

    A syscall that fails is the last of its run; its result is 0. `memory_units` is what the memory syscalls
    that chips prove have cost before, where events are those of a claim.
    """

    clk: int
    key: int
    arguments: tuple[int, int, int, int, int]
    result: int
    compute_units: int
    words: tuple[WordAccess, ...]
    memory_units: int = 0


class Recorder:
    """Appends to the columns of a trace while the machine runs: 64-bit values, one per item named."""

    def __init__(self) -> None:
        self.pc = array("Q")  # one per executed instruction
        self.value = array("Q")  # one per executed instruction: what it wrote or stored, else 0
        self.address = array("Q")  # one per load or store, in order
        self.first_word = array("Q")  # the word holding the first byte, before the access
        self.second_word = array("Q")  # the word after it in physical memory, before the access
        self.frames = array("Q")  # r6..r9, r10 of the caller: five per call, in order of the calls
        self.events: list[SyscallEvent] = []


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Trace:
    """The recorded run as arrays; n instructions, m loads and stores, k calls."""

    pc: NDArray[np.int64]  # [n]
    value: NDArray[np.uint64]  # [n]
    address: NDArray[np.uint64]  # [m]
    first_word: NDArray[np.uint64]  # [m]
    second_word: NDArray[np.uint64]  # [m]
    frames: NDArray[np.uint64]  # [k, 5]
    events: tuple[SyscallEvent, ...]

    @classmethod
    def of(cls, recorder: Recorder) -> Trace:
        """The columns of a recorder, without copying where NumPy can read them in place."""

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
    """The machine before its last instruction: the exit of the program, or the one that a fault stopped.

    When the meter stopped the program, it is the state before the instruction that was not executed.

    clk: number of the last instruction, from 1. pc: its slot. registers: r0..r10. open_call: clk of the
    innermost open call, 0 for none. depth: how many calls are open.
    """

    clk: int
    pc: int
    registers: tuple[int, ...]
    open_call: int
    depth: int

    @property
    def steps(self) -> int:
        """How many instructions came before the last one: those that led to a next one."""
        return self.clk - 1


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Run:
    """The outcome of a run."""

    program: Program
    layout: Layout
    registers: tuple[int, ...]  # r0..r10 before the first instruction
    compute_unit_limit: int
    fault: Fault | None
    final: FinalState
    instructions: int  # executed ones, the last one included
    compute_units: int
    input_region: bytes = field(repr=False)
    trace: Trace = field(repr=False)

    @property
    def r0(self) -> int:
        """The program's return value, when no fault stopped it."""
        return self.final.registers[0]

    @property
    def pc(self) -> int:
        """Where the run ended: see `FinalState`."""
        return self.final.pc
