"""Execute one instruction as the runtime does: load, serialize, run, apply the account rules, report.

Source: `execute` of solana-program-runtime 4.1 (vm.rs) and `process_executable_chain` (invoke_context.rs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from solproof.display import html_log, html_table
from solproof.program.program import Program
from solproof.representation import described
from solproof.runtime import runtime_log
from solproof.runtime.account_rules import AccountRuleError, accounts_modified, post_accounts
from solproof.runtime.accounts import Account, distinct_accounts
from solproof.runtime.budget import heap_cost
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput, outcome_lines
from solproof.runtime.instruction_error import InstructionError, error_of_exit_code, error_of_fault
from solproof.runtime.invocation import Invocation, prepare
from solproof.runtime.syscalls import SyscallContext
from solproof.vm.faults import Fault, SyscallFault
from solproof.vm.machine import run
from solproof.vm.trace import Run


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """A finished execution, with everything that a prover needs."""

    invocation: Invocation
    run: Run
    output: ExecutionOutput

    @property
    def input(self) -> ExecutionInput:
        """The input that was executed."""
        return self.invocation.input

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


def execute(execution_input: ExecutionInput, program: Program | None = None) -> Execution:
    """Execute an instruction.

    A caller that has already loaded `execution_input.program` passes it as `program`. Raises `ProgramError`
    if the program cannot be loaded, and `UnsupportedError` for a Solana feature that solproof does not run
    yet.
    """
    invocation = prepare(execution_input, program)
    context = invocation.context()
    outcome = run(
        invocation.program,
        invocation.layout,
        invocation.registers,
        invocation.serialized.region,
        context,
        invocation.syscalls,
        compute_unit_limit=invocation.compute_unit_limit,
    )
    return Execution(invocation, outcome, report(invocation, outcome, context))


class Outcome(Protocol):
    """The facts about a run that `report` needs.

    A machine's `Run` has them, and so does the public result of a proof.
    """

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
        """Compute units consumed."""

    @property
    def instructions(self) -> int:
        """Number of executed instructions."""

    @property
    def input_region(self) -> bytes:
        """Bytes of the input region after the run."""


def report(invocation: Invocation, outcome: Outcome, context: SyscallContext) -> ExecutionOutput:
    """Apply the account rules to a run and assemble its result, error and log.

    `context` is the syscalls' context in its state at the end of the run.
    """
    before = distinct_accounts(invocation.input.accounts)
    after, error = _settle(invocation, outcome, before)
    return ExecutionOutput(
        success=error is None,
        exit_code=outcome.r0 if outcome.fault is None else None,
        error=None if error is None else error.name,
        error_message=None if error is None else error.message,
        fault=None if outcome.fault is None else outcome.fault.name,
        pc=outcome.pc,
        compute_units=outcome.compute_units,
        compute_units_charged=_charged(invocation, outcome),
        instructions=outcome.instructions,
        accounts_modified=accounts_modified(before, after),
        accounts=after,
        logs=_log(invocation, outcome, context, error),
        return_data=context.return_data,
    )


def _settle(
    invocation: Invocation,
    outcome: Outcome,
    before: tuple[Account, ...],
) -> tuple[tuple[Account, ...], InstructionError | None]:
    """The accounts after the run, and the error or None. After an error, the accounts are unchanged."""
    error = error_of_exit_code(outcome.r0) if outcome.fault is None else error_of_fault(outcome.fault)
    if error is not None:
        return before, error
    try:
        return post_accounts(invocation.input, invocation.serialized, outcome.input_region), None
    except AccountRuleError as rule:
        return before, rule.error


def _charged(invocation: Invocation, outcome: Outcome) -> int:
    """The compute units that the instruction takes from the transaction's meter.

    If `deplete_cu_meter_on_vm_failure` is active, a fault of the machine empties the meter. That way a
    JIT-compiled program need not know where in a basic block it stopped.
    """
    parameters = invocation.input.parameters
    depletes = "deplete_cu_meter_on_vm_failure" in parameters.features
    if depletes and outcome.fault is not None and not isinstance(outcome.fault, SyscallFault):
        return parameters.compute_unit_limit
    return outcome.compute_units + heap_cost(parameters.heap_size)


def _log(
    invocation: Invocation, outcome: Outcome, context: SyscallContext, error: InstructionError | None
) -> tuple[str, ...]:
    program_id = invocation.input.program_id
    limit = invocation.input.parameters.compute_unit_limit
    lines = [
        runtime_log.program_invoke(program_id, invocation.height),
        *context.logs,
        runtime_log.program_consumed(program_id, outcome.compute_units, limit),
    ]
    if context.return_data.data:
        lines.append(runtime_log.program_return(program_id, context.return_data.data))
    # The runtime checks the balance when the instruction is over. By then it has already logged the success.
    if error is None or error.name == "UnbalancedInstruction":
        lines.append(runtime_log.program_success(program_id))
    else:
        lines.append(runtime_log.program_failure(program_id, error.message))
    return runtime_log.truncate(lines)
