from __future__ import annotations

import struct
from dataclasses import dataclass, replace

import pytest
from solders.hash import Hash
from solders.keypair import Keypair
from solders.litesvm import LiteSVM

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account
from solproof.runtime.nonce_state import NonceData, NonceState, durable_nonce
from solproof.runtime.program_ids import COMPUTE_BUDGET, SYSTEM_PROGRAM, VOTE_PROGRAM
from solproof.runtime.sysvars import RECENT_BLOCKHASHES
from solproof.runtime.transaction.durable_nonce import advanced_nonce, nonce_position, rollback_accounts
from tests.support.litesvm_transactions import (
    PAYER_KEY,
    instruction,
    litesvm,
    send,
    signed,
    store,
    stored,
    submit,
)

AUTHORITY = Keypair.from_seed(b"\1" * 32)
AUTHORITY_KEY = bytes(AUTHORITY.pubkey())
NONCE_KEY = b"\3" * 32
VALUE = durable_nonce(b"some blockhash, long ago........")
NONCE = NonceState(NonceData(AUTHORITY_KEY, VALUE, 1))
ADVANCE = (4).to_bytes(4, "little")


def nonce_account(state: NonceState = NONCE, more: bytes = b"", owner: bytes = SYSTEM_PROGRAM) -> Account:
    return Account(NONCE_KEY, owner, 10**7, state.to_bytes().ljust(80, b"\0") + more)


@dataclass(frozen=True)
class First:
    """A first instruction, whose accounts are the nonce, the sysvar and the authority."""

    data: bytes = ADVANCE
    program: bytes = SYSTEM_PROGRAM
    nonce_is_writable: bool = True
    authority_signs: bool = True
    accounts_given: int = 3

    @property
    def accounts(self) -> list[tuple[bytes, bool, bool]]:
        return [
            (NONCE_KEY, False, self.nonce_is_writable),
            (RECENT_BLOCKHASHES, False, False),
            (AUTHORITY_KEY, self.authority_signs, False),
        ][: self.accounts_given]


@dataclass(frozen=True)
class Compiled:
    program_index: int
    accounts: bytes
    data: bytes


def advanced(
    account: Account | None, first: First, blockhash: bytes, last_blockhash: bytes
) -> Account | None:
    """The advanced nonce of a transaction with the nonce's keys."""
    keys = [PAYER_KEY, *(key for key, _, _ in first.accounts), first.program]
    compiled = Compiled(len(keys) - 1, bytes(range(1, len(keys) - 1)), first.data)
    writable = [True, *(is_writable for _, _, is_writable in first.accounts), False]
    if nonce_position(compiled, keys, len(keys), writable) is None:
        return None
    signers = {key for key, signs, _ in first.accounts if signs}
    return advanced_nonce(account, blockhash, signers, last_blockhash, 5_000)


def is_accepted(machine: LiteSVM, first: First, blockhash: bytes) -> bool:
    """Whether LiteSVM takes the transaction. It then fails or succeeds, but finds the blockhash."""
    signers = [AUTHORITY] if first.authority_signs and first.accounts_given == 3 else []
    given = [instruction(first.program, first.data, first.accounts)]
    error = send(machine, given, signers, Hash(blockhash)).error
    return bool(error != "BlockhashNotFound")


@pytest.mark.parametrize(
    ("account", "first", "accepted"),
    [
        (nonce_account(), First(), True),
        (nonce_account(), First(data=ADVANCE + b"more"), True),
        (nonce_account(more=b"more"), First(), True),
        (nonce_account(), First(accounts_given=1), False),
        (nonce_account(), First(accounts_given=0), False),
        (nonce_account(), First(data=ADVANCE[:3]), False),
        (nonce_account(), First(data=b"\5\0\0\0" + bytes(8)), False),
        (nonce_account(), First(data=b""), False),
        (nonce_account(), First(program=COMPUTE_BUDGET, data=b"\2\0\0\0\0"), False),
        (nonce_account(), First(nonce_is_writable=False), False),
        (nonce_account(), First(authority_signs=False), False),
        (nonce_account(replace(NONCE, is_legacy=True)), First(), False),
        (nonce_account(NonceState(None)), First(), False),
        (nonce_account(NonceState(NonceData(NONCE_KEY, VALUE, 1))), First(), False),
        (nonce_account(NonceState(NonceData(AUTHORITY_KEY, VALUE[::-1], 1))), First(), False),
        (nonce_account(owner=VOTE_PROGRAM), First(), False),
        (replace(nonce_account(), data=nonce_account().data[:79]), First(), False),
        (None, First(), False),
    ],
)
def test_each_condition_like_litesvm(account: Account | None, first: First, accepted: bool) -> None:
    machine = litesvm()
    if account is not None:
        store(machine, account)
    last_blockhash = bytes(machine.latest_blockhash())
    assert (advanced(account, first, VALUE, last_blockhash) is not None) == accepted
    assert is_accepted(machine, first, VALUE) == accepted


def test_a_nonce_of_the_last_blockhash_cannot_be_used_yet() -> None:
    machine = litesvm()
    last = bytes(machine.latest_blockhash())
    value = durable_nonce(last)
    account = nonce_account(NonceState(NonceData(AUTHORITY_KEY, value, 1)))
    store(machine, account)
    assert advanced(account, First(), value, last) is None
    assert not is_accepted(machine, First(), value)
    # `send` has made a new blockhash.
    assert advanced(account, First(), value, bytes(machine.latest_blockhash())) is not None
    assert is_accepted(machine, First(), value)


def test_the_advanced_nonce_comes_from_the_last_blockhash() -> None:
    last, account = b"L" * 32, nonce_account(more=b"more")
    content = NonceState(NonceData(AUTHORITY_KEY, durable_nonce(last), 5_000)).to_bytes()
    assert advanced(account, First(), VALUE, last) == replace(account, data=content + b"more")
    # LiteSVM derives it from the message's blockhash instead, which here is the old nonce.
    machine = litesvm()
    store(machine, account)
    assert is_accepted(machine, First(), VALUE)
    theirs = NonceState(NonceData(AUTHORITY_KEY, durable_nonce(VALUE), 5_000)).to_bytes()
    assert stored(machine, NONCE_KEY) == replace(account, data=theirs + b"more")


def test_a_nonce_account_of_a_lookup_table_is_refused() -> None:
    # Agave's rule (`require_static_nonce_account`). LiteSVM accepts these accounts.
    keys, compiled = [PAYER_KEY, SYSTEM_PROGRAM, NONCE_KEY], Compiled(1, b"\2", ADVANCE)
    writable = [True, False, True]
    assert nonce_position(compiled, keys, 3, writable) == 2
    assert nonce_position(compiled, keys, 2, writable) is None


def test_an_account_without_lamports_does_not_exist() -> None:
    assert advanced(replace(nonce_account(), lamports=0), First(), VALUE, bytes(32)) is None


def test_a_failed_transaction_advances_its_nonce() -> None:
    machine = litesvm()
    store(machine, nonce_account())
    before = stored(machine, PAYER_KEY)
    assert before is not None
    given = [instruction(SYSTEM_PROGRAM, ADVANCE, First().accounts), instruction(SYSTEM_PROGRAM, b"")]
    transaction = signed(machine, given, [AUTHORITY], Hash(VALUE))
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    sent = submit(machine, transaction)
    assert output.error == sent.error == {"InstructionError": [1, "InvalidInstructionData"]}
    assert (output.fee, output.logs, output.compute_units) == (sent.fee, sent.logs, sent.compute_units)
    after = {account.key: account for account in output.accounts}
    paid = replace(before, lamports=before.lamports - 10_000)
    assert after[PAYER_KEY] == stored(machine, PAYER_KEY) == paid
    value = durable_nonce(bytes(machine.latest_blockhash()))
    assert after[NONCE_KEY].data == NonceState(NonceData(AUTHORITY_KEY, value, 5_000)).to_bytes()
    # LiteSVM leaves the nonce, so the transaction could be sent again.
    assert stored(machine, NONCE_KEY) == nonce_account()


def test_a_failure_stores_payer_and_nonce() -> None:
    payer, nonce = Account(PAYER_KEY, SYSTEM_PROGRAM, 5, b""), nonce_account()
    assert rollback_accounts(payer, None) == (payer,)
    assert rollback_accounts(payer, nonce) == (payer, nonce)


def test_a_nonce_that_pays_has_paid_and_is_advanced() -> None:
    before = nonce_account()
    after_fee = replace(before, lamports=before.lamports - 5_000)
    advanced_data = struct.pack("<II", 1, 1) + bytes(72)
    nonce = replace(before, data=advanced_data)
    assert rollback_accounts(after_fee, nonce) == (replace(after_fee, data=advanced_data),)
