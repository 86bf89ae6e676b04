"""The program: its instructions as a lookup table, and the read-only words of its image as memory.

The table is preprocessed, so the key fixes it. Slot i and word i of the image have the same number, though
they need not be the same bytes. Row n holds the slots and words 2 n and 2 n + 1, which share its running sum
and quotient. Every readable word is in memory from time 0, and is taken back unchanged at the time of its
last access.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.program import FamilyCode, ProgramTable
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.bus import MEMORY, PROGRAM
from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.field import P
from solproof.backend.protocol import Columns
from solproof.circuit.table import LookupTable, Queries
from solproof.program.program import Program
from solproof.vm.memory import WORD

PARITIES = ("even", "odd")
SLOTS_PER_ROW = len(PARITIES)

ENTRY = (
    "family",
    "destination",
    "source",
    "immediate_0",
    "immediate_1",
    "immediate_2",
    "immediate_3",
    "offset",
    "flags",
)

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The image and the program table."""
    chip = Chip(
        "image", "Given the key of a program, this chip holds its instructions and its read-only memory."
    )
    row = chip.preprocessed("row", "number of the row")
    region = chip.preprocessed("region", "region of the image")
    for part, parity in enumerate(PARITIES):
        number = SLOTS_PER_ROW * row + part  # both a pc and a word index
        _slot(chip, parity, number)
        _word(chip, parity, region, number)
    return chip


def _slot(chip: Chip, parity: str, pc: Expression) -> None:
    entry = [
        chip.preprocessed(
            f"{parity}_{name}", f"{name} of the {parity} slot's message; all 0 if it cannot be executed"
        )
        for name in ENTRY
    ]
    executions = chip.column(
        f"{parity}_executions", f"how often the instruction at the {parity} slot is fetched"
    )
    chip.provide(PROGRAM, [pc, *entry], executions, f"the instruction at the {parity} slot")


def _word(chip: Chip, parity: str, region: Expression, index: Expression) -> None:
    word = [
        chip.preprocessed(f"{parity}_word_{limb}", f"limb {limb} of the {parity} word") for limb in range(4)
    ]
    tag = chip.preprocessed(f"{parity}_tag", f"how many bytes of the {parity} word exist")
    is_readable = chip.preprocessed(f"{parity}_is_readable", f"1 when the image contains the {parity} word")
    time = chip.column(f"{parity}_time", f"time of the last access of the {parity} word, 0 if there is none")
    message = [region, index, tag, *word]
    chip.send(MEMORY, [*message, 0], is_readable, f"the {parity} word, from the start")
    chip.receive(MEMORY, [*message, time], is_readable, f"the {parity} word, at the end")


CHIP = build()

# WITNESS


def preprocessed(program: Program, table: ProgramTable) -> Columns:
    """The preprocessed columns of a program: [height, 32]. The height is a power of two.

    The last slot is followed by an entry for the holes of a V0 stack (see
    `solproof.circuit.instructions.parts.straddle`).
    """
    words = -(-len(program.image) // WORD)
    slots = len(table.code)
    height = padded_height(-(-max(words, slots + 1) // SLOTS_PER_ROW))
    entries = np.zeros((SLOTS_PER_ROW * height, len(ENTRY)), np.int64)
    entries[:slots, 0], entries[:slots, 1], entries[:slots, 2] = table.code, table.destination, table.source
    entries[:slots, 3:7] = limbs(table.immediate)
    entries[:slots, 7], entries[:slots, 8] = table.offset % P, table.flags
    entries[slots, 0] = FamilyCode.STACK_GAPS if program.version == 0 else 0
    memory = np.zeros((SLOTS_PER_ROW * height, 6), np.int64)
    memory[:words, :4] = limbs(np.frombuffer(program.image.ljust(words * WORD, b"\0"), "<u8"))
    memory[:words, 4] = np.minimum(len(program.image) - WORD * np.arange(words), WORD)
    memory[:words, 5] = 1
    row = np.arange(height)
    region = np.where(SLOTS_PER_ROW * row < words, program.image_address >> 32, 0)
    both = np.concatenate([entries, memory], axis=1).reshape(height, -1)
    return np.concatenate([row[:, None], region[:, None], both], axis=1).astype(np.uint32)


def fill(log: AccessLog, _: Columns, queries: Queries) -> Table:
    """Fill the table of a run: the last access of each word, and how often each slot was fetched."""
    executions = queries[PROGRAM]
    time = np.zeros(len(executions), np.int64)
    image = log.memory.cells.of(log.layout.image_region)
    time[image.index] = image.time
    table = Table(CHIP, len(executions) // SLOTS_PER_ROW)
    for part, parity in enumerate(PARITIES):
        table[f"{parity}_executions"] = executions[part::SLOTS_PER_ROW]
        table[f"{parity}_time"] = time[part::SLOTS_PER_ROW]
    return table


TABLES = (LookupTable(CHIP, SLOTS_PER_ROW, lambda _, __, fields: fields[0], fill, preprocessed=preprocessed),)
