"""The claim: the prover's assertions about a run that do not follow from the program and the input.

Encoding, all little-endian:

    u32 number of the last instruction | u32 its slot | 11 x u64 r0..r10 before it
        | u32 number of the open call's instruction, 0 if no call is open | u8 how many calls are open
    u32 compute units of the memory syscalls that chips prove
    u8 length of the fault's name, 0 if there is no fault | the name, in printable ASCII
    u32 number of touched input words, each: u32 index | u64 value after the run
    u32 number of events, each: u32 clk | u32 key | 5 x u64 arguments | u64 result
        | u32 compute units of the memory syscalls before it
        | u32 number of touched words, each: u8 region | u32 index | u64 before | u64 after

Every field has one width, so a claim has one encoding.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

import numpy as np

from solproof.accesses.arrays import Integers, Values
from solproof.accesses.public import PublicData
from solproof.errors import ProofRejected, Rejection
from solproof.formats.reader import ByteReader, Problem, ReaderErrors
from solproof.representation import short_repr
from solproof.vm.faults import EXCEEDED_MAX_INSTRUCTIONS
from solproof.vm.trace import FinalState, Run, SyscallEvent, WordAccess

HEAD = Struct("<II11QIB")
LENGTH = Struct("<B")
COUNT = Struct("<I")
UNITS = Struct("<I")
EVENT = Struct("<II6QI")
WORD = Struct("<BIQQ")
INPUT_WORD = np.dtype([("index", "<u4"), ("last", "<u8")])
REASONS = {
    Problem.CUT_OFF: Rejection.CLAIM_TRUNCATED,
    Problem.NOT_PRINTABLE: Rejection.CLAIM_TEXT,
    Problem.NOT_ENDED: Rejection.CLAIM_TRAILING_BYTES,
}
ERRORS = ReaderErrors(
    lambda problem, message: ProofRejected(REASONS[problem], message),
    "cut off at byte {size}, expected at least {end}",
    "{left} bytes follow its end",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The content of a claim: how the run ended, and its effects.

    `fault` is the name of the fault that ended the run, or "" for an exit. `index` and `last` are the touched
    words of the input. `memory_units` are the compute units of the memory syscalls that chips prove. Events
    contain no compute units, because the verifier computes them.
    """

    final: FinalState
    fault: str
    index: Integers
    last: Values
    memory_units: int
    events: tuple[SyscallEvent, ...]

    __repr__ = short_repr

    @property
    def instructions(self) -> int:
        """How many instructions were executed, including the last one."""
        return self.final.steps if self.fault == EXCEEDED_MAX_INSTRUCTIONS else self.final.clk

    @property
    def exit_code(self) -> int | None:
        """The value that the program returned, or None if a fault stopped it."""
        return None if self.fault else self.final.registers[0]

    def to_bytes(self) -> bytes:
        """The one encoding of this claim."""
        words = np.empty(len(self.index), INPUT_WORD)
        words["index"], words["last"] = self.index, self.last
        final, fault = self.final, self.fault.encode()
        parts = [
            HEAD.pack(final.clk, final.pc, *final.registers, final.open_call, final.depth),
            LENGTH.pack(len(fault)),
            fault,
            UNITS.pack(self.memory_units),
            COUNT.pack(len(words)),
            words.tobytes(),
            COUNT.pack(len(self.events)),
        ]
        for event in self.events:
            parts.append(EVENT.pack(event.clk, event.key, *event.arguments, event.result, event.memory_units))
            parts.append(COUNT.pack(len(event.words)))
            parts.extend(WORD.pack(word.region, word.index, word.old, word.new) for word in event.words)
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Claim:
        """Decode a claim. Raises `ProofRejected` for anything except one whole claim.

        Nothing is allocated before the reader has checked that its bytes exist.
        """
        reader = ByteReader(data, "claim", ERRORS)
        clk, pc, *registers, open_call, depth = _unpack(reader, HEAD)
        final = FinalState(clk, pc, tuple(registers), open_call, depth)
        (length,) = _unpack(reader, LENGTH)
        fault = reader.printable(length, "fault", "the name of its fault")
        (memory_units,) = _unpack(reader, UNITS)
        words = np.frombuffer(
            reader.take(_count(reader, INPUT_WORD.itemsize) * INPUT_WORD.itemsize), INPUT_WORD
        )
        events = tuple(_read_event(reader) for _ in range(_count(reader, EVENT.size + COUNT.size)))
        reader.finish()
        return cls(
            final,
            fault,
            words["index"].astype(np.int64),
            words["last"].astype(np.uint64),
            memory_units,
            events,
        )


def claim_of(run: Run, public: PublicData) -> Claim:
    """The true claim of a run and of the tables that prove it."""
    fault = "" if run.fault is None else run.fault.name
    words = public.input_words
    return Claim(run.final, fault, words.index, words.last, public.memory_units, tuple(public.events))


def _unpack(reader: ByteReader, layout: Struct) -> tuple[int, ...]:
    return layout.unpack(reader.take(layout.size))


def _count(reader: ByteReader, least_size: int) -> int:
    """The number of items that follow, where an item has at least `least_size` bytes."""
    (count,) = _unpack(reader, COUNT)
    if count * least_size > reader.left:
        raise ProofRejected(
            Rejection.CLAIM_COUNT,
            f"{reader.name}: names {count} items at byte {reader.offset}, "
            f"more than its {len(reader.content)} bytes hold",
        )
    return count


def _read_event(reader: ByteReader) -> SyscallEvent:
    clk, key, *arguments, result, units = _unpack(reader, EVENT)
    first, second, third, fourth, fifth = arguments
    words = tuple(WordAccess(*_unpack(reader, WORD)) for _ in range(_count(reader, WORD.size)))
    return SyscallEvent(clk, key, (first, second, third, fourth, fifth), result, 0, words, units)
