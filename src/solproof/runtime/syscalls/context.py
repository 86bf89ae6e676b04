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
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.instruction_error import TEXTS
from solproof.runtime.sysvars import Sysvars
from solproof.vm.faults import SyscallFault
from solproof.vm.memory import Memory, ReplayMemory


@dataclass(slots=True)
class SyscallContext:
    """The state that syscalls read and change.

    memory: set by the machine or the verifier before the first call.
    remaining: compute units left, set before every call and read back after it.
    logs: the program's own log lines.
    aligned: whether pointers and allocations must be aligned for their type. True for every loader except v1.
    features: they decide which syscalls exist (`registry`), and which rules the syscalls follow.
    heap_used: bytes of the heap that `sol_alloc_free_` has given out.
    height: position of the invocation in the stack of invocations, 1 for an instruction of a transaction.
    """

    program_id: bytes
    sysvars: Sysvars
    aligned: bool = True
    features: FeatureSet = MAINNET
    epoch_stakes: EpochStakes = field(default_factory=EpochStakes)
    logs: list[str] = field(default_factory=list)
    remaining: int = 0
    heap_used: int = 0
    height: int = 1
    return_data: ReturnData = field(init=False)
    memory: Memory | ReplayMemory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Before every instruction, the runtime sets empty return data, with this program as its author.
        self.return_data = ReturnData(self.program_id, b"")

    def consume(self, cost: int) -> None:
        """Charge compute units (`consume_checked`).

        If too few remain, sets `remaining` to 0 and raises `SyscallFault`.
        """
        if self.remaining < cost:
            self.remaining = 0
            raise instruction_fault(BUDGET)
        self.remaining -= cost


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


def instruction_fault(name: str) -> SyscallFault:
    """A fault that is one of Agave's `InstructionError` variants.

    The instruction then fails with this error.
    """
    return SyscallFault(name, TEXTS[name])
