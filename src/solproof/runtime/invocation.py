"""An invocation: one sBPF program in one frame, with everything that is fixed before its first instruction.

`solproof.runtime.invoke` makes an invocation for every executor, so the prover and the verifier see the same
memory, the same registers and the same limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from solproof.program.program import Program
from solproof.runtime.accounts import MAXIMUM_ACCOUNTS, InstructionAccount
from solproof.runtime.budget import heap_cost
from solproof.runtime.environment import Environment
from solproof.runtime.executable import Executable
from solproof.runtime.execution_input import Loader
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import InstructionFailure, failure
from solproof.runtime.serialization import SerializedInput, serialize
from solproof.vm.limits import initial_registers
from solproof.vm.memory import Layout


@dataclass(frozen=True, slots=True, eq=False)  # never compared: programs and inputs are large
class Invocation:
    """One sBPF program in one frame.

    context: the instruction that the program runs for.
    accounts: in instruction order, as they were before the first instruction.
    layout: the regions of memory and their sizes in bytes.
    registers: r0 to r10 before the first instruction.
    compute_unit_limit: compute units that the program may use, after the price of its heap.
    """

    context: InstructionContext = field(repr=False)
    executable: Executable
    accounts: tuple[InstructionAccount, ...] = field(repr=False)
    serialized: SerializedInput = field(repr=False)
    layout: Layout
    registers: tuple[int, ...]
    compute_unit_limit: int

    @property
    def program(self) -> Program:
        """The program."""
        return self.executable.program

    @property
    def program_id(self) -> bytes:
        """The address of the program."""
        return self.context.program_id

    @property
    def environment(self) -> Environment:
        """The cluster's state."""
        return self.context.environment

    @property
    def height(self) -> int:
        """The position in the stack of invocations, 1 for an instruction of a transaction."""
        return self.context.instruction.height

    @property
    def is_aligned(self) -> bool:
        """Whether pointers and allocations must be aligned for their type. Loader v1 does not ask for it."""
        return self.executable.loader is not Loader.V1


def enter(context: InstructionContext, executable: Executable) -> Invocation:
    """Lay out an instruction for its program, and pay for the heap.

    Raises `InstructionFailure` for too many accounts (`MaxAccountsExceeded`), and if the meter cannot pay for
    the heap (`ProgramEnvironmentSetupFailure`). Source: `execute` of solana-program-runtime 4.1 (vm.rs).
    """
    transaction, instruction = context.transaction, context.instruction
    if len(instruction.accounts) > MAXIMUM_ACCOUNTS:
        raise failure("MaxAccountsExceeded")
    accounts = tuple(
        InstructionAccount(transaction.accounts[reference.index], reference.is_signer, reference.is_writable)
        for reference in instruction.accounts
    )
    serialized = serialize(accounts, instruction.data, context.program_id, executable.loader)
    try:
        transaction.consume(heap_cost(transaction.heap_size))
    except InstructionFailure as refused:
        context.log(f"Failed to create SBF VM: {refused.error.message}")
        raise failure("ProgramEnvironmentSetupFailure") from None
    version, image = executable.program.version, executable.program.image
    return Invocation(
        context=context,
        executable=executable,
        accounts=accounts,
        serialized=serialized,
        layout=Layout(version, len(image), transaction.heap_size, serialized.size),
        registers=initial_registers(version, serialized.instruction_data_address),
        compute_unit_limit=transaction.remaining,
    )
