"""Proving within a limit of memory: estimate first, and refuse before the work begins."""

from __future__ import annotations

from collections.abc import Callable

from solproof.accesses.access_log import AccessLog
from solproof.backend.system import ProofSystem, default_system, program_key
from solproof.estimation.estimate import Estimate, estimate_execution
from solproof.host.resources import available_memory
from solproof.runtime.execute import Execution


def affordable(
    execution: Execution,
    limit: int | None,
    progress: Callable[[str], object],
    say: Callable[[Estimate], object],
    *,
    system: ProofSystem | None = None,
) -> AccessLog:
    """The access log of an execution whose proof fits into memory; `prove_execution` takes it.

    limit: bytes, None for what this computer has left. progress: called with the name of each phase. say:
    called with the estimate. Raises `NotEnoughMemory` when the estimate is above the limit.
    """
    system = system or default_system()
    progress("key")
    key = program_key(system, execution.invocation.program, execution.input.parameters.features)
    progress("estimate")
    log = AccessLog(execution.run, key.table)
    found = estimate_execution(execution, log=log, system=system)
    say(found)
    found.check_memory(available_memory() if limit is None else limit)
    return log
