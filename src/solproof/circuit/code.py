"""The code: the instructions at the slots that invocations execute, as a lookup table.

The claim lists the slots, and the verifier says what its own program holds there. So a slot that is listed in
vain is harmless, and an instruction at a slot that is not listed cannot be fetched. The padding of the table
belongs to invocation 0, and no invocation has this number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.accesses.public import PublicData
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.bus import PROGRAM, Bus
from solproof.air.chip import Chip
from solproof.air.field import P
from solproof.backend.protocol import Columns
from solproof.circuit.table import LookupTable, Queries

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
PC_BITS = 32

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The instructions that invocations execute."""
    chip = Chip("code", "Given the programs, this chip states which instruction is at each listed slot.")
    chip.public_scope()
    pc = chip.public("pc", "number of the slot")
    entry = [chip.public(name, f"{name} of the slot's message") for name in ENTRY]
    executions = chip.column("executions", "how often the instruction is fetched")
    chip.provide(PROGRAM, [pc, *entry], executions, "the instruction at the slot")
    return chip


CHIP = build()

# PUBLIC


def columns(frames: Sequence[PublicData]) -> Columns:
    """The listed slots of each invocation, in rising order.

    For a V0 program the slot after the last holds the entry that states that the stack has holes (see
    `solproof.circuit.instructions.parts.straddle`).
    """
    parts = [_entries(frame) for frame in frames]
    count = sum(map(len, parts))
    rows = np.zeros((padded_height(count), 2 + len(ENTRY)), np.uint32)
    rows[:count] = np.concatenate(parts) if parts else 0
    return rows


def _entries(frame: PublicData) -> Integers:
    slots, table = frame.slots, frame.program
    rows = np.zeros((len(slots) + frame.layout.stack_gaps, 2 + len(ENTRY)), np.int64)
    rows[:, 0] = frame.invocation
    listed = rows[: len(slots)]
    listed[:, 1] = slots
    listed[:, 2], listed[:, 3], listed[:, 4] = (
        table.code[slots],
        table.destination[slots],
        table.source[slots],
    )
    listed[:, 5:9] = limbs(table.immediate[slots])
    listed[:, 9], listed[:, 10] = table.offset[slots] % P, table.flags[slots]
    if frame.layout.stack_gaps:
        rows[-1, 1:3] = len(table.code), FamilyCode.STACK_GAPS
    return rows


# WITNESS


def entry_of(columns: Columns, _: Bus, fields: Sequence[Integers]) -> Integers:
    """The rows that hold the given slots. A slot that is not listed gets another row."""
    keys = _key(columns[:, 0], columns[:, 1])
    # Padding comes last but has the smallest keys.
    count = int(np.count_nonzero(columns[:, 0]))
    found = np.searchsorted(keys[:count], _key(fields[0], fields[1]))
    entries: Integers = np.minimum(found, len(columns) - 1)
    return entries


def _key(invocation: Integers | Columns, pc: Integers | Columns) -> Integers:
    return invocation.astype(np.int64) << PC_BITS | pc.astype(np.int64)


def fill(columns: Columns, queries: Queries) -> Table:
    """How often each slot was fetched."""
    table = Table(CHIP, len(columns))
    table["executions"] = queries[PROGRAM]
    return table


TABLES = (LookupTable(CHIP, 1, entry_of, fill, public=columns),)
