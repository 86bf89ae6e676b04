"""The oracle of the runtime tests: runs one input in solproof and in LiteSVM, and asserts full agreement."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.execution.execute import Execution, execute
from solproof.oracle.litesvm import RuntimeResult, run_in_litesvm, runtime
from solproof.program.program import Program
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters

LOADERS = {
    Loader.V1: Pubkey.from_string("BPFLoader1111111111111111111111111111111111"),
    Loader.V2: Pubkey.from_string("BPFLoader2111111111111111111111111111111111"),
    Loader.V3: Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111"),
}


def assert_like_litesvm(
    given: ExecutionInput, machine: LiteSVM | None = None, program: Program | None = None
) -> Execution:
    """Compare outcome, error, compute units, log, return data and accounts. Returns solproof's execution.

    Pass `program` if it is already loaded. Without a `machine`, the input's programs are added to a LiteSVM:
    its own program under the loader in the parameters, and the others under loader v3.
    """
    expected = litesvm_result(given, machine)
    execution = execute(given, program)
    output = execution.output
    got = RuntimeResult(
        success=output.success,
        error=output.error,
        compute_units=output.compute_units,
        transaction_compute_units=output.compute_units_charged,
        accounts=output.accounts,
        logs=output.logs,
        return_data=output.return_data,
    )
    for field in fields(RuntimeResult):
        ours, theirs = getattr(got, field.name), getattr(expected, field.name)
        assert ours == theirs, f"{field.name}: {ours!r} in solproof, {theirs!r} in LiteSVM"
    return execution


def litesvm_result(given: ExecutionInput, machine: LiteSVM | None = None) -> RuntimeResult:
    """The result of LiteSVM for an input."""
    if machine is None:
        machine = _machine(given.parameters)
        loader = LOADERS[given.parameters.loader]
        machine.add_program_with_loader(Pubkey(given.program_id), given.program, loader)
        for program_id, file in given.programs:
            machine.add_program(Pubkey(program_id), file)
    return run_in_litesvm(given, machine)


@lru_cache(maxsize=8)  # about 8 MB each
def _machine(parameters: Parameters) -> LiteSVM:
    """A LiteSVM for these parameters. It is kept for the next run, which overwrites program and accounts."""
    return runtime(parameters)
