"""How many cells of a proof each instruction takes, counted in the tables of its witness.

A row costs its columns and the auxiliary columns of its interactions. A row that is about one instruction
names it by its `clk`; refresh rows stand before the access that needs them. What has no instruction of its
own (the image of the program, the lookup table, words of input, stack and heap, the state at both
ends) is shared by the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.arrays import Integers
from solproof.backend.system import default_system
from solproof.circuit import boundary
from solproof.circuit.memory import refresh
from solproof.proving.witness import Instance, Witness

REFRESHES = (refresh.REGISTER_REFRESH, refresh.MEMORY_REFRESH)


@dataclass(frozen=True, slots=True)
class ChipCells:
    """What one chip takes of a proof: `rows` are real, `padding` rows fill its tables up to powers of two.

    is_shared: its rows belong to no instruction.
    """

    name: str
    cells_per_row: int
    rows: int
    padding: int
    is_shared: bool

    @property
    def cells(self) -> int:
        """Of the real rows."""
        return self.rows * self.cells_per_row

    @property
    def padding_cells(self) -> int:
        """Of the padding."""
        return self.padding * self.cells_per_row


def cells_per_row() -> dict[str, int]:
    """Committed field elements of a row by chip: main and auxiliary columns."""
    system = default_system()
    widths = zip(system.circuit.chips, system.widths(), strict=True)
    return {chip.name: width.main + width.auxiliary for chip, width in widths}


def count_cells(witness: Witness, instructions: int) -> tuple[Integers, tuple[ChipCells, ...]]:
    """The cells of the rows of each instruction: [instructions], and what each chip takes."""
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
    """Rows that are not padding; every row of a table without a flag for it."""
    is_real = _column(instance, "is_real")
    return len(instance.main) if is_real is None else int(np.count_nonzero(is_real))


def _clk(instance: Instance) -> Integers | None:
    """The number of the instruction of each real row, None for a chip whose rows have none."""
    is_real = _column(instance, "is_real")
    is_refresh = instance.chip in REFRESHES
    times = _column(instance, "now" if is_refresh else "clk")
    if is_real is None or times is None or instance.chip is boundary.EXECUTION:
        return None
    clk: Integers = times[is_real != 0].astype(np.int64)
    # A refresh is one tick before its access, which is at 2 clk or 2 clk + 1.
    return (clk + 1) // 2 if is_refresh else clk
