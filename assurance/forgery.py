"""Tools for forging witnesses: change any cell, recount the lookups, and leave rules out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assurance.mutation import Hashes, Integers, hashes
from assurance.runs import table_of, witness_of
from solproof.accesses.access_log import AccessLog
from solproof.air.bus import Kind, Role
from solproof.air.check import Failure, check
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.air.field import P
from solproof.backend.protocol import Columns
from solproof.circuit.memory import image
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.circuit.table import Queries
from solproof.program.program import Program
from solproof.proving.witness import Instance, Witness, build_witness, no_queries
from solproof.vm.trace import Run


class Forgery:
    """A witness whose cells may be changed. A row is named by chip, table of the chip, and number.

    `truth` holds the tables before any change. A report shows the instructions of `program`.
    """

    def __init__(self, witness: Witness, program: Program | None = None) -> None:
        self.truth = witness.instances
        self.program = program
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
    def of(cls, outcome: Run) -> Forgery:
        """The witness of a run."""
        return cls(witness_of(outcome), outcome.program)

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


def lying_witness(outcome: Run) -> Forgery:
    """The witness of a run that may be a lie. Its queries need not be in the tables."""
    table = table_of(outcome.program)

    def uncounted(circuit: SbpfCircuit, _: object, entries: Mapping[int, Columns]) -> Queries:
        return no_queries(circuit, entries)

    with np.errstate(all="ignore"):
        columns = CIRCUIT.preprocessed(outcome.program, table)
        witness = build_witness(CIRCUIT, AccessLog(outcome, table), columns, uncounted)
        return Forgery(witness, outcome.program)


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


def image_place(number: int) -> tuple[int, str]:
    """The row of the image table that holds a slot or a word, and the prefix of its columns."""
    row, part = divmod(number, image.SLOTS_PER_ROW)
    return row, image.PARITIES[part]


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
    changed = [
        replace(instance, chip=originals[chip_name], main=instance.main.copy())
        if instance.chip.name == chip_name
        else replace(instance, main=instance.main.copy())
        for instance in instances
    ]
    count_lookups(changed)
    return changed
