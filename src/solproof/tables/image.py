"""The program: its instructions as a lookup table, and the read-only words of its image as memory.

Preprocessed, so the key fixes it. Row i holds the instruction at slot i and word i of the image, which need
not be the same bytes. Every readable word stands in memory from time 0 and is taken back, unchanged, at the
time of its last access.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import MEMORY, PROGRAM
from solproof.air.chip import Chip
from solproof.air.field import P
from solproof.families.family import Code
from solproof.program.program import Program
from solproof.vm.memory import WORD
from solproof.witness.arrays import Integers
from solproof.witness.memory import Cells
from solproof.witness.program_table import ProgramTable
from solproof.witness.table import Table, limbs, padded_height

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The image and the program table."""
    chip = Chip(
        "image", "Given the key of a program, this chip holds its instructions and its read-only memory."
    )
    row = chip.preprocessed("row", "number of the row: a pc and a word index")
    region = chip.preprocessed("region", "region of the image")
    word = [chip.preprocessed(f"word_{limb}", f"limb {limb} of the word") for limb in range(4)]
    tag = chip.preprocessed("tag", "how many bytes of the word exist")
    is_readable = chip.preprocessed("is_readable", "1 when the image has this word")
    names = (
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
    entry = [
        chip.preprocessed(name, f"{name} of the program message; all 0 for a slot that cannot be executed")
        for name in names
    ]
    executions = chip.column("executions", "how often the instruction is fetched")
    time = chip.column("time", "time of the last access of the word, 0 for none")

    chip.provide(PROGRAM, [row, *entry], executions, "the instruction at this slot")
    chip.send(MEMORY, [region, row, tag, *word, 0], is_readable, "the word, from the start")
    chip.receive(MEMORY, [region, row, tag, *word, time], is_readable, "the word, at the end")
    return chip


CHIP = build()

# WITNESS


def preprocessed(program: Program, table: ProgramTable) -> NDArray[np.uint32]:
    """The preprocessed columns of a program: [height, 17], height a power of two.

    After the last slot comes a row for the holes of a V0 stack: see `solproof.families.straddle`.
    """
    words = -(-len(program.image) // WORD)
    slots = len(table.code)
    height = padded_height(max(words, slots + 1))
    data = np.zeros((height, len(CHIP.preprocessed_columns)), np.int64)
    data[:, 0] = np.arange(height)
    data[:words, 1] = program.image_address >> 32
    image = np.frombuffer(program.image.ljust(words * WORD, b"\0"), "<u8")
    data[:words, 2:6] = limbs(image)
    data[:words, 6] = np.minimum(len(program.image) - WORD * np.arange(words), WORD)
    data[:words, 7] = 1
    data[:slots, 8], data[:slots, 9], data[:slots, 10] = table.code, table.destination, table.source
    data[:slots, 11:15] = limbs(table.immediate)
    data[:slots, 15], data[:slots, 16] = table.offset % P, table.flags
    data[slots, 8] = Code.STACK_GAPS if program.version == 0 else 0
    return data.astype(np.uint32)


def fill(height: int, region: int, cells: Cells, executions: Integers) -> Table:
    """The table of a run: when its words were last read, and how often each slot was fetched."""
    table = Table(CHIP, height)
    table["executions"] = executions[:height]
    time = np.zeros(height, np.int64)
    image = cells.of(region)
    time[image.index] = image.time
    table["time"] = time
    return table
