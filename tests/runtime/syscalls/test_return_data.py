"""sol_set_return_data, sol_get_return_data."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import ExecutionInput
from tests.support.elf_builder import build_elf, call, write_memory
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.syscall_harness import (
    FRAME,
    HEAP,
    HEAP_END,
    IMAGE,
    MASK,
    PROGRAM,
    check,
    failure,
    replay,
    revealed,
)

CONTENT = b"eleven byte"


@pytest.mark.parametrize("length", [0, 1, 8, 249, 250, 1023, 1024])
def test_set(length: int) -> None:
    execution = check("sol_set_return_data", (HEAP + 1, length), {HEAP: CONTENT})
    assert execution.run.trace.events[0].compute_units == 100 + length // 250


def test_set_again_replaces() -> None:
    first = [*write_memory({HEAP: CONTENT}), *call("sol_set_return_data", (HEAP, 11))]
    elf = build_elf([*first, *call("sol_set_return_data", (HEAP, 0)), "exit"])
    execution = assert_like_litesvm(ExecutionInput(elf, PROGRAM, (), b""))
    assert execution.output.return_data == (PROGRAM, b"")
    assert not any(line.startswith("Program return") for line in execution.output.logs)
    replay(execution)


@pytest.mark.parametrize(
    ("address", "length", "message"),
    [
        (HEAP, 1025, "Return data too large (1025 > 1024)"),
        (0, 250_000_000, "Return data too large (250000000 > 1024)"),
        (HEAP, MASK, "Computational budget exceeded"),
        (HEAP_END, 1, "Access violation in heap section at address 0x300008000 of size 1"),
        (FRAME + 0x1001, 1, "Access violation in stack frame 1 at address 0x200001001 of size 1"),
    ],
)
def test_set_violations(address: int, length: int, message: str) -> None:
    assert failure(check("sol_set_return_data", (address, length)))[1] == message


def get(destination: int, capacity: int, program_id: int) -> ExecutionInput:
    """Set return data, get it, and return the piece of the heap that the call may have written."""
    parts: list[str] = [
        *write_memory({HEAP: CONTENT}),
        *call("sol_set_return_data", (HEAP, len(CONTENT))),
        *call("sol_get_return_data", (destination, capacity, program_id)),
        "mov64 r9, r0",
        *call("sol_set_return_data", (HEAP + 64, 128)),
        "mov64 r0, r9; exit",
    ]
    return ExecutionInput(build_elf(parts), PROGRAM, (), b"")


@pytest.mark.parametrize("capacity", [0, 1, 10, 11, 12, MASK])
def test_get(capacity: int) -> None:
    execution = assert_like_litesvm(get(HEAP + 64, capacity, HEAP + 129))
    replay(execution)
    assert execution.output.exit_code == len(CONTENT)
    written = CONTENT[: min(capacity, len(CONTENT))]
    setter = PROGRAM if written else bytes(32)
    assert revealed(execution) == (written.ljust(65, b"\0") + setter).ljust(128, b"\0")


def test_get_when_there_is_none() -> None:
    execution = check("sol_get_return_data", (0, 100, 0), reveal=(HEAP, 8))
    assert execution.output.exit_code == 0
    assert execution.run.trace.events[0].compute_units == 100


@pytest.mark.parametrize(
    ("destination", "program_id", "message"),
    [
        (IMAGE, HEAP, "Access violation in program section at address 0x100000000 of size 11"),
        (HEAP, IMAGE, "Access violation in program section at address 0x100000000 of size 32"),
        (IMAGE, 0, "Access violation in program section at address 0x100000000 of size 11"),
        (HEAP + 64, HEAP + 64, "Overlapping copy"),
        (HEAP + 64, HEAP + 74, "Overlapping copy"),
        (HEAP + 95, HEAP + 64, "Overlapping copy"),
        (FRAME + 0xFFF, FRAME + 0x2000, "Overlapping copy"),
    ],
)
def test_get_violations(destination: int, program_id: int, message: str) -> None:
    execution = assert_like_litesvm(get(destination, 100, program_id))
    assert failure(execution)[1] == message


@pytest.mark.parametrize(
    ("destination", "program_id"),
    [(HEAP + 64, HEAP + 75), (HEAP + 96, HEAP + 64), (FRAME + 0xFF5, FRAME + 0x2000)],
)
def test_get_into_neighbours(destination: int, program_id: int) -> None:
    execution = assert_like_litesvm(get(destination, 100, program_id))
    replay(execution)
    assert execution.output.exit_code == len(CONTENT)
