"""The messages of a witness: which steps their rows execute, and the message on the other side of a bus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import BITS, BITWISE, BYTES, INVOCATION, RANGE16, STATE, Bus, Kind, Role
from solproof.air.check import evaluator
from solproof.air.chip import Chip, Interaction
from solproof.air.evaluate import Evaluator
from solproof.proving.witness import BLOCK_ROWS, Instance

TIME = "time"
_HASH_SEED = 6


class Reading(Enum):
    """The meaning of a message, by its bus.

    ACCESS: a register or a word has a value at a time.
    RANGE: each field is in the range of the table on the other side.
    BITS: the second field has as many bits as the first field gives.
    CONJUNCTION: the last field is the AND of the others.
    MESSAGE: the same message is on the other side.
    """

    ACCESS = "access"
    RANGE = "range"
    BITS = "bits"
    CONJUNCTION = "conjunction"
    MESSAGE = "message"


def reading_of(bus: Bus) -> Reading:
    """The meaning of the messages of a bus."""
    if TIME in bus.fields:
        return Reading.ACCESS
    by_bus = {
        RANGE16: Reading.RANGE,
        BYTES: Reading.RANGE,
        BITS: Reading.BITS,
        BITWISE: Reading.CONJUNCTION,
    }
    return by_bus.get(bus, Reading.MESSAGE)


@dataclass(frozen=True, slots=True, eq=False)  # arrays do not compare as one value
class Executed:
    """Rows of one table that belong to steps: `row[i]` to instruction `clk[i]` of frame `invocation[i] - 1`.

    Invocations rise, and clk rises within each invocation.

    interactions: the numbers of the interactions that belong to this step.
    with_constraints: whether the constraints of the row are listed with the step.
    """

    invocation: NDArray[np.int64]
    clk: NDArray[np.int64]
    row: NDArray[np.int64]
    interactions: tuple[int, ...]
    with_constraints: bool

    def of(self, frame: int) -> Executed:
        """The rows of one frame."""
        first, last = np.searchsorted(self.invocation, [frame + 1, frame + 2])
        return self._cut(slice(first, last))

    def steps(self, start: int, end: int) -> Executed:
        """The rows of the steps with an index from `start` to `end` - 1, if all rows are of one frame."""
        first, last = np.searchsorted(self.clk, [start + 1, end + 1])
        return self._cut(slice(first, last))

    def _cut(self, part: slice) -> Executed:
        return replace(self, invocation=self.invocation[part], clk=self.clk[part], row=self.row[part])


def looks_at_neighbours(chip: Chip) -> bool:
    """Whether an expression of a chip reads the next row, or tells whether a row is the last."""
    return any(node[0] in ("next", "transition") for node in chip.graph.nodes)


def select(instance: Instance, rows: NDArray[np.int64]) -> Evaluator:
    """An evaluator over some rows of a table whose expressions do not read the next row."""
    preprocessed, public = instance.preprocessed, instance.public
    return Evaluator(
        instance.chip,
        instance.main[rows],
        None if preprocessed is None else preprocessed[rows],
        None if public is None else public[rows],
    )


def evaluators(instance: Instance) -> Iterator[tuple[int, Evaluator]]:
    """The table in blocks of rows: the first row of each block, and its evaluator."""
    height = len(instance.main)
    if looks_at_neighbours(instance.chip):
        yield 0, evaluator(instance)
        return
    for start in range(0, height, BLOCK_ROWS):
        yield start, select(instance, np.arange(start, min(start + BLOCK_ROWS, height)))


def executed_rows(instance: Instance) -> list[Executed]:
    """Which rows of a table belong to which steps.

    A row executes the step whose state it receives from the state bus. The row of a call receives two states,
    its own and that of the exit. Messages with the multiplicity of the second state belong to the exit, all
    others to the call. If a table receives no state, a row with messages belongs to the step that its columns
    `invocation` and `clk` name.
    """
    chip = instance.chip
    taken = [each for each in chip.interactions if each.bus is STATE and each.role is Role.RECEIVE]
    if not taken:
        return _rows_of_column(instance)
    nodes = [each.multiplicity.node for each in chip.interactions]
    first, *later = (each.multiplicity.node for each in taken)
    of_later = set(later) - {first}
    own = [number for number, node in enumerate(nodes) if node not in of_later]
    rows = [_steps(instance, taken[0], own, with_constraints=True)]
    for each in taken[1:]:
        said = [number for number, node in enumerate(nodes) if node == each.multiplicity.node]
        rows.append(_steps(instance, each, said, with_constraints=False))
    return rows


def _steps(
    instance: Instance, taken: Interaction, numbers: Sequence[int], *, with_constraints: bool
) -> Executed:
    invocation, clk = (taken.fields[STATE.fields.index(name)] for name in (INVOCATION, "clk"))
    found = []
    for start, values in evaluators(instance):
        active = np.flatnonzero(values.column(taken.multiplicity))
        found.append((values.column(invocation)[active], values.column(clk)[active], active + start))
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    return _sorted(columns, numbers, with_constraints=with_constraints)


def _rows_of_column(instance: Instance) -> list[Executed]:
    chip = instance.chip
    if {INVOCATION, "clk"} - {note.name for note in chip.main}:
        return []
    active = np.zeros(len(instance.main), np.bool_)
    for start, values in evaluators(instance):
        for interaction in chip.interactions:
            said = values.column(interaction.multiplicity) != 0
            active[start : start + len(said)] |= said
    row = np.flatnonzero(active)
    invocation, clk = (instance.main[row, chip.index(name)].astype(np.int64) for name in (INVOCATION, "clk"))
    return [_sorted([invocation, clk, row], range(len(chip.interactions)), with_constraints=True)]


def _sorted(
    columns: Sequence[NDArray[np.int64]], numbers: Sequence[int], *, with_constraints: bool
) -> Executed:
    invocation, clk, row = columns
    order = np.lexsort((clk, invocation))
    return Executed(invocation[order], clk[order], row[order], tuple(numbers), with_constraints)


class OtherSide:
    """All messages on one side of a bus, to be found by their content."""

    def __init__(self, instances: Sequence[Instance], bus: Bus, role: Role) -> None:
        width = bus.width
        messages, chips = [np.zeros((0, width), np.int64)], [np.zeros(0, np.int64)]
        self.chips = [instance.chip.name for instance in instances]
        for number, instance in enumerate(instances):
            said = [each for each in instance.chip.interactions if each.bus is bus and each.role is role]
            for _, values in evaluators(instance) if said else ():
                for interaction in said:
                    found = self._fields(values, interaction)
                    messages.append(found)
                    chips.append(np.full(len(found), number))
        self._multipliers = np.random.default_rng(_HASH_SEED).integers(0, 2**64, width, np.uint64)
        content, chip = np.concatenate(messages), np.concatenate(chips)
        keys = self._hash(content)
        order = np.argsort(keys, kind="stable")
        self._keys, self._messages, self._chip = keys[order], content[order], chip[order]

    @staticmethod
    def _fields(values: Evaluator, interaction: Interaction) -> NDArray[np.int64]:
        fields = np.stack([values.column(part) for part in interaction.fields], axis=1)
        if interaction.bus.kind is Kind.LOOKUP:
            return fields  # a table provides all of its rows
        active = np.flatnonzero(values.column(interaction.multiplicity))
        said: NDArray[np.int64] = fields[active]
        return said

    def _hash(self, messages: NDArray[np.int64]) -> NDArray[np.uint64]:
        """A key to look messages up by. A found message is then compared with the one looked for."""
        keys: NDArray[np.uint64] = (messages.astype(np.uint64) * self._multipliers).sum(axis=1)
        return keys

    def find(self, messages: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str | None]]:
        """For each message, the message found on this side and its chip, or None as chip if they differ."""
        if len(self._keys) == 0:
            return messages, [None] * len(messages)
        place = np.minimum(np.searchsorted(self._keys, self._hash(messages)), len(self._keys) - 1)
        found = self._messages[place]
        there = (found == messages).all(axis=1)
        chips = [
            self.chips[chip] if known else None for chip, known in zip(self._chip[place], there, strict=True)
        ]
        return found, chips

    def bounds(self, position: int, where: tuple[int, int] | None = None) -> tuple[int, int]:
        """The smallest and the largest value of one field, over all messages.

        where: only over messages whose field number `where[0]` has the value `where[1]`.
        """
        column = self._messages[:, position]
        if where is not None:
            column = column[self._messages[:, where[0]] == where[1]]
        return int(column.min()), int(column.max())
