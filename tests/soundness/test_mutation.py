"""Every cell of sampled rows of every chip is changed in many ways; something must notice."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from solproof.air.bus import Role
from solproof.air.chip import Chip
from solproof.circuit.registry import CIRCUIT
from tests.soundness.corpus import witnesses
from tests.soundness.mutation import (
    Flags,
    Hashes,
    Integers,
    Mutations,
    Subject,
    compensated,
    joined,
    lookup_guided,
    neighbouring_cells,
    provided,
    sample_rows,
    single_cells,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROWS = 8
COMPENSATIONS = 3000
CHIPS = [pytest.param(chip, id=chip.name) for chip in CIRCUIT.chips]


@dataclass(frozen=True, slots=True)
class Survivor:
    """An entry of the reviewed list."""

    chip: str
    columns: tuple[str, ...]
    when: tuple[tuple[str, int], ...]
    reason: str

    def covers(self, subject: Subject, column: str) -> bool:
        """Whether the entry allows this column of this row to be anything."""
        if self.chip not in ("*", subject.chip.name) or not {"*", column} & set(self.columns):
            return False
        return all(_condition(subject, name) == value for name, value in self.when)


def _condition(subject: Subject, name: str) -> int:
    if name == "padding":
        return int(subject.is_padding)
    if name == "last_real":
        following = subject.around[2, subject.chip.index("is_real")]
        return int(bool(subject.is_last[1]) or not following)
    return subject.cell(name) if any(note.name == name for note in subject.chip.main) else -1


@cache
def survivors() -> tuple[Survivor, ...]:
    """The reviewed list."""
    document = tomllib.loads((Path(__file__).parent / "survivors.toml").read_text())
    return tuple(
        Survivor(
            entry["chip"],
            tuple(entry["columns"]),
            tuple(entry.get("when", {}).items()),
            entry["reason"],
        )
        for entry in document["survivor"]
    )


@cache
def offered(witness: int) -> dict[str, Hashes]:
    """What the lookup tables of a witness provide."""
    return provided(witnesses()[witness].instances)


def subjects(chip: Chip, count: int = ROWS, seed: int = 0) -> Iterator[Subject]:
    """Sampled rows of a chip, from every witness that has some."""
    for number, witness in enumerate(witnesses()):
        for instance, row in sample_rows(witness.instances, chip, count, seed):
            yield Subject(instance, row, offered(number))


@cache
def found_survivors(chip_name: str) -> tuple[frozenset[Survivor], tuple[str, ...]]:
    """The entries that some surviving change of a chip needs, and the changes that no entry allows."""
    chip = next(chip for chip in CIRCUIT.chips if chip.name == chip_name)
    used: set[Survivor] = set()
    unknown: list[str] = []
    for subject in subjects(chip):
        source = random.Random(subject.row)
        mutations = joined([single_cells(subject, source), neighbouring_cells(subject)])
        judgement = subject.judge(mutations.main)
        for index in np.flatnonzero(subject.survives(judgement)).tolist():
            if subject.is_padding:
                assert not judgement.multiplicity[index].any(), "a padding row sends"
            for column in mutations.columns[index].tolist():
                if column < 0 or mutations.main[index, column] == subject.cells[column]:
                    continue
                name = chip.main[column].name
                entries = [entry for entry in survivors() if entry.covers(subject, name)]
                used.update(entries[:1])
                if not entries:
                    value = mutations.main[index, column]
                    unknown.append(f"row {subject.row}: {name} = {subject.cells[column]} survives as {value}")
    return frozenset(used), tuple(unknown)


@pytest.mark.parametrize("chip", CHIPS)
def test_true_rows_hold(chip: Chip) -> None:
    """The harness finds nothing wrong with rows that nobody changed."""
    sampled = list(subjects(chip))
    assert sampled, "no witness has a row of this chip"
    for subject in sampled:
        assert not subject.base.violated.any()
        assert not subject.base.invalid.any()
        assert subject.survives(subject.base).all()
        assert not subject.forges(subject.base).any()


@pytest.mark.parametrize("chip", CHIPS)
def test_changed_cells_are_noticed(chip: Chip) -> None:
    _, unknown = found_survivors(chip.name)
    assert unknown == ()


def test_no_entry_is_stale() -> None:
    used = frozenset().union(*(found_survivors(chip.name)[0] for chip in CIRCUIT.chips))
    assert set(survivors()) - used == set()
    assert all(entry.reason for entry in survivors())


def everything(subject: Subject) -> Mutations:
    """Single cells, neighbours, what lookups suggest, and all of these with one or two cells made to fit."""
    source = random.Random(subject.row)
    first = joined(
        [single_cells(subject, source), neighbouring_cells(subject), lookup_guided(subject, source)]
    )
    second = compensated(subject, first, COMPENSATIONS, source)
    return joined([first, second, compensated(subject, second, COMPENSATIONS, source)])


@pytest.mark.parametrize("chip", CHIPS)
def test_rows_are_deterministic(chip: Chip) -> None:
    """A row that is given what it was given cannot send anything else, whatever is done to its cells.

    A refresh may choose its time: that is not a result.
    """
    for subject in subjects(chip):
        mutations = everything(subject)
        forged = subject.forges(subject.judge(mutations.main))
        if chip.name.endswith("_refresh"):
            forged &= _other_than_time(subject, mutations.main)
        found = [
            f"row {subject.row}: {[chip.main[column].name for column in columns if column >= 0]}"
            for columns in mutations.columns[forged].tolist()
        ]
        assert found == []


def _other_than_time(subject: Subject, main: Integers) -> Flags:
    times = [subject.chip.index(name) for name in ("before", "now", "gap_low", "now_low")]
    kept = np.delete(main, times, axis=1)
    return np.asarray((kept != np.delete(subject.cells, times)).any(axis=1))


def test_every_query_of_the_corpus_is_active() -> None:
    """Each interaction of each chip says something in some row of the corpus, so samples can lie about it."""
    silent = []
    for chip in CIRCUIT.chips:
        active = np.zeros(len(chip.interactions), np.bool_)
        for subject in subjects(chip, count=20):
            active |= subject.base.multiplicity[0] != 0
        silent += [
            f"{chip.name}: {interaction.name}"
            for interaction, spoke in zip(chip.interactions, active, strict=True)
            if not spoke and interaction.role is not Role.PROVIDE
        ]
    assert silent == []
