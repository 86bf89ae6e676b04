"""The token program would create the demo's accounts, and LiteSVM executes its Transfer in the same way."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from solproof.demo import programs, scenario
from solproof.execution.execute import execute
from solproof.oracle.litesvm import run_in_litesvm, runtime
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.sysvars import Sysvars


def initialized(account: Account, data: bytes, *others: Account) -> bytes:
    """The account's data after an initializing instruction in LiteSVM."""
    blank = replace(account, data=bytes(len(account.data)))
    entries = (
        InstructionAccount(blank, is_writable=True),
        *(InstructionAccount(other) for other in others),
        InstructionAccount(Sysvars().account("rent")),
    )
    result = run_in_litesvm(ExecutionInput(b"", scenario.TOKEN_PROGRAM, entries, data), runtime())
    assert result.success
    return result.accounts[0].data


def test_mint_layout() -> None:
    instruction = bytes([0, scenario.DECIMALS]) + scenario.MINT_AUTHORITY + b"\1" + scenario.SOURCE_OWNER
    assert initialized(scenario.mint_account(), instruction) == scenario.mint_data(
        scenario.MINT_AUTHORITY, 0, scenario.DECIMALS, freeze_authority=scenario.SOURCE_OWNER
    )
    assert len(scenario.mint_data(None, 0, 0)) == scenario.MINT_LENGTH


def test_token_account_layout() -> None:
    account = scenario.destination_account(0)
    others = (scenario.mint_account(), scenario.wallet(scenario.DESTINATION_OWNER))
    assert initialized(account, bytes([1]), *others) == account.data
    assert len(account.data) == scenario.TOKEN_ACCOUNT_LENGTH


def test_delegate_layout() -> None:
    source = scenario.source_account()
    delegate = scenario.wallet(scenario.demo_key("delegate"))
    given = ExecutionInput(
        b"",
        scenario.TOKEN_PROGRAM,
        (
            InstructionAccount(source, is_writable=True),
            InstructionAccount(delegate),
            InstructionAccount(scenario.wallet(scenario.SOURCE_OWNER), is_signer=True),
        ),
        struct.pack("<BQ", 4, 99),
    )
    assert scenario.run_token_instruction(given, classic_token=False).accounts[0].data == (
        scenario.token_account_data(
            scenario.MINT,
            scenario.SOURCE_OWNER,
            scenario.SOURCE_AMOUNT,
            delegate=delegate.key,
            delegated_amount=99,
        )
    )


@pytest.mark.parametrize(("classic_token", "compute_units"), [(False, 76), (True, 4_644)])
def test_transfer(classic_token: bool, compute_units: int) -> None:
    elf = programs.classic_token() if classic_token else programs.p_token()
    given = scenario.transfer(elf)
    ours = execute(given).output
    theirs = scenario.run_token_instruction(given, classic_token=classic_token)
    assert ours.compute_units == theirs.compute_units == compute_units
    assert (ours.success, ours.logs, ours.accounts) == (True, theirs.logs, theirs.accounts)
    amounts = [int.from_bytes(account.data[64:72], "little") for account in ours.accounts[:2]]
    assert amounts == [scenario.SOURCE_AMOUNT - scenario.TRANSFER_AMOUNT, scenario.TRANSFER_AMOUNT]
