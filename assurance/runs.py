"""Runs of programs, and their witnesses."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from assurance.contexts import bare_context
from solproof.accesses.access_log import AccessLog
from solproof.accesses.program import ProgramTable
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.vm.limits import initial_registers
from solproof.vm.machine import run as run_machine
from solproof.vm.memory import DEFAULT_HEAP_SIZE, Layout
from solproof.vm.record_budget import RecordBudget
from solproof.vm.trace import Run

PROGRAM_ID = bytes([7]) * 32
LIMIT = 1_400_000
INSTRUCTION_DATA = 0x4_0000_0008
State = tuple[int, ...]
"""r0 to r10 and the pc, before an instruction."""


@lru_cache(maxsize=8)
def table_of(program: Program) -> ProgramTable:
    """What the program holds at each of its slots, where all syscalls exist."""
    return program_table(program, registry(MAINNET).keys(), np.arange(program.slots))


def run(
    program: Program,
    input_region: bytes = b"",
    *,
    limit: int = LIMIT,
    heap_size: int = DEFAULT_HEAP_SIZE,
    context: SyscallContext | None = None,
) -> Run:
    """Run a program in the machine."""
    context = context or bare_context(PROGRAM_ID)
    outcome, _ = run_machine(
        program,
        Layout(program.version, len(program.image), heap_size, len(input_region)),
        initial_registers(program.version, INSTRUCTION_DATA),
        input_region,
        context,
        registry(MAINNET),
        compute_unit_limit=limit,
        budget=RecordBudget(2**32),
    )
    return outcome


def logs_of(*outcomes: Run) -> list[AccessLog]:
    """The access logs of runs that are the frames of one proof."""
    return [_log_of(outcome, number) for number, outcome in enumerate(outcomes, start=1)]


def _log_of(outcome: Run, invocation: int) -> AccessLog:
    slots = np.unique(outcome.trace.pc[: outcome.final.steps])
    return AccessLog(outcome, slots, table_of(outcome.program), invocation)


def witness_of(*outcomes: Run) -> Witness:
    """The tables of runs that are the frames of one proof."""
    return build_witness(CIRCUIT, logs_of(*outcomes))
