"""The public side of a proof: the tables that prover and verifier both build from the statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers, Values
from solproof.accesses.memory import tag
from solproof.accesses.table import MINIMUM_HEIGHT, limbs, padded_height
from solproof.air.chip import Chip
from solproof.circuit import boundary
from solproof.circuit.memory import words as memory
from solproof.circuit.syscalls import event
from solproof.vm.memory import INPUT, WORD, Layout
from solproof.vm.trace import FinalState, SyscallEvent


@dataclass(frozen=True, slots=True)
class InputWords:
    """The touched words of the input: rising indices, first and last values."""

    index: Integers
    first: Values
    last: Values


@dataclass(frozen=True, slots=True)
class PublicData:
    """What the statement says, in the terms of the circuit."""

    entry: int
    registers: Sequence[int]
    """r0..r10 before the first instruction."""
    layout: Layout
    final: FinalState
    input_words: InputWords
    memory_units: int
    """What the memory syscalls that chips prove cost."""
    events: Sequence[SyscallEvent]
    """The other syscalls, in order; only the last may be one that fails, at the last instruction."""


@dataclass(frozen=True, slots=True)
class PublicTable:
    """The public columns and values of one chip."""

    chip: Chip
    columns: NDArray[np.uint32] | None
    values: tuple[int, ...] = ()


def public_tables(data: PublicData) -> list[PublicTable]:
    """The public tables of a statement, each chip once."""
    layout = data.layout
    words = sum(len(event_.words) for event_ in data.events)
    returned = [event_ for event_ in data.events if event_.clk <= data.final.steps]
    return [
        PublicTable(boundary.EXECUTION, boundary.public_execution(data.entry, data.final, MINIMUM_HEIGHT)),
        PublicTable(
            boundary.REGISTER_BOUNDARY,
            boundary.public_registers(data.registers, data.final, data.memory_units, MINIMUM_HEIGHT),
        ),
        PublicTable(memory.INPUT_WORDS, _public_input(data.input_words, layout)),
        PublicTable(memory.STACK_HEAP, None, (layout.heap_size // WORD, int(layout.stack_gaps))),
        PublicTable(event.SYSCALL, event.public_syscalls(returned, padded_height(len(returned)))),
        PublicTable(event.EVENT_WORD, event.public_event_words(data.events, layout, padded_height(words))),
    ]


def _public_input(words: InputWords, layout: Layout) -> NDArray[np.uint32]:
    count = len(words.index)
    data = np.zeros((padded_height(count), 11), np.uint32)
    data[:count, 0], data[:count, 1] = 1, words.index
    data[:count, 2] = tag(layout, np.full(count, INPUT), words.index)
    data[:count, 3:7], data[:count, 7:11] = limbs(words.first), limbs(words.last)
    return data
