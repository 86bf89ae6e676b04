"""The parts of the memory map that constraints depend on: the size of the heap, and the holes of the stack.

The verifier knows the table. A row of padding provides nothing. Otherwise a prover could take a heap without
words and a stack without holes from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.public import PublicData
from solproof.accesses.table import MINIMUM_HEIGHT, Table
from solproof.air.bus import LAYOUT, Bus
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import LookupTable, Queries
from solproof.vm.memory import WORD

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The memory map."""
    chip = Chip(
        "layout",
        "Given the memory map, this chip states the size of the heap, and whether the stack has holes.",
    )
    is_real = chip.public("is_real", "1 on the first row, which holds the memory map")
    heap_words = chip.public("heap_words", "size of the heap in words")
    stack_gaps = chip.public("stack_gaps", "1 when the stack has a hole after each frame (V0), else 0")
    count = chip.column("count", "how often the memory map is looked up")
    chip.assert_zero(count * (1 - is_real), "padding provides nothing")
    chip.provide(LAYOUT, [heap_words, stack_gaps], count, "the memory map")
    return chip


CHIP = build()

# PUBLIC


def public(data: PublicData) -> Columns:
    """One real row: the size of the heap in words, and whether the stack has holes."""
    columns = np.zeros((MINIMUM_HEIGHT, 3), np.uint32)
    columns[0] = [1, data.layout.heap_size // WORD, data.layout.stack_gaps]
    return columns


# WITNESS


def entry_of(_: Columns, __: Bus, fields: Sequence[Integers]) -> Integers:
    """Every message is that of the first row."""
    return np.zeros(len(fields[0]), np.int64)


def fill(_: AccessLog, columns: Columns, queries: Queries) -> Table:
    """How often each row is looked up."""
    table = Table(CHIP, len(columns))
    table["count"] = queries[LAYOUT]
    return table


TABLES = (LookupTable(CHIP, 1, entry_of, fill, public=public),)
