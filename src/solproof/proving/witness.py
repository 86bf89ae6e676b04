"""All tables of a proof, filled from a run by loops over the families and tables of a circuit."""

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
from solproof.air.bus import Bus, Role
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.backend.protocol import Columns
from solproof.circuit.registry import SbpfCircuit
from solproof.circuit.table import LookupTable, Part, Queries, parts_of

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
    """Every table of a proof, ordered by chip, and the public data that the tables prove."""

    instances: tuple[Instance, ...]
    public: PublicData

    def rows(self) -> dict[str, int]:
        """Rows by chip, including padding."""
        rows: dict[str, int] = {}
        for instance in self.instances:
            rows[instance.chip.name] = rows.get(instance.chip.name, 0) + len(instance.main)
        return rows


CountQueries = Callable[[SbpfCircuit, Collection[Instance], Mapping[int, Columns]], Queries]
"""Counts the queries of a circuit's tables, given the tables and the columns of all entries by chip."""


def no_queries(circuit: SbpfCircuit, entries: Mapping[int, Columns]) -> dict[Bus, Integers]:
    """A count of 0 for every entry of every lookup table."""
    return {
        bus: np.zeros(table.entries_per_row * len(entries[circuit.number(table.chip)]), np.int64)
        for table in circuit.lookup_tables
        for bus in table.buses
    }


def count_queries(
    circuit: SbpfCircuit, instances: Collection[Instance], entries: Mapping[int, Columns]
) -> Queries:
    """Count the queries of the instances by evaluating their interactions.

    entries: the columns that fix the entries, by the number of the lookup table's chip.
    """
    provider = {bus: table for table in circuit.lookup_tables for bus in table.buses}
    counts = no_queries(circuit, entries)
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
            table = provider[bus]
            found = table.entry_of(entries[circuit.number(table.chip)], bus, fields)
            counts[bus] += np.bincount(found, minlength=len(counts[bus]))
    return counts


def build_witness(
    circuit: SbpfCircuit,
    log: AccessLog,
    preprocessed: Mapping[int, Columns],
    count: CountQueries = count_queries,
) -> Witness:
    """Fill every table of a run, however the run ended.

    preprocessed: the preprocessed columns of the program, by the number of the chip
    (`SbpfCircuit.preprocessed`).
    count: the function that counts the queries of lookup tables.
    """
    data = public_data(log)
    instances = [*_instruction_instances(circuit, log), *_chip_instances(circuit, log, data)]
    entries = circuit.entries(preprocessed, data)
    queries = count(circuit, instances, entries)
    for table in circuit.lookup_tables:
        instances.append(_lookup_instance(table, log, entries[circuit.number(table.chip)], queries))
    # The sort is stable, so instances of one chip keep their order.
    instances.sort(key=lambda instance: circuit.number(instance.chip))
    return Witness(tuple(instances), data)


def _instruction_instances(circuit: SbpfCircuit, log: AccessLog) -> Iterable[Instance]:
    for family in circuit.families:
        taken = Rows.of(log, family.codes)
        for executor in family.executors:
            rows = executor.select(taken)
            if len(rows) == 0:
                continue
            table = Table(executor.chip, len(rows))
            executor.fill(table, rows)
            yield from cut(executor.chip, table.data, parts_of(len(rows)))


def _chip_instances(circuit: SbpfCircuit, log: AccessLog, data: PublicData) -> Iterable[Instance]:
    for table in circuit.chip_tables:
        parts = table.split(log, table.rows(log))
        if parts:
            public = None if table.public is None else table.public(data)
            yield from cut(table.chip, table.fill(log).data, parts, public)


def _lookup_instance(table: LookupTable, log: AccessLog, entries: Columns, queries: Queries) -> Instance:
    rows = table.fill(log, entries, queries).rows()
    if table.public is None:
        return Instance(table.chip, rows, preprocessed=entries)
    rows[:, : entries.shape[1]] = entries
    return Instance(table.chip, rows, entries)


def cut(
    chip: Chip, rows: NDArray[np.uint32], parts: Sequence[Part], public: Columns | None = None
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
