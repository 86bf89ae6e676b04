"""Rules that a test shows to be needed, because it tells a lie that only the rule notices."""

from __future__ import annotations

from collections.abc import Callable

from assurance.forgery import Forgery, without
from assurance.report import explain
from solproof.air.check import check
from solproof.circuit.registry import CIRCUIT

CHIPS = {chip.name: chip for chip in CIRCUIT.chips}
SHOWN: set[tuple[str, str]] = set()
"""The rules that the tests loaded so far show to be needed, as pairs of chip and name."""
Test = Callable[..., None]


def shows(*rules: tuple[str, str]) -> Callable[[Test], Test]:
    """Mark a test with the rules that it shows to be needed."""
    for chip, rule in rules:
        names = [each.name for each in CHIPS[chip].constraints]
        names += [each.name for each in CHIPS[chip].interactions]
        assert rule in names, f"{chip} has no rule {rule}"
    SHOWN.update(rules)
    return lambda test: test


def needed(lie: Forgery, chip: str, rule: str) -> None:
    """Check that only this rule objects to the lie, and that nothing objects without it."""
    assert (chip, rule) in SHOWN, "the test lacks a mark: @shows"
    is_constraint = any(each.name == rule for each in CHIPS[chip].constraints)
    if is_constraint:
        expected = f"{chip}: {rule}"
    else:
        bus = next(each.bus.name for each in CHIPS[chip].interactions if each.name == rule)
        expected = f"{chip}: bus {bus}: query: {rule}"
    assert lie.names() == {expected}, explain(lie)
    left_out = {"constraints": [rule]} if is_constraint else {"interactions": [rule]}
    assert check(without(lie.instances, chip, **left_out)) == []
