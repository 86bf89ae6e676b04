"""Run an instruction or a transaction, whichever is given."""

from __future__ import annotations

from typing import overload

from solproof.arguments import wrong_type
from solproof.execution.execute import Execution, execute
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.given import check_given
from solproof.runtime.transaction.scene import Scene


@overload
def run(given: ExecutionInput, *, recorded: bool = True, memory_limit: int | None = None) -> Execution: ...


@overload
def run(given: Scene, *, recorded: bool = True, memory_limit: int | None = None) -> TransactionExecution: ...


def run(
    given: ExecutionInput | Scene, *, recorded: bool = True, memory_limit: int | None = None
) -> Execution | TransactionExecution:
    """Execute one instruction, or the whole transaction of a scene.

    recorded: whether the execution can be proven and traced. An execution without a record takes less memory.
    memory_limit: the bytes that the record of the syscalls may take, or None for the memory that this
        computer has available.

    Raises `ProgramError` if the program of an instruction cannot be loaded, `InputError` if a transaction
    cannot be read, `UnsupportedError` for a Solana feature that solproof does not run yet, `NotEnoughMemory`
    if the record exceeds the limit, and `TypeError` for a value that is no input.
    """
    check_given(given)
    if isinstance(given, Scene):
        return execute_transaction(given, recorded=recorded, memory_limit=memory_limit)
    return execute(given, recorded=recorded, memory_limit=memory_limit)


def check_execution_type(execution: object) -> None:
    """Raise `TypeError` if a value is not the result of `run`."""
    if not isinstance(execution, (Execution, TransactionExecution)):
        wrong_type(execution, "execution", "the result of solproof.run")
