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
    """One syscall: who called, with what, and everything it did to the machine."""

    clk: int
    key: int
    arguments: tuple[int, int, int, int, int]
    result: int
    compute_units: int
    words: tuple[WordAccess, ...]


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


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Run:
    """The outcome of a run. `r0` is the program's return value when `fault` is None."""

    program: Program
    layout: Layout
    registers: tuple[int, ...]  # r0..r10 before the first instruction
    compute_unit_limit: int
    fault: Fault | None
    r0: int
    pc: int  # of the last instruction
    instructions: int
    compute_units: int
    input_region: bytes = field(repr=False)
    trace: Trace = field(repr=False)
