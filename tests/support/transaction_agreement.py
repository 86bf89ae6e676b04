"""Transactions in LiteSVM and in solproof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from solders.litesvm import LiteSVM
from solders.transaction import VersionedTransaction

import solproof
from solproof.execution.execute_transaction import TransactionExecution
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput
from tests.support.transaction_results import InnerInstruction, TransactionResult, send

OBSERVERS: list[Callable[[TransactionExecution], object]] = []
"""Called with every execution that agreed. The tests of real programs check and prove them."""


def send_and_compare(svm: LiteSVM, transaction: VersionedTransaction) -> TransactionResult:
    """Send a transaction to a LiteSVM, and assert that solproof does the same. Returns the result."""
    scene = solproof.scene_from_litesvm(svm, transaction)
    expected = send(svm, transaction)
    execution = solproof.run(scene)
    assert_agreement(execution.output, expected)
    for observe in OBSERVERS:
        observe(execution)
    return expected


def assert_agreement(output: TransactionOutput, expected: TransactionResult) -> None:
    """Compare what a transaction has done in solproof with an expected result, field by field."""
    found = _result(output, expected)
    for field in fields(TransactionResult):
        if field.name == "asked_fee":
            continue
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        if field.name == "accounts":
            changed = [key for key in theirs if ours[key] != theirs[key]]
            ours, theirs = ([states[key] for key in changed] for states in (ours, theirs))
        assert ours == theirs, f"{field.name}: {ours!r} in solproof, {theirs!r} expected"


def _result(output: TransactionOutput, expected: TransactionResult) -> TransactionResult:
    """What solproof's output says about the accounts that an expected result has.

    A transaction that is not processed need not list the accounts from tables, because they stay as they are.
    """
    after = {account.key: account if account.lamports else None for account in output.accounts}
    if output.status is Status.NOT_PROCESSED:
        after = expected.accounts | after
    return TransactionResult(
        output.error,
        output.logs,
        output.compute_units,
        output.fee,
        expected.asked_fee,
        (output.return_data.program_id, output.return_data.data),
        tuple(_inner(each) for each in output.instructions if each.height > 1),
        {key: after.get(key) for key in expected.accounts},
    )


def _inner(record: InstructionRecord) -> InnerInstruction:
    accounts = tuple(account.key for account in record.accounts)
    return InnerInstruction(record.index, record.height, record.program_id, accounts, record.data)
