"""Rows of a witness in plain text, for failing tests: what a lie changes, and the rules that object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assurance.forgery import Forgery
from assurance.injection import Told
from assurance.mutation import Integers, Subject, columns_of
from solproof.air.bus import INVOCATION, Role
from solproof.air.check import Failure, evaluator, signed
from solproof.air.chip import Chip
from solproof.isa.disassemble import disassemble
from solproof.program.program import Program
from solproof.proving.witness import Instance

MOST_ROWS = 5
"""The most changed rows that a report shows. Most lies change fewer."""

Place = tuple[int, int]
"""The position of a table in a witness, and a row of it."""


def describe(
    instance: Instance, row: int, *, true: Integers | None = None, programs: Sequence[Program] = ()
) -> str:
    """A row of a table: its instruction, and its columns with their values. A value is signed if that is
    shorter.

    Columns that are 0 are only counted. `true` holds the cells of the true row. A column that differs from it
    is shown with both values. The text of the instruction is shown if the `programs` of the frames are known.
    """
    return _row(instance.chip, row, instance.main[row].astype(np.int64), true, programs)


def describe_subject(subject: Subject, cells: Integers) -> str:
    """A sampled row with changed cells, and the rules of its chip that notice them."""
    judged = subject.judge(cells[None])
    rules = [each.name for each in subject.chip.constraints]
    rules += [each.name for each in subject.chip.interactions]
    broken = [*judged.violated[0], *judged.invalid[0]]
    noticed = [f"noticed by: {rule}" for rule, is_broken in zip(rules, broken, strict=True) if is_broken]
    row = _row(subject.chip, subject.row, cells, subject.cells)
    return "\n".join([row, *(noticed or ["no rule of the chip notices it"])])


def describe_subjects(subject: Subject, main: Integers) -> str:
    """The first few of the versions of a sampled row, [n, columns]."""
    return "\n".join(describe_subject(subject, cells) for cells in main[:MOST_ROWS])


def _row(
    chip: Chip, row: int, cells: Integers, true: Integers | None = None, programs: Sequence[Program] = ()
) -> str:
    values, before = cells.tolist(), (cells if true is None else true).tolist()
    names = [note.name for note in chip.main]
    title = f"{chip.name}, row {row}"
    if "pc" in names:
        title += f", {_instruction(values[names.index(INVOCATION)], values[names.index('pc')], programs)}"
    shown = [place for place in zip(names, values, before, strict=True) if any(place[1:])]
    width = max((len(name) for name, *_ in shown), default=0)
    lines = [
        f"    {name.ljust(width)} = {signed(value)}" + (f"  (true: {signed(was)})" if value != was else "")
        for name, value, was in shown
    ]
    if len(shown) < len(names):
        lines.append(f"    the other {len(names) - len(shown)} columns are 0")
    return "\n".join([title, *lines])


def _instruction(invocation: int, pc: int, programs: Sequence[Program]) -> str:
    text = None
    if 1 <= invocation <= len(programs):
        program = programs[invocation - 1]
        text = dict(disassemble(program.text, program.version)).get(pc)
    return f"pc {pc}" + ("" if text is None else f": {text}")


def explain(lie: Forgery) -> str:
    """The rows that a lie changes, the failures, and the rows that fail."""
    failures = lie.failures()
    changed = _changed(lie.instances, lie.truth)
    rows = [place for failure in failures[:MOST_ROWS] for place in _places_of(failure, lie.instances)]
    lines = [
        *(_changed_row(lie.instances, lie.truth, place, lie.programs) for place in changed),
        f"objections: {len(failures)}",
        *(str(failure) for failure in failures[:MOST_ROWS]),
    ]
    for position, row in dict.fromkeys(rows):
        if (position, row) not in changed:
            lines.append(describe(lie.instances[position], row, programs=lie.programs))
    return "\n".join(lines)


def explain_told(lie: Told, true: Told, *, as_found: bool = False) -> str:
    """The first rows in which the witness of a lying run differs from that of the true run.

    `as_found` says which witness (see `Told.witness`).
    """
    lying, truth = lie.witness(as_found=as_found), true.witness(as_found=as_found).instances
    places = _changed(lying.instances, truth)
    return "\n".join(_changed_row(lying.instances, truth, place, lying.programs) for place in places)


def _changed(lying: Sequence[Instance], true: Sequence[Instance]) -> list[Place]:
    """The places where two witnesses differ.

    Counts of queries are ignored, because they follow from the other rows.
    """
    places: list[Place] = []
    for position, (instance, original) in enumerate(zip(lying, true, strict=False)):
        if instance.chip.name != original.chip.name:
            continue
        height = min(len(instance.main), len(original.main))
        differs = np.delete(instance.main[:height] != original.main[:height], _counts(instance.chip), axis=1)
        places += [(position, row) for row in np.flatnonzero(differs.any(axis=1)).tolist()]
    return places[:MOST_ROWS]


def _counts(chip: Chip) -> list[int]:
    provided = [each.multiplicity for each in chip.interactions if each.role is Role.PROVIDE]
    return [column for times in provided for column in columns_of(times)]


def _changed_row(
    lying: Sequence[Instance], true: Sequence[Instance], place: Place, programs: Sequence[Program]
) -> str:
    position, row = place
    cells = true[position].main[row].astype(np.int64)
    return f"changed: {describe(lying[position], row, true=cells, programs=programs)}"


def _places_of(failure: Failure, instances: Sequence[Instance]) -> Iterator[Place]:
    """The rows that a failure is about, where the multiplicity or the constraint is not 0."""
    for position, instance in enumerate(instances):
        chip = instance.chip
        if chip.name != failure.chip or failure.row is None or failure.row >= len(instance.main):
            continue
        rules = {each.name: each.expression for each in chip.constraints}
        for each in chip.interactions:
            rules[f"bus {each.bus.name}: {each.role.value}: {each.name}"] = each.multiplicity
        if evaluator(instance).column(rules[failure.name])[failure.row]:
            yield position, failure.row
