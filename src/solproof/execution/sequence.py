"""Execute transactions in order on one set of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solproof.errors import SolproofError
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.runtime.transaction.ledger import Ledger
from solproof.runtime.transaction.scene import Scene


def execute_next(scene: Scene, ledger: Ledger, *, recorded: bool = True) -> TransactionExecution:
    """Execute the transaction of a scene on the accounts of a ledger, and keep there what it commits.

    The scene of the result has the accounts that the transaction can load, as it saw them. A message that
    was processed before is refused as `AlreadyProcessed`. Raises as `execute_transaction` does.

    recorded: whether the execution can be proven and traced.
    """
    seen = ledger.seen(scene)
    refused = ledger.repeated(seen)
    execution = (
        execute_transaction(seen, recorded=recorded)
        if refused is None
        else TransactionExecution(seen, (), refused)
    )
    ledger.commit(seen, execution.output)
    return execution


def run_sequence(
    scenes: Iterable[Scene], ledger: Ledger | None = None, *, recorded: bool = True
) -> Iterator[TransactionExecution]:
    """Execute the transactions of scenes in order, each on the accounts that the ones before it left.

    A transaction that fails or is refused is a result, and the next one runs.

    ledger: the accounts at the start, and afterwards those at the end. It is empty by default.
    recorded: whether the executions can be proven and traced.

    Raises `InputError` if a transaction cannot be read, `UnsupportedError` for a Solana feature that solproof
    does not run yet, and `NotEnoughMemory` if a record does not fit into memory, each with the number of the
    transaction, counted from 1.
    """
    ledger = Ledger() if ledger is None else ledger
    for number, scene in enumerate(scenes, start=1):
        try:
            execution = execute_next(scene, ledger, recorded=recorded)
        except SolproofError as error:
            raise error.placed(f"transaction {number}") from None
        yield execution
