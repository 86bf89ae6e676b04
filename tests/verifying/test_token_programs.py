"""Whole token instructions. Every one passes the checker, and a proof of each kind verifies."""

from __future__ import annotations

import pytest

from solproof.execution.execute import execute
from solproof.proving.check import check_execution
from solproof.proving.prove import prove
from solproof.verifying.verify import verify
from tests.support.token_programs import CLASSIC, FAILING, P_TOKEN, SUCCEEDING, TOKEN_2022, scene_of

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


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC, TOKEN_2022])
@pytest.mark.parametrize("name", CASES)
def test_checked(token: str, name: str) -> None:
    assert check_execution(execute(scene_of(token, CASES[name]))) == []


@pytest.mark.parametrize(
    ("token", "name"), [*((CLASSIC, name) for name in PROVEN), (TOKEN_2022, "TransferChecked")]
)
def test_proven(token: str, name: str) -> None:
    """A failing instruction is a result too: its proof verifies, with the runtime's error.

    Token-2022 has more instructions than the 65,536 that sBPF once allowed.
    """
    given = scene_of(token, CASES[name])
    proof = prove(given)
    verdict = verify(proof.data, given)
    assert verdict.output == proof.output == execute(given).output
    assert verdict.output.success == (name in SUCCEEDING)
