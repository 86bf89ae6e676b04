"""The claim: the prover's assertions about the frames of a run that do not follow from the input.

A frame is one run of one sBPF program. Nothing in a claim says which program or which input a frame has: that
follows, because the verifier runs everything outside the frames itself. Frames stand in the order in which
they begin.

Encoding, all little-endian:

    u32 number of frames, each:
        u32 number of the last instruction | u32 its slot | 11 x u64 r0..r10 before it
            | u32 number of the open call's instruction, 0 if no call is open | u8 how many calls are open
        u32 compute units of the memory syscalls that chips prove
        u8 length of the fault's name, 0 if there is no fault | the name, in printable ASCII
        u32 number of runs of executed slots, each: u32 first slot | u32 how many slots
        u32 number of touched words of the program's image, each: u32 index
        u32 number of touched words of the input, each: u32 index | u64 value after the run
        u32 number of events, each: u32 clk | u32 key | 5 x u64 arguments | u64 result
            | u32 compute units of the memory syscalls before it
            | u32 number of listed words, each: u8 region | u32 index | u64 before | u64 after

Every field has one width, and runs of slots are as long as possible, so a claim has one encoding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers, Values
from solproof.accesses.public import PublicData
from solproof.errors import ProofRejected, Rejection
from solproof.formats.reader import ByteReader, Problem, ReaderErrors
from solproof.representation import short_repr
from solproof.runtime.budget import MAXIMUM_COMPUTE_UNIT_LIMIT
from solproof.runtime.invoke import MAXIMUM_TRACE_LENGTH
from solproof.vm.faults import EXCEEDED_MAX_INSTRUCTIONS
from solproof.vm.memory import INPUT
from solproof.vm.trace import FinalState, Run, SyscallEvent
from solproof.vm.word_accesses import WordAccesses

HEAD = Struct("<II11QIB")
LENGTH = Struct("<B")
COUNT = Struct("<I")
UNITS = Struct("<I")
EVENT = Struct("<II6QI")
WORD = np.dtype([("region", "u1"), ("index", "<u4"), ("old", "<u8"), ("new", "<u8")])
SLOT_RUN = np.dtype([("first", "<u4"), ("count", "<u4")])
IMAGE_WORD: np.dtype[np.uint32] = np.dtype("<u4")
INPUT_WORD = np.dtype([("index", "<u4"), ("last", "<u8")])
Scalar = TypeVar("Scalar", bound=np.generic)

LEAST_FRAME = HEAD.size + UNITS.size + LENGTH.size + 4 * COUNT.size
"""The bytes of a frame without fault, slots, words and events."""
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
class FrameClaim:
    """The content of a claim about one frame: how it ended, what it executed, and its effects.

    `fault` is the name of the fault that ended the run, or "" for an exit. `slots` are the slots that were
    executed before the last instruction. `image` are the touched words of the program's image. `index` and
    `last` are the touched words of the input. All of them rise. `memory_units` are the compute units of the
    memory syscalls that chips prove. Events contain no compute units, because the verifier computes them.
    """

    final: FinalState
    fault: str
    slots: Integers
    image: Integers
    index: Integers
    last: Values
    memory_units: int
    events: tuple[SyscallEvent, ...]

    __repr__ = short_repr

    @property
    def instructions(self) -> int:
        """How many instructions were executed, including the last one."""
        return self.final.steps if self.fault == EXCEEDED_MAX_INSTRUCTIONS else self.final.clk

    def to_bytes(self) -> bytes:
        """The one encoding of this part of a claim."""
        words = np.empty(len(self.index), INPUT_WORD)
        words["index"], words["last"] = self.index, self.last
        final, fault = self.final, self.fault.encode()
        slots = _runs(self.slots)
        parts = [
            HEAD.pack(final.clk, final.pc, *final.registers, final.open_call, final.depth),
            UNITS.pack(self.memory_units),
            LENGTH.pack(len(fault)),
            fault,
            COUNT.pack(len(slots)),
            slots.tobytes(),
            COUNT.pack(len(self.image)),
            self.image.astype(IMAGE_WORD).tobytes(),
            COUNT.pack(len(words)),
            words.tobytes(),
            COUNT.pack(len(self.events)),
        ]
        for event in self.events:
            parts.append(EVENT.pack(event.clk, event.key, *event.arguments, event.result, event.memory_units))
            parts.append(COUNT.pack(len(event.words)))
            parts.append(_word_bytes(event.words))
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Claim:
    """The claims about all frames, in the order in which the frames began."""

    frames: tuple[FrameClaim, ...]

    __repr__ = short_repr

    def to_bytes(self) -> bytes:
        """The one encoding of this claim."""
        return COUNT.pack(len(self.frames)) + b"".join(frame.to_bytes() for frame in self.frames)

    @classmethod
    def from_bytes(cls, data: bytes) -> Claim:
        """Decode a claim. Raises `ProofRejected` for anything except one whole claim.

        Nothing is allocated before the reader has checked that its bytes exist. Only the slots of runs have
        no bytes of their own. Each slot was executed for at least one compute unit, so all frames together
        have at most as many slots as a transaction has units. Each frame is an instruction of the
        transaction's trace, so a claim with more frames than a trace has is refused before they are read.
        """
        reader, frames, left = ByteReader(data, "claim", ERRORS), [], MAXIMUM_COMPUTE_UNIT_LIMIT
        count = _count(reader, LEAST_FRAME)
        if count > MAXIMUM_TRACE_LENGTH:
            raise ProofRejected(
                Rejection.FRAME_SURPLUS,
                f"claim: has {count} frames, a transaction has at most {MAXIMUM_TRACE_LENGTH}",
            )
        for _ in range(count):
            frame = _read_frame(reader, left)
            left -= len(frame.slots)
            frames.append(frame)
        reader.finish()
        return cls(tuple(frames))


def claim_of(witnessed: Iterable[tuple[Run, PublicData]]) -> Claim:
    """The true claim of some frames: of the run of each frame, and of the tables that prove it."""
    return Claim(tuple(_frame_claim(run, public) for run, public in witnessed))


def _frame_claim(run: Run, public: PublicData) -> FrameClaim:
    words = public.words.of(INPUT)
    return FrameClaim(
        final=run.final,
        fault="" if run.fault is None else run.fault.name,
        slots=public.slots,
        image=public.words.of(public.layout.image_region).index,
        index=words.index,
        last=words.last,
        memory_units=public.memory_units,
        events=tuple(public.events),
    )


def _word_bytes(words: WordAccesses) -> bytes:
    listed = np.empty(len(words), WORD)
    listed["region"], listed["index"] = words.regions, words.indices
    listed["old"], listed["new"] = words.old, words.new
    return listed.tobytes()


def _runs(slots: Integers) -> NDArray[np.void]:
    """The runs of neighbouring slots."""
    starts = np.flatnonzero(np.diff(slots, prepend=-2) != 1)
    runs = np.empty(len(starts), SLOT_RUN)
    runs["first"], runs["count"] = slots[starts], np.diff(starts, append=len(slots))
    return runs


def _read_frame(reader: ByteReader, most_slots: int) -> FrameClaim:
    clk, pc, *registers, open_call, depth = _unpack(reader, HEAD)
    final = FinalState(clk, pc, tuple(registers), open_call, depth)
    (memory_units,) = _unpack(reader, UNITS)
    (length,) = _unpack(reader, LENGTH)
    fault = reader.printable(length, "fault", "the name of its fault")
    slots = _slots(_array(reader, SLOT_RUN), min(final.steps, most_slots))
    image = _array(reader, IMAGE_WORD).astype(np.int64)
    words = _array(reader, INPUT_WORD)
    events = tuple(_read_event(reader) for _ in range(_count(reader, EVENT.size + COUNT.size)))
    return FrameClaim(
        final,
        fault,
        slots,
        image,
        words["index"].astype(np.int64),
        words["last"].astype(np.uint64),
        memory_units,
        events,
    )


def _slots(runs: NDArray[np.void], most: int) -> Integers:
    """The slots of some runs, which are at most `most`."""
    first, count = runs["first"].astype(np.int64), runs["count"].astype(np.int64)
    if (count == 0).any() or (first[1:] <= (first + count)[:-1]).any():
        raise ProofRejected(Rejection.SLOTS, "claim: the runs of executed slots do not rise, or touch")
    total = int(count.sum())
    if total > max(most, 0):
        raise ProofRejected(
            Rejection.SLOTS, f"claim: {total} slots were executed, more than the {most} steps of the run"
        )
    offset = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    slots: Integers = np.repeat(first, count) + offset
    return slots


def _array(reader: ByteReader, kind: np.dtype[Scalar]) -> NDArray[Scalar]:
    return np.frombuffer(reader.take(_count(reader, kind.itemsize) * kind.itemsize), kind)


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
    found = _array(reader, WORD)
    words = WordAccesses(
        found["region"].astype(np.int64),
        found["index"].astype(np.int64),
        found["old"].astype(np.uint64),
        found["new"].astype(np.uint64),
    )
    return SyscallEvent(clk, key, (first, second, third, fourth, fifth), result, 0, words, units)
