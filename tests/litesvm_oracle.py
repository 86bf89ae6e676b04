"""The oracle of the runtime tests: run one input in solproof and in LiteSVM, and insist that they agree in
everything.
"""

from __future__ import annotations

from dataclasses import fields

from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.demo.litesvm import RuntimeResult, run_in_litesvm, runtime
from solproof.svm.budget import heap_cost
from solproof.svm.execute import Execution, execute
from solproof.svm.execution_input import ExecutionInput
from solproof.vm.faults import SyscallFault


def assert_like_litesvm(given: ExecutionInput, machine: LiteSVM | None = None) -> Execution:
    """Compare outcome, error, compute units, log, return data and accounts; returns our execution.

    Without a `machine` the input's program is added to a fresh LiteSVM, under loader v3.
    """
    expected = litesvm_result(given, machine)
    execution = execute(given)
    output = execution.output
    got = RuntimeResult(
        success=output.success,
        error=output.error,
        compute_units=output.compute_units,
        transaction_compute_units=_charged(execution),
        accounts=output.accounts,
        logs=output.logs,
        return_data=output.return_data,
    )
    for field in fields(RuntimeResult):
        ours, theirs = getattr(got, field.name), getattr(expected, field.name)
        assert ours == theirs, f"{field.name}: {ours!r} in solproof, {theirs!r} in LiteSVM"
    return execution


def litesvm_result(given: ExecutionInput, machine: LiteSVM | None = None) -> RuntimeResult:
    """What LiteSVM makes of an input."""
    if machine is None:
        machine = runtime(given.parameters)
        machine.add_program(Pubkey(given.program_id), given.program)
    return run_in_litesvm(given, machine)


def _charged(execution: Execution) -> int:
    """What a transaction pays for the instruction: the heap as well, and everything after a fault outside a
    syscall.
    """
    parameters = execution.input.parameters
    fault = execution.run.fault
    if fault is not None and not isinstance(fault, SyscallFault):
        return parameters.compute_unit_limit
    return execution.output.compute_units + heap_cost(parameters.heap_size)
