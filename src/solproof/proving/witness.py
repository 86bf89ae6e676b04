"""All tables of a proof, from a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.access_log import AccessLog
from solproof.accesses.arrays import Integers
from solproof.accesses.memory_calls import Operation
from solproof.accesses.rows import Rows
from solproof.accesses.table import MINIMUM_HEIGHT, Table, padded_height, split_blocks, split_heights
from solproof.air.bus import PROGRAM, Bus, Role
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.circuit import boundary, lookup
from solproof.circuit.instructions.registry import FAMILIES
from solproof.circuit.memory import image, refresh
from solproof.circuit.memory import words as memory
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.syscalls import event, memory_call, memory_compare, memory_copy
from solproof.statement.public import InputWords, PublicData, PublicTable, public_tables
from solproof.vm.memory import INPUT

BLOCK_ROWS = 2**14
"""Rows evaluated at once: their columns stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One table of a proof: committed columns, and the public ones when the chip has any."""

    chip: Chip
    main: NDArray[np.uint32]
    public: NDArray[np.uint32] | None = None
    values: tuple[int, ...] = ()
    preprocessed: NDArray[np.uint32] | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """Every table of a proof, ordered by chip, and the public data they prove."""

    instances: tuple[Instance, ...]
    public: PublicData

    def rows(self) -> dict[str, int]:
        """Rows by chip, padding included."""
        rows: dict[str, int] = {}
        for instance in self.instances:
            rows[instance.chip.name] = rows.get(instance.chip.name, 0) + len(instance.main)
        return rows


def public_data(log: AccessLog) -> PublicData:
    """What the statement of a run says in the terms of the circuit."""
    run, words = log.run, log.cells.of(INPUT)
    return PublicData(
        entry=run.program.entry,
        registers=run.registers,
        layout=run.layout,
        final=run.final,
        input_words=InputWords(words.index, words.first, words.last),
        memory_units=int(log.memory_calls.cost.sum()),
        events=log.events,
    )


def build_witness(log: AccessLog, image_columns: NDArray[np.uint32]) -> Witness:
    """Fill every table of a run, however it ended.

    `image_columns` are the preprocessed columns of its program: see `solproof.circuit.memory.image`.
    """
    data = public_data(log)
    public = {table.chip.name: table for table in public_tables(data)}
    instances = [
        *_instruction_tables(log),
        *_public_instances(log, public),
        *_memory_call_tables(log),
        *_refresh_tables(log),
    ]
    counts = _query_counts(instances, image.SLOTS_PER_ROW * len(image_columns))
    table = image.fill(log.layout.image_region, log.cells, counts[PROGRAM])
    instances.append(Instance(image.CHIP, table.rows(), preprocessed=image_columns))
    instances.append(Instance(lookup.CHIP, lookup.fill(counts).rows(), preprocessed=lookup.preprocessed()))
    # The sort is stable: instances of one chip keep their order.
    instances.sort(key=lambda instance: CIRCUIT.number(instance.chip))
    return Witness(tuple(instances), data)


def _instruction_tables(log: AccessLog) -> Iterable[Instance]:
    for family in FAMILIES:
        taken = Rows.of(log, family.codes)
        for executor in family.executors:
            rows = executor.select(taken)
            if len(rows) == 0:
                continue
            table = Table(executor.chip, len(rows))
            executor.fill(table, rows)
            yield from split(executor.chip, table.data)


def _public_instances(log: AccessLog, public: dict[str, PublicTable]) -> Iterable[Instance]:
    def columns(chip: Chip) -> NDArray[np.uint32]:
        found = public[chip.name].columns
        assert found is not None
        return found

    tables = [
        boundary.fill_execution(columns(boundary.EXECUTION)),
        boundary.fill_registers(log, columns(boundary.REGISTER_BOUNDARY)),
        memory.fill_input(columns(memory.INPUT_WORDS), log.cells),
        memory.fill_stack_heap(log.cells, stack_gaps=log.layout.stack_gaps),
        event.fill_syscalls(log, columns(event.SYSCALL)),
        event.fill_event_words(log, columns(event.EVENT_WORD)),
    ]
    for table in tables:
        known = public[table.chip.name]
        yield Instance(table.chip, table.rows(), known.columns, known.values)


def _memory_call_tables(log: AccessLog) -> Iterable[Instance]:
    if len(log.memory_calls) == 0:
        return
    yield from split(memory_call.CHIP, memory_call.fill(log).data)
    copies, comparisons = block_rows(log)
    for table, counts in (
        (memory_copy.fill(log), copies),
        (memory_compare.fill(log), comparisons),
    ):
        for rows in np.split(table.data, np.cumsum(counts[:-1], dtype=np.int64)):
            if len(rows):
                yield _padded(table.chip, rows, padded_height(len(rows)))


def block_rows(log: AccessLog) -> tuple[list[int], list[int]]:
    """How many rows each table of `memory_copy` has, and each of `memory_compare`."""
    calls = log.memory_calls
    is_compare = calls.operation[calls.blocks.call] == Operation.COMPARE
    copies, comparisons = (
        split_blocks(np.flatnonzero(calls.blocks.is_first[chosen]), int(chosen.sum()))
        for chosen in (~is_compare, is_compare)
    )
    return copies, comparisons


def _refresh_tables(log: AccessLog) -> Iterable[Instance]:
    registers, words = log.registers.refreshes, log.memory_refreshes
    if len(registers.now):
        yield from split(refresh.REGISTER_REFRESH, refresh.fill_registers(registers).data)
    if len(words.now):
        yield from split(refresh.MEMORY_REFRESH, refresh.fill_memory(words, log.layout).data)


def split(chip: Chip, data: NDArray[np.uint32]) -> list[Instance]:
    """The rows of a chip whose rows never look at each other, cut by `split_heights`."""
    heights = split_heights(len(data)) or [MINIMUM_HEIGHT]
    starts = accumulate(heights[:-1], initial=0)
    return [
        _padded(chip, data[start : start + height], height)
        for start, height in zip(starts, heights, strict=True)
    ]


def _padded(chip: Chip, rows: NDArray[np.uint32], height: int) -> Instance:
    padded = np.zeros((height, chip.width), np.uint32)
    padded[: len(rows)] = rows
    return Instance(chip, padded)


def _query_counts(instances: Collection[Instance], slots: int) -> dict[Bus, Integers]:
    """How often each entry of the lookup tables is queried by the instances."""
    counts: dict[Bus, Integers] = {bus: np.zeros(lookup.NUMBERS, np.int64) for bus in lookup.COUNTS}
    counts[PROGRAM] = np.zeros(slots, np.int64)
    blocks = [
        (instance, instance.main[start : start + BLOCK_ROWS])
        for instance in instances
        for start in range(0, len(instance.main), BLOCK_ROWS)
    ]
    for instance, block in blocks:
        # Interactions read neither preprocessed columns of these chips, nor public ones, nor the next row.
        evaluator = Evaluator(instance.chip, block, values=instance.values)
        for interaction in instance.chip.interactions:
            if interaction.role is not Role.QUERY:
                continue
            active = evaluator.column(interaction.multiplicity) != 0
            fields = [evaluator.column(part)[active] for part in interaction.fields]
            row = lookup.number_of(interaction.bus, fields)
            counts[interaction.bus] += np.bincount(row, minlength=len(counts[interaction.bus]))
    return counts
