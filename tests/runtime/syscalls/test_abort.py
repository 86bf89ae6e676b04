"""abort, sol_panic_."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import Parameters
from tests.support.syscall_harness import HEAP, MASK, check, failure


@pytest.mark.parametrize("limit", [1, 1_400_000])
def test_abort(limit: int) -> None:
    execution = check("abort", (), parameters=Parameters(compute_unit_limit=limit))
    assert failure(execution) == ("Abort", "SBF program panicked")
    assert execution.output.compute_units == 1
    assert execution.output.error == "ProgramFailedToComplete"


@pytest.mark.parametrize("file", ["", "src/lib.rs", "é"])
def test_panic(file: str) -> None:
    content = file.encode()
    execution = check("sol_panic_", (HEAP, len(content), 42, MASK), {HEAP: content})
    assert failure(execution) == ("Panic", f"SBF program Panicked in {file} at 42:{MASK}")
    assert execution.run.compute_units == execution.output.instructions + len(content)


@pytest.mark.parametrize(
    ("address", "length", "message"),
    [
        (0, 1, "Access violation in unknown section at address 0x0 of size 1"),
        (HEAP, 1, "SBF program Panicked in \0 at 0:0"),
        (HEAP, MASK, "Computational budget exceeded"),
    ],
)
def test_panic_violations(address: int, length: int, message: str) -> None:
    assert failure(check("sol_panic_", (address, length, 0, 0)))[1] == message


def test_panic_with_bytes_that_are_no_text() -> None:
    execution = check("sol_panic_", (HEAP, 2, 0, 0), {HEAP: b"a\xff"})
    assert failure(execution)[1] == "invalid utf-8 sequence of 1 bytes from index 1: [97, 255]"
