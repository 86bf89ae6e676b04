"""The parts of each invocation's memory map that constraints depend on: the size of the heap, and the holes.

The table is public. Its padding belongs to invocation 0. No invocation has this number, so no instruction
runs in it, and its words of memory are of no use to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.public import PublicData
from solproof.accesses.table import Table, padded_height
from solproof.air.bus import LAYOUT, Bus
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import LookupTable, Queries
from solproof.vm.memory import WORD

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The layouts of the invocations."""
    chip = Chip(
        "layout", "Given the invocations, this chip states the size of each heap, and where holes are."
    )
    chip.public_scope()
    heap_words = chip.public("heap_words", "size of the heap in words")
    stack_gaps = chip.public("stack_gaps", "1 when the stack has a hole after each frame (V0), else 0")
    count = chip.column("count", "how many words of stack and heap the invocation touches")
    chip.provide(LAYOUT, [heap_words, stack_gaps], count, "the layout of the invocation")
    return chip


CHIP = build()

# PUBLIC


def columns(frames: Sequence[PublicData]) -> Columns:
    """One row per invocation."""
    layouts = [
        (frame.invocation, frame.layout.heap_size // WORD, frame.layout.stack_gaps) for frame in frames
    ]
    rows = np.zeros((padded_height(len(layouts)), 3), np.uint32)
    rows[: len(layouts)] = layouts
    return rows


# WITNESS


def entry_of(_: Columns, __: Bus, fields: Sequence[Integers]) -> Integers:
    """Invocations are numbered from 1, in order."""
    return fields[0] - 1


def fill(columns: Columns, queries: Queries) -> Table:
    """How often each row is looked up."""
    table = Table(CHIP, len(columns))
    table["count"] = queries[LAYOUT]
    return table


TABLES = (LookupTable(CHIP, 1, entry_of, fill, public=columns),)
