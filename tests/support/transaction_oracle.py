"""Runs whole transactions in solproof and in LiteSVM, and asserts full agreement."""

from __future__ import annotations

from collections.abc import Sequence

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.transaction.transaction_output import Status
from tests.support.litesvm_transactions import Sent, signed, stored, submit


def assert_like_litesvm(
    machine: LiteSVM,
    instructions: Sequence[Instruction],
    signers: Sequence[Keypair] = (),
    features: FeatureSet = MAINNET,
) -> Sent:
    """Compare error, fee, compute units, log and all accounts afterwards. Returns LiteSVM's result.

    The accounts before are those of the machine, and `features` are those that it was made with. A new
    blockhash comes after the transaction.
    """
    transaction = signed(machine, instructions, signers)
    output = execute_transaction(scene_from_litesvm(machine, transaction, features)).output
    sent = submit(machine, transaction)
    assert output.error == sent.error
    # LiteSVM also reports the fee of a transaction that it refuses, but does not take it.
    assert output.fee == (0 if output.status is Status.NOT_PROCESSED else sent.fee)
    assert output.logs == sent.logs
    assert output.compute_units == sent.compute_units
    for account in output.accounts:
        assert (account if account.lamports else None) == stored(machine, account.key)
    machine.expire_blockhash()
    return sent
