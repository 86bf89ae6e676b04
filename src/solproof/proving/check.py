"""Check an execution's witness against every constraint and bus, without proving."""

from __future__ import annotations

from dataclasses import replace

from solproof.air import check as checker
from solproof.air.check import Failure
from solproof.circuit.frames import access_logs
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import check_execution_type
from solproof.isa.disassemble import disassemble
from solproof.proving.witness import Witness, build_witness


def witness_of(execution: Execution | TransactionExecution, circuit: SbpfCircuit = CIRCUIT) -> Witness:
    """The tables of an execution."""
    return build_witness(circuit, access_logs(execution.frames))


def check_witness(execution: Execution | TransactionExecution, witness: Witness) -> list[Failure]:
    """Every failure of a witness of an execution, with the instruction if the failure has one."""
    failures = checker.check(witness.instances)
    listings: dict[int, dict[int, str]] = {}
    for invocation in {failure.invocation for failure in failures if failure.invocation is not None}:
        if 1 <= invocation <= len(execution.frames):
            program = execution.frames[invocation - 1].invocation.program
            listings[invocation] = dict(disassemble(program.text, program.version))
    return [
        replace(failure, instruction=listings.get(failure.invocation or 0, {}).get(failure.pc or 0))
        if failure.pc is not None
        else failure
        for failure in failures
    ]


def check_execution(execution: Execution | TransactionExecution) -> list[Failure]:
    """Every failure of an execution's witness. The list is empty unless solproof has a bug."""
    check_execution_type(execution)
    return check_witness(execution, witness_of(execution))
