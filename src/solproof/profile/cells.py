"""How many cells of a proof each instruction takes, counted in the tables of its witness.

A row costs its columns plus the auxiliary columns of its interactions. The `clk` of a row names the
instruction that it belongs to. A refresh row belongs to the access that needs it. Rows without an instruction
are shared by the run: the image of the program, the lookup table, the words of input, stack and heap, and the
state at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers
from solproof.circuit import boundary
from solproof.circuit.memory import refresh
from solproof.proving.witness import Instance, Witness
from solproof.statement.system import default_system

REFRESHES = (refresh.REGISTER_REFRESH, refresh.MEMORY_REFRESH)


@dataclass(frozen=True, slots=True)
class ChipCells:
    """The cells that one chip takes in a proof.

    rows: the real rows.
    padding: the rows that fill its tables up to powers of two.
    is_shared: whether its rows belong to no instruction.
    """

    name: str
    cells_per_row: int
    rows: int
    padding: int
    is_shared: bool

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


def count_cells(witness: Witness, instructions: int) -> tuple[Integers, tuple[ChipCells, ...]]:
    """The cells of each instruction's rows ([instructions]), and the cells of each chip."""
    costs = cells_per_row()
    by_step = np.zeros(instructions, np.int64)
    chips: dict[str, ChipCells] = {}
    for instance in witness.instances:
        name = instance.chip.name
        clk = _clk(instance)
        if clk is not None:
            by_step += costs[name] * np.bincount(clk - 1, minlength=instructions)
        rows = _real_rows(instance)
        before = chips.get(name, ChipCells(name, costs[name], 0, 0, clk is None))
        chips[name] = ChipCells(
            name,
            costs[name],
            before.rows + rows,
            before.padding + len(instance.main) - rows,
            before.is_shared,
        )
    return by_step, tuple(chips.values())


def _column(instance: Instance, name: str) -> NDArray[np.uint32] | None:
    names = [note.name for note in instance.chip.main]
    return instance.main[:, names.index(name)] if name in names else None


def _real_rows(instance: Instance) -> int:
    """The number of rows that are not padding. A table without a padding flag has only real rows."""
    is_real = _column(instance, "is_real")
    return len(instance.main) if is_real is None else int(np.count_nonzero(is_real))


def _clk(instance: Instance) -> Integers | None:
    """The number of the instruction of each real row, or None if the chip's rows belong to no instruction."""
    is_real = _column(instance, "is_real")
    is_refresh = instance.chip in REFRESHES
    times = _column(instance, "now" if is_refresh else "clk")
    if is_real is None or times is None or instance.chip is boundary.EXECUTION:
        return None
    clk: Integers = times[is_real != 0].astype(np.int64)
    # A refresh is one tick before its access. The access is at 2 clk or 2 clk + 1.
    return (clk + 1) // 2 if is_refresh else clk
