"""Executions with a record, for proofs and traces, and executions without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import solproof
from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.errors import InputError
from tests.support.token_transactions import TokenMachine


def test_the_output_is_the_same() -> None:
    given = transfer(classic_token())
    assert solproof.run(given, recorded=False).output == solproof.run(given).output


def test_transactions_have_the_same_output() -> None:
    machine = TokenMachine()
    scene = machine.scene(machine.create_mint(), machine.mint)
    without = solproof.run(scene, recorded=False)
    assert without.output == solproof.run(scene).output
    assert [frame.outcome.record for frame in without.frames] == [None] * len(without.frames)


@pytest.mark.parametrize(
    "use",
    [
        solproof.prove_execution,
        solproof.profile_execution,
        lambda execution: list(solproof.trace(execution)),
        solproof.explore,
    ],
)
def test_what_needs_a_record(use: Callable[[solproof.Execution], object]) -> None:
    execution = solproof.run(transfer(classic_token()), recorded=False)
    with pytest.raises(InputError) as caught:
        use(execution)
    assert str(caught.value) == "the execution was not recorded: expected an execution with recorded=True"
