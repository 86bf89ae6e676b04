"""Claims with one thing changed, each with the kind of the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import numpy as np

from solproof.statement.claim import Claim, FrameClaim
from solproof.vm.memory import HEAP
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccess, WordAccesses

UNTOUCHED = 0xF00
"""A word of the heap that no call of the tests touches."""
NO_REGION = 200


def with_frame(claim: Claim, number: int, frame: FrameClaim) -> Claim:
    """The claim with another frame at a position."""
    return Claim((*claim.frames[:number], frame, *claim.frames[number + 1 :]))


def with_event(frame: FrameClaim, number: int, event: SyscallEvent) -> FrameClaim:
    """The frame with another event at a position."""
    return replace(frame, events=(*frame.events[:number], event, *frame.events[number + 1 :]))


def frame_changes(frame: FrameClaim) -> Iterator[tuple[str, FrameClaim]]:
    """Every field of a frame changed, except the events."""
    final = frame.final
    for name in ("clk", "pc", "open_call", "depth"):
        value = getattr(final, name)
        for change, other in (
            ("more", value + 1),
            ("less", value - 1),
            ("most", 255 if name == "depth" else 2**32 - 1),
        ):
            if other >= 0:
                yield f"{name} {change}", replace(frame, final=replace(final, **{name: other}))  # type: ignore[arg-type]
    for number, register in enumerate(final.registers):
        registers = (*final.registers[:number], register ^ 1 << 5 * number, *final.registers[number + 1 :])
        yield "register", replace(frame, final=replace(final, registers=registers))
    for fault in ("", "DivideByZero", "ExceededMaxInstructions"):
        if fault != frame.fault:
            yield "fault", replace(frame, fault=fault)
    for change, units in (
        ("more", frame.memory_units + 1),
        ("less", frame.memory_units - 1),
        ("most", 2**32 - 1),
    ):
        if units >= 0:
            yield f"units {change}", replace(frame, memory_units=units)
    yield from _slot_changes(frame)
    yield from _word_list_changes(frame)


def _slot_changes(frame: FrameClaim) -> Iterator[tuple[str, FrameClaim]]:
    slots = frame.slots
    unlisted = int(np.setdiff1d(np.arange(len(slots) + 1), slots)[0])
    yield "slot added", replace(frame, slots=np.sort(np.append(slots, unlisted)))
    yield "slot beyond the program", replace(frame, slots=np.append(slots[:-1], 2**32 - 1))
    yield "no slots", replace(frame, slots=slots[:0])
    for position in sorted({0, len(slots) // 2, len(slots) - 1}):
        yield "slot omitted", replace(frame, slots=np.delete(slots, position))
        yield "slot doubled", replace(frame, slots=np.insert(slots, position, slots[position]))
    if len(slots) > 1:
        yield "slots not rising", replace(frame, slots=slots[::-1])


def _word_list_changes(frame: FrameClaim) -> Iterator[tuple[str, FrameClaim]]:
    image, index, last = frame.image, frame.index, frame.last
    yield "image word beyond", replace(frame, image=np.append(image, 2**32 - 1))
    for position in range(len(image)):
        yield "image word omitted", replace(frame, image=np.delete(image, position))
        yield "image word doubled", replace(frame, image=np.insert(image, position, image[position]))
    if len(image) > 1:
        yield "image words not rising", replace(frame, image=image[::-1])
    yield (
        "input word beyond",
        replace(frame, index=np.append(index, 2**32 - 1), last=np.append(last, np.uint64(0))),
    )
    if not len(index):
        return
    yield "no input words", replace(frame, index=index[:0], last=last[:0])
    if len(index) > 1:
        yield "input words not rising", replace(frame, index=index[::-1], last=last[::-1])
    for position in sorted({0, len(index) // 2, len(index) - 1}):
        without = {"index": np.delete(index, position), "last": np.delete(last, position)}
        yield "input word omitted", replace(frame, **without)  # type: ignore[arg-type]
        twice = {
            "index": np.insert(index, position, index[position]),
            "last": np.insert(last, position, last[position]),
        }
        yield "input word doubled", replace(frame, **twice)  # type: ignore[arg-type]
        changed = last.copy()
        changed[position] ^= np.uint64(1 << 40)
        yield "input word left otherwise", replace(frame, last=changed)


def event_changes(
    event: SyscallEvent, other_key: int, random: Random, most_words: int
) -> Iterator[tuple[str, SyscallEvent]]:
    """Every field of an event changed.

    other_key: the key of another syscall.
    most_words: how many words are changed, chosen by `random`.
    """
    yield "no syscall", replace(event, key=event.key ^ 1)
    yield "another syscall", replace(event, key=other_key)
    yield "earlier", replace(event, clk=event.clk - 1)
    yield "later", replace(event, clk=event.clk + 1)
    yield "result", replace(event, result=event.result ^ 1 << 40)
    yield "units more", replace(event, memory_units=event.memory_units + 1)
    if event.memory_units:
        yield "units less", replace(event, memory_units=event.memory_units - 1)
    for number in range(5):
        first, second, third, fourth, fifth = (
            value ^ (8 * (position == number)) for position, value in enumerate(event.arguments)
        )
        yield "argument", replace(event, arguments=(first, second, third, fourth, fifth))
    words = tuple(event.words)

    def with_words(*changed: WordAccess) -> SyscallEvent:
        return replace(event, words=WordAccesses.of(changed))

    yield "word more", with_words(*words, WordAccess(HEAP, UNTOUCHED, 0, 0))
    yield "word of no region", with_words(*words, WordAccess(NO_REGION, 0, 0, 0))
    if words:
        yield "no words", with_words()
    if len(words) > 1:
        yield "words exchanged", with_words(*words[::-1])
    for number in sorted(random.sample(range(len(words)), min(most_words, len(words)))):
        before, word, after = words[:number], words[number], words[number + 1 :]
        yield "word omitted", with_words(*before, *after)
        yield "word doubled", with_words(*before, word, word, *after)
        for name, change in {
            "word found otherwise": {"old": word.old ^ 1 << 33},
            "word left otherwise": {"new": word.new ^ 1 << 33},
            "word found and left otherwise": {"old": word.old ^ 256, "new": word.new ^ 256},
            "word elsewhere": {"index": UNTOUCHED},
            "word in another region": {"region": word.region % 4 + 1},
        }.items():
            yield name, with_words(*before, replace(word, **change), *after)


def event_list_changes(frame: FrameClaim, number: int) -> Iterator[tuple[str, FrameClaim]]:
    """The list of events with one missing, one twice, or two exchanged."""
    events = frame.events
    event, before, after = events[number], events[:number], events[number + 1 :]
    yield "event missing", replace(frame, events=(*before, *after))
    yield "event twice", replace(frame, events=(*before, event, event, *after))
    later = replace(event, clk=event.clk + 1)
    yield "event again", replace(frame, events=(*before, event, later, *after))
    if after:
        other, *rest = after
        exchanged = (replace(other, clk=event.clk), replace(event, clk=other.clk))
        yield "events exchanged", replace(frame, events=(*before, *exchanged, *rest))
        yield "events out of order", replace(frame, events=(*before, other, event, *rest))


def frame_list_changes(claim: Claim, others: Sequence[FrameClaim]) -> Iterator[tuple[str, Claim]]:
    """The frames swapped, doubled, dropped, or replaced by frames of another claim."""
    frames = claim.frames
    yield "no frames", Claim(())
    for number, frame in enumerate(frames):
        before, after = frames[:number], frames[number + 1 :]
        yield "frame dropped", Claim((*before, *after))
        yield "frame doubled", Claim((*before, frame, frame, *after))
        for other in range(number + 1, len(frames)):
            swapped = list(frames)
            swapped[number], swapped[other] = swapped[other], swapped[number]
            yield "frames swapped", Claim(tuple(swapped))
        for foreign in others:
            yield "frame of another claim", Claim((*before, foreign, *after))
    yield "frame added", Claim((*frames, *others[-1:]))
