"""sol_invoke_signed_c and sol_invoke_signed_rust: calls of builtin programs in one frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.runtime.accounts import InstructionAccount
from tests.support.event_examples import INVOKED_ACCOUNTS, PARAMETERS, PAYEE, PAYER, given_input
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import replay

NAMES = ("sol_invoke_signed_c", "sol_invoke_signed_rust")


@pytest.mark.parametrize("name", NAMES)
def test_a_transfer(name: str) -> None:
    execution = assert_like_litesvm(given_input(name))
    replay(execution)
    assert execution.output.success
    after = [account.lamports for account in execution.output.accounts[:2]]
    assert after == [PAYER.lamports - 5, PAYEE.lamports + 5]
    assert len(execution.frames) == 1


@pytest.mark.parametrize("name", NAMES)
def test_several_invocations(name: str) -> None:
    execution = assert_like_litesvm(given_input(name, name, "sol_get_stack_height", name))
    replay(execution)
    assert execution.output.accounts[1].lamports == PAYEE.lamports + 15


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("accounts", "error"),
    [
        (INVOKED_ACCOUNTS[:2], "MissingAccount"),
        (INVOKED_ACCOUNTS[::-1], "MissingAccount"),
        ((replace(INVOKED_ACCOUNTS[0], is_signer=False), *INVOKED_ACCOUNTS[1:]), "PrivilegeEscalation"),
        ((*INVOKED_ACCOUNTS[:1], InstructionAccount(PAYEE), INVOKED_ACCOUNTS[2]), "PrivilegeEscalation"),
    ],
)
def test_accounts_that_the_caller_does_not_have(
    name: str, accounts: tuple[InstructionAccount, ...], error: str
) -> None:
    execution = assert_like_litesvm(replace(given_input(name), accounts=accounts))
    replay(execution)
    fault = execution.run.fault
    assert fault is not None
    assert fault.name == error


@pytest.mark.parametrize("name", NAMES)
def test_an_invocation_without_enough_units(name: str) -> None:
    """The syscall, the account infos, and the system program each take their units."""
    whole = assert_like_litesvm(given_input(name)).output.compute_units
    for missing in (1, 2, 150, 151, 152, whole - 200):
        parameters = replace(PARAMETERS, compute_unit_limit=whole - missing)
        execution = assert_like_litesvm(replace(given_input(name), parameters=parameters))
        replay(execution)
        assert not execution.output.success
