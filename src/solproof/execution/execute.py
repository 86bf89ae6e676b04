"""Execute one instruction in the machine, with every frame that it opens."""

from __future__ import annotations

from dataclasses import dataclass

from solproof.display import html_log, html_table
from solproof.execution.fault_places import FaultPlace, fault_places
from solproof.execution.machine_executor import MachineExecutor
from solproof.program.program import Program
from solproof.representation import described
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput, outcome_lines
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.invocation import Invocation
from solproof.runtime.invoke import Frame
from solproof.runtime.single_instruction import run_instruction
from solproof.vm.trace import Run


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """A finished execution, with everything that a prover needs.

    frames: the frames of sBPF programs in the order in which they began. The first frame is that of the
        input's own program. The others are those of the programs that it called.
    instructions: the input's instruction, and all that it called, in the order of the calls.
    """

    input: ExecutionInput
    frames: tuple[Frame[Run], ...]
    output: ExecutionOutput
    instructions: tuple[InstructionRecord, ...]

    @property
    def invocation(self) -> Invocation:
        """The invocation of the input's own program."""
        return self.frames[0].invocation

    @property
    def run(self) -> Run:
        """The recorded run of the input's own program."""
        return self.frames[0].outcome

    @property
    def given(self) -> ExecutionInput:
        """What was executed."""
        return self.input

    @property
    def fault_places(self) -> tuple[FaultPlace, ...]:
        """Where faults stopped its frames: instruction, open calls and registers. Empty without a fault."""
        return fault_places(self.frames)

    def __repr__(self) -> str:
        return described(
            self,
            {
                "program_id": self.input.program_id,
                "program_sha256": self.invocation.program.file_sha256,
                **self.output.headline(),
            },
        )

    def _repr_html_(self) -> str:
        return html_table("Run", outcome_lines(self.output)) + html_log(self.output.logs)


def execute(
    execution_input: ExecutionInput,
    program: Program | None = None,
    *,
    recorded: bool = True,
    memory_limit: int | None = None,
) -> Execution:
    """Execute an instruction.

    program: `execution_input.program`, if the caller has already loaded it.
    recorded, memory_limit: as for `solproof.execution.run.run`, whose errors this function raises.
    """
    processed = run_instruction(execution_input, MachineExecutor(recorded, memory_limit), program)
    return Execution(execution_input, processed.frames, processed.output, processed.instructions)
