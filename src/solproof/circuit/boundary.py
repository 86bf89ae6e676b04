"""The start and the end of each frame, and its registers at both.

`execution` sends the entry to the state bus and receives the last instruction from it. `registers` sends the
initial registers to the register bus and receives the final ones. All of these values belong to the
statement. The circuit proves how the machine came to its last instruction. The verifier executes that
instruction itself, so the machine's own code tells an exit from any fault (`solproof.statement.ending`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.public import PublicData
from solproof.accesses.registers import CIRCUIT_REGISTERS, FRAME_REGISTER, MEMORY_UNITS_REGISTER
from solproof.accesses.table import Table, limbs, padded_height
from solproof.air.bus import REGISTER, STATE
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import ChipTable, one_table
from solproof.vm.limits import REGISTERS

# COLUMNS AND CONSTRAINTS


def build_execution() -> Chip:
    """The first and the last instruction of each frame."""
    chip = Chip(
        "execution",
        "Given an entry and a last instruction, this chip proves that the run starts at the entry and "
        "reaches the last instruction.",
    )
    chip.public_scope()
    is_real = chip.public("is_real", "1 on a row that holds a frame")
    entry = chip.public("entry", "slot of the first instruction")
    clk = chip.public("clk", "number of the last instruction")
    pc = chip.public("pc", "slot of the last instruction")
    chip.send(STATE, [1, entry], is_real, "the entry is reached first")
    chip.receive(STATE, [clk, pc], is_real, "the last instruction is reached")
    return chip


def build_registers() -> Chip:
    """Registers before and after each frame."""
    chip = Chip(
        "registers",
        "Given the initial and the final registers, this chip proves that the run turns the initial "
        "values into the final ones.",
    )
    chip.public_scope()
    is_real = chip.public("is_real", "1 on a row that holds a register")
    index = chip.public("index", "number of the register")
    first = [chip.public(f"first_{limb}", f"limb {limb} of its initial value") for limb in range(4)]
    last = [chip.public(f"last_{limb}", f"limb {limb} of its final value") for limb in range(4)]
    time = chip.column("time", "time of its last access, 0 if there is none")
    chip.send(REGISTER, [index, *first, 0], is_real, "the register, from the start")
    chip.receive(REGISTER, [index, *last, time], is_real, "the register, at the end")
    return chip


EXECUTION = build_execution()
REGISTER_BOUNDARY = build_registers()

# PUBLIC


def public_execution(frames: Sequence[PublicData]) -> Columns:
    """The entry and the last instruction of each frame."""
    columns = np.zeros((padded_height(len(frames)), 5), np.uint32)
    for row, frame in zip(columns, frames, strict=False):
        row[:] = [frame.invocation, 1, frame.entry, frame.final.clk, frame.final.pc]
    return columns


def public_registers(frames: Sequence[PublicData]) -> Columns:
    """r0..r10 and the pseudo-registers of each frame, before and after the run."""
    columns = np.zeros((padded_height(CIRCUIT_REGISTERS * len(frames)), 11), np.uint32)
    for position, frame in enumerate(frames):
        rows = columns[CIRCUIT_REGISTERS * position : CIRCUIT_REGISTERS * (position + 1)]
        rows[:, 0], rows[:, 1] = frame.invocation, 1
        rows[:, 2] = np.arange(CIRCUIT_REGISTERS)
        rows[:REGISTERS, 3:7] = limbs(np.array(frame.registers, np.uint64))
        rows[:REGISTERS, 7:] = limbs(np.array(frame.final.registers, np.uint64))
        rows[FRAME_REGISTER, 7:9] = [frame.final.open_call, frame.final.depth]
        rows[MEMORY_UNITS_REGISTER, 7] = frame.memory_units
    return columns


# WITNESS


def fill_execution(_: AccessLog) -> Table:
    """The one real row, whose columns are all public."""
    return Table(EXECUTION, 1)


def fill_registers(log: AccessLog) -> Table:
    """One row per register."""
    table = Table(REGISTER_BOUNDARY, CIRCUIT_REGISTERS)
    table["time"] = log.registers.accesses.final_time
    return table


TABLES = (
    ChipTable(EXECUTION, lambda _: 1, fill_execution, one_table, public_execution),
    ChipTable(REGISTER_BOUNDARY, lambda _: CIRCUIT_REGISTERS, fill_registers, one_table, public_registers),
)
