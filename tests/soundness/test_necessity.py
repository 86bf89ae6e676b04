"""Every constraint and every lookup alone notices some lie, or a reason says why it is implied."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from solproof.air.bus import Role
from solproof.air.chip import Chip
from solproof.circuit.registry import CIRCUIT
from tests.soundness import (  # noqa: F401 - the rules that they show join the others
    test_needed_counts,
    test_needed_memory,
    test_needed_products,
)
from tests.soundness.mutation import Integers, Subject
from tests.soundness.necessity import Rule, evidence, search
from tests.soundness.test_mutation import everything, subjects
from tests.soundness.test_needed import SHOWN
from tests.soundness.test_time import ELAPSED

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROWS = 14
ATTEMPTS = 2
RULED = [chip for chip in CIRCUIT.chips if any(note.name == "is_real" for note in chip.main)]


@dataclass(frozen=True, slots=True)
class Implied:
    """An entry of the reviewed list."""

    chips: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str

    def covers(self, chip: str, rule: str) -> bool:
        return any(fnmatchcase(chip, each) for each in self.chips) and any(
            fnmatchcase(rule, each) for each in self.rules
        )


@cache
def implied() -> tuple[Implied, ...]:
    document = tomllib.loads((Path(__file__).parent / "implied.toml").read_text())
    return tuple(
        Implied(tuple(entry["chips"]), tuple(entry["rules"]), entry["reason"])
        for entry in document["implied"]
    )


def rules_of(chip: Chip) -> list[Rule]:
    """Constraints, and lookups but those of time, which `test_time.py` is about."""
    rules = [Rule(chip, True, position) for position in range(len(chip.constraints))]
    rules += [
        Rule(chip, False, position)
        for position, interaction in enumerate(chip.interactions)
        if interaction.role is Role.QUERY and not interaction.name.endswith(ELAPSED)
    ]
    return rules


def is_listed(rule: Rule) -> bool:
    return any(entry.covers(rule.chip.name, rule.name) for entry in implied())


@cache
def unshown(chip_name: str) -> tuple[str, ...]:
    """The rules of a chip that are neither shown to be needed by hand, nor found to be, nor listed."""
    chip = next(chip for chip in CIRCUIT.chips if chip.name == chip_name)
    open_rules = [
        rule for rule in rules_of(chip) if (chip_name, rule.name) not in SHOWN and not is_listed(rule)
    ]
    sampled: list[Subject] = []
    for subject in subjects(chip, count=ROWS):
        if not open_rules:
            return ()
        sampled.append(subject)
        constraints, queries = evidence(subject, everything(subject))
        open_rules = [
            rule
            for rule in open_rules
            if rule.position not in (constraints if rule.is_constraint else queries)
        ]
    ghosts = ghosts_of(chip, sampled)
    return tuple(rule.name for rule in open_rules if not found(rule, sampled, ghosts))


def ghosts_of(chip: Chip, sampled: list[Subject]) -> Integers:
    """Real rows that say they are padding."""
    rows = [subject.cells.copy() for subject in sampled if not subject.is_padding]
    for row in rows:
        row[chip.index("is_real")] = 0
    return np.array(rows, np.int64).reshape(-1, chip.width)


def found(rule: Rule, sampled: list[Subject], ghosts: Integers) -> bool:
    """Whether the search finds a lie from some row."""
    return any(
        search(subject, rule, ghosts if subject.is_padding else ghosts[:0], seed)
        for seed, subject in enumerate(sampled * ATTEMPTS)
    )


@pytest.mark.parametrize("chip", [pytest.param(chip, id=chip.name) for chip in RULED])
def test_every_rule_is_needed(chip: Chip) -> None:
    assert unshown(chip.name) == ()


def test_tables_without_rules() -> None:
    """What the others offer is fixed by the key; they have no constraints."""
    others = [chip for chip in CIRCUIT.chips if chip not in RULED]
    assert [chip.name for chip in others] == ["image", "lookup"]
    assert all(not rules_of(chip) for chip in others)


def test_the_lists_are_true() -> None:
    """Each entry of the list of implied rules stands for a rule, has a reason, and none is shown needed."""
    names = [(chip.name, rule.name) for chip in CIRCUIT.chips for rule in all_rules(chip)]
    for entry in implied():
        assert entry.reason
        for pattern in entry.rules:
            assert any(entry.covers(chip, rule) and fnmatchcase(rule, pattern) for chip, rule in names), (
                pattern
            )
    listed = {(chip, rule) for chip, rule in SHOWN for entry in implied() if entry.covers(chip, rule)}
    assert listed == set()


def all_rules(chip: Chip) -> list[Rule]:
    rules = [Rule(chip, True, position) for position in range(len(chip.constraints))]
    return rules + [Rule(chip, False, position) for position in range(len(chip.interactions))]
