"""Run an instruction or a transaction, whichever is given."""

from __future__ import annotations

from typing import overload

from solproof.execution.execute import Execution, execute
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.runtime.execution_input import ExecutionInput
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
    cannot be read, `UnsupportedError` for a Solana feature that solproof does not run yet, and
    `NotEnoughMemory` if the record exceeds the limit.
    """
    if isinstance(given, Scene):
        return execute_transaction(given, recorded=recorded, memory_limit=memory_limit)
    return execute(given, recorded=recorded, memory_limit=memory_limit)
