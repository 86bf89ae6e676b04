"""The shape of a proof: its tables and their heights, found without filling the tables."""

from __future__ import annotations

from collections.abc import Iterator

from solproof.accesses.public import public_data
from solproof.accesses.rows import Rows
from solproof.backend.protocol import Shape
from solproof.circuit.registry import SbpfCircuit
from solproof.circuit.table import Logs, check_heights, parts_of


def table_shapes(circuit: SbpfCircuit, logs: Logs) -> list[Shape]:
    """The tables of a proof of some frames, ordered by chip, as the backend takes them.

    Without frames there are no tables. Raises `ProvingError` if a table would be too high.
    """
    if not logs:
        return []
    found = [
        *_instruction_shapes(circuit, logs),
        *_chip_shapes(circuit, logs),
        *_lookup_shapes(circuit, logs),
    ]
    return sorted(found, key=lambda shape: shape.chip)  # stable: tables of one chip keep their order


def _instruction_shapes(circuit: SbpfCircuit, logs: Logs) -> Iterator[Shape]:
    for family in circuit.families:
        taken = [Rows.of(log, family.codes) for log in logs]
        for executor in family.executors:
            number = circuit.number(executor.chip)
            parts = parts_of(sum(len(executor.select(rows)) for rows in taken))
            check_heights(executor.chip, parts)
            yield from (Shape(number, part.height) for part in parts)


def _chip_shapes(circuit: SbpfCircuit, logs: Logs) -> Iterator[Shape]:
    for table in circuit.chip_tables:
        number = circuit.number(table.chip)
        parts = table.split(logs, sum(table.rows(log) for log in logs))
        check_heights(table.chip, parts)
        yield from (Shape(number, part.height, is_empty=part.rows == 0) for part in parts)


def _lookup_shapes(circuit: SbpfCircuit, logs: Logs) -> Iterator[Shape]:
    data = [public_data(log) for log in logs]
    for table in circuit.lookup_tables:
        entries = table.entries(data)
        yield Shape(
            circuit.number(table.chip),
            len(entries),
            is_empty=table.preprocessed is None and not entries.any(),
        )
