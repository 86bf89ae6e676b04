"""All tables of a proof, filled from its frames by loops over the families and tables of a circuit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.public import PublicData, public_data
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table
from solproof.air.bus import INVOCATION, Bus, Role
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.backend.protocol import Columns
from solproof.circuit.registry import SbpfCircuit
from solproof.circuit.table import Logs, Part, Queries, check_heights, parts_of

BLOCK_ROWS = 2**14
"""Rows evaluated at once. Their columns fit into the processor's cache."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One table of a proof: its committed columns, and its public columns if the chip has any."""

    chip: Chip
    main: NDArray[np.uint32]
    public: NDArray[np.uint32] | None = None
    preprocessed: NDArray[np.uint32] | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """Every table of a proof, ordered by chip, and the public data of each frame that the tables prove."""

    instances: tuple[Instance, ...]
    public: tuple[PublicData, ...]

    def rows(self) -> dict[str, int]:
        """Rows by chip, including padding."""
        rows: dict[str, int] = {}
        for instance in self.instances:
            rows[instance.chip.name] = rows.get(instance.chip.name, 0) + len(instance.main)
        return rows


CountQueries = Callable[[SbpfCircuit, Collection[Instance], Mapping[Chip, Columns]], Queries]
"""Counts the queries of a circuit's tables, given the tables and the columns of each lookup table."""


def count_queries(
    circuit: SbpfCircuit, instances: Collection[Instance], entries: Mapping[Chip, Columns]
) -> Queries:
    """Count the queries of the instances by evaluating their interactions."""
    providers = {bus: (table, entries[table.chip]) for table in circuit.lookup_tables for bus in table.buses}
    sizes = {bus: table.entries_per_row * len(columns) for bus, (table, columns) in providers.items()}
    counts: dict[Bus, Integers] = {bus: np.zeros(size, np.int64) for bus, size in sizes.items()}
    blocks = [
        (instance, instance.main[start : start + BLOCK_ROWS])
        for instance in instances
        for start in range(0, len(instance.main), BLOCK_ROWS)
    ]
    for instance, block in blocks:
        # The interactions of these chips read neither preprocessed columns, nor public columns, nor the next
        # row.
        evaluator = Evaluator(instance.chip, block)
        for interaction in instance.chip.interactions:
            if interaction.role is not Role.QUERY:
                continue
            bus = interaction.bus
            active = evaluator.column(interaction.multiplicity) != 0
            fields = [evaluator.column(part)[active] for part in interaction.fields]
            table, columns = providers[bus]
            counts[bus] += np.bincount(table.entry_of(columns, bus, fields), minlength=sizes[bus])
    return counts


def build_witness(circuit: SbpfCircuit, logs: Logs, count: CountQueries = count_queries) -> Witness:
    """Fill every table of some frames, however they ended. Without frames there are no tables.

    count: the function that counts the queries of lookup tables.
    Raises `ProvingError` if a table would be too high for the engine.
    """
    if not logs:
        return Witness((), ())
    data = tuple(public_data(log) for log in logs)
    instances = [*_instruction_instances(circuit, logs), *_chip_instances(circuit, logs, data)]
    entries = {table.chip: table.entries(data) for table in circuit.lookup_tables}
    queries = count(circuit, instances, entries)
    for table in circuit.lookup_tables:
        columns = entries[table.chip]
        rows = table.fill(columns, queries).rows()
        if table.public is None:
            instances.append(Instance(table.chip, rows, preprocessed=columns))
        else:
            rows[:, : columns.shape[1]] = columns
            instances.append(Instance(table.chip, rows, columns))
    # The sort is stable, so instances of one chip keep their order.
    instances.sort(key=lambda instance: circuit.number(instance.chip))
    return Witness(tuple(instances), data)


def _instruction_instances(circuit: SbpfCircuit, logs: Logs) -> Iterable[Instance]:
    for family in circuit.families:
        taken = [(log, Rows.of(log, family.codes)) for log in logs]
        for executor in family.executors:
            parts = []
            for log, rows in taken:
                selected = executor.select(rows)
                if len(selected):
                    table = Table(executor.chip, len(selected))
                    executor.fill(table, selected)
                    parts.append(_scoped(table, log))
            if parts:
                joined = _joined(parts)
                tables = parts_of(len(joined))
                check_heights(executor.chip, tables)
                yield from cut(executor.chip, joined, tables)


def _chip_instances(circuit: SbpfCircuit, logs: Logs, data: Sequence[PublicData]) -> Iterable[Instance]:
    for table in circuit.chip_tables:
        counts = [table.rows(log) for log in logs]
        parts = table.split(logs, sum(counts))
        if not parts:
            continue
        check_heights(table.chip, parts)
        filled = [_scoped(table.fill(log), log) for log, rows in zip(logs, counts, strict=True) if rows]
        joined = _joined(filled) if filled else table.fill(logs[0]).data
        if table.link is not None:
            table.link(joined)
        public = None if table.public is None else table.public(data)
        yield from cut(table.chip, joined, parts, public)


def _scoped(table: Table, log: AccessLog) -> Columns:
    if table.chip.invocation is not None:
        table[INVOCATION] = log.invocation
    return table.data


def _joined(parts: Sequence[Columns]) -> Columns:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def cut(
    chip: Chip, rows: Columns, parts: Sequence[Part], public: Columns | None = None
) -> Iterable[Instance]:
    """Cut the rows of a chip into padded tables. Public columns become the first main columns."""
    start = 0
    for part in parts:
        main = np.zeros((part.height, chip.width), np.uint32)
        main[: part.rows] = rows[start : start + part.rows]
        start += part.rows
        if public is not None:
            main[:, : public.shape[1]] = public
        yield Instance(chip, main, public)
