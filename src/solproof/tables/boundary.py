"""Where a run starts and ends, and what its registers hold there.

`execution` puts the entry on the state bus and takes the exit of the program from it: the last instruction,
with r0 and no call open, is the statement's. `registers` puts the initial registers on the register bus and
takes their last values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import PROGRAM, REGISTER, STATE
from solproof.air.chip import Chip
from solproof.air.gadgets import access_register
from solproof.families.family import Code
from solproof.vm.limits import FRAME_REGISTER, REGISTERS, initial_registers
from solproof.witness.execution import DEPTH_SHIFT, Execution
from solproof.witness.table import Table, limbs

# COLUMNS AND CONSTRAINTS


def build_execution() -> Chip:
    """The first and the last instruction."""
    chip = Chip(
        "execution",
        "Given an entry, a count of instructions and r0, this chip proves that the run starts at "
        "the entry and ends after that count with that r0.",
    )
    is_real = chip.public("is_real", "1 on the first row, which is the run")
    entry = chip.public("entry", "slot of the first instruction")
    clk = chip.public("clk", "number of the last instruction: how many were executed")
    r0 = [chip.public(f"r0_{limb}", f"limb {limb} of r0 at the end") for limb in range(4)]
    pc = chip.column("pc", "slot of the last instruction")
    r0_before = chip.column("r0_before", "time of the previous access of r0")
    frame_before = chip.column("frame_before", "time of the previous access of the frame register")

    chip.send(STATE, [1, entry], is_real, "the entry is reached first")
    chip.receive(STATE, [clk, pc], is_real, "the last instruction is reached")
    chip.query(PROGRAM, [pc, Code.EXIT, 0, 0, 0, 0, 0, 0, 0, 0], is_real, "the last instruction is an exit")
    now = 2 * clk + 1
    access_register(chip, 0, r0, r0, before=r0_before, now=now, active=is_real, name="r0 at the end")
    none_open = (0, 0, 0, 0)
    access_register(
        chip,
        FRAME_REGISTER,
        none_open,
        none_open,
        before=frame_before,
        now=now,
        active=is_real,
        name="no call is open at the end",
    )
    return chip


def build_registers() -> Chip:
    """Registers before and after."""
    chip = Chip(
        "registers",
        "Given the initial registers, this chip holds them at the start and whatever they are at the end.",
    )
    is_real = chip.public("is_real", "1 on a row that is a register")
    index = chip.public("index", "number of the register")
    first = [chip.public(f"first_{limb}", f"limb {limb} of its initial value") for limb in range(4)]
    last = chip.word("last", "its last value")
    time = chip.column("time", "time of its last access, 0 for none")
    chip.send(REGISTER, [index, *first, 0], is_real, "the register, from the start")
    chip.receive(REGISTER, [index, *last, time], is_real, "the register, at the end")
    return chip


EXECUTION = build_execution()
REGISTER_BOUNDARY = build_registers()

# PUBLIC


def public_execution(entry: int, instructions: int, r0: int, height: int) -> NDArray[np.uint32]:
    """The statement's columns of `execution`."""
    data = np.zeros((height, 7), np.uint32)
    data[0] = [1, entry, instructions, *limbs(np.array([r0], np.uint64))[0]]
    return data


def public_registers(instruction_data_address: int, height: int) -> NDArray[np.uint32]:
    """The statement's columns of `registers`: r0..r10 and the frame register."""
    data = np.zeros((height, 6), np.uint32)
    data[: REGISTERS + 1, 0] = 1
    data[: REGISTERS + 1, 1] = np.arange(REGISTERS + 1)
    data[:REGISTERS, 2:] = limbs(np.array(initial_registers(instruction_data_address), np.uint64))
    return data


# WITNESS


def fill_execution(execution: Execution, public: NDArray[np.uint32]) -> Table:
    """The one real row."""
    table = Table(EXECUTION, len(public))
    table.data[:, : public.shape[1]] = public
    is_real = public[:, 0].astype(np.int64)
    table["pc"] = is_real * execution.run.pc
    table["r0_before"], table["frame_before"] = (
        is_real * execution.halt_before[0],
        is_real * execution.halt_before[1],
    )
    return table


def fill_registers(execution: Execution, public: NDArray[np.uint32]) -> Table:
    """One row per register."""
    table = Table(REGISTER_BOUNDARY, len(public))
    table.data[:, : public.shape[1]] = public
    final = execution.registers
    rows = REGISTERS + 1
    last = np.zeros((len(public), 4), np.int64)
    last[:rows] = limbs(final.final_value)
    frame = int(final.final_value[FRAME_REGISTER])
    last[FRAME_REGISTER] = [frame % 2**DEPTH_SHIFT, frame >> DEPTH_SHIFT, 0, 0]
    time = np.zeros(len(public), np.int64)
    time[:rows] = final.final_time
    for limb in range(4):
        table[f"last_{limb}"] = last[:, limb]
    table["time"] = time
    return table
