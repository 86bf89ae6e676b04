"""The memory of a record: counted over all frames, and refused before it is taken."""

from __future__ import annotations

import tracemalloc

import pytest

from solproof.errors import NotEnoughMemory
from solproof.execution.execute import execute
from solproof.runtime.execution_input import ExecutionInput
from solproof.vm.record_budget import RecordBudget
from tests.support.elf_builder import build_elf

COPIES = """
    mov64 r6, 40
again:
    lddw r1, 0x300000000
    lddw r2, 0x300004000
    mov64 r3, 16384
    syscall sol_memcpy_
    add64 r6, -1
    jne r6, 0, again
    mov64 r0, 0
    exit
"""
TOUCHED = 40 * 2 * 16384
"""Bytes that the copies read and write."""


def given() -> ExecutionInput:
    return ExecutionInput(build_elf(COPIES), bytes(32), (), b"")


def test_the_largest_record() -> None:
    assert execute(given(), memory_limit=4 * TOUCHED).output.success
    with pytest.raises(NotEnoughMemory) as caught:
        execute(given(), memory_limit=4 * TOUCHED - 1)
    assert str(caught.value) == (
        "the record of the execution needs more than the 5 MiB of memory that may be used; "
        "free memory or raise the limit"
    )


def test_all_ranges_count() -> None:
    budget = RecordBudget(100)
    budget.charge(15)
    budget.charge(10)
    with pytest.raises(NotEnoughMemory):
        budget.charge(1)


def test_a_run_without_a_record_moves_bytes() -> None:
    """It has no memory for words, however many its syscalls touch."""

    def peak(recorded: bool) -> int:
        tracemalloc.start()
        try:
            execute(given(), recorded=recorded)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    execute(given())  # loads what is loaded once
    assert peak(recorded=True) - peak(recorded=False) > 3 * TOUCHED
