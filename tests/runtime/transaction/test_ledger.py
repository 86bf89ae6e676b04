"""What a transaction of a sequence sees, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.hash import Hash
from solders.message import MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.execution.execute_transaction import execute_transaction
from solproof.runtime.accounts import Account
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput
from tests.support.payments import BLOCKHASH, FUNDED, PAYER, address, payment, scene
from tests.support.scene_documents import TABLE, TABLE_ACCOUNT

RECEIVER = bytes(address(1))


def processed(ledger: Ledger, given: Scene) -> TransactionOutput:
    """The output of a transaction, after the ledger has it."""
    seen = ledger.seen(given)
    output = ledger.repeated(seen) or execute_transaction(seen).output
    ledger.commit(seen, output)
    return output


def lamports(ledger: Ledger) -> dict[bytes, int]:
    return {account.key: account.lamports for account in ledger.accounts}


def test_a_scene_introduces_accounts() -> None:
    ledger = Ledger()
    seen = ledger.seen(scene(payment(1, 10**9), FUNDED, Account(bytes(address(7)), bytes(32), 5, b"")))
    assert seen.accounts == (FUNDED,)  # the other one is not named, but known from now on
    assert lamports(ledger) == {FUNDED.key: FUNDED.lamports, bytes(address(7)): 5}


def test_what_a_transaction_did_not_find_stays_absent() -> None:
    """Otherwise a scene could change the past: what the transaction before it has seen."""
    ledger = Ledger()
    planted = Account(RECEIVER, bytes(32), 10**6, b"")
    assert processed(ledger, scene(payment(1, 10**13), FUNDED)).status is Status.EXECUTED  # it fails
    assert ledger.seen(scene(payment(1, 10**9), planted)).accounts[0].key == FUNDED.key
    assert RECEIVER not in lamports(ledger)
    processed(ledger, scene(payment(1, 10**9), planted))
    assert lamports(ledger)[RECEIVER] == 10**9


def test_a_refused_transaction_has_named_its_accounts_too() -> None:
    ledger = Ledger()
    refused = processed(ledger, scene(payment(1, 10**9)))
    assert (refused.status, refused.error) == (Status.NOT_PROCESSED, "AccountNotFound")
    assert processed(ledger, scene(payment(1, 10**9), FUNDED)).error == "AccountNotFound"
    assert ledger.accounts == ()


def test_a_closed_account_does_not_come_back() -> None:
    ledger = Ledger()
    everything = FUNDED.lamports - 5_000
    assert processed(ledger, scene(payment(1, everything), FUNDED)).success
    assert processed(ledger, scene(payment(2, 1), FUNDED)).error == "AccountNotFound"
    assert lamports(ledger) == {RECEIVER: everything}


def test_accounts_of_the_cluster_stay() -> None:
    """The system program is named by the first transaction, so a later scene cannot replace it."""
    ledger = Ledger()
    first = ledger.seen(scene(payment(1, 10**9), FUNDED))
    false = Account(SYSTEM_PROGRAM, bytes(32), 1, b"no program")
    second = ledger.seen(scene(payment(2, 10**9), false))
    assert stored_accounts(first)[SYSTEM_PROGRAM] == stored_accounts(second)[SYSTEM_PROGRAM] != false


def test_a_table_that_was_absent_stays_absent() -> None:
    lookup = MessageAddressTableLookup(Pubkey(TABLE), bytes([3]), b"")
    message = MessageV0(MessageHeader(1, 0, 0), [PAYER.pubkey()], Hash(BLOCKHASH), [], [lookup])
    given = bytes(VersionedTransaction(message, [PAYER]))
    ledger = Ledger()
    ledger.seen(scene(given))
    assert ledger.seen(scene(given, TABLE_ACCOUNT)).accounts == ()


def test_repeated_messages() -> None:
    ledger = Ledger()
    first = scene(payment(1, 10**9), FUNDED)
    assert ledger.repeated(ledger.seen(first)) is None
    assert not processed(ledger, first).is_repeated
    again = ledger.repeated(ledger.seen(first))
    assert again is not None and again.is_repeated
    assert (again.status, again.instructions, again.fee) == (Status.NOT_PROCESSED, (), 0)
    before = ledger.accounts
    ledger.commit(first, again)
    assert ledger.accounts == before


def test_a_repeated_message_may_be_refused_for_another_reason() -> None:
    """The checks before have their own errors, with and without a ledger."""
    ledger = Ledger()
    first = scene(payment(1, 10**9), FUNDED)
    processed(ledger, first)
    again = replace(first, blockhashes=(bytes(32),))
    assert ledger.repeated(ledger.seen(again)) is None
    output = processed(ledger, again)
    assert (output.status, output.error) == (Status.NOT_PROCESSED, "BlockhashNotFound")


def test_an_unreadable_transaction() -> None:
    with pytest.raises(InputError, match="signatures"):
        Ledger().seen(scene(b"\1"))


def test_repr() -> None:
    ledger = Ledger([FUNDED])
    processed(ledger, scene(payment(1, 10**9)))
    assert repr(ledger) == "Ledger(accounts=2, processed=1)"
