"""The executor that runs frames in the machine."""

from __future__ import annotations

from solproof.host.resources import available_memory
from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.vm.machine import run
from solproof.vm.record_budget import RecordBudget
from solproof.vm.trace import Run


class MachineExecutor:
    """Runs every invocation in a machine of its own.

    recorded: whether the runs have records, for a proof or a trace.
    memory_limit: the bytes that these records may take in total, or None for the memory that this computer
        has available.
    """

    def __init__(self, recorded: bool = True, memory_limit: int | None = None) -> None:
        self._budget: RecordBudget | None = None
        if recorded:
            self._budget = RecordBudget(available_memory() if memory_limit is None else memory_limit)

    def run(self, invocation: Invocation, context: SyscallContext) -> tuple[Run, bytes]:
        """The run of an invocation, and its input region afterwards.

        Its syscalls may run other invocations before it ends. Raises `NotEnoughMemory` if the records exceed
        the limit.
        """
        return run(
            invocation.program,
            invocation.layout,
            invocation.registers,
            invocation.serialized.region,
            context,
            registry(invocation.environment.features),
            compute_unit_limit=invocation.compute_unit_limit,
            budget=self._budget,
        )
