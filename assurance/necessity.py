"""Whether a rule is needed, which means that some lie breaks only this rule.

A rule is a constraint or a lookup of a chip. The search starts from a true row and breaks the rule. Then it
changes further cells to repair everything else that is broken, until only the rule objects. The row is then a
lie if it sends something else although it is given what it was given before. A row of padding is a lie if it
sends anything.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from assurance.mutation import FEW, Flags, Integers, Judgement, Mutations, Subject, columns_of
from solproof.air.bus import Role
from solproof.air.chip import Chip
from solproof.air.field import P, inverses

ELAPSED = ": after its previous access, at most 2^16 later"
"""The suffix of the name of every lookup that compares the times of two accesses."""

POPULATION = 256
STEPS = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint or one query of a chip, by its position."""

    chip: Chip
    is_constraint: bool
    position: int

    @property
    def name(self) -> str:
        """The name of the constraint or query in the chip."""
        parts = self.chip.constraints if self.is_constraint else self.chip.interactions
        return parts[self.position].name

    def columns(self) -> list[int]:
        """The committed columns that the rule reads."""
        if self.is_constraint:
            return list(columns_of(self.chip.constraints[self.position].expression))
        interaction = self.chip.interactions[self.position]
        parts = (*interaction.fields, interaction.multiplicity)
        return sorted(set().union(*(columns_of(part) for part in parts)))


def only_by(subject: Subject, rule: Rule, judged: Judgement) -> Flags:
    """Which changed rows break this rule and no other."""
    violated, invalid = judged.violated.copy(), judged.invalid.copy()
    mine = violated if rule.is_constraint else invalid
    broken = mine[:, rule.position].copy()
    mine[:, rule.position] = False
    provides = judged.changed(subject.base)[:, subject.is_provided].any(axis=1)
    return np.asarray(broken & ~violated.any(axis=1) & ~invalid.any(axis=1) & ~provides)


def is_lie(subject: Subject, main: Integers, judged: Judgement) -> Flags:
    """Whether the row sends something false to other tables although they gave it nothing false.

    A query that is made a negative number of times adds to its table. Another row may then look up an entry
    that the table does not have.
    """
    adds = (judged.multiplicity[:, subject.is_query] >= FEW).any(axis=1)
    if subject.is_padding:
        said = judged.changed(subject.base)[:, subject.is_received | subject.is_sent].any(axis=1)
        still = main[:, subject.chip.index("is_real")] == 0
        return np.asarray((said | adds) & still)
    return np.asarray(adds | subject.says_otherwise(judged))


def is_scaled(subject: Subject, judged: Judgement) -> Flags:
    """Whether the row sends its own messages a negative number of times, on both sides of its buses.

    Other rows could send the same messages the missing number of times. Then the buses balance. These rows
    need not be true, because this row cancels their lookups. Sending the messages 0 times or twice is no lie.
    """
    is_said = judged.multiplicity != 0
    same = (judged.message == subject.base.message) | ~is_said
    changed = judged.changed(subject.base) & (judged.multiplicity >= FEW)
    both = changed[:, subject.is_received].any(axis=1) & changed[:, subject.is_sent].any(axis=1)
    return np.asarray(same.all(axis=1) & both)


def accepted(subject: Subject, main: Integers, judged: Judgement) -> Flags:
    """The lies that count as evidence."""
    if subject.is_padding:
        return is_lie(subject, main, judged)
    return np.asarray(is_lie(subject, main, judged) | is_scaled(subject, judged))


def search(subject: Subject, rule: Rule, ghosts: Integers, seed: int) -> bool:
    """Look for a lie that only the rule notices. A padding row may start from a real row in `ghosts`."""
    source = random.Random(seed)
    main, frozen = _start(subject, rule, ghosts, source)
    equation = rule.position if rule.is_constraint else None
    for _ in range(STEPS):
        if len(main) == 0:
            return False
        judged = subject.judge(main)
        if (only_by(subject, rule, judged) & accepted(subject, main, judged)).any():
            return True
        main, frozen = _repaired(subject, judged, (main, frozen), equation, source)
    return False


def _start(subject: Subject, rule: Rule, ghosts: Integers, source: random.Random) -> tuple[Integers, Flags]:
    columns = rule.columns()
    beside = _beside(subject, columns)
    bases = np.concatenate([subject.cells[None], ghosts]) if len(ghosts) else subject.cells[None]
    main = bases[[source.randrange(len(bases)) for _ in range(POPULATION)]].copy()
    frozen = np.zeros(main.shape, np.bool_)
    for row, kept in zip(main, frozen, strict=True):
        for column in source.sample(columns, min(len(columns), source.choice([1, 1, 2]))):
            cell = int(row[column])
            values = [0, 1, 2, cell + 1, cell - 1, cell + 2**16, cell - 2**16, P - 1, cell + 2**8]
            row[column] = source.choice([*values, source.randrange(P), source.randrange(2**16)]) % P
            kept[column] = True
        # Flip other binary cells that share an equation with these, for example another selector or marker.
        names, weights = list(beside), list(beside.values())
        for column in source.choices(names, weights, k=source.choice([0, 0, 1, 2, 2])) if names else ():
            if not kept[column] and row[column] in (0, 1):
                row[column] = 1 - row[column]
                kept[column] = True
    return main, frozen


def _beside(subject: Subject, columns: list[int]) -> dict[int, float]:
    """Columns that share equations with these. Columns that share short equations have more weight."""
    weights: dict[int, float] = {}
    for equation in subject.equations:
        if set(equation) & set(columns):
            for column in set(equation) - set(columns):
                weights[column] = weights.get(column, 0) + len(equation) ** -2
    return weights


def _repaired(
    subject: Subject,
    judged: Judgement,
    rows: tuple[Integers, Flags],
    exempt: int | None,
    source: random.Random,
) -> tuple[Integers, Flags]:
    """Each row with one more cell changed so that one more equation holds. Drops rows beyond repair."""
    main, frozen = rows
    choices = []
    for index in range(len(main)):
        broken = [each for each in np.flatnonzero(judged.residual[index]).tolist() if each != exempt]
        if not broken:
            continue
        equation = source.choice(broken)
        free = [column for column in subject.equations[equation] if not frozen[index, column]]
        if free:
            # A column that few equations read is more likely to repair one without breaking another.
            column = source.choices(free, subject.weight[free].tolist())[0]
            choices.append((index, equation, column))
    if not choices:
        return main[:0], frozen[:0]
    index, equation, column = np.array(choices).T
    at = np.arange(len(choices))
    mended, kept = main[index], frozen[index]
    before = judged.residual[index, equation]
    mended[at, column] = (mended[at, column] + 1) % P
    slope = (subject.judge(mended).residual[at, equation] - before) % P
    mended[at, column] = (mended[at, column] - 1 + (P - before) * inverses(slope)) % P
    kept[at, column] = True
    useful = slope != 0
    return mended[useful], kept[useful]


def evidence(subject: Subject, mutations: Mutations) -> tuple[set[int], set[int]]:
    """The constraints and the queries that are the only rule to notice one of these changed rows."""
    if len(mutations) == 0:
        return set(), set()
    judged = subject.judge(mutations.main)
    good = accepted(subject, mutations.main, judged) & ~judged.changed(subject.base)[
        :, subject.is_provided
    ].any(axis=1)
    violations, invalid = judged.violated.sum(axis=1), judged.invalid.sum(axis=1)
    by_constraint = judged.violated[good & (violations == 1) & (invalid == 0)]
    by_query = judged.invalid[good & (violations == 0) & (invalid == 1)]
    return set(np.flatnonzero(by_constraint.any(axis=0)).tolist()), set(
        np.flatnonzero(by_query.any(axis=0)).tolist()
    )


def rules_of(chip: Chip) -> list[Rule]:
    """Constraints and lookups, except lookups about time, which `tests/soundness/test_time.py` covers."""
    rules = [Rule(chip, True, position) for position in range(len(chip.constraints))]
    rules += [
        Rule(chip, False, position)
        for position, interaction in enumerate(chip.interactions)
        if interaction.role is Role.QUERY and not interaction.name.endswith(ELAPSED)
    ]
    return rules


def ghosts_of(chip: Chip, sampled: list[Subject]) -> Integers:
    """Real rows that are marked as padding."""
    rows = [subject.cells.copy() for subject in sampled if not subject.is_padding]
    for row in rows:
        row[chip.index("is_real")] = 0
    return np.array(rows, np.int64).reshape(-1, chip.width)
