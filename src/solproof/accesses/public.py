"""The public data of a run: what both the prover and the verifier know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers, Values
from solproof.vm.memory import INPUT, Layout
from solproof.vm.trace import FinalState, SyscallEvent


@dataclass(frozen=True, slots=True)
class InputWords:
    """The touched words of the input, in rising order of their indices, with first and last values."""

    index: Integers
    first: Values
    last: Values


@dataclass(frozen=True, slots=True)
class PublicData:
    """The public facts of a run. They determine every public column."""

    entry: int
    registers: Sequence[int]
    """r0..r10 before the first instruction."""
    layout: Layout
    final: FinalState
    input_words: InputWords
    memory_units: int
    """The compute units that the memory syscalls proven by chips cost."""
    events: Sequence[SyscallEvent]
    """All other syscalls, in order. Only the last one may fail, and only at the last instruction."""


def public_data(log: AccessLog) -> PublicData:
    """The public facts of a recorded run."""
    run, words = log.run, log.memory.cells.of(INPUT)
    return PublicData(
        entry=run.program.entry,
        registers=run.registers,
        layout=run.layout,
        final=run.final,
        input_words=InputWords(words.index, words.first, words.last),
        memory_units=int(log.memory_calls.cost.sum()),
        events=log.events,
    )
