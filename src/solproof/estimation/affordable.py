"""Proving within a memory limit: estimate first, and refuse before the work begins."""

from __future__ import annotations

from collections.abc import Callable

from solproof.accesses.access_log import AccessLog
from solproof.estimation.estimate import Estimate, estimate_execution
from solproof.execution.execute import Execution
from solproof.host.resources import available_memory
from solproof.statement.system import ProofSystem, default_system, program_key


def affordable(
    execution: Execution,
    limit: int | None,
    progress: Callable[[str], object],
    say: Callable[[Estimate], object],
    *,
    system: ProofSystem | None = None,
) -> AccessLog:
    """The access log of an execution, if its proof fits into memory. Pass it to `prove_execution`.

    limit: in bytes, or None for the memory that this computer has available.
    progress: called with the name of each phase.
    say: called with the estimate.
    Raises `NotEnoughMemory` if the estimate is above the limit.
    """
    execution.check_provable()
    system = system or default_system()
    progress("key")
    key = program_key(system, execution.invocation.program, execution.input.parameters.features)
    progress("estimate")
    log = AccessLog(execution.run, key.table)
    found = estimate_execution(execution, log=log, system=system)
    say(found)
    found.check_memory(available_memory() if limit is None else limit)
    return log
