"""Runs of programs, and their witnesses."""

from __future__ import annotations

from functools import lru_cache

from assurance.contexts import bare_context
from solproof.accesses.access_log import AccessLog
from solproof.accesses.program import ProgramTable
from solproof.backend.protocol import Columns
from solproof.circuit.program_table import program_table
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.proving.witness import Witness, build_witness
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import SyscallContext, registry
from solproof.vm.limits import initial_registers
from solproof.vm.machine import run as run_machine
from solproof.vm.memory import DEFAULT_HEAP_SIZE, Layout
from solproof.vm.trace import Run

PROGRAM_ID = bytes([7]) * 32
LIMIT = 1_400_000
INSTRUCTION_DATA = 0x4_0000_0008
State = tuple[int, ...]
"""r0 to r10 and the pc, before an instruction."""


@lru_cache(maxsize=8)
def table_of(program: Program) -> ProgramTable:
    """The program table, where all syscalls exist."""
    return program_table(program, registry(MAINNET).keys())


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
    return run_machine(
        program,
        Layout(program.version, len(program.image), heap_size, len(input_region)),
        initial_registers(program.version, INSTRUCTION_DATA),
        input_region,
        context,
        registry(MAINNET),
        compute_unit_limit=limit,
    )


@lru_cache(maxsize=8)
def _columns_of(program: Program) -> dict[int, Columns]:
    return CIRCUIT.preprocessed(program, table_of(program))


def witness_of(outcome: Run) -> Witness:
    """The tables of a run."""
    return build_witness(CIRCUIT, AccessLog(outcome, table_of(outcome.program)), _columns_of(outcome.program))
