"""Small programs whose call trees are known."""

from __future__ import annotations

from solproof.execution.execute import Execution, execute
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.runtime.execution_input import ExecutionInput, Parameters

NESTED = """
leaf:
    mov64 r0, 7
    syscall sol_log_64_
    exit
middle:
    call leaf
    call leaf
    exit
entrypoint:
    call middle
    call leaf
    mov64 r0, 0
    exit
"""

RECURSIVE = """
down:
    jeq r6, 0, bottom
    sub64 r6, 1
    call down
bottom:
    exit
entrypoint:
    mov64 r6, 4
    call down
    mov64 r0, 0
    exit
"""

BY_REGISTER = """
there:
    mov64 r0, 0
    exit
entrypoint:
    lddw r3, there
    callx r3
    exit
"""

RESTING = """
entrypoint:
    stdw [r10-8], 5
    mov64 r7, 40000
loop:
    sub64 r7, 1
    jne r7, 0, loop
    ldxdw r0, [r10-8]
    mov64 r0, r9
    exit
"""
"""The run leaves a word and some registers untouched for more than 2^16 instructions."""


def run_source(source: str, version: int = 3, limit: int = 1_400_000) -> Execution:
    """Assemble a program and run it without accounts."""
    elf = write_elf(assemble(source, version))
    return execute(ExecutionInput(elf, bytes(32), (), b"", Parameters(compute_unit_limit=limit)))
