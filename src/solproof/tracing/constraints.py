"""The constraints that bind each step, with their values, read from the circuit and the witness.

A step has the rows that execute it, in whatever chips they are. For each row the list has every constraint of
its chip and every message that it puts on a bus. The meaning of a message depends on its bus. On a bus whose
messages have a time, it is an access of a register or of a word of memory. If the table on the other side
provides a range, it is a range. Otherwise it is an equality with the message on the other side, such as the
entry of the program table.

One witness holds the rows of all frames of an execution. The column `invocation` of a row names its frame: it
is the position of the frame plus 1. Rows that no step executes are not listed: code, memory and registers
before and after a frame, and refreshes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import BITS, BITWISE, LIMBS, Bus, Role
from solproof.air.check import evaluator
from solproof.air.chip import Interaction
from solproof.air.evaluate import Evaluator
from solproof.air.expression import Expression
from solproof.air.field import P
from solproof.proving.witness import Instance, Witness
from solproof.tracing.messages import (
    TIME,
    Executed,
    OtherSide,
    Reading,
    executed_rows,
    looks_at_neighbours,
    reading_of,
    select,
)
from solproof.tracing.shapes import Kind, Shape, shape_of
from solproof.vm.limits import REGISTERS
from solproof.vm.memory import WORD

Entry = dict[str, Any]
"""One constraint of one row: `kind`, `chip`, `row`, `name`, and the values of its kind."""

COUNTERPARTS = {
    Role.SEND: Role.RECEIVE,
    Role.RECEIVE: Role.SEND,
    Role.QUERY: Role.PROVIDE,
    Role.PROVIDE: Role.QUERY,
}

Reader = Callable[[Evaluator, NDArray[np.int64], Entry], Iterator[Entry]]
"""Yields the entries of chosen rows. The fields of the head are added to each entry."""


@dataclass(frozen=True, slots=True, eq=False)
class StepTable:
    """A table of the witness that has rows of steps.

    first_row: how many rows the earlier tables of its chip have.
    shapes: the constraints of its chip.
    """

    instance: Instance
    first_row: int
    shapes: tuple[Shape, ...]
    executed: list[Executed]
    whole: Evaluator | None
    """An evaluator of all rows, if an expression reads the next row."""


class Constraints:
    """The constraints of the steps of all frames, read from the witness of their execution."""

    def __init__(self, witness: Witness) -> None:
        self._instances = witness.instances
        self._others: dict[tuple[Bus, Role], OtherSide] = {}
        self.tables = list(self._read_tables())

    def of(self, frame: int, start: int, end: int) -> list[list[Entry]]:
        """The constraints of the steps of a frame with an index from `start` to `end` - 1.

        Returns one list for each step. frame: its position, from 0.
        """
        found: list[list[Entry]] = [[] for _ in range(end - start)]
        for table in self.tables:
            for executed in table.executed:
                part = executed.of(frame).steps(start, end)
                if len(part.row):
                    self._add(table, part, found, start + 1)
        return found

    def _read_tables(self) -> Iterator[StepTable]:
        rows: dict[str, int] = {}
        for instance in self._instances:
            chip = instance.chip
            executed = executed_rows(instance)
            first = rows.get(chip.name, 0)
            rows[chip.name] = first + len(instance.main)
            if executed:
                shapes = tuple(shape_of(chip, constraint) for constraint in chip.constraints)
                whole = evaluator(instance) if looks_at_neighbours(chip) else None
                yield StepTable(instance, first, shapes, executed, whole)

    def _add(self, table: StepTable, executed: Executed, found: list[list[Entry]], first_clk: int) -> None:
        rows, places = executed.row, (executed.clk - first_clk).tolist()
        if table.whole is None:
            values, chosen = select(table.instance, rows), np.arange(len(rows))
        else:
            values, chosen = table.whole, rows
        shown = (rows + table.first_row).tolist()
        chip = table.instance.chip
        columns: list[tuple[list[int], Iterator[Entry]]] = []
        everything = list(range(len(rows)))
        if executed.with_constraints:
            for shape in table.shapes:
                columns.append((everything, _constraint(shape, values, chosen)))
        for number in executed.interactions:
            interaction = chip.interactions[number]
            active = np.flatnonzero(values.column(interaction.multiplicity)[chosen])
            if len(active):
                columns += [
                    (active.tolist(), entries)
                    for entries in self._message(interaction, values, chosen[active])
                ]
        by_row: list[list[Entry]] = [[] for _ in everything]
        for positions, entries in columns:
            for position, entry in zip(positions, entries, strict=True):
                head = {"kind": entry.pop("kind"), "chip": chip.name, "row": shown[position]}
                by_row[position].append(head | entry)
        for place, entries_of_row in zip(places, by_row, strict=True):
            found[place] += entries_of_row

    # MESSAGES

    def _message(
        self, interaction: Interaction, values: Evaluator, rows: NDArray[np.int64]
    ) -> list[Iterator[Entry]]:
        """The entries of one interaction. Each iterator yields one entry per row."""
        bus, name = interaction.bus, interaction.name
        fields = [signed(values.column(part)[rows]) for part in interaction.fields]
        match reading_of(bus):
            case Reading.ACCESS:
                return [_access(interaction, dict(zip(bus.fields, fields, strict=True)))]
            case Reading.RANGE:
                labels = [name] if bus.width == 1 else [f"{name}: {field}" for field in bus.fields]
                bounds = self.bounds(bus)
                return [_range(*each) for each in zip(labels, fields, bounds, strict=True)]
            case Reading.BITS:
                return [self._bits(name, fields)]
            case Reading.CONJUNCTION:
                return [self._conjunction(name, fields)]
            case Reading.MESSAGE:
                return [self._equality(interaction, fields)]

    def bounds(self, bus: Bus) -> list[tuple[int, int]]:
        """The bounds of each field of a `Reading.RANGE` bus, taken from the table on its other side."""
        table = self._other(bus, Role.PROVIDE)
        return [table.bounds(position) for position in range(bus.width)]

    def bits_bounds(self, count: int) -> tuple[int, int]:
        """The bounds of a value of `count` bits, taken from the lookup table."""
        return self._other(BITS, Role.PROVIDE).bounds(1, (0, count))

    def _other(self, bus: Bus, role: Role) -> OtherSide:
        if (bus, role) not in self._others:
            self._others[bus, role] = OtherSide(self._instances, bus, role)
        return self._others[bus, role]

    def _bits(self, name: str, fields: Sequence[NDArray[np.int64]]) -> Iterator[Entry]:
        bounds = {count: self.bits_bounds(count) for count in np.unique(fields[0]).tolist()}
        for count, value in zip(fields[0].tolist(), fields[1].tolist(), strict=True):
            minimum, maximum = bounds[count]
            yield {
                "kind": Kind.RANGE.value,
                "name": name,
                "value": value,
                "minimum": minimum,
                "maximum": maximum,
            }

    def _conjunction(self, name: str, fields: Sequence[NDArray[np.int64]]) -> Iterator[Entry]:
        """The AND of two bytes, taken from the lookup table."""
        there, _ = self._other(BITWISE, Role.PROVIDE).find(np.stack(fields, axis=1))
        columns = (*(column.tolist() for column in fields), there[:, -1].tolist())
        for first, second, output, expected in zip(*columns, strict=True):
            yield {
                "kind": Kind.ARITHMETIC.value,
                "name": name,
                "inputs": dict(zip(BITWISE.fields, (first, second), strict=False)),
                "output": output,
                "expected": [expected],
            }

    def _equality(self, interaction: Interaction, fields: Sequence[NDArray[np.int64]]) -> Iterator[Entry]:
        bus, role = interaction.bus, interaction.role
        messages = np.stack(fields, axis=1)
        there, chips = self._other(bus, COUNTERPARTS[role]).find(messages % P)
        for left, right, chip in zip(messages.tolist(), signed(there).tolist(), chips, strict=True):
            yield {
                "kind": Kind.EQUALITY.value,
                "name": interaction.name,
                "bus": bus.name,
                "side": role.value,
                "left": dict(zip(bus.fields, left, strict=True)),
                "right": None if chip is None else dict(zip(bus.fields, right, strict=True)),
                "with": chip,
            }


def signed(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Field elements as the integers nearest to zero."""
    return column - P * (column > P // 2)


def _values(values: Evaluator, expression: Expression, rows: NDArray[np.int64]) -> list[int]:
    chosen: list[int] = signed(values.column(expression)[rows]).tolist()
    return chosen


def _constraint(shape: Shape, values: Evaluator, rows: NDArray[np.int64]) -> Iterator[Entry]:
    kind, name = shape.kind.value, shape.constraint.name
    left = _values(values, shape.left, rows)
    if shape.kind is Kind.RANGE:
        minimum, maximum = shape.allowed[0], shape.allowed[-1]
        for value in left:
            yield {"kind": kind, "name": name, "value": value, "minimum": minimum, "maximum": maximum}
        return
    right = None if shape.right is None else _values(values, shape.right, rows)
    if shape.kind is Kind.EQUALITY and right is not None:
        for one, other in zip(left, right, strict=True):
            yield {"kind": kind, "name": name, "left": one, "right": other}
        return
    names = [label for label, _ in shape.inputs]
    columns = [_values(values, column, rows) for _, column in shape.inputs]
    for position, output in enumerate(left):
        expected = list(shape.allowed) if right is None else [right[position]]
        inputs = {label: column[position] for label, column in zip(names, columns, strict=True)}
        yield {"kind": kind, "name": name, "inputs": inputs, "output": output, "expected": expected}


def _range(name: str, column: NDArray[np.int64], bounds: tuple[int, int]) -> Iterator[Entry]:
    minimum, maximum = bounds
    for value in column.tolist():
        yield {
            "kind": Kind.RANGE.value,
            "name": name,
            "value": value,
            "minimum": minimum,
            "maximum": maximum,
        }


def _access(interaction: Interaction, fields: dict[str, NDArray[np.int64]]) -> Iterator[Entry]:
    """A register or a word of memory as the access found it, or as the access left it."""
    limbs = np.stack([fields[limb] for limb in LIMBS], axis=1).tolist()
    if "region" in fields:
        address = (fields["region"] << 32) + fields["word index"] * WORD
    else:
        address = fields["index"]
    for place, parts, time in zip(address.tolist(), limbs, fields[TIME].tolist(), strict=True):
        entry = {
            "kind": Kind.MEMORY.value,
            "name": interaction.name,
            "space": interaction.bus.name,
            "side": interaction.role.value,
            "address": place,
            "value": sum(part << 16 * position for position, part in enumerate(parts)),
            "time": time,
        }
        if "index" in fields and place >= REGISTERS:
            entry["limbs"] = parts  # limbs of a pseudo-register may exceed 16 bits
        yield entry
