"""One case in LiteSVM and in solproof."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import solproof
from tests.differential.transactions.cases import Case
from tests.differential.transactions.departures import on_the_cluster
from tests.differential.transactions.machine import Machine
from tests.support.proof_agreement import assert_provable, assert_proven
from tests.support.transaction_agreement import assert_agreement
from tests.support.transaction_results import TransactionResult, account_states, named_keys, send


def compare(machine: Machine, case: Case, *, checks: bool = False, proves: bool = False) -> TransactionResult:
    """Run a case, and assert that solproof does what the cluster would do. Returns the result of LiteSVM.

    checks: also check the tables of a proof, and replay its claim.
    proves: also make the proof, and verify it.
    """
    with accounts_of(machine, case):
        scene = solproof.scene_from_litesvm(machine.svm, case.transaction)
        before = account_states(machine.svm, named_keys(machine.svm, case.transaction.message))
        result = send(machine.svm, case.transaction)
    expected = on_the_cluster(case, before, result, machine.blockhash)
    try:
        execution = solproof.run(scene)
        assert_agreement(execution.output, expected)
        if checks:
            assert_provable(execution)
        if proves:
            assert_proven(execution)
    except Exception as error:
        raise AssertionError(f"case {case.name}: {type(error).__name__}: {error}") from error
    return result


def run_in_litesvm(machine: Machine, case: Case) -> TransactionResult:
    """Run a case in LiteSVM only."""
    with accounts_of(machine, case):
        return send(machine.svm, case.transaction)


@contextmanager
def accounts_of(machine: Machine, case: Case) -> Iterator[None]:
    """Set the accounts of a case. Afterwards, delete them and restore the permanent ones."""
    for key, state in case.accounts.items():
        machine.set_account(key, state)
    keys = {*case.accounts, *named_keys(machine.svm, case.transaction.message)}
    try:
        yield
    finally:
        for key in keys - machine.permanent.keys():
            machine.set_account(key, None)
        for key in keys & machine.permanent.keys():
            if machine.account(key) != machine.permanent[key]:
                machine.set_account(key, machine.permanent[key])
