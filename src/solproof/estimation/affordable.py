"""Proving within a memory limit: estimate first, and refuse before the work begins."""

from __future__ import annotations

from collections.abc import Callable

from solproof.circuit.frames import access_logs
from solproof.circuit.table import Logs
from solproof.estimation.estimate import Estimate, estimate_execution
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.host.resources import available_memory
from solproof.proving.prove import Proof, prove_execution
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.system import ProofSystem, default_system


def affordable(
    execution: Execution | TransactionExecution,
    limit: int | None,
    progress: Callable[[str], object],
    say: Callable[[Estimate], object],
    *,
    system: ProofSystem | None = None,
) -> Logs:
    """The access logs of an execution, if its proof fits into memory. Pass them to `prove_execution`.

    limit: in bytes, or None for the memory that this computer has available.
    progress: called with the name of each phase.
    say: called with the estimate.
    Raises `NotEnoughMemory` if the estimate is above the limit, and `ProvingError` if the engine cannot prove
    the run.
    """
    system = system or default_system()
    progress("key")
    _ = system.key  # made on its first use
    progress("estimate")
    limit = available_memory() if limit is None else limit
    logs = access_logs(execution.frames, limit)
    found = estimate_execution(execution, logs=logs, system=system)
    say(found)
    found.check_memory(limit)
    return logs


def affordable_proof(scene: Scene, limit: int) -> Proof[TransactionOutput]:
    """Execute and prove a transaction, if its proof fits into `limit` bytes of memory.

    Raises `NotEnoughMemory` if it does not, and as `prove` does.
    """
    execution = execute_transaction(scene, memory_limit=limit)
    # No name holds the access logs, because `prove_execution` frees them before the engine starts.
    return prove_execution(execution, None, affordable(execution, limit, _silent, _silent))


def _silent(_: object) -> None:
    """Takes the place of progress."""
