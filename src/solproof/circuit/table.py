"""The two kinds of chips that are not instructions, and their entries in the registry.

A `ChipTable` computes how many rows a frame needs, fills the rows, and cuts the rows of all frames into
tables. A `LookupTable` has entries that do not depend on the witness. It is filled last, because it counts
the queries of all other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.public import PublicData
from solproof.accesses.table import LARGEST_HEIGHT, Table, padded_height, split_heights
from solproof.air.bus import Bus, Role
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.errors import ProvingError


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a chip: the number of filled rows, and its height, a power of two."""

    rows: int
    height: int


Logs: TypeAlias = Sequence[AccessLog]
"""The frames of a proof, in the order in which they began."""

Split = Callable[[Logs, int], list[Part]]
"""Given the frames and the number of rows that they need together, returns the tables that hold them."""

Queries: TypeAlias = Mapping[Bus, Integers]
"""How often each entry of the lookup tables is queried, by bus."""

PublicColumns = Callable[[Sequence[PublicData]], Columns]
"""The public columns of one chip for all frames. They come first among its committed columns."""


def one_table(_: Logs, rows: int) -> list[Part]:
    """One table, even if there are no rows."""
    return [Part(rows, padded_height(rows))]


def any_tables(_: Logs, rows: int) -> list[Part]:
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


def check_heights(chip: Chip, parts: Sequence[Part]) -> None:
    """Raise `ProvingError` if the engine cannot prove a table of a chip because it is too high."""
    for part in parts:
        if part.height > LARGEST_HEIGHT:
            raise ProvingError(
                f"the run needs {part.rows:,} rows in a table of the chip {chip.name}, expected at most "
                f"{LARGEST_HEIGHT:,}; nothing was proven"
            )


@dataclass(frozen=True, slots=True)
class ChipTable:
    """A chip whose rows are determined by the runs of the frames.

    rows: how many rows a frame needs.
    fill: the rows of a frame, without padding and without the public columns.
    split: cuts the rows of all frames into tables.
    public: the public columns, or None. A chip with public columns has one table, of their height.
    link: completes the rows of all frames, if some of their columns depend on rows of other frames.
    """

    chip: Chip
    rows: Callable[[AccessLog], int]
    fill: Callable[[AccessLog], Table]
    split: Split = any_tables
    public: PublicColumns | None = None
    link: Callable[[Columns], None] | None = None

    def __post_init__(self) -> None:
        assert self.split is one_table or not self.chip.is_required, (
            f"{self.chip.name}: required, but not one table"
        )


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A chip whose messages other chips look up. It has one table.

    Its entries are preprocessed columns or public columns.

    entries_per_row: how many messages a row provides on each bus.
    entry_of: the numbers of the entries that provide the given messages on a bus, in a table of the given
    columns.
    fill: the committed columns except the public ones, given the columns of the entries and how often each
    entry of each bus is queried.
    """

    chip: Chip
    entries_per_row: int
    entry_of: Callable[[Columns, Bus, Sequence[Integers]], Integers]
    fill: Callable[[Columns, Queries], Table]
    preprocessed: Callable[[], Columns] | None = None
    public: PublicColumns | None = None

    def __post_init__(self) -> None:
        one = (self.preprocessed is None) != (self.public is None)
        assert one, f"{self.chip.name}: two kinds of entries, or none"

    @property
    def buses(self) -> tuple[Bus, ...]:
        """The buses on which the table provides messages."""
        roles = (item for item in self.chip.interactions if item.role is Role.PROVIDE)
        return tuple(dict.fromkeys(item.bus for item in roles))

    def entries(self, frames: Sequence[PublicData]) -> Columns:
        """The columns of the entries."""
        if self.public is not None:
            return self.public(frames)
        assert self.preprocessed is not None  # see `__post_init__`
        return self.preprocessed()
