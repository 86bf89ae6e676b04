"""The public data of a frame: what both the prover and the verifier know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers, Values
from solproof.accesses.memory import Cells
from solproof.accesses.program import ProgramTable
from solproof.vm.memory import INPUT, Layout
from solproof.vm.trace import FinalState, SyscallEvent


@dataclass(frozen=True, slots=True)
class OuterWords:
    """The touched words of the image and of the input, in rising order of region and index.

    first, last: the values before and after the run. They are equal for a word of the image.
    """

    region: Integers
    index: Integers
    first: Values
    last: Values

    def of(self, region: int) -> OuterWords:
        """The words of one region."""
        keep = self.region == region
        return OuterWords(self.region[keep], self.index[keep], self.first[keep], self.last[keep])


@dataclass(frozen=True, slots=True)
class PublicData:
    """The public facts of a frame. They determine its part of every public column."""

    invocation: int
    """The number of the frame in its proof, from 1."""
    entry: int
    registers: Sequence[int]
    """r0..r10 before the first instruction."""
    layout: Layout
    final: FinalState
    slots: Integers
    """The slots that were executed before the last instruction, rising."""
    program: ProgramTable
    """What the program holds at these slots."""
    words: OuterWords
    memory_units: int
    """The compute units that the memory syscalls proven by chips cost."""
    events: Sequence[SyscallEvent]
    """All other syscalls, in order. Only the last one may fail, and only at the last instruction."""


def outer_words(log: AccessLog) -> Cells:
    """The touched words of the image and of the input. One that only events touch is not among them."""
    return log.memory.cells.of(log.layout.image_region, INPUT)


def public_data(log: AccessLog) -> PublicData:
    """The public facts of a recorded frame."""
    run, words = log.run, outer_words(log)
    return PublicData(
        invocation=log.invocation,
        entry=run.program.entry,
        registers=run.registers,
        layout=run.layout,
        final=run.final,
        slots=log.slots,
        program=log.program,
        words=OuterWords(words.region, words.index, words.first, words.last),
        memory_units=int(log.memory_calls.cost.sum()),
        events=log.events,
    )
