"""Where a run starts and ends, and what its registers hold there.

`execution` puts the entry on the state bus and takes the last instruction from it. `registers` puts the
initial registers on the register bus and takes the final ones. All of that is the statement's: the circuit
proves how the machine came to its last instruction, and the verifier executes that one itself, so an exit and
any fault are told apart by the machine's own code (`solproof.statement.ending`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.access_log import AccessLog
from solproof.accesses.registers import CIRCUIT_REGISTERS, FRAME_REGISTER, MEMORY_UNITS_REGISTER
from solproof.accesses.table import Table, limbs
from solproof.air.bus import REGISTER, STATE
from solproof.air.chip import Chip
from solproof.vm.limits import REGISTERS
from solproof.vm.trace import FinalState

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


def public_execution(entry: int, final: FinalState, height: int) -> NDArray[np.uint32]:
    """The statement's columns of `execution`."""
    data = np.zeros((height, 4), np.uint32)
    data[0] = [1, entry, final.clk, final.pc]
    return data


def public_registers(
    initial: Sequence[int], final: FinalState, memory_units: int, height: int
) -> NDArray[np.uint32]:
    """The statement's columns of `registers`: r0..r10 and the pseudo-registers."""
    data = np.zeros((height, 10), np.uint32)
    data[:CIRCUIT_REGISTERS, 0] = 1
    data[:CIRCUIT_REGISTERS, 1] = np.arange(CIRCUIT_REGISTERS)
    data[:REGISTERS, 2:6] = limbs(np.array(initial, np.uint64))
    data[:REGISTERS, 6:] = limbs(np.array(final.registers, np.uint64))
    data[FRAME_REGISTER, 6:8] = [final.open_call, final.depth]
    data[MEMORY_UNITS_REGISTER, 6] = memory_units
    return data


# WITNESS


def fill_execution(public: NDArray[np.uint32]) -> Table:
    """The one real row."""
    table = Table(EXECUTION, len(public))
    table.data[:] = public
    return table


def fill_registers(log: AccessLog, public: NDArray[np.uint32]) -> Table:
    """One row per register."""
    table = Table(REGISTER_BOUNDARY, len(public))
    table.data[:, : public.shape[1]] = public
    time = np.zeros(len(public), np.int64)
    time[:CIRCUIT_REGISTERS] = log.registers.final_time
    table["time"] = time
    return table
