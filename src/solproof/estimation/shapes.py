"""The shape of a proof of an execution: which tables it has, and their heights, without filling them.

It follows `solproof.proving.witness`, and a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solproof.accesses.access_log import AccessLog
from solproof.accesses.rows import Rows
from solproof.accesses.table import padded_height, split_heights
from solproof.air.chip import Chip
from solproof.backend.widths import auxiliary_widths, quotient_widths
from solproof.circuit import lookup
from solproof.circuit.instructions.registry import FAMILIES
from solproof.circuit.memory import image, refresh
from solproof.circuit.memory import words as memory
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.syscalls import memory_call, memory_compare, memory_copy
from solproof.proving.witness import block_rows, public_data
from solproof.statement.public import public_tables
from solproof.vm.memory import HEAP, STACK


@dataclass(frozen=True, slots=True)
class Widths:
    """Base-field elements of a row of a chip. `reads_next`: whether a proof opens the row after as well."""

    main: int
    auxiliary: int
    quotient: int
    preprocessed: int
    reads_next: bool

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Main, auxiliary, quotient, preprocessed."""
        return self.main, self.auxiliary, self.quotient, self.preprocessed


def chip_widths() -> tuple[Widths, ...]:
    """The widths of every chip of the circuit, by its number."""
    auxiliary, quotient = auxiliary_widths(), quotient_widths()
    return tuple(
        Widths(
            chip.width,
            auxiliary[number],
            quotient[number],
            len(chip.preprocessed_columns),
            any(node[0] == "next" for node in chip.graph.nodes),
        )
        for number, chip in enumerate(CIRCUIT.chips)
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """One table of a proof. `is_empty`: whether it has padding only."""

    chip: int
    height: int
    is_empty: bool = False

    @property
    def log_height(self) -> int:
        """log2 of the height."""
        return self.height.bit_length() - 1


def table_shapes(log: AccessLog, image_height: int) -> list[Shape]:
    """The tables of a proof, ordered by chip as the engine takes them.

    `image_height` is that of the program's image table, which its key has.
    """
    found = [
        *_split_tables(log),
        *_public_tables(log),
        *_block_tables(log),
        _shape(image.CHIP, image_height),
        _shape(lookup.CHIP, lookup.HEIGHT),
    ]
    return sorted(found, key=lambda shape: shape.chip)  # stable: tables of one chip keep their order


def _shape(chip: Chip, height: int, *, is_empty: bool = False) -> Shape:
    return Shape(CIRCUIT.number(chip), height, is_empty)


def _split_tables(log: AccessLog) -> Iterator[Shape]:
    """The tables that `solproof.proving.witness.split` makes."""
    rows: list[tuple[Chip, int]] = []
    for family in FAMILIES:
        taken = Rows.of(log, family.codes)
        rows += [(executor.chip, len(executor.select(taken))) for executor in family.executors]
    rows.append((memory_call.CHIP, len(log.memory_calls)))
    rows.append((refresh.REGISTER_REFRESH, len(log.registers.refreshes.now)))
    rows.append((refresh.MEMORY_REFRESH, len(log.memory_refreshes.now)))
    for chip, count in rows:
        yield from (_shape(chip, height) for height in split_heights(count))


def _block_tables(log: AccessLog) -> Iterator[Shape]:
    """The tables of the words that memory syscalls touch."""
    for chip, counts in zip((memory_copy.CHIP, memory_compare.CHIP), block_rows(log), strict=True):
        yield from (_shape(chip, padded_height(count)) for count in counts)


def _public_tables(log: AccessLog) -> Iterator[Shape]:
    for table in public_tables(public_data(log)):
        if table.columns is not None:
            yield _shape(table.chip, len(table.columns), is_empty=not table.columns.any())
    words = len(log.cells.of(STACK, HEAP).index)
    yield _shape(memory.STACK_HEAP, padded_height(words), is_empty=words == 0)
