"""The executor that runs frames in the machine, which records a trace of each frame."""

from __future__ import annotations

from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.vm.machine import run
from solproof.vm.trace import Run


class MachineExecutor:
    """Runs every invocation in a machine of its own."""

    def run(self, invocation: Invocation, context: SyscallContext) -> Run:
        """The recorded run of an invocation. Its syscalls may run other invocations before it ends."""
        return run(
            invocation.program,
            invocation.layout,
            invocation.registers,
            invocation.serialized.region,
            context,
            registry(invocation.environment.features),
            compute_unit_limit=invocation.compute_unit_limit,
        )
