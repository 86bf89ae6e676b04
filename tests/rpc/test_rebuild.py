"""Accounts of the past: closed token accounts, programs that were deployed again, other records."""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.pubkey import Pubkey
from solders.token.state import TokenAccount, TokenAccountState

from solproof.errors import InputError
from solproof.formats.transaction_response import RecordedResult, RecordedTransaction, TokenBalance
from solproof.interfaces.known.small_programs import ASSOCIATED_TOKEN_PROGRAM
from solproof.interfaces.known.token import TOKEN_PROGRAM
from solproof.interfaces.known.token_2022 import TOKEN_2022_PROGRAM
from solproof.rpc.gather import Gathered
from solproof.rpc.origin import FetchedAccount, Origin
from solproof.rpc.rebuild import WRAPPED_SOL, accounts_then
from solproof.runtime.accounts import Account
from solproof.runtime.executable import deployment_slot
from solproof.runtime.loader_state import ProgramData, ProgramPointer
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.message import Message

SLOT = 1000
KEY, MINT, OWNER, DATA = (bytes([number]) * 32 for number in (11, 12, 13, 14))


def then(
    now: Account | None,
    lamports: int,
    token: TokenBalance | None = None,
    key: bytes = KEY,
    program_data: Account | None = None,
) -> list[FetchedAccount]:
    """The accounts of a transaction with one account, and with its programdata account."""
    message = Message(None, 1, 0, 0, (key,), bytes(32), (), (), b"")
    found = {account.key: account for account in (now, program_data) if account is not None}
    gathered = Gathered((key,), (), {key: DATA} if now and now.owner == LOADER_V3 else {}, found)
    tokens = {} if token is None else {0: token}
    result = RecordedResult(None, 5000, (lamports,), tokens, None, None, None)
    return accounts_then(gathered, message, RecordedTransaction(b"", SLOT, None, result))


def test_a_token_account_that_is_closed_now() -> None:
    (found,) = then(None, 2_039_280, TokenBalance(MINT, OWNER, TOKEN_PROGRAM, 77))
    assert found.account is not None
    assert (found.origin, found.account.owner) == (Origin.REBUILT, TOKEN_PROGRAM)
    state = TokenAccount.from_bytes(found.account.data)
    assert (bytes(state.mint), bytes(state.owner), state.amount) == (MINT, OWNER, 77)
    assert state.state == TokenAccountState.Initialized
    assert (state.is_native, state.delegate, state.close_authority) == (None, None, None)


def test_wrapped_sol_that_is_closed_now() -> None:
    (found,) = then(None, 2_039_280 + 500, TokenBalance(WRAPPED_SOL, OWNER, TOKEN_PROGRAM, 500))
    assert found.account is not None
    state = TokenAccount.from_bytes(found.account.data)
    assert (state.amount, state.is_native) == (500, 2_039_280)


def test_an_associated_account_of_token_2022() -> None:
    """It has the extension of an immutable owner, and an account at another address does not."""
    seeds = [OWNER, TOKEN_2022_PROGRAM, MINT]
    key = bytes(Pubkey.find_program_address(seeds, Pubkey(ASSOCIATED_TOKEN_PROGRAM))[0])
    balance = TokenBalance(MINT, OWNER, TOKEN_2022_PROGRAM, 77)
    lengths = []
    for address in (key, KEY):
        (found,) = then(None, 2_074_080, balance, address)
        assert found.account is not None
        lengths.append(len(found.account.data))
    assert lengths == [170, 165]


def test_another_account_at_the_address_now() -> None:
    other = Account(KEY, TOKEN_PROGRAM, 5, bytes(165))
    (found,) = then(other, 2_039_280, TokenBalance(MINT, OWNER, None, 77))
    assert found.account is not None
    assert bytes(TokenAccount.from_bytes(found.account.data).mint) == MINT


def test_a_token_account_without_a_recorded_owner() -> None:
    (found,) = then(None, 2_039_280, TokenBalance(MINT, None, None, 77))
    assert (found.origin, found.account) == (Origin.MIXED, Account(KEY, SYSTEM_PROGRAM, 2_039_280, b""))


@pytest.mark.parametrize(
    ("deployed", "kept", "origin"), [(5, 5, Origin.THEN), (SLOT + 7, SLOT - 1, Origin.NOW)]
)
def test_programs(deployed: int, kept: int, origin: Origin) -> None:
    """A program that was deployed after the transaction could not run, so its slot is moved."""
    program = Account(KEY, LOADER_V3, 1, ProgramPointer(DATA).to_bytes(), executable=True)
    data = Account(DATA, LOADER_V3, 9, ProgramData(deployed, OWNER).to_bytes() + b"ELF")
    first, second = then(program, 3, program_data=data)
    assert (first.account, first.origin) == (replace(program, lamports=3), Origin.THEN)
    assert second.account is not None
    assert (second.origin, deployment_slot(second.account)) == (origin, kept)
    assert second.account.data[12:] == data.data[12:]


def test_a_program_that_is_closed_now() -> None:
    program = Account(KEY, LOADER_V3, 1, ProgramPointer(DATA).to_bytes(), executable=True)
    _, data = then(program, 3)
    expected = "the program is closed now, and its file is not known"
    assert (data.key, data.account, data.origin, data.details) == (DATA, None, Origin.NOW, expected)


def test_the_instructions_sysvar() -> None:
    (found,) = then(None, 1, key=INSTRUCTIONS_SYSVAR)
    assert (found.account, found.origin, found.details) == (None, Origin.THEN, "made of the transaction")


def test_a_record_of_another_number_of_accounts() -> None:
    message = Message(None, 1, 0, 0, (KEY,), bytes(32), (), (), b"")
    result = RecordedResult(None, 5000, (1, 2), {}, None, None, None)
    with pytest.raises(InputError) as error:
        accounts_then(Gathered((KEY,), (), {}, {}), message, RecordedTransaction(b"", SLOT, None, result))
    assert str(error.value) == "meta.preBalances: expected the lamports of 1 accounts, got 2"
