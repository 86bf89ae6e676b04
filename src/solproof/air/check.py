"""The trace checker: checks every constraint on every row, and every bus as a multiset, without proving.

It evaluates the same expressions that the engine proves. So the engine can prove a table that passes here,
and a failure here explains a proof that a verifier could only call invalid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import INVOCATION, Bus
from solproof.air.chip import Chip
from solproof.air.evaluate import Evaluator
from solproof.air.field import Column, P


class CheckedTable(Protocol):
    """One table of a witness."""

    @property
    def chip(self) -> Chip: ...

    @property
    def main(self) -> NDArray[np.uint32]: ...

    @property
    def preprocessed(self) -> NDArray[np.uint32] | None: ...

    @property
    def public(self) -> NDArray[np.uint32] | None: ...


@dataclass(frozen=True, slots=True)
class Failure:
    """One violation. `expected` and `got` are field elements, written as negative numbers if that is shorter.

    `instruction` is the disassembly of the instruction at `pc` if the program is known.
    """

    chip: str
    name: str
    row: int | None
    expected: str
    got: str
    pc: int | None = None
    instruction: str | None = None
    invocation: int | None = None

    def __str__(self) -> str:
        where = "" if self.row is None else f" row {self.row}"
        if self.invocation is not None:
            where += f" of invocation {self.invocation}"
        text = "" if self.instruction is None else f": {self.instruction}"
        at = "" if self.pc is None else f" (pc {self.pc}{text})"
        return f"{self.chip}{where}{at}: {self.name}: expected {self.expected}, got {self.got}"


def signed(value: int) -> int:
    """The representative of a field element that is nearest to zero."""
    return value - P if value > P // 2 else value


def evaluator(table: CheckedTable) -> Evaluator:
    """An evaluator over all columns of a table."""
    return Evaluator(table.chip, table.main, table.preprocessed, table.public)


def check(tables: Sequence[CheckedTable], limit: int = 20) -> list[Failure]:
    """All violations in a witness, up to `limit` failures. The witness can be proven if there are none."""
    failures: list[Failure] = []
    ledger = Ledger()
    for position, table in enumerate(tables):
        values = evaluator(table)
        failures.extend(constraint_failures(table, values, limit))
        ledger.add(position, table, values)
    failures.extend(ledger.failures(tables, limit))
    return failures[:limit]


def constraint_failures(table: CheckedTable, values: Evaluator, limit: int) -> list[Failure]:
    """The constraints that are not zero on every row, with the first rows where they are not."""
    failures = []
    for constraint in table.chip.constraints:
        column = values.column(constraint.expression)
        for row in np.flatnonzero(column)[:limit]:
            got = signed(int(column[row]))
            failures.append(
                Failure(
                    table.chip.name,
                    constraint.name,
                    int(row),
                    "0",
                    str(got),
                    pc_of(table, int(row)),
                    invocation=invocation_of(table, int(row)),
                )
            )
    return failures


def pc_of(table: CheckedTable, row: int) -> int | None:
    """The pc of a row, or None if the chip does not have one."""
    return _cell(table, row, "pc")


def invocation_of(table: CheckedTable, row: int) -> int | None:
    """The invocation of a row, or None if the chip does not have one."""
    return _cell(table, row, INVOCATION)


def _cell(table: CheckedTable, row: int, name: str) -> int | None:
    names = [note.name for note in table.chip.main]
    return int(table.main[row, names.index(name)]) if name in names else None


class Ledger:
    """All messages of a witness, by bus."""

    def __init__(self) -> None:
        self._messages: dict[Bus, list[tuple[NDArray[np.int64], Column, int, int]]] = defaultdict(list)

    def add(self, position: int, table: CheckedTable, values: Evaluator) -> None:
        """Add the messages of one table."""
        for number, interaction in enumerate(table.chip.interactions):
            multiplicity = values.column(interaction.multiplicity)
            rows = np.flatnonzero(multiplicity)
            if len(rows) == 0:
                continue
            fields = np.stack([values.column(part)[rows] for part in interaction.fields], axis=1)
            signed_count = multiplicity[rows] * interaction.role.sign % P
            message = np.concatenate([fields, rows[:, None]], axis=1)
            self._messages[interaction.bus].append((message, signed_count, position, number))

    def failures(self, tables: Sequence[CheckedTable], limit: int) -> list[Failure]:
        """Messages whose multiplicities do not cancel, each with a row that produced it."""
        failures: list[Failure] = []
        for bus, entries in self._messages.items():
            messages = np.concatenate([entry[0][:, :-1] for entry in entries])
            counts = np.concatenate([entry[1] for entry in entries])
            keys = np.ascontiguousarray(messages).view(
                np.dtype((np.void, messages.dtype.itemsize * bus.width))
            )[:, 0]
            _, first, group = np.unique(keys, return_index=True, return_inverse=True)
            balance = np.zeros(len(first), np.int64)
            np.add.at(balance, group, counts)
            unbalanced = np.flatnonzero(balance % P)
            starts = np.cumsum([0, *(len(entry[1]) for entry in entries)])
            for index in unbalanced[:limit]:
                at = int(first[index])
                entry_number = int(np.searchsorted(starts, at, side="right")) - 1
                message, _, position, number = entries[entry_number]
                table, row = tables[position], int(message[at - starts[entry_number], -1])
                interaction = table.chip.interactions[number]
                content = ", ".join(
                    f"{field} = {signed(int(value))}"
                    for field, value in zip(bus.fields, messages[at], strict=True)
                )
                got = f"{signed(int(balance[index] % P))} left over of ({content})"
                name = f"bus {bus.name}: {interaction.role.value}: {interaction.name}"
                failures.append(
                    Failure(
                        table.chip.name,
                        name,
                        row,
                        "balance",
                        got,
                        pc_of(table, row),
                        invocation=invocation_of(table, row),
                    )
                )
        return failures
