"""Lies about single rows: a true row with some cells replaced, and everything that notices the change.

A row is judged alone with its two neighbours. Three things can notice a change: constraints, lookups, and
messages on permutation buses. A query must be in the provider's table, whose multiplicities count as
recomputed. Two questions are asked of each changed row:

- `survives`: nothing notices the change. The row then sends exactly the same messages to other tables.
- `forges`: the row is given what it was given before (the messages that it receives, and its instruction). It
  breaks no rule, and yet it sends something else. A prover could go on from there, so the row is not
  deterministic.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solproof.accesses.memory import HOLE_WORDS, INDEX_BITS
from solproof.accesses.memory_calls import BlockKind
from solproof.air.bus import BLOCK, MEMORY, PROGRAM, RANGE16, Role
from solproof.air.chip import Chip, Interaction
from solproof.air.evaluate import Evaluator
from solproof.air.expression import Expression
from solproof.air.field import P, inverses
from solproof.proving.witness import Instance
from solproof.vm.memory import INPUT, STACK

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Place = tuple[Instance, int]
"""A row of a table."""
Hashes = NDArray[np.uint64]

DEPTH = 3
"""A row, the row before it, and the row after it."""

FEW = 2**8
"""A query that is made more than 0 and fewer than this many times in each of 2^22 rows cannot cancel."""

GIVEN = (Role.RECEIVE, Role.QUERY)
MOST_BROKEN = 5
COMPENSATIONS = 3000
"""Attempts to adjust the other cells of a changed row."""


# MESSAGES


def hashes(fields: Iterable[Integers], bus: str) -> Hashes:
    """A 64-bit fingerprint for each message."""
    state: NDArray[Any] | np.uint64 = np.uint64(int.from_bytes(bus.encode()[:8], "little"))
    with np.errstate(over="ignore"):
        for field in fields:
            state = (state ^ field.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ state >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
            state = state ^ state >> np.uint64(32)
    return np.asarray(state, np.uint64)


def provided(instances: Sequence[Instance]) -> dict[str, Hashes]:
    """The sorted fingerprints of the messages that lookup tables may provide, by bus."""
    offered: dict[str, list[Hashes]] = {}
    for instance in instances:
        for interaction in instance.chip.interactions:
            if interaction.role is Role.PROVIDE:
                evaluator = _providing(instance, interaction)
                may = np.ones(len(instance.main), np.bool_)
                for constraint in instance.chip.constraints:
                    may &= evaluator.column(constraint.expression) == 0
                fields = [evaluator.column(part)[may] for part in interaction.fields]
                offered.setdefault(interaction.bus.name, []).append(hashes(fields, interaction.bus.name))
    return {bus: np.unique(np.concatenate(parts)) for bus, parts in offered.items()}


def _providing(instance: Instance, interaction: Interaction) -> Evaluator:
    """The table as if each row provided its message once."""
    kind, column = instance.chip.graph.nodes[interaction.multiplicity.node]  # type: ignore[misc]
    assert kind == "main", "the multiplicity of a provider is a column"
    main = instance.main.copy()
    main[:, column] = 1
    return Evaluator(instance.chip, main, instance.preprocessed, instance.public)


# EVALUATION


class _Neighbourhoods(Evaluator):
    """An evaluator over groups of `DEPTH` rows, each cut out of a table."""

    def __init__(self, subject: Subject, main: Integers) -> None:
        count = len(main)
        around = np.repeat(subject.around[None], count, axis=0)
        around[:, 1] = main
        fixed = [
            None if part is None else np.tile(part, (count, 1))
            for part in (subject.preprocessed, subject.public)
        ]
        super().__init__(
            subject.chip,
            around.reshape(count * DEPTH, -1),
            fixed[0],
            fixed[1],
        )
        self._is_first, self._is_last = (np.tile(part, count) for part in (subject.is_first, subject.is_last))

    def _selector(self, row: int) -> Integers:
        return (self._is_first if row == 0 else self._is_last).copy()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that notices each of n changed rows."""

    residual: Integers  # [n, equations]: see `Subject.equations`; 0 if an equation holds or does not matter
    violated: Flags  # [n, constraints]: on the row or the row before it
    multiplicity: Integers  # [n, interactions]
    message: Hashes  # [n, interactions]
    address: Integers  # [n, interactions]: region * 2^29 + index of a memory message of the map, else -1
    invalid: Flags  # [n, interactions]: a query that is not in its table, or a block that no call can ask for
    offers: Flags  # [n]: a query is made a number of times other than 0 or 1, so it may add to the table

    def changed(self, base: Judgement) -> Flags:
        """[n, interactions]: which interactions differ from those of the base row."""
        active = (self.multiplicity != 0) & (self.message != base.message)
        return np.asarray(active | (self.multiplicity != base.multiplicity))


class Subject:
    """One row of one table."""

    def __init__(self, instance: Instance, row: int, offered: dict[str, Hashes]) -> None:
        self.chip = chip = instance.chip
        self.row = row
        self.offered = offered
        height = len(instance.main)
        self.rows = np.array([(row - 1) % height, row, (row + 1) % height])
        self.around = instance.main[self.rows].astype(np.int64)
        self.preprocessed = None if instance.preprocessed is None else instance.preprocessed[self.rows]
        self.public = None if instance.public is None else instance.public[self.rows]
        self.is_first, self.is_last = (
            (self.rows == 0).astype(np.int64),
            (self.rows == height - 1).astype(np.int64),
        )
        roles = [interaction.role for interaction in chip.interactions]
        self.is_received = np.array([role is Role.RECEIVE for role in roles])
        self.is_sent = np.array([role is Role.SEND for role in roles])
        self.is_query = np.array([role is Role.QUERY for role in roles])
        self.is_provided = np.array([role is Role.PROVIDE for role in roles])
        self.is_executor = any(interaction.bus is PROGRAM for interaction in chip.interactions)
        self.equations = equations_of(chip)
        uses = np.zeros(chip.width)
        for equation in self.equations:
            uses[list(equation)] += 1
        self.weight = 1 / np.maximum(uses, 1) ** 2

    @property
    def cells(self) -> Integers:
        """The cells of the unchanged row."""
        return np.asarray(self.around[1])

    @cached_property
    def base(self) -> Judgement:
        """The judgement of the unchanged row. It violates nothing."""
        return self.judge(self.cells[None])

    def field(self, part: Expression) -> int:
        """The value of an expression in the unchanged row."""
        return int(self._true_values.column(part)[1])

    @cached_property
    def _true_values(self) -> Evaluator:
        return _Neighbourhoods(self, self.cells[None])

    @property
    def is_padding(self) -> bool:
        """Whether the row sends nothing to other tables."""
        return not self.base.multiplicity.any()

    def cell(self, column: str) -> int:
        """The value of a column in the unchanged row."""
        return int(self.cells[self.chip.index(column)])

    def judge(self, main: Integers) -> Judgement:
        """Judge n versions of the row, [n, columns]."""
        evaluator = _Neighbourhoods(self, main)
        count = len(main)
        constraints = np.stack(
            [evaluator.column(each.expression).reshape(count, DEPTH) for each in self.chip.constraints]
            or [np.zeros((count, DEPTH), np.int64)],
            axis=1,
        )
        multiplicity, message, address, invalid, offers = [], [], [], [], []
        residual = [constraints[:, number, 1] for number in range(len(self.chip.constraints))]
        for interaction in self.chip.interactions:
            times = evaluator.column(interaction.multiplicity)[1::DEPTH]
            fields = [evaluator.column(part)[1::DEPTH] for part in interaction.fields]
            code = np.broadcast_to(hashes(fields, interaction.bus.name), (count,))
            is_query = interaction.role is Role.QUERY
            multiplicity.append(times)
            computed = interaction.bus is MEMORY and self.is_executor
            address.append(addresses(fields) if computed else np.full(count, -1))
            message.append(code)
            known = is_in(self.offered[interaction.bus.name], code) if is_query else np.ones(count, np.bool_)
            wrong = ~known & (times != 0) & (times < FEW)
            if interaction.bus is BLOCK:
                wrong = unheard(fields, [self.field(part) for part in interaction.fields]) & (times != 0)
            invalid.append(wrong)
            offers.append((times > 1) if is_query else np.zeros(count, np.bool_))
            if interaction.role in GIVEN:
                matters = wrong if is_query else times != 0
                # A range check that was silent may just as well check 0.
                silent = interaction.bus is RANGE16 and self.field(interaction.multiplicity) == 0
                for part, field in zip(interaction.fields, fields, strict=True):
                    if part.constant_value() is None:
                        target = 0 if silent else self.field(part)
                        residual.append(np.where(matters, (field - target) % P, 0))
        return Judgement(
            np.stack(residual, axis=1) if residual else np.zeros((count, 0), np.int64),
            np.asarray(constraints[:, :, :2].any(axis=2)),
            np.stack(multiplicity, axis=1),
            np.stack(message, axis=1),
            np.stack(address, axis=1),
            np.stack(invalid, axis=1),
            np.asarray(np.stack(offers, axis=1).any(axis=1)),
        )

    # VERDICTS

    def _net(self, judgement: Judgement, which: Flags) -> Hashes:
        """The messages on permutation buses as a multiset. Messages both sent and received cancel."""
        with np.errstate(over="ignore"):
            signs = np.where(self.is_sent, 1, -1)[which].astype(np.uint64)
            times = judgement.multiplicity[:, which].astype(np.uint64)
            total: Hashes = (times * judgement.message[:, which] * signs).sum(axis=1, dtype=np.uint64)
        return total

    def is_allowed(self, judgement: Judgement) -> Flags:
        """Whether no constraint and no lookup is violated, and no provider offers another count."""
        provides = judgement.changed(self.base)[:, self.is_provided].any(axis=1)
        return np.asarray(~(judgement.violated.any(axis=1) | judgement.invalid.any(axis=1) | provides))

    def survives(self, judgement: Judgement) -> Flags:
        """Whether nothing notices the change."""
        both = self.is_received | self.is_sent
        same = self._net(judgement, both) == self._net(self.base, both)
        return np.asarray(self.is_allowed(judgement) & same)

    def forges(self, judgement: Judgement) -> Flags:
        """Whether the row is given what it was given before, breaks no rule, and sends something else."""
        return np.asarray(self.is_allowed(judgement) & self.is_lie(judgement))

    def is_lie(self, judgement: Judgement) -> Flags:
        """Whether the row sends something else, or makes a query a number of times other than 0 or 1."""
        return np.asarray(judgement.offers | self.says_otherwise(judgement))

    def says_otherwise(self, judgement: Judgement) -> Flags:
        """Whether the row is given what it was given before and sends something else, allowed or not.

        The row itself computes the address of an access to memory. So an access to another word of the map is
        a lie, whatever that word holds. Leaving an access out is also a lie, unless everything else that is
        sent stays the same.
        """
        left_out = (judgement.multiplicity == 0) & (self.base.multiplicity != 0)
        changed = judgement.changed(self.base) & ~left_out
        elsewhere = (judgement.address >= 0) & (judgement.address != self.base.address)
        elsewhere &= (judgement.multiplicity != 0) & (self.base.multiplicity != 0)
        given = ~(changed & ~elsewhere)[:, self.is_received].any(axis=1)
        said = (changed & (self.is_sent | elsewhere)).any(axis=1)
        return np.asarray(given & said)


def addresses(fields: Sequence[Integers]) -> Integers:
    """The words that memory messages are about. -1 if no map has such a word."""
    region, index = fields[1], fields[2]
    exists = (region >= 0) & (region <= INPUT) & (index < 2**INDEX_BITS)
    exists &= (region != STACK) | (index % (2 * HOLE_WORDS) < HOLE_WORDS)
    return np.where(exists, region << INDEX_BITS | index, -1)


def unheard(fields: Sequence[Integers], true: Sequence[int]) -> Flags:
    """Which messages between a call and its block have no counterpart.

    The start and the shift of a block are below 8. The call determines whether the first row reads. A copy
    has no value. If a comparison is otherwise unchanged, its value is the one that the block finds.
    """
    message = dict(zip(BLOCK.fields, fields, strict=True))
    differs = [field != value for field, value in zip(fields, true, strict=True)]
    *others, value = differs
    found = (message["kind"] == BlockKind.COMPARE) & value & ~np.logical_or.reduce(others)
    found |= (message["kind"] == BlockKind.COPY) & (message["value"] != 0)
    return np.asarray(found | (message["start"] >= 8) | (message["shift"] >= 8) | (message["reads"] > 1))


def is_in(known: Hashes, codes: Hashes) -> Flags:
    """Membership in a sorted array."""
    if len(known) == 0:
        return np.zeros(len(codes), np.bool_)
    place = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.asarray(known[place] == codes)


# MUTATIONS


@dataclass(frozen=True, slots=True)
class Mutations:
    """Versions of a row, and the columns that each changes. The second is -1 if there is only one."""

    main: Integers  # [n, columns]
    columns: Integers  # [n, 2]

    def __len__(self) -> int:
        return len(self.main)


def _build(subject: Subject, changes: Sequence[tuple[int, int, int, int]]) -> Mutations:
    """Versions from (column, value, second column or -1, value). Those that change nothing are left out."""
    table = np.array(sorted(set(changes)), np.int64).reshape(-1, 4)
    main = np.repeat(subject.cells[None], len(table), axis=0)
    at = np.arange(len(table))
    main[at, table[:, 0]] = table[:, 1] % P
    second = table[:, 2] >= 0
    main[at[second], table[second, 2]] = table[second, 3] % P
    differs = (main != subject.cells).any(axis=1)
    return Mutations(main[differs], table[differs][:, [0, 2]])


def single_cells(subject: Subject, source: random.Random) -> Mutations:
    """Each cell replaced by 0, 1, 2, p - 1, 1/2, a random element, and itself +- 1, 2^8 and 2^16."""
    changes = []
    for column, cell in enumerate(subject.cells.tolist()):
        values = [0, 1, 2, cell + 1, cell - 1, P - 1, (P + 1) // 2, source.randrange(P)]
        values += [cell + 2**8, cell - 2**8, cell + 2**16, cell - 2**16]
        changes += [(column, value % P, -1, 0) for value in values]
    return _build(subject, changes)


def neighbouring_cells(subject: Subject) -> Mutations:
    """Neighbouring columns changed together: a carry from one to the other, both one more, or swapped."""
    changes = []
    # p = 32512 * 2^16 + 1, so 32512 in the upper limb is a carry of -1 / 2^16 out of the lower limb.
    moves = [(1, 32512), (-1, -32512), (1, 32512 - 2**16), (-1, 2**16 - 32512)]
    moves += [(1, 1), (1, -1), (-(2**16), 1), (2**16, -1), (-(2**8), 1), (2**8, -1)]
    cells = subject.cells.tolist()
    for column in range(len(cells) - 1):
        low, high = cells[column], cells[column + 1]
        changes += [(column, (low + a) % P, column + 1, (high + b) % P) for a, b in moves]
        changes.append((column, high, column + 1, low))
    return _build(subject, changes)


def lookup_guided(subject: Subject, source: random.Random) -> Mutations:
    """Cells replaced so that a field of a lookup becomes a small number. This finds fractions modulo p."""
    chip, cells = subject.chip, subject.cells
    ahead = np.repeat(cells[None], len(cells) + 1, axis=0)
    ahead[np.arange(len(cells)), np.arange(len(cells))] += 1
    evaluator = _Neighbourhoods(subject, ahead % P)
    changes: list[tuple[int, int, int, int]] = []
    for interaction in chip.interactions:
        if interaction.role is not Role.QUERY:
            continue
        for part in interaction.fields:
            values = evaluator.column(part)[1::DEPTH]
            slopes = (values[:-1] - values[-1]) % P
            for column in np.flatnonzero(slopes):
                scale = pow(int(slopes[column]), -1, P)
                for target in (0, 1, 2, 255, 0xFFFF, source.randrange(256), source.randrange(2**16)):
                    step = (target - int(values[-1])) * scale
                    changes.append((int(column), (int(cells[column]) + step) % P, -1, 0))
    return _build(subject, changes)


def compensated(subject: Subject, first: Mutations, limit: int, source: random.Random) -> Mutations:
    """Changed rows that break a few equations. One more cell is changed so that one of them holds again."""
    if len(first) == 0:
        return first
    judged = subject.judge(first.main)
    few = (judged.residual != 0).sum(axis=1)
    attempts = []
    for index in np.flatnonzero((few > 0) & (few <= MOST_BROKEN)).tolist():
        for equation in np.flatnonzero(judged.residual[index]).tolist():
            for column in subject.equations[equation]:
                if column not in first.columns[index]:
                    attempts.append((index, equation, column))
    if len(attempts) > limit:
        attempts = source.sample(attempts, limit)
    if not attempts:
        return Mutations(first.main[:0], first.columns[:0])
    index, equation, column = np.array(attempts).T
    at = np.arange(len(attempts))
    main = first.main[index]
    main[at, column] = (main[at, column] + 1) % P
    before = judged.residual[index, equation]
    slope = (subject.judge(main).residual[at, equation] - before) % P
    step = (P - before) * inverses(slope) % P
    main[at, column] = (main[at, column] - 1 + step) % P
    columns = np.stack([first.columns[index, 0], column], axis=1)
    return Mutations(main[slope != 0], columns[slope != 0])


def joined(parts: Sequence[Mutations]) -> Mutations:
    """All versions in one."""
    return Mutations(
        np.concatenate([part.main for part in parts]), np.concatenate([part.columns for part in parts])
    )


_EQUATIONS: dict[str, list[tuple[int, ...]]] = {}


def equations_of(chip: Chip) -> list[tuple[int, ...]]:
    """The equations that a liar must maintain, each given by the columns of the row that it reads.

    The constraints come first. The other equations require that a field is unchanged. There is one for each
    field of a received message, and for each field of a query that is not in its table.
    """
    if chip.name not in _EQUATIONS:
        parts = [constraint.expression for constraint in chip.constraints]
        for interaction in chip.interactions:
            if interaction.role in GIVEN:
                parts += [part for part in interaction.fields if part.constant_value() is None]
        _EQUATIONS[chip.name] = [columns_of(part) for part in parts]
    return _EQUATIONS[chip.name]


def columns_of(expression: Expression) -> tuple[int, ...]:
    """The committed columns of this row that an expression reads."""
    seen: set[int] = set()
    stack, found = [expression.node], set()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        kind, *arguments = expression.graph.nodes[node]
        if kind == "main":
            found.add(int(arguments[0]))
        elif kind in ("add", "sub", "mul"):
            stack.extend(int(argument) for argument in arguments)
    return tuple(sorted(found))


# SAMPLES


def sample_rows(instances: Sequence[Instance], chip: Chip, count: int, seed: int) -> list[Place]:
    """Rows of a chip: real rows that show each binary column at 0 and at 1, and one row of padding."""
    source = random.Random(f"{chip.name} {seed}")
    tables = [instance for instance in instances if instance.chip is chip]
    places = [(table, row) for table in range(len(tables)) for row in range(len(tables[table].main))]
    source.shuffle(places)
    names = [note.name for note in chip.main]
    flag = names.index("is_real") if "is_real" in names else None
    real = [(table, row) for table, row in places if flag is None or tables[table].main[row, flag]]
    padding = [] if flag is None else [(t, row) for t, row in places if not tables[t].main[row, flag]]
    chosen: list[tuple[int, int]] = []
    seen: set[tuple[int, int]] = set()
    for place in real[:4000]:
        cells = tables[place[0]].main[place[1]]
        kinds = {(column, int(cells[column])) for column in np.flatnonzero(cells < 2).tolist()}
        if (kinds - seen or len(chosen) < 3) and len(chosen) < count:
            chosen.append(place)
            seen |= kinds
    return [(tables[table], row) for table, row in chosen + padding[:1]]


def everything(subject: Subject) -> Mutations:
    """Single cells, neighbours, lookup-guided changes, and all of these with one or two cells adjusted."""
    source = random.Random(subject.row)
    first = joined(
        [single_cells(subject, source), neighbouring_cells(subject), lookup_guided(subject, source)]
    )
    second = compensated(subject, first, COMPENSATIONS, source)
    return joined([first, second, compensated(subject, second, COMPENSATIONS, source)])
