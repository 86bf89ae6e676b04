"""How many cells of a proof each instruction takes, counted in the tables of its witness.

A row costs its columns plus the auxiliary columns of its interactions. The columns `invocation` and `clk` of
a row name the frame and the instruction that it belongs to. A refresh row belongs to the access that needs
it. Other rows belong to a frame as a whole: its slots of code, its touched words of image, input, stack and
heap, and its state at both ends. The rows of the lookup table belong to no frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

import numpy as np

from solproof.accesses.arrays import Flags, Integers
from solproof.air.bus import INVOCATION
from solproof.air.chip import Chip
from solproof.circuit import boundary
from solproof.circuit.memory import refresh
from solproof.proving.witness import Instance, Witness
from solproof.statement.system import default_system

REFRESHES = (refresh.REGISTER_REFRESH, refresh.MEMORY_REFRESH)


class Owner(Enum):
    """What the rows of a chip belong to."""

    INSTRUCTION = "instruction"
    FRAME = "frame"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class ChipCells:
    """The cells that one chip takes in a proof.

    rows: the real rows.
    padding: the rows that fill its tables up to powers of two.
    owner: what each real row belongs to.
    """

    name: str
    cells_per_row: int
    rows: int
    padding: int
    owner: Owner

    @property
    def cells(self) -> int:
        """The cells of the real rows."""
        return self.rows * self.cells_per_row

    @property
    def padding_cells(self) -> int:
        """The cells of the padding rows."""
        return self.padding * self.cells_per_row


def cells_per_row() -> dict[str, int]:
    """Committed field elements in a row of each chip: main and auxiliary columns."""
    system = default_system()
    widths = zip(system.circuit.chips, system.widths(), strict=True)
    return {chip.name: width.main + width.auxiliary for chip, width in widths}


def count_cells(
    witness: Witness, instructions: Sequence[int]
) -> tuple[list[Integers], tuple[ChipCells, ...]]:
    """Count the cells of a witness.

    instructions: how many instructions each frame executed.
    Returns the cells of each instruction's rows, as one array [n] for each frame of n instructions, and the
    cells of each chip.
    """
    costs = cells_per_row()
    starts = np.concatenate([[0], np.cumsum(instructions)]).astype(np.int64)
    by_step = np.zeros(starts[-1], np.int64)
    chips: dict[str, ChipCells] = {}
    for instance in witness.instances:
        chip, is_real = instance.chip, _is_real(instance)
        owner, cost, rows = owner_of(chip), costs[chip.name], int(np.count_nonzero(is_real))
        if owner is Owner.INSTRUCTION:
            step = starts[_column(instance, INVOCATION)[is_real] - 1] + _clk(instance)[is_real] - 1
            by_step += cost * np.bincount(step, minlength=len(by_step))
        before = chips.get(chip.name, ChipCells(chip.name, cost, 0, 0, owner))
        chips[chip.name] = replace(
            before, rows=before.rows + rows, padding=before.padding + len(is_real) - rows
        )
    return [by_step[start:end] for start, end in pairwise(starts)], tuple(chips.values())


def owner_of(chip: Chip) -> Owner:
    """What the rows of a chip belong to."""
    if chip.invocation is None:
        return Owner.PROOF
    if chip in REFRESHES or ("clk" in _names(chip) and chip is not boundary.EXECUTION):
        return Owner.INSTRUCTION
    return Owner.FRAME


def _names(chip: Chip) -> list[str]:
    return [note.name for note in chip.main]


def _column(instance: Instance, name: str) -> Integers:
    return instance.main[:, instance.chip.index(name)].astype(np.int64)


def _is_real(instance: Instance) -> Flags:
    """Which rows are not padding. Padding without a flag of its own belongs to invocation 0."""
    if instance.chip.invocation is None:
        return np.ones(len(instance.main), np.bool_)
    name = "is_real" if "is_real" in _names(instance.chip) else INVOCATION
    is_real: Flags = _column(instance, name) != 0
    return is_real


def _clk(instance: Instance) -> Integers:
    """The number of the instruction that each row belongs to."""
    if instance.chip in REFRESHES:
        # A refresh is one tick before its access. The access is at 2 clk or 2 clk + 1.
        return (_column(instance, "now") + 1) // 2
    return _column(instance, "clk")
