"""Syscalls that are events of the statement, as the run found them.

Given the public list of events, `syscall` proves that the run makes exactly these calls, at these
instructions, with these arguments in r1..r5, and gets these results in r0. `event_word` proves that each
event finds the listed words of memory with their listed values, and leaves them with their listed values.
That the results and words are the right ones is not proven here: the verifier replays every event.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.memory import tag
from solproof.accesses.memory_calls import joined_words, returned_events
from solproof.accesses.program import FamilyCode
from solproof.accesses.public import PublicData
from solproof.accesses.register_log import ARGUMENTS
from solproof.accesses.registers import MEMORY_UNITS_REGISTER
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.chip import Chip
from solproof.air.expression import Word
from solproof.air.gadgets import access_memory, access_register
from solproof.backend.protocol import Columns
from solproof.circuit.instructions.parts.adapter import Step
from solproof.circuit.table import ChipTable, one_table

# COLUMNS AND CONSTRAINTS


def _public_word(chip: Chip, name: str, formula: str) -> Word:
    parts = [chip.public(f"{name}_{limb}", f"limb {limb} of {formula}") for limb in range(4)]
    return parts[0], parts[1], parts[2], parts[3]


def build_syscall() -> Chip:
    """One row per event."""
    chip = Chip(
        "syscall",
        "Given the events of the statement, this chip proves that the run makes these calls with "
        "these arguments and results.",
    )
    chip.public_scope()
    is_real = chip.public("is_real", "1 on a row that holds an event")
    clk = chip.public("clk", "number of the call's instruction")
    key = [chip.public(f"key_{limb}", f"limb {limb} of the hash of the syscall's name") for limb in range(2)]
    arguments = {register: _public_word(chip, f"r{register}", f"r{register}") for register in ARGUMENTS}
    result = _public_word(chip, "result", "r0 afterwards")
    units = chip.public("memory_units", "compute units that memory syscalls proven by chips have cost before")
    pc = chip.column("pc", "slot of the call")
    before = {
        register: chip.column(f"r{register}_before", f"time of the previous access of r{register}")
        for register in ARGUMENTS
    }
    r0 = chip.word("r0", "r0 before the call")
    r0_before = chip.column("r0_before", "time of the previous access of r0")
    units_before = chip.column("memory_units_before", "time of the previous access of memory_units")

    step = Step(chip, is_real, clk, pc)
    step.fetch(FamilyCode.SYSCALL, immediate=[*key, 0, 0])
    step.advance(pc + 1)
    for register, value in arguments.items():
        access_register(
            chip,
            register,
            value,
            value,
            before=before[register],
            now=2 * clk,
            active=is_real,
            name=f"argument r{register}",
        )
    access_register(
        chip, 0, r0, result, before=r0_before, now=2 * clk + 1, active=is_real, name="the result in r0"
    )
    access_register(
        chip,
        MEMORY_UNITS_REGISTER,
        (units, 0, 0, 0),
        (units, 0, 0, 0),
        before=units_before,
        now=2 * clk + 1,
        active=is_real,
        name="memory_units",
    )
    return chip


def build_event_word() -> Chip:
    """One row per word that an event touches."""
    chip = Chip(
        "event_word",
        "Given the words that the events touch, before and after, this chip proves that the run "
        "found and left them with these values.",
    )
    chip.public_scope()
    is_real = chip.public("is_real", "1 on a row that holds a word")
    clk = chip.public("clk", "number of the call's instruction")
    region = chip.public("region", "region of the word")
    index = chip.public("index", "index of the word")
    word_tag = chip.public("tag", "how many bytes of it exist, plus 16 if it is writable")
    old = _public_word(chip, "old", "the word before")
    new = _public_word(chip, "new", "the word after")
    before = chip.column("before", "time of the previous access of the word")
    access_memory(
        chip, (region, index, word_tag), old, new, before=before, now=2 * clk, active=is_real, name="the word"
    )
    return chip


SYSCALL = build_syscall()
EVENT_WORD = build_event_word()

# PUBLIC


def public_syscalls(frames: Sequence[PublicData]) -> Columns:
    """One row per event that returned, in the order of frames and events."""
    events = [
        (frame.invocation, event)
        for frame in frames
        for event in returned_events(frame.events, frame.final.steps)
    ]
    columns = np.zeros((padded_height(len(events)), 30), np.uint32)
    for row, (invocation, event) in zip(columns, events, strict=False):
        words = limbs(np.array([*event.arguments, event.result], np.uint64)).reshape(-1)
        key = event.key & 0xFFFF, event.key >> 16
        row[:] = [invocation, 1, event.clk, *key, *words, event.memory_units]
    return columns


def public_event_words(frames: Sequence[PublicData]) -> Columns:
    """One row per word that an event touches, in the order of frames and events."""
    parts = [_event_words(frame) for frame in frames]
    count = sum(map(len, parts))
    columns = np.zeros((padded_height(count), 14), np.uint32)
    columns[:count] = np.concatenate(parts)
    return columns


def _event_words(frame: PublicData) -> Integers:
    words, counts = joined_words(frame.events), [len(event.words) for event in frame.events]
    columns = np.zeros((len(words), 14), np.int64)
    columns[:, 0], columns[:, 1] = frame.invocation, 1
    columns[:, 2] = np.repeat(np.array([event.clk for event in frame.events], np.int64), counts)
    columns[:, 3], columns[:, 4] = words.regions, words.indices
    columns[:, 5] = tag(frame.layout, words.regions, words.indices)
    columns[:, 6:10], columns[:, 10:] = limbs(words.old), limbs(words.new)
    return columns


# WITNESS


def fill_syscalls(log: AccessLog) -> Table:
    """One row per event that returned."""
    events = log.returned_events
    table = Table(SYSCALL, len(events))
    table["pc"] = log.trace.pc[np.array([event.clk - 1 for event in events], np.int64)]
    accesses = log.registers.events
    for position, register in enumerate(ARGUMENTS):
        table[f"r{register}_before"] = accesses.arguments_before[:, position]
    table.word("r0", accesses.r0)
    table["r0_before"], table["memory_units_before"] = accesses.r0_before, accesses.units_before
    return table


def fill_event_words(log: AccessLog) -> Table:
    """One row per word that an event touches, in the order of the events."""
    table = Table(EVENT_WORD, len(log.memory.event_word_before))
    table["before"] = log.memory.event_word_before
    return table


TABLES = (
    ChipTable(SYSCALL, lambda log: len(log.returned_events), fill_syscalls, one_table, public_syscalls),
    ChipTable(
        EVENT_WORD,
        lambda log: len(log.memory.event_word_before),
        fill_event_words,
        one_table,
        public_event_words,
    ),
)
