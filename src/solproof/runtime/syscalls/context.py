"""The state that syscalls share with the run, and the definition of a syscall.

The machine and the verifier call the same functions. The machine passes its whole `Memory`, and the verifier
passes a `ReplayMemory` with only the words that one call touched. A syscall may therefore use only the
memory's `check`, `read`, `write` and `layout`. When the verifier replays a call, the syscall must touch no
other words than in the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.features import FeatureSet
from solproof.runtime.instruction_error import InstructionFailure, InstructionFault, instruction_error
from solproof.runtime.invocation import Invocation
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction_context import TransactionContext
from solproof.vm.memory import Memory, ReplayMemory


@dataclass(slots=True)
class SyscallContext:
    """The state that syscalls read and change: their frame's, and through it the transaction's.

    memory: set by the executor before the first call.
    heap_used: bytes of the heap that `sol_alloc_free_` has given out.
    """

    invocation: Invocation
    heap_used: int = 0
    memory: Memory | ReplayMemory = field(init=False, repr=False)

    # THE FRAME

    @property
    def program_id(self) -> bytes:
        """The address of the program."""
        return self.invocation.program_id

    @property
    def aligned(self) -> bool:
        """Whether pointers and allocations must be aligned for their type."""
        return self.invocation.is_aligned

    @property
    def height(self) -> int:
        """The position of the frame in the stack of invocations, 1 for an instruction of a transaction."""
        return self.invocation.height

    # THE TRANSACTION

    @property
    def transaction(self) -> TransactionContext:
        """The state that all frames share."""
        return self.invocation.context.transaction

    @property
    def features(self) -> FeatureSet:
        """The active features. They decide which syscalls exist, and which rules the syscalls follow."""
        return self.invocation.environment.features

    @property
    def sysvars(self) -> Sysvars:
        """The sysvars of the slot."""
        return self.invocation.environment.sysvars

    @property
    def epoch_stakes(self) -> EpochStakes:
        """The stakes of the epoch."""
        return self.invocation.environment.epoch_stakes

    def log(self, line: str) -> None:
        """Append a line to the transaction's log, as a line of this frame's instruction."""
        self.transaction.log(line, self.invocation.context.instruction)

    @property
    def return_data(self) -> ReturnData:
        """What the last program that ran has returned."""
        return self.transaction.return_data

    @return_data.setter
    def return_data(self, value: ReturnData) -> None:
        self.transaction.return_data = value

    @property
    def remaining(self) -> int:
        """Compute units on the meter. The executor sets them before every call and reads them after it."""
        return self.transaction.remaining

    @remaining.setter
    def remaining(self, value: int) -> None:
        self.transaction.remaining = value

    def consume(self, cost: int) -> None:
        """Charge compute units (`consume_checked`).

        If too few remain, sets `remaining` to 0 and raises `SyscallFault`.
        """
        try:
            self.transaction.consume(cost)
        except InstructionFailure as failed:
            raise InstructionFault(failed.error) from None


Execute = Callable[[SyscallContext, int, int, int, int, int], int]
"""Takes the context and r1 to r5 (unsigned 64-bit), returns the new r0, and may raise `SyscallFault`."""


@dataclass(frozen=True, slots=True)
class Syscall:
    """A function of the runtime that programs call by the hash of its name.

    execute: the function. Its docstring describes the call. Its parameters have names, except unused ones,
        which are `_1` to `_5`.
    cost: the compute units that a successful call costs, as an expression. It uses the arguments and the
        constants of `solproof.runtime.budget`. It may also use `sizes` (the lengths of the slices), `held`
        (the length of the return data), `tries` (the number of addresses tried) and `group` (a `GroupCosts`).
    faults: the names of the faults that the syscall can raise.
    """

    name: str
    execute: Execute
    cost: str = "0"
    faults: tuple[str, ...] = ()


BUDGET = "ComputationalBudgetExceeded"
ACCESS = ("AccessViolation", "StackAccessViolation")
"""The possible faults of every call that reads or writes memory."""


def instruction_fault(name: str) -> InstructionFault:
    """A fault that is one of Agave's `InstructionError` variants.

    The instruction then fails with this error.
    """
    return InstructionFault(instruction_error(name))
