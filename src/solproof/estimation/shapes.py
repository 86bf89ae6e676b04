"""The shape of a proof of a run: its tables and their heights, found without filling the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from solproof.accesses.access_log import AccessLog
from solproof.accesses.public import public_data
from solproof.accesses.rows import Rows
from solproof.backend.protocol import Columns, Shape
from solproof.circuit.registry import SbpfCircuit
from solproof.circuit.table import parts_of


def table_shapes(circuit: SbpfCircuit, log: AccessLog, preprocessed: Mapping[int, Columns]) -> list[Shape]:
    """The tables of a proof, ordered by chip, as the backend takes them.

    preprocessed: the preprocessed columns of the program, by the number of the chip.
    """
    entries = circuit.entries(preprocessed, public_data(log))
    found = [
        *_instruction_shapes(circuit, log),
        *_chip_shapes(circuit, log),
        *(Shape(number, len(columns)) for number, columns in entries.items()),
    ]
    return sorted(found, key=lambda shape: shape.chip)  # stable: tables of one chip keep their order


def _instruction_shapes(circuit: SbpfCircuit, log: AccessLog) -> Iterator[Shape]:
    for family in circuit.families:
        taken = Rows.of(log, family.codes)
        for executor in family.executors:
            number = circuit.number(executor.chip)
            yield from (Shape(number, part.height) for part in parts_of(len(executor.select(taken))))


def _chip_shapes(circuit: SbpfCircuit, log: AccessLog) -> Iterator[Shape]:
    for table in circuit.chip_tables:
        number = circuit.number(table.chip)
        for part in table.split(log, table.rows(log)):
            yield Shape(number, part.height, is_empty=part.rows == 0)
