"""Every cell of sampled rows of every chip is changed in many ways, and something must notice."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from assurance.corpus import subjects
from assurance.mutation import Flags, Integers, Subject, everything, joined, neighbouring_cells, single_cells
from assurance.report import describe_subject, describe_subjects
from assurance.reviewed import Survivor, survivors
from solproof.air.bus import Role
from solproof.air.chip import Chip
from solproof.circuit.registry import CIRCUIT

CHIPS = [pytest.param(chip, id=chip.name) for chip in CIRCUIT.chips]


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
                    unknown.append(describe_subject(subject, mutations.main[index]))
    return frozenset(used), tuple(unknown)


@pytest.mark.parametrize("chip", CHIPS)
def test_true_rows_hold(chip: Chip) -> None:
    """The harness finds nothing wrong with unchanged rows."""
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
    assert not unknown, "\n".join(unknown)


def test_no_entry_is_stale() -> None:
    used = frozenset().union(*(found_survivors(chip.name)[0] for chip in CIRCUIT.chips))
    assert set(survivors()) - used == set()
    assert all(entry.reason for entry in survivors())


@pytest.mark.parametrize("chip", CHIPS)
def test_rows_are_deterministic(chip: Chip) -> None:
    """A row that is given what it was given before cannot send anything else, however its cells are changed.

    A refresh may choose its time, which is not a result.
    """
    for subject in subjects(chip):
        mutations = everything(subject)
        forged = subject.forges(subject.judge(mutations.main))
        if chip.name.endswith("_refresh"):
            forged &= _other_than_time(subject, mutations.main)
        assert not forged.any(), describe_subjects(subject, mutations.main[forged])


def _other_than_time(subject: Subject, main: Integers) -> Flags:
    times = [subject.chip.index(name) for name in ("before", "now", "gap_low", "now_low")]
    kept = np.delete(main, times, axis=1)
    return np.asarray((kept != np.delete(subject.cells, times)).any(axis=1))


def test_every_query_of_the_corpus_is_active() -> None:
    """Each interaction of each chip is active in some row of the corpus, so samples can lie about it."""
    silent = []
    for chip in CIRCUIT.chips:
        active = np.zeros(len(chip.interactions), np.bool_)
        for subject in subjects(chip, count=60):
            active |= subject.base.multiplicity[0] != 0
        silent += [
            f"{chip.name}: {interaction.name}"
            for interaction, spoke in zip(chip.interactions, active, strict=True)
            if not spoke and interaction.role is not Role.PROVIDE
        ]
    assert silent == []
