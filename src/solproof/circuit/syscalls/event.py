"""Syscalls: the events of the statement, as the run found them.

Given the public list of events, `syscall` proves that the run makes exactly these calls, at these
instructions, with these arguments in r1..r5, and gets these results in r0; `event_word` that each event finds
the listed words of memory as they are listed, and leaves them so. That the results and words are the right
ones is not proven here: the verifier replays every event.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.access_log import ARGUMENTS, AccessLog
from solproof.accesses.memory import tag
from solproof.accesses.program import FamilyCode
from solproof.accesses.registers import MEMORY_UNITS_REGISTER
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.expression import Word
from solproof.air.gadgets import access_memory, access_register
from solproof.circuit.instructions.parts.adapter import Step
from solproof.vm.memory import Layout
from solproof.vm.trace import SyscallEvent

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
    is_real = chip.public("is_real", "1 on a row that is an event")
    clk = chip.public("clk", "number of the call's instruction")
    key = [chip.public(f"key_{limb}", f"limb {limb} of the hash of the syscall's name") for limb in range(2)]
    arguments = {register: _public_word(chip, f"r{register}", f"r{register}") for register in ARGUMENTS}
    result = _public_word(chip, "result", "r0 afterwards")
    units = chip.public("memory_units", "what the memory syscalls that chips prove have cost before")
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
        "found and left them so.",
    )
    is_real = chip.public("is_real", "1 on a row that is a word")
    clk = chip.public("clk", "number of the call's instruction")
    region = chip.public("region", "region of the word")
    index = chip.public("index", "index of the word")
    word_tag = chip.public("tag", "how many bytes of it exist, plus 16 when it is writable")
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


def public_syscalls(events: Sequence[SyscallEvent], height: int) -> NDArray[np.uint32]:
    """The statement's columns of `syscall`."""
    data = np.zeros((height, 29), np.uint32)
    for row, event in enumerate(events):
        words = limbs(np.array([*event.arguments, event.result], np.uint64)).reshape(-1)
        data[row] = [1, event.clk, event.key & 0xFFFF, event.key >> 16, *words, event.memory_units]
    return data


def public_event_words(events: Sequence[SyscallEvent], layout: Layout, height: int) -> NDArray[np.uint32]:
    """The statement's columns of `event_word`."""
    data = np.zeros((height, 13), np.uint32)
    rows = [(event.clk, word) for event in events for word in event.words]
    if not rows:
        return data
    region = np.array([word.region for _, word in rows])
    index = np.array([word.index for _, word in rows])
    count = len(rows)
    data[:count, 0], data[:count, 1] = 1, [clk for clk, _ in rows]
    data[:count, 2], data[:count, 3], data[:count, 4] = region, index, tag(layout, region, index)
    data[:count, 5:9] = limbs(np.array([word.old for _, word in rows], np.uint64))
    data[:count, 9:13] = limbs(np.array([word.new for _, word in rows], np.uint64))
    return data


# WITNESS


def fill_syscalls(log: AccessLog, public: NDArray[np.uint32]) -> Table:
    """One row per event."""
    table = Table(SYSCALL, len(public))
    table.data[:, : public.shape[1]] = public
    first = public.shape[1]
    for row, event in enumerate(log.returned_events()):
        *arguments, r0_before, units_before = log.event_before[row]
        pc = log.trace.pc[event.clk - 1]
        r0 = limbs(log.event_r0[row : row + 1])[0]
        table.data[row, first:] = [pc, *arguments, *r0, r0_before, units_before]
    return table


def fill_event_words(log: AccessLog, public: NDArray[np.uint32]) -> Table:
    """One row per word, in the order of the events."""
    table = Table(EVENT_WORD, len(public))
    table.data[:, : public.shape[1]] = public
    before = np.zeros(len(public), np.int64)
    before[: len(log.event_word_before)] = log.event_word_before
    table["before"] = before
    return table
