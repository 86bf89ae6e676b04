"""Transactions in order on one ledger, compared with a LiteSVM to which they are sent in this order."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata

import solproof
from solproof.errors import InputError
from solproof.execution.sequence import execute_next, run_sequence
from solproof.formats.scene_file import read_scenes
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import LOADER_V3
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.transaction_output import Status
from tests.support.payments import FUNDED, address, payment, scene
from tests.support.scene_documents import (
    PAYER_ACCOUNT,
    PAYER_KEY,
    TABLE,
    TABLE_ACCOUNT,
    document,
    dumped,
    message,
)
from tests.support.token_transactions import TOKEN, TokenMachine


def lamports(ledger: Ledger) -> dict[bytes, int]:
    return {account.key: account.lamports for account in ledger.accounts}


# COMPARED WITH LITESVM


def token_transactions(machine: TokenMachine) -> Iterator[Transaction]:
    """A mint, a token account, tokens, a failing transfer of tokens, and a repeated transaction."""
    owner = Keypair.from_seed(bytes([3]) * 32)
    mine, theirs = (machine.token_account(key) for key in (machine.key, owner.pubkey()))
    mint = machine.mint.pubkey()
    yield machine.transaction(machine.create_mint(), machine.mint)
    created = machine.transaction(
        [machine.create_token_account(key) for key in (machine.key, owner.pubkey())]
    )
    yield created
    to_mine = [
        AccountMeta(mint, False, True),
        AccountMeta(mine, False, True),
        AccountMeta(machine.key, True, False),
    ]
    yield machine.transaction([Instruction(TOKEN, b"\7" + struct.pack("<Q", 500), to_mine)])
    move = [
        AccountMeta(mine, False, True),
        AccountMeta(theirs, False, True),
        AccountMeta(machine.key, True, False),
    ]
    for amount in (200, 301, 300):
        yield machine.transaction([Instruction(TOKEN, b"\3" + struct.pack("<Q", amount), move)])
    yield created
    # The account is closed: its lamports are gone, and so is its state.
    close = [
        AccountMeta(mine, False, True),
        AccountMeta(owner.pubkey(), False, True),
        AccountMeta(machine.key, True, False),
    ]
    yield machine.transaction([Instruction(TOKEN, b"\t", close)])
    yield machine.transaction([Instruction(TOKEN, b"\3" + bytes(8), move)])


def test_a_sequence_is_like_litesvm() -> None:
    machine, ledger, errors = TokenMachine(), Ledger(), []
    start = TokenMachine()
    for transaction in token_transactions(machine):
        # Each scene has the accounts as they are at the start, so only the ledger knows the later states.
        (execution,) = run_sequence([solproof.scene_from_litesvm(start.svm, transaction)], ledger)
        result = machine.svm.send_transaction(transaction)
        meta = result.meta() if isinstance(result, FailedTransactionMetadata) else result
        assert execution.output.success is not isinstance(result, FailedTransactionMetadata)
        assert execution.output.logs == tuple(meta.logs())
        assert execution.output.compute_units == meta.compute_units_consumed()
        errors.append(execution.output.error)
    assert errors == [
        *(None, None, None, None),
        {"InstructionError": [0, {"Custom": 1}]},
        *(None, "AlreadyProcessed", None),
        {"InstructionError": [0, "InvalidAccountData"]},
    ]
    # A programdata account tells another slot of deployment (see `scene_from_litesvm`).
    compared = [account for account in ledger.accounts if account.owner != LOADER_V3]
    assert len(compared) == 5
    for account in compared:
        theirs = machine.svm.get_account(Pubkey(account.key))
        assert theirs is not None
        assert (account.lamports, account.owner, account.data) == (
            theirs.lamports,
            bytes(theirs.owner),
            bytes(theirs.data),
        )
    assert machine.svm.get_account(machine.token_account(machine.key)) is None
    assert bytes(machine.token_account(machine.key)) not in lamports(ledger)


# THE LEDGER


def test_a_failing_transaction_pays_and_the_next_one_runs() -> None:
    scenes = [scene(payment(1, 10**13), FUNDED), scene(payment(2, 10**9))]
    ledger = Ledger()
    outputs = [execution.output for execution in run_sequence(scenes, ledger)]
    assert [output.error for output in outputs] == [{"InstructionError": [0, {"Custom": 1}]}, None]
    assert lamports(ledger) == {FUNDED.key: 10**12 - 10**9 - 2 * 5_000, bytes(address(2)): 10**9}


def test_only_what_was_committed_counts_as_processed() -> None:
    refused = replace(scene(payment(1, 10**9), FUNDED), blockhashes=(bytes(32),))
    scenes = [refused, scene(payment(1, 10**9)), scene(payment(1, 10**9)), scene(payment(1, 10**13))]
    scenes.append(scenes[-1])
    outputs = [execution.output for execution in run_sequence(scenes)]
    assert [(output.status, output.error) for output in outputs] == [
        (Status.NOT_PROCESSED, "BlockhashNotFound"),
        (Status.EXECUTED, None),
        (Status.NOT_PROCESSED, "AlreadyProcessed"),
        (Status.EXECUTED, {"InstructionError": [0, {"Custom": 1}]}),
        (Status.NOT_PROCESSED, "AlreadyProcessed"),
    ]


def test_an_account_that_the_ledger_knows_is_not_replaced() -> None:
    """It may be known because a scene listed it, or because a transaction created it."""
    listed, created = bytes(address(7)), bytes(address(1))
    later = [Account(key, bytes(32), 5, b"") for key in (FUNDED.key, listed, created)]
    scenes = [
        scene(payment(1, 10**9), FUNDED, Account(listed, bytes(32), 10**9, b"")),
        scene(payment(2, 10**9), *later),
    ]
    ledger = Ledger()
    assert all(execution.output.success for execution in run_sequence(scenes, ledger))
    after = lamports(ledger)
    assert after[FUNDED.key] == 10**12 - 2 * (10**9 + 5_000)
    assert (after[listed], after[created]) == (10**9, 10**9)


def test_an_account_that_is_listed_later_joins() -> None:
    other = Keypair.from_seed(b"\x08" * 32)
    funded = Account(bytes(other.pubkey()), bytes(32), 10**10, b"")
    scenes = [scene(payment(1, 10**9), FUNDED), scene(payment(2, 10**9, other), funded)]
    assert [execution.output.error for execution in run_sequence(scenes)] == [None, None]


def test_each_scene_has_what_its_transaction_can_load() -> None:
    """So that it can be run alone, with the same result."""
    scenes = [scene(payment(number, 10**9), *([FUNDED] if number == 1 else [])) for number in range(1, 5)]
    for number, execution in enumerate(run_sequence(scenes), start=1):
        keys = [account.key for account in execution.scene.accounts]
        assert keys == [FUNDED.key]
        assert execution.scene.accounts[0].lamports == 10**12 - (number - 1) * (10**9 + 5_000)
        assert solproof.run(execution.scene).output == execution.output


def test_accounts_of_lookup_tables(tmp_path: Path) -> None:
    """The receiver of the second transfer is named only by a table, which only the first scene lists."""
    receiver = address_text(bytes([3]) * 32)  # of the addresses in the table
    transaction = message(
        instructions=[
            {
                "program": "system",
                "instruction": "Transfer",
                "from": address_text(PAYER_KEY),
                "to": receiver,
                "lamports": 10**6,
            }
        ]
    )
    through_table = transaction | {"version": 0, "lookups": [address_text(TABLE)]}
    lines = [
        document(transaction=transaction, accounts=[dumped(PAYER_ACCOUNT), dumped(TABLE_ACCOUNT)]),
        {"transaction": through_table},
    ]
    path = tmp_path / "scenes.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    ledger = Ledger()
    executions = list(run_sequence(read_scenes(path), ledger))
    assert [execution.output.error for execution in executions] == [None, None]
    assert [account.key for account in executions[1].scene.accounts] == [PAYER_KEY, TABLE, bytes([3]) * 32]
    assert lamports(ledger)[bytes([3]) * 32] == 2 * 10**6


def test_sysvars_follow_the_scenes() -> None:
    first, second = Sysvars(), Sysvars(clock=struct.pack("<QqQQq", 9, 0, 0, 0, 0))
    clock = first.account("clock")
    scenes = [
        scene(payment(1, 10**9), FUNDED, clock, sysvars=first),
        scene(payment(2, 10**9), sysvars=second),
    ]
    ledger = Ledger()
    assert all(execution.output.success for execution in run_sequence(scenes, ledger))
    assert second.account("clock") in ledger.accounts


def test_the_ledger_at_the_start() -> None:
    ledger = Ledger([FUNDED, Account(bytes(address(1)), bytes(32), 0, b"")])
    assert ledger.accounts == (FUNDED,)
    (execution,) = run_sequence([scene(payment(1, 10**9))], ledger)
    assert execution.output.success


def test_an_unreadable_transaction_stops_with_its_number() -> None:
    executions = run_sequence([scene(payment(1, 10**9), FUNDED), scene(b"\1"), scene(payment(2, 10**9))])
    assert next(executions).output.success
    with pytest.raises(InputError) as raised:
        next(executions)
    assert str(raised.value) == "transaction 2: transaction: byte 1: signatures[0]: expected 64 bytes, got 0"


def test_the_time_of_a_transaction_does_not_grow_with_the_ledger() -> None:
    def seconds(known: int) -> float:
        """The least time of 20 transactions, on a ledger that knows some accounts."""
        accounts = [Account(bytes(address(number)), bytes(32), 10**9, b"") for number in range(known)]
        ledger = Ledger([*accounts, FUNDED])
        times = []
        for number in range(40):
            start = time.perf_counter()
            assert execute_next(scene(payment(number, 10**9)), ledger).output.success
            times.append(time.perf_counter() - start)
        return sum(sorted(times)[:20])

    assert seconds(200_000) < 3 * seconds(100)
