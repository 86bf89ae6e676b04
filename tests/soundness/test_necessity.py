"""Every constraint and every lookup is the only rule to notice some lie, or a reason explains why not."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from assurance.corpus import subjects
from assurance.mutation import Integers, Subject, everything
from assurance.necessity import Rule, evidence, ghosts_of, rules_of, search
from assurance.reviewed import implied
from assurance.shown import SHOWN
from solproof.air.chip import Chip
from solproof.circuit.registry import CIRCUIT

ROWS = 14
ATTEMPTS = 2
SAMPLES = 10
"""How many samples of rows are tried before a rule counts as not shown."""
RULED = [chip for chip in CIRCUIT.chips if rules_of(chip)]


def is_listed(rule: Rule) -> bool:
    return any(entry.covers(rule.chip.name, rule.name) for entry in implied())


@cache
def shown() -> frozenset[tuple[str, str]]:
    """The rules that tests are marked with. Pytest loads all these tests, because a run may omit some."""
    files = sorted(str(path) for path in Path(__file__).parent.glob("test_needed*.py"))
    assert pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "-p", "no:xdist", *files]) == 0
    return frozenset(SHOWN)


@cache
def unshown(chip_name: str) -> tuple[str, ...]:
    """The rules of a chip that no test and no search shows to be needed, and that are not listed."""
    chip = next(chip for chip in CIRCUIT.chips if chip.name == chip_name)
    open_rules = [
        rule for rule in rules_of(chip) if (chip_name, rule.name) not in shown() and not is_listed(rule)
    ]
    for seed in range(SAMPLES):
        open_rules = still_open(chip, open_rules, seed)
    return tuple(rule.name for rule in open_rules)


def still_open(chip: Chip, open_rules: list[Rule], seed: int) -> list[Rule]:
    """The rules that neither a mutation nor a search shows to be needed, from one sample of rows."""
    sampled: list[Subject] = []
    for subject in subjects(chip, count=ROWS, seed=seed):
        if not open_rules:
            return []
        sampled.append(subject)
        constraints, queries = evidence(subject, everything(subject))
        open_rules = [
            rule
            for rule in open_rules
            if rule.position not in (constraints if rule.is_constraint else queries)
        ]
    ghosts = ghosts_of(chip, sampled)
    return [rule for rule in open_rules if not found(rule, sampled, ghosts)]


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
    """This table has no constraints, and the key fixes everything that it provides."""
    assert [chip.name for chip in CIRCUIT.chips if chip not in RULED] == ["lookup"]


def test_the_lists_are_true() -> None:
    """Each entry of the list of implied rules matches rules and has a reason. No test shows them needed."""
    names = [(chip.name, rule.name) for chip in CIRCUIT.chips for rule in all_rules(chip)]
    for entry in implied():
        assert entry.reason
        for pattern in entry.rules:
            assert any(entry.covers(chip, rule) and fnmatchcase(rule, pattern) for chip, rule in names), (
                pattern
            )
    listed = {(chip, rule) for chip, rule in shown() for entry in implied() if entry.covers(chip, rule)}
    assert listed == set()


def all_rules(chip: Chip) -> list[Rule]:
    rules = [Rule(chip, True, position) for position in range(len(chip.constraints))]
    return rules + [Rule(chip, False, position) for position in range(len(chip.interactions))]
