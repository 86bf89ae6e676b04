"""The two kinds of chips that are not instructions, and their entries in the registry.

A `ChipTable` computes how many rows a run needs, fills the rows, and cuts them into tables. A `LookupTable`
is fixed by the program. It is filled last, because it counts the queries of all other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.program import ProgramTable
from solproof.accesses.public import PublicData
from solproof.accesses.table import Table, padded_height, split_heights
from solproof.air.bus import Bus, Role
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.program.program import Program


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a chip: the number of filled rows, and its height, a power of two."""

    rows: int
    height: int


Split = Callable[[AccessLog, int], list[Part]]
"""Given a run and its number of rows, returns the tables that hold them, in order."""


def one_table(_: AccessLog, rows: int) -> list[Part]:
    """One table, even if there are no rows."""
    return [Part(rows, padded_height(rows))]


def any_tables(_: AccessLog, rows: int) -> list[Part]:
    """One or two tables, or no table if there are no rows.

    Only for chips whose constraints never read the next row.
    """
    return parts_of(rows)


def parts_of(rows: int) -> list[Part]:
    """The tables for rows of a chip whose constraints never read the next row (see `split_heights`)."""
    parts = []
    for height in split_heights(rows):
        filled = min(rows, height)
        parts.append(Part(filled, height))
        rows -= filled
    return parts


@dataclass(frozen=True, slots=True)
class PublicTable:
    """The public columns and values of one chip. The columns come first among its committed columns."""

    columns: Columns | None
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChipTable:
    """A chip whose rows are determined by a run.

    rows: how many rows the run needs.
    fill: the rows, without padding and without the public columns.
    split: cuts the rows into tables.
    public: the public columns and values, or None. A chip with public data has one table, of the columns'
    height.
    """

    chip: Chip
    rows: Callable[[AccessLog], int]
    fill: Callable[[AccessLog], Table]
    split: Split = any_tables
    public: Callable[[PublicData], PublicTable] | None = None

    def __post_init__(self) -> None:
        # A backend demands a chip with public data exactly once.
        assert self.public is None or self.split is one_table, f"{self.chip.name}: public, but not one table"


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A chip with preprocessed columns whose messages other chips look up.

    preprocessed: the columns of a program's key.
    entries_per_row: how many messages a row provides on each bus.
    entry_of: the numbers of the entries that provide the given messages on a bus.
    fill: the committed columns, given the run and how often each entry of each bus is queried.
    """

    chip: Chip
    preprocessed: Callable[[Program, ProgramTable], Columns]
    entries_per_row: int
    entry_of: Callable[[Bus, Sequence[Integers]], Integers]
    fill: Callable[[AccessLog, Mapping[Bus, Integers]], Table]

    @property
    def buses(self) -> tuple[Bus, ...]:
        """The buses on which the table provides messages."""
        roles = (item for item in self.chip.interactions if item.role is Role.PROVIDE)
        return tuple(dict.fromkeys(item.bus for item in roles))
