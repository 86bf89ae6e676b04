"""What runs the frames of a transaction.

The runtime hands each invocation of an sBPF program to an executor, and gets an outcome back. The machine is
an executor: it runs the program and records a trace. The claim of a proof is another executor: it has the
outcome, and replays the syscalls. The runtime is the same for both.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from solproof.runtime.invocation import Invocation
from solproof.runtime.syscalls.context import SyscallContext
from solproof.vm.faults import Fault


class Outcome(Protocol):
    """What the runtime needs to know about a frame that has ended."""

    @property
    def fault(self) -> Fault | None:
        """The fault that stopped the program, or None."""

    @property
    def r0(self) -> int:
        """The exit code if there is no fault."""

    @property
    def pc(self) -> int:
        """Slot of the last instruction."""

    @property
    def compute_units(self) -> int:
        """Compute units consumed by the program and by everything that it called."""

    @property
    def instructions(self) -> int:
        """Number of executed instructions, without those of other frames."""


Result_co = TypeVar("Result_co", bound=Outcome, covariant=True)
"""What an executor keeps of a frame: its outcome, and perhaps a record of the run."""


class Executor(Protocol[Result_co]):
    """Runs one invocation to its end."""

    def run(self, invocation: Invocation, context: SyscallContext) -> tuple[Result_co, bytes]:
        """The outcome of an invocation, and the bytes of its input region after the run.

        context: the state of its syscalls at its start.
        """
