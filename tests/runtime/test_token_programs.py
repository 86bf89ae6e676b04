"""Whole instructions of mainnet's token programs, against LiteSVM: p-token, SPL Token, Token-2022."""

from __future__ import annotations

import pytest

from solproof.execution.execute import execute
from tests.support.token_programs import CLASSIC, FAILING, P_TOKEN, SUCCEEDING, TOKEN_2022, against_litesvm


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC, TOKEN_2022])
@pytest.mark.parametrize("name", SUCCEEDING)
def test_succeeding(token: str, name: str) -> None:
    instruction, modified = SUCCEEDING[name]
    execution = against_litesvm(token, instruction)
    assert execution.output.success
    assert execution.output.exit_code == 0
    assert execution.output.accounts_modified == modified


@pytest.mark.parametrize("token", [P_TOKEN, CLASSIC, TOKEN_2022])
@pytest.mark.parametrize("name", FAILING)
def test_failing(token: str, name: str) -> None:
    instruction, error = FAILING[name]
    execution = against_litesvm(token, instruction)
    assert execution.output.error == error
    assert execution.output.accounts_modified == 0


@pytest.mark.parametrize(
    ("name", "p_token", "classic"),
    [("Transfer", 76, 4_644), ("TransferChecked", 105, None), ("MintTo", 119, None), ("Burn", 123, None)],
)
def test_known_costs(name: str, p_token: int, classic: int | None) -> None:
    instruction, _ = SUCCEEDING[name]
    assert execute(instruction(P_TOKEN)).output.compute_units == p_token
    if classic is not None:
        assert execute(instruction(CLASSIC)).output.compute_units == classic
