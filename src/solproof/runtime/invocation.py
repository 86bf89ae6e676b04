"""An invocation: one program in one frame, with everything that is fixed before its first instruction.

Running, proving, verifying and estimating all use `prepare`. So the prover and the verifier see the same
memory, the same registers and the same limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solproof.program.bytecode_verifier import load_program
from solproof.program.program import Program
from solproof.runtime.budget import heap_cost
from solproof.runtime.execution_input import ExecutionInput, Loader
from solproof.runtime.serialization import SerializedInput, serialize
from solproof.runtime.syscalls import Syscall, SyscallContext, registry
from solproof.vm.limits import initial_registers
from solproof.vm.memory import Layout


@dataclass(frozen=True, slots=True, eq=False)  # never compared: programs and inputs are large
class Invocation:
    """One program in one frame.

    layout: the regions of memory and their sizes in bytes.
    registers: r0 to r10 before the first instruction.
    compute_unit_limit: compute units that the program may use, after the price of its heap.
    height: position in the stack of invocations, 1 for an instruction of a transaction.
    caller: the program id of the invocation that called this invocation, None at height 1.
    """

    input: ExecutionInput = field(repr=False)
    program: Program
    serialized: SerializedInput = field(repr=False)
    layout: Layout
    registers: tuple[int, ...]
    compute_unit_limit: int
    height: int = 1
    caller: bytes | None = None

    @property
    def syscalls(self) -> Mapping[int, Syscall]:
        """The syscalls that exist with the input's features, by hash."""
        return registry(self.input.parameters.features)

    def context(self) -> SyscallContext:
        """A new context for syscalls: the state that they read and change, before the first instruction."""
        parameters = self.input.parameters
        return SyscallContext(
            self.input.program_id,
            parameters.sysvars,
            aligned=parameters.loader is not Loader.V1,
            features=parameters.features,
            epoch_stakes=parameters.epoch_stakes,
            height=self.height,
        )


def prepare(execution_input: ExecutionInput, program: Program | None = None) -> Invocation:
    """The invocation of an instruction.

    A caller that has already loaded `execution_input.program` passes it as `program`. Raises `ProgramError`
    if the program cannot be loaded, and `UnsupportedError` for a program that solproof does not run yet.
    """
    parameters = execution_input.parameters
    features = parameters.features
    program = program or load_program(
        execution_input.program, execution_input.program_format, features.sbpf_versions
    )
    serialized = serialize(
        execution_input.accounts,
        execution_input.instruction_data,
        execution_input.program_id,
        parameters.loader,
    )
    return Invocation(
        input=execution_input,
        program=program,
        serialized=serialized,
        layout=Layout(program.version, len(program.image), parameters.heap_size, len(serialized.region)),
        registers=initial_registers(program.version, serialized.instruction_data_address),
        compute_unit_limit=parameters.compute_unit_limit - heap_cost(parameters.heap_size),
    )
