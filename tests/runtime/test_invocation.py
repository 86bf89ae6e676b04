"""An invocation: what the program and the log know of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.runtime.execute import report
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.invocation import prepare
from solproof.vm.machine import run
from tests.support.elf_builder import build_elf


@pytest.mark.parametrize("height", [1, 2, 5])
def test_the_program_and_the_log_know_the_height(height: int) -> None:
    elf = build_elf("syscall sol_get_stack_height; exit")
    invocation = replace(prepare(ExecutionInput(elf, bytes(32), (), b"")), height=height)
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
    output = report(invocation, outcome, context)
    assert output.exit_code == height
    assert output.logs[0].endswith(f" invoke [{height}]")
