"""The two kinds of chips that are not instructions, and their entries in the registry.

A `ChipTable` computes how many rows a run needs, fills the rows, and cuts them into tables. The messages of a
`LookupTable` are fixed by the key or by the statement. It is filled last, because it counts the queries of
all other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

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


PublicColumns = Callable[[PublicData], Columns]
"""The public columns of one chip. They come first among its committed columns."""

Queries: TypeAlias = Mapping[Bus, Integers]
"""How often each entry of the lookup tables is queried, by bus."""


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
class ChipTable:
    """A chip whose rows are determined by a run.

    rows: how many rows the run needs.
    fill: the rows, without padding and without the public columns.
    split: cuts the rows into tables.
    public: the public columns, or None. A chip with public columns has one table, of their height.
    """

    chip: Chip
    rows: Callable[[AccessLog], int]
    fill: Callable[[AccessLog], Table]
    split: Split = any_tables
    public: PublicColumns | None = None

    def __post_init__(self) -> None:
        assert self.split is one_table or not self.chip.is_required, (
            f"{self.chip.name}: required, but not one table"
        )


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A chip whose messages other chips look up. It has one table, whose entries are the messages.

    Its preprocessed columns or its public columns fix the messages. It has one kind and not the other.

    entries_per_row: how many messages a row provides on each bus.
    entry_of: given these columns, the numbers of the entries that provide the given messages on a bus.
    fill: the committed columns except the public ones, given the run, these columns, and how often each entry
    of each bus is queried.
    preprocessed: the columns of a program's key, or None.
    public: the columns of the statement, or None.
    """

    chip: Chip
    entries_per_row: int
    entry_of: Callable[[Columns, Bus, Sequence[Integers]], Integers]
    fill: Callable[[AccessLog, Columns, Queries], Table]
    preprocessed: Callable[[Program, ProgramTable], Columns] | None = None
    public: PublicColumns | None = None

    def __post_init__(self) -> None:
        assert (self.preprocessed is None) != (self.public is None), (
            f"{self.chip.name}: two kinds of entries, or none"
        )

    @property
    def buses(self) -> tuple[Bus, ...]:
        """The buses on which the table provides messages."""
        roles = (item for item in self.chip.interactions if item.role is Role.PROVIDE)
        return tuple(dict.fromkeys(item.bus for item in roles))
