"""Check an execution's witness against every constraint and bus, without proving."""

from __future__ import annotations

from dataclasses import replace

from solproof.accesses.access_log import AccessLog
from solproof.air import check as checker
from solproof.air.check import Failure
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.execution.execute import Execution
from solproof.isa.disassemble import disassemble
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.invoke import Frame
from solproof.runtime.syscalls import registry
from solproof.vm.trace import Run


def witness_of(execution: Execution, circuit: SbpfCircuit = CIRCUIT) -> Witness:
    """The tables of an execution."""
    execution.check_provable()
    return frame_witness(execution.frames[0], circuit)


def frame_witness(frame: Frame[Run], circuit: SbpfCircuit = CIRCUIT) -> Witness:
    """The tables of one frame, as if it were proven alone."""
    invocation = frame.invocation
    table = program_table(invocation.program, registry(invocation.environment.features).keys())
    preprocessed = circuit.preprocessed(invocation.program, table)
    return build_witness(circuit, AccessLog(frame.outcome, table), preprocessed)


def check_witness(execution: Execution, witness: Witness) -> list[Failure]:
    """Every failure of a witness of an execution, with the instruction if the failure has one."""
    failures = checker.check(witness.instances)
    if not failures:
        return []
    listing = dict(disassemble(execution.invocation.program.text, execution.invocation.program.version))
    return [
        replace(failure, instruction=None if failure.pc is None else listing.get(failure.pc))
        for failure in failures
    ]


def check_execution(execution: Execution) -> list[Failure]:
    """Every failure of an execution's witness. The list is empty unless solproof has a bug."""
    return check_witness(execution, witness_of(execution))
