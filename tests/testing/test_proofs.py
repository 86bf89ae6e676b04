"""Transactions of a LiteSVM that are proven and verified."""

from __future__ import annotations

import pytest
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.testing.proofs import prove_transaction
from solproof.verifying.verify import verify
from tests.support.proof_scenes import OWNER
from tests.support.token_transactions import TokenMachine
from tests.support.transaction_agreement import assert_agreement
from tests.support.transaction_results import send


def test_a_transaction() -> None:
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    transaction = VersionedTransaction.from_bytes(
        bytes(machine.transaction([machine.create_token_account(OWNER)]))
    )
    proven = prove_transaction(machine.svm, transaction)
    # The transaction was not sent, so it still can be.
    assert_agreement(proven.output, send(machine.svm, transaction))
    assert verify(proven.proof.data, proven.scene).output == proven.output
    report = proven.proof.report
    assert proven.facts() == {
        "success": True,
        "compute_units": proven.output.compute_units,
        "instructions": proven.output.executed_instructions,
        "frames": 4,
        "cells": report.main_cells + report.auxiliary_cells,
        "proof_bytes": len(proven.proof.data),
        "security_bits": round(report.security_bits, 3),
        "prove_seconds": round(proven.prove_seconds, 6),
        "verify_seconds": round(proven.verify_seconds, 6),
    }
    assert min(proven.prove_seconds, proven.verify_seconds) > 0
    assert repr(proven).startswith("TransactionProof(success=True, error=None, fee=5000, compute_units=")


def test_a_failing_transaction() -> None:
    """The mint does not exist. Such a transaction has a proof too."""
    machine = TokenMachine()
    proven = prove_transaction(machine.svm, machine.transaction([machine.create_token_account(OWNER)]))
    assert not proven.output.success
    assert proven.facts()["success"] is False


def test_arguments() -> None:
    machine = TokenMachine()
    transaction = machine.transaction([machine.create_token_account(OWNER)])
    with pytest.raises(TypeError) as caught:
        prove_transaction(machine, transaction)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "svm: expected a solders.litesvm.LiteSVM, got tests.support.token_transactions.TokenMachine"
    )
    with pytest.raises(TypeError) as caught:
        prove_transaction(machine.svm, bytes(transaction))  # type: ignore[arg-type]
    message = "transaction: expected a Transaction or VersionedTransaction of solders, got bytes"
    assert str(caught.value) == message


def test_a_transaction_that_could_not_be_sent() -> None:
    machine = TokenMachine()
    instructions = [machine.create_token_account(OWNER)] * 200
    with pytest.raises(InputError, match=r"^transaction: expected at most 1232 bytes, got \d+$"):
        prove_transaction(machine.svm, machine.transaction(instructions))
