"""Execute one instruction as the runtime does: load, serialize, run, apply the account rules, report.

Source: `execute` of solana-program-runtime 4.1 (vm.rs) and `process_executable_chain` (invoke_context.rs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from solproof.display import html_log, html_table
from solproof.program.program import Program
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
    """An execution with everything that a prover needs of it."""

    input: ExecutionInput
    invocation: Invocation
    run: Run
    output: ExecutionOutput

    def _repr_html_(self) -> str:
        return html_table("Run", outcome_lines(self.output)) + html_log(self.output.logs)


def execute(execution_input: ExecutionInput, program: Program | None = None) -> Execution:
    """Execute an instruction; `program` saves loading `execution_input.program` again.

    Raises `ProgramError` for a program that cannot be loaded and `UnsupportedError` for what solproof does
    not run yet.
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
    return Execution(execution_input, invocation, outcome, report(invocation, outcome, context))


class Outcome(Protocol):
    """What `report` needs of a run: a machine's `Run` has it, and so has a proof's public result."""

    @property
    def fault(self) -> Fault | None:
        """What stopped the program, if something did."""

    @property
    def r0(self) -> int:
        """The exit code, when there is no fault."""

    @property
    def pc(self) -> int:
        """Slot of the last instruction."""

    @property
    def compute_units(self) -> int:
        """Compute units consumed."""

    @property
    def instructions(self) -> int:
        """Instructions executed."""

    @property
    def input_region(self) -> bytes:
        """The input region after the run."""


def report(invocation: Invocation, outcome: Outcome, context: SyscallContext) -> ExecutionOutput:
    """What the runtime makes of a run: the account rules, the error, the log.

    `context` is the syscalls' context as the run left it.
    """
    execution_input = invocation.input
    before = distinct_accounts(execution_input.accounts)
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
        logs=_log(execution_input, outcome, context, error),
        return_data=context.return_data,
    )


def _settle(
    invocation: Invocation,
    outcome: Outcome,
    before: tuple[Account, ...],
) -> tuple[tuple[Account, ...], InstructionError | None]:
    """The accounts afterwards and the error; with an error, the accounts are as before."""
    error = error_of_exit_code(outcome.r0) if outcome.fault is None else error_of_fault(outcome.fault)
    if error is not None:
        return before, error
    try:
        return post_accounts(invocation.input, invocation.serialized, outcome.input_region), None
    except AccountRuleError as rule:
        return before, rule.error


def _charged(invocation: Invocation, outcome: Outcome) -> int:
    """What the transaction's meter loses.

    A fault of the machine empties it where `deplete_cu_meter_on_vm_failure` is active: nobody needs to know
    where in a basic block a compiled program stopped.
    """
    parameters = invocation.input.parameters
    depletes = "deplete_cu_meter_on_vm_failure" in parameters.features
    if depletes and outcome.fault is not None and not isinstance(outcome.fault, SyscallFault):
        return parameters.compute_unit_limit
    return outcome.compute_units + heap_cost(parameters.heap_size)


def _log(
    execution_input: ExecutionInput, outcome: Outcome, context: SyscallContext, error: InstructionError | None
) -> tuple[str, ...]:
    program_id = execution_input.program_id
    limit = execution_input.parameters.compute_unit_limit
    lines = [
        runtime_log.program_invoke(program_id, depth=1),
        *context.logs,
        runtime_log.program_consumed(program_id, outcome.compute_units, limit),
    ]
    if context.return_data.data:
        lines.append(runtime_log.program_return(program_id, context.return_data.data))
    # The balance is checked when the instruction is over and its success is logged already.
    if error is None or error.name == "UnbalancedInstruction":
        lines.append(runtime_log.program_success(program_id))
    else:
        lines.append(runtime_log.program_failure(program_id, error.message))
    return runtime_log.truncate(lines)
