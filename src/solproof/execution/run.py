"""Run an instruction or a transaction, whichever is given."""

from __future__ import annotations

from typing import overload

from solproof.execution.execute import Execution, execute
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene


@overload
def run(given: ExecutionInput) -> Execution: ...


@overload
def run(given: Scene) -> TransactionExecution: ...


def run(given: ExecutionInput | Scene) -> Execution | TransactionExecution:
    """Execute one instruction, or the whole transaction of a scene.

    Raises `ProgramError` if the program of an instruction cannot be loaded, `InputError` if a transaction
    cannot be read, and `UnsupportedError` for a Solana feature that solproof does not run yet.
    """
    return execute_transaction(given) if isinstance(given, Scene) else execute(given)
