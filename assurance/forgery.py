"""Tools for forging witnesses: change any cell, recount the lookups, and leave rules out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assurance.mutation import Hashes, Integers, hashes
from assurance.runs import logs_of, witness_of
from solproof.air.bus import Bus, Kind, Role
from solproof.air.check import Failure, check
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.air.field import P
from solproof.backend.protocol import Columns
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.circuit.table import Queries
from solproof.program.program import Program
from solproof.proving.witness import Instance, Witness, build_witness
from solproof.vm.trace import Run


class Forgery:
    """A witness whose cells may be changed. A row is named by chip, table of the chip, and number.

    `truth` holds the tables before any change. A report shows the instructions of `programs`, one program for
    each frame.
    """

    def __init__(self, witness: Witness, programs: Sequence[Program] = ()) -> None:
        self.truth = witness.instances
        self.programs = programs
        self.instances = [
            replace(
                instance,
                main=instance.main.copy(),
                public=None if instance.public is None else instance.public.copy(),
            )
            for instance in witness.instances
        ]
        self.public = witness.public

    @classmethod
    def of(cls, *outcomes: Run) -> Forgery:
        """The witness of runs that are the frames of one proof."""
        return cls(witness_of(*outcomes), [outcome.program for outcome in outcomes])

    def tables(self, chip: str) -> list[Instance]:
        """The tables of a chip."""
        return [instance for instance in self.instances if instance.chip.name == chip]

    def row(self, chip: str, number: int = 0, table: int = 0) -> Row:
        """A row of one of a chip's tables; negative numbers count from the end."""
        instance = self.tables(chip)[table]
        return Row(instance, number if number >= 0 else len(instance.main) + number)

    def find(self, chip: str, **cells: int) -> Row:
        """The first row of a chip that has these cells."""
        for instance in self.tables(chip):
            positions = [instance.chip.index(name) for name in cells]
            at = np.flatnonzero((instance.main[:, positions] == list(cells.values())).all(axis=1))
            if len(at):
                return Row(instance, int(at[0]))
        raise AssertionError(f"no row of {chip} has {cells}")

    def state(self, chip: str, columns: Columns) -> None:
        """Set other public columns for a chip. The committed copies follow them."""
        (known,) = self.tables(chip)
        main = np.zeros((len(columns), known.main.shape[1]), np.uint32)
        kept = min(len(main), len(known.main))
        main[:kept] = known.main[:kept]
        main[:, : columns.shape[1]] = columns
        told = replace(known, main=main, public=columns.copy())
        self.instances = [told if instance is known else instance for instance in self.instances]

    def count_lookups(self) -> None:
        """Set the multiplicity of every entry of every lookup table to the number of its queries."""
        count_lookups(self.instances)

    def failures(self) -> list[Failure]:
        """Everything that the checker objects to, after the lookups are recounted."""
        self.count_lookups()
        return check(self.instances, limit=1000)

    def names(self) -> set[str]:
        """The chip and the name of each failure."""
        return {f"{failure.chip}: {failure.name}" for failure in self.failures()}


def lying_witness(*outcomes: Run) -> Forgery:
    """The witness of runs that may be lies. Their queries need not be in the tables."""
    with np.errstate(all="ignore"):
        witness = build_witness(CIRCUIT, logs_of(*outcomes), _no_queries)
        return Forgery(witness, [outcome.program for outcome in outcomes])


def _no_queries(circuit: SbpfCircuit, _: object, entries: Mapping[Chip, Columns]) -> Queries:
    return {
        bus: np.zeros(table.entries_per_row * len(entries[table.chip]), np.int64)
        for table in circuit.lookup_tables
        for bus in table.buses
    }


class Row:
    """One row of a table: cells by column name, any integers."""

    def __init__(self, instance: Instance, row: int) -> None:
        self.instance = instance
        self.row = row

    def __getitem__(self, column: str) -> int:
        return int(self.instance.main[self.row, self.instance.chip.index(column)])

    def __setitem__(self, column: str, value: int) -> None:
        self.instance.main[self.row, self.instance.chip.index(column)] = value % P

    def copy_from(self, other: Row) -> None:
        """Take all cells of another row of the chip."""
        self.instance.main[self.row] = other.instance.main[other.row]

    def set_word(self, name: str, value: int) -> None:
        """Set the four limbs of a word."""
        for limb in range(4):
            self[f"{name}_{limb}"] = value >> 16 * limb & 0xFFFF

    def claim(self, column: str, value: int) -> None:
        """Set a public cell both in the table and in the statement."""
        self[column] = value
        assert self.instance.public is not None
        self.instance.public[self.row, self.instance.chip.index(column)] = value % P

    def claim_word(self, name: str, value: int) -> None:
        """Set the four public limbs of a word both in the table and in the statement."""
        for limb in range(4):
            self.claim(f"{name}_{limb}", value >> 16 * limb & 0xFFFF)

    def word(self, name: str) -> int:
        """The word that four limbs hold."""
        return sum(self[f"{name}_{limb}"] << 16 * limb for limb in range(4))


def evaluator_of(instance: Instance) -> Evaluator:
    """An evaluator over all columns of a table."""
    return Evaluator(instance.chip, instance.main, instance.preprocessed, instance.public)


def count_lookups(instances: Sequence[Instance]) -> None:
    """Set the multiplicity of every provided entry to the number of its active queries, modulo p."""
    queries: dict[str, list[tuple[Hashes, Integers]]] = {}
    evaluators = [evaluator_of(instance) for instance in instances]
    for instance, values in zip(instances, evaluators, strict=True):
        for interaction in instance.chip.interactions:
            if interaction.role is Role.QUERY:
                times = values.column(interaction.multiplicity)
                at = np.flatnonzero(times)
                fields = [values.column(part)[at] for part in interaction.fields]
                bus = interaction.bus.name
                queries.setdefault(bus, []).append((hashes(fields, bus), times[at]))
    for instance, values in zip(instances, evaluators, strict=True):
        for interaction in instance.chip.interactions:
            if interaction.role is not Role.PROVIDE:
                continue
            assert interaction.bus.kind is Kind.LOOKUP
            kind, column = instance.chip.graph.nodes[interaction.multiplicity.node]  # type: ignore[misc]
            assert kind == "main", "the multiplicity of a provider is a column"
            bus = interaction.bus.name
            fields = [values.column(part) for part in interaction.fields]
            entries = hashes(fields, bus)
            order = np.argsort(entries, kind="stable")
            count = np.zeros(len(entries), np.int64)
            for codes, times in queries.get(bus, []):
                place = np.minimum(np.searchsorted(entries[order], codes), len(entries) - 1)
                known = entries[order][place] == codes
                np.add.at(count, order[place[known]], times[known])
            instance.main[:, column] = count % P


def without(
    instances: Sequence[Instance],
    chip_name: str,
    constraints: Sequence[str] = (),
    interactions: Sequence[str] = (),
) -> list[Instance]:
    """The same tables for a circuit whose chip lacks some constraints and interactions, given by name."""
    originals: dict[str, Chip] = {}
    for instance in instances:
        if instance.chip.name == chip_name and chip_name not in originals:
            chip = instance.chip
            kept = [each for each in chip.constraints if each.name not in constraints]
            said = [each for each in chip.interactions if each.name not in interactions]
            assert len(kept) == len(chip.constraints) - len(constraints)
            assert len(said) == len(chip.interactions) - len(interactions)
            originals[chip_name] = replace(chip, constraints=kept, interactions=said)
    assert originals, f"no table of {chip_name}"
    return _with_chips(instances, originals)


def unscoped(instances: Sequence[Instance], bus: Bus) -> list[Instance]:
    """The same tables for a circuit where the messages of a bus do not name their invocation."""
    assert bus.is_scoped
    return _with_chips(instances, {item.chip.name: _unscoped(item.chip, bus) for item in instances})


def _unscoped(chip: Chip, bus: Bus) -> Chip:
    said = [
        # The next field takes the place of the invocation, so that the message keeps its width.
        replace(each, fields=(each.fields[1], *each.fields[1:])) if each.bus is bus else each
        for each in chip.interactions
    ]
    return replace(chip, interactions=said)


def _with_chips(instances: Sequence[Instance], chips: Mapping[str, Chip]) -> list[Instance]:
    changed = [
        replace(item, chip=chips.get(item.chip.name, item.chip), main=item.main.copy()) for item in instances
    ]
    count_lookups(changed)
    return changed
