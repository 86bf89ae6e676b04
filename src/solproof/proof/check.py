"""Check an execution's witness against every constraint and bus, without proving."""

from __future__ import annotations

from solproof.air.check import Failure, check
from solproof.proof.prove import refuse_fault
from solproof.svm.execute import Execution
from solproof.svm.syscalls import REGISTRY
from solproof.witness.build import Witness, build_witness, program_columns
from solproof.witness.program_table import program_table


def witness_of(execution: Execution) -> Witness:
    """The tables of an execution; raises `UnsupportedError` for one that a fault ended."""
    refuse_fault(execution)
    table = program_table(execution.program, REGISTRY.keys())
    return build_witness(execution.run, table, program_columns(execution.program, table))


def check_execution(execution: Execution) -> list[Failure]:
    """Everything that is wrong with an execution's witness: nothing, unless solproof has a bug."""
    return check(witness_of(execution).instances)
