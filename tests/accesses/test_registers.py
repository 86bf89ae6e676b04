"""Chains of register accesses, compared with a slow walk through the run."""

from __future__ import annotations

import numpy as np

from assurance.corpus import runs, witnesses
from assurance.forgery import evaluator_of
from solproof.accesses.registers import MAXIMUM_GAP, split_gaps
from solproof.air.bus import INVOCATION, Role
from tests.support.conformance import states


def test_gaps() -> None:
    time = np.array([1, MAXIMUM_GAP, MAXIMUM_GAP + 1, MAXIMUM_GAP + 2, 10**6])
    shown, far = split_gaps(time, np.zeros(5, np.int64))
    assert far.tolist() == [False, False, True, True, True]
    assert shown.tolist() == [0, 0, MAXIMUM_GAP, MAXIMUM_GAP + 1, 10**6 - 1]


def test_operands_are_the_machines() -> None:
    """The operands that each executed row claims to find are the registers of its frame at that step."""
    frames = [states(outcome) for outcome in runs()[0]]
    checked = 0
    for instance in witnesses()[0].instances:
        names = [note.name for note in instance.chip.main]
        if "a_index" not in names and "destination_index" not in names and "base_index" not in names:
            continue
        for prefix in ("a", "b", "destination", "base"):
            if f"{prefix}_index" not in names:
                continue
            columns = [names.index(f"{prefix}_{limb}") for limb in range(4)]
            for row in instance.main.tolist():
                if not row[names.index("is_real")]:
                    continue
                if prefix == "b" and not row[names.index("is_register")]:
                    continue
                value = sum(row[column] << 16 * limb for limb, column in enumerate(columns))
                steps = frames[row[names.index(INVOCATION)] - 1]
                assert value == steps[row[names.index("clk")] - 1][row[names.index(f"{prefix}_index")]]
                checked += 1
    assert checked > 9000


def test_time_rises_along_every_chain() -> None:
    """Along the chain of each cell of a frame, an access finds what the previous one left, later."""
    for witness in witnesses():
        for bus in ("register", "memory"):
            sent, received = messages(witness.instances, bus)
            assert sorted(sent) == sorted(received)
            assert len(set(sent)) == len(sent)


def messages(instances: object, bus: str) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    sides: dict[Role, list[tuple[int, ...]]] = {Role.SEND: [], Role.RECEIVE: []}
    for instance in instances:  # type: ignore[attr-defined]
        values = evaluator_of(instance)
        for interaction in instance.chip.interactions:
            if interaction.bus.name == bus:
                active = np.flatnonzero(values.column(interaction.multiplicity))
                fields = np.stack([values.column(part)[active] for part in interaction.fields], axis=1)
                sides[interaction.role] += [tuple(row) for row in fields.tolist()]
    return sides[Role.SEND], sides[Role.RECEIVE]
