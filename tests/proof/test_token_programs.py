"""Whole token instructions: every one passes the checker, and a proof of each kind verifies."""

from __future__ import annotations

import pytest

from solproof.proof.check import check_execution
from solproof.proof.prove import prove
from solproof.proof.verify import verify
from solproof.svm.execute import execute
from tests.svm.test_token_programs import CLASSIC, FAILING, P_TOKEN, SUCCEEDING

CASES = {name: instruction for name, (instruction, _) in {**SUCCEEDING, **FAILING}.items()}
PROVEN = (
    "InitializeMint",
    "InitializeAccount",
    "MintTo",
    "TransferChecked",
    "Approve",
    "Revoke",
    "Burn",
    "CloseAccount",
    "Transfer of too much",
)


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC])
@pytest.mark.parametrize("name", CASES)
def test_checked(token: str, name: str) -> None:
    execution = execute(CASES[name](token))
    if execution.run.fault is None:
        assert check_execution(execution) == []


@pytest.mark.parametrize("name", PROVEN)
def test_proven(name: str) -> None:
    """A failing instruction is a result: its proof verifies, and says what the runtime says."""
    given = CASES[name](CLASSIC)
    proof = prove(given)
    verdict = verify(proof.data, given)
    assert verdict.output == proof.output == execute(given).output
    assert verdict.output.success == (name in SUCCEEDING)
