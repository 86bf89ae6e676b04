"""Refreshes: if an access comes more than 2^16 after the previous one, a refresh row lies between them.

Given a cell as it was last accessed, a row puts it back unchanged at a later time. Its lookups prove that
`now` and the time between are below 2^24 + 2^16, so no chain of refreshes can wrap around p.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.calls import DEPTH_SHIFT
from solproof.accesses.memory import INDEX_BITS, tag
from solproof.accesses.registers import Refreshes
from solproof.accesses.table import Table, limbs
from solproof.air.bus import MEMORY, REGISTER, Bus
from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.gadgets import range16
from solproof.circuit.table import ChipTable
from solproof.vm.limits import REGISTERS

# COLUMNS AND CONSTRAINTS


def _build(name: str, bus: Bus, cell_columns: Sequence[tuple[str, str]]) -> Chip:
    chip = Chip(
        name,
        f"Given a cell of the {bus.name} bus, this chip proves that it stays unchanged until a later time.",
    )
    chip.scope()
    is_real = chip.flag("is_real", "1 on a row that refreshes a cell")
    cell = [chip.column(column, formula) for column, formula in cell_columns]
    value = chip.word("value", "the value of the cell")
    before = chip.column("before", "time of the previous access")
    now = chip.column("now", "time of the refresh")
    low_gap = chip.column("gap_low", "low 8 bits of now - before - 1")
    low_now = chip.column("now_low", "low 8 bits of now")
    chip.receive(bus, [*cell, *value, before], is_real, "the cell as last accessed")
    chip.send(bus, [*cell, *value, now], is_real, "the cell, refreshed")
    _below(chip, now - before - 1, low_gap, is_real, "the time between")
    _below(chip, now, low_now, is_real, "now")
    return chip


def _below(chip: Chip, value: Expression, low: Expression, is_real: Expression, name: str) -> None:
    # value = low + 2^8 high with both below 2^16: an integer from 0 to 2^24 + 2^16.
    range16(chip, low, is_real, f"low part of {name}")
    range16(chip, (value - low) / 2**8, is_real, f"high part of {name}")


REGISTER_REFRESH = _build("register_refresh", REGISTER, [("index", "number of the register")])
MEMORY_REFRESH = _build(
    "memory_refresh",
    MEMORY,
    [("region", "region of the word"), ("index", "index of the word"), ("tag", "tag of the word")],
)

# WITNESS


def _fill(table: Table, refreshes: Refreshes) -> None:
    table["is_real"], table["before"], table["now"] = 1, refreshes.before, refreshes.now
    table["gap_low"] = refreshes.now - refreshes.before - 1 & 0xFF
    table["now_low"] = refreshes.now & 0xFF


def fill_registers(log: AccessLog) -> Table:
    """One row per refresh of a register."""
    refreshes = log.registers.accesses.refreshes
    table = Table(REGISTER_REFRESH, len(refreshes.now))
    _fill(table, refreshes)
    table["index"] = refreshes.index
    parts: Integers = limbs(refreshes.value)
    value = refreshes.value.astype(np.int64)
    pseudo = np.stack([value % 2**DEPTH_SHIFT, value >> DEPTH_SHIFT, 0 * value, 0 * value], axis=1)
    parts = np.where((refreshes.index >= REGISTERS)[:, None], pseudo, parts)
    for limb in range(4):
        table[f"value_{limb}"] = parts[:, limb]
    return table


def fill_memory(log: AccessLog) -> Table:
    """One row per refresh of a word."""
    refreshes = log.memory.refreshes
    table = Table(MEMORY_REFRESH, len(refreshes.now))
    _fill(table, refreshes)
    region, index = refreshes.index >> INDEX_BITS, refreshes.index & (2**INDEX_BITS - 1)
    table["region"], table["index"], table["tag"] = region, index, tag(log.layout, region, index)
    table.word("value", refreshes.value)
    return table


TABLES = (
    ChipTable(REGISTER_REFRESH, lambda log: len(log.registers.accesses.refreshes.now), fill_registers),
    ChipTable(MEMORY_REFRESH, lambda log: len(log.memory.refreshes.now), fill_memory),
)
