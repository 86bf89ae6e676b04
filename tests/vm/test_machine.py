"""The machine's work in a short run of a large program, and the calls that are open at its end."""

from __future__ import annotations

import pytest

from solproof.execution.execute import execute
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.elf_builder import build_elf
from tests.support.python_calls import python_calls
from tests.support.random_instructions import EXIT, encode


@pytest.mark.parametrize("version", VERSIONS)
def test_work_does_not_grow_with_the_program(version: int) -> None:
    """Loading, verifying and running touch no slot in Python that is not executed."""

    def calls(filler: int) -> int:
        program = encode(Instruction(0xB7), EXIT) + encode(Instruction(0xB7)) * filler + encode(EXIT)
        given = ExecutionInput(program, bytes(32), (), b"", Parameters(), RawFormat(version))
        assert execute(given).output.success
        return python_calls(lambda: execute(given))

    assert calls(filler=100_000) < calls(filler=10) + 100


def test_open_calls() -> None:
    """The call instructions that lead to a fault, also without a record."""
    source = """
        call 2
        call 3
        exit
        call 1
        exit
        ldxb r0, [r9+0]
        exit
    """
    program = build_elf(source)
    for recorded in (True, False):
        run = execute(ExecutionInput(program, bytes(32), (), b""), recorded=recorded).run
        assert run.fault is not None
        assert (run.open_calls, run.final.depth, run.pc) == ((0, 3), 2, 5)
