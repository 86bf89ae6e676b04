"""Where a run starts and ends, and what its registers hold there.

`execution` puts the entry on the state bus and takes the last instruction from it. `registers` puts the
initial registers on the register bus and takes the final ones. All of that is the statement's: the circuit
proves how the machine came to its last instruction, and the verifier executes that one itself, so an exit and
any fault are told apart by the machine's own code (`solproof.statement.ending`).
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.public import PublicData
from solproof.accesses.registers import CIRCUIT_REGISTERS, FRAME_REGISTER, MEMORY_UNITS_REGISTER
from solproof.accesses.table import MINIMUM_HEIGHT, Table, limbs
from solproof.air.bus import REGISTER, STATE
from solproof.air.chip import Chip
from solproof.circuit.table import ChipTable, PublicTable, one_table
from solproof.vm.limits import REGISTERS

# COLUMNS AND CONSTRAINTS


def build_execution() -> Chip:
    """The first and the last instruction."""
    chip = Chip(
        "execution",
        "Given an entry and a last instruction, this chip proves that the run starts at the one and "
        "comes to the other.",
    )
    is_real = chip.public("is_real", "1 on the first row, which is the run")
    entry = chip.public("entry", "slot of the first instruction")
    clk = chip.public("clk", "number of the last instruction")
    pc = chip.public("pc", "slot of the last instruction")
    chip.send(STATE, [1, entry], is_real, "the entry is reached first")
    chip.receive(STATE, [clk, pc], is_real, "the last instruction is reached")
    return chip


def build_registers() -> Chip:
    """Registers before and after."""
    chip = Chip(
        "registers",
        "Given the initial and the final registers, this chip proves that the run turns the ones into "
        "the others.",
    )
    is_real = chip.public("is_real", "1 on a row that is a register")
    index = chip.public("index", "number of the register")
    first = [chip.public(f"first_{limb}", f"limb {limb} of its initial value") for limb in range(4)]
    last = [chip.public(f"last_{limb}", f"limb {limb} of its final value") for limb in range(4)]
    time = chip.column("time", "time of its last access, 0 for none")
    chip.send(REGISTER, [index, *first, 0], is_real, "the register, from the start")
    chip.receive(REGISTER, [index, *last, time], is_real, "the register, at the end")
    return chip


EXECUTION = build_execution()
REGISTER_BOUNDARY = build_registers()

# PUBLIC


def public_execution(data: PublicData) -> PublicTable:
    """The entry and the last instruction."""
    columns = np.zeros((MINIMUM_HEIGHT, 4), np.uint32)
    columns[0] = [1, data.entry, data.final.clk, data.final.pc]
    return PublicTable(EXECUTION, columns)


def public_registers(data: PublicData) -> PublicTable:
    """r0..r10 and the pseudo-registers, before and after."""
    columns = np.zeros((MINIMUM_HEIGHT, 10), np.uint32)
    columns[:CIRCUIT_REGISTERS, 0] = 1
    columns[:CIRCUIT_REGISTERS, 1] = np.arange(CIRCUIT_REGISTERS)
    columns[:REGISTERS, 2:6] = limbs(np.array(data.registers, np.uint64))
    columns[:REGISTERS, 6:] = limbs(np.array(data.final.registers, np.uint64))
    columns[FRAME_REGISTER, 6:8] = [data.final.open_call, data.final.depth]
    columns[MEMORY_UNITS_REGISTER, 6] = data.memory_units
    return PublicTable(REGISTER_BOUNDARY, columns)


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
