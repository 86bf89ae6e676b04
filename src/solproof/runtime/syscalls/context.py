"""What a syscall sees of the run, and what a syscall is.

The machine and the verifier call the same functions: the machine with its whole `Memory`, the verifier with a
`ReplayMemory` that holds the words one call touched. So a syscall may only use the memory's `check`, `read`,
`write` and `layout`, and must touch no other words on the second occasion than on the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Loader
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.instruction_error import TEXTS
from solproof.runtime.sysvars import Sysvars
from solproof.vm.faults import SyscallFault
from solproof.vm.memory import Memory, ReplayMemory


@dataclass(slots=True)
class SyscallContext:
    """The state that syscalls read and change.

    `memory` has no value until the machine (or the verifier) gives it one, before the first call;
    `remaining`, the compute units left, is set before every call and read back after it. `logs` are the
    program's own lines. `aligned`: pointers must be aligned for their type, and so are allocations: so it is
    for every loader but v1. `features` decide which syscalls exist (`registry`) and by which rules they work.
    `heap_used`: bytes of the heap that `sol_alloc_free_` has given out.
    """

    program_id: bytes
    sysvars: Sysvars
    aligned: bool = True
    features: FeatureSet = MAINNET
    epoch_stakes: EpochStakes = field(default_factory=EpochStakes)
    logs: list[str] = field(default_factory=list)
    remaining: int = 0
    heap_used: int = 0
    return_data: ReturnData = field(init=False)
    memory: Memory | ReplayMemory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # The runtime empties the return data in the program's name before every instruction.
        self.return_data = ReturnData(self.program_id, b"")

    @classmethod
    def of(cls, execution_input: ExecutionInput) -> SyscallContext:
        """The state before the first syscall of a run on this input."""
        parameters = execution_input.parameters
        return cls(
            execution_input.program_id,
            parameters.sysvars,
            parameters.loader is not Loader.V1,
            parameters.features,
            parameters.epoch_stakes,
        )

    def consume(self, cost: int) -> None:
        """Charge compute units; when too few remain, all are gone and `SyscallFault` is raised
        (`consume_checked`).
        """
        if self.remaining < cost:
            self.remaining = 0
            raise instruction_fault(BUDGET)
        self.remaining -= cost


Execute = Callable[[SyscallContext, int, int, int, int, int], int]
"""The context and r1 to r5, as unsigned 64-bit integers; the result is the new r0. Raises `SyscallFault`."""


@dataclass(frozen=True, slots=True)
class Syscall:
    """A function of the runtime that programs call by the hash of its name.

    `execute` says what it does in its docstring, and names its arguments; those of no use are `_1` to `_5`.
    `cost` is what a call takes that succeeds, in compute units: an expression of its arguments, of constants
    of `solproof.runtime.budget`, and of `sizes` (the lengths of its slices), `held` (the length of the return
    data), `tries` (addresses looked at) and `group` (a `GroupCosts`). `faults` are those that it can raise.
    """

    name: str
    execute: Execute
    cost: str = "0"
    faults: tuple[str, ...] = ()


BUDGET = "ComputationalBudgetExceeded"
ACCESS = ("AccessViolation", "StackAccessViolation")
"""The faults of any call that reads or writes memory."""


def instruction_fault(name: str) -> SyscallFault:
    """A fault that is one of Agave's `InstructionError` variants: the instruction then fails with that very
    error.
    """
    return SyscallFault(name, TEXTS[name])
