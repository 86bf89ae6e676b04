"""Where faults stop programs: instructions, open calls and registers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.execution.execute import execute
from solproof.execution.fault_places import CallSite
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.elf_builder import build_elf, text_address
from tests.support.frame_trees import FIRST, SECOND, THIRD, chain

ID = bytes(31) + b"\1"


def given(source: str, version: int) -> ExecutionInput:
    return ExecutionInput(build_elf(source, version), ID, (), b"")


def test_no_fault() -> None:
    assert execute(given("mov64 r0, 1; exit", 3)).fault_places == ()


@pytest.mark.parametrize("version", [0, 3])
def test_calls(version: int) -> None:
    """A direct call, then one by register, to a function without a name."""
    target = 9
    source = (
        f"mov64 r9, 4; call 1; exit; lddw r1, {text_address(version) + 8 * target}; mov64 r7, 7; callx r1; "
        "exit; exit; ldxdw r3, [r7+8]; exit"
    )
    (place,) = execute(given(source, version)).fault_places
    assert (place.frame, place.program_id, place.fault, place.pc) == (1, ID, "AccessViolation", 9)
    assert place.instruction == "ldxdw r3, [r7+0x8]"
    assert [site.pc for site in place.stack] == [9, 6, 1]
    assert [site.function for site in place.stack[1:]] == ["function_3", "entrypoint"]
    assert (place.registers[7], place.registers[9]) == (7, 4)


def test_before_an_instruction_without_units() -> None:
    stopped = replace(given("mov64 r1, 1; mov64 r3, 2; exit", 3), parameters=Parameters(compute_unit_limit=1))
    (place,) = execute(stopped).fault_places
    assert (place.fault, place.instruction) == ("ExceededMaxInstructions", "mov64 r3, 2")
    assert place.stack == (CallSite("entrypoint", 1),)
    assert (place.registers[1], place.registers[3]) == (1, 0)


def test_after_the_last_instruction() -> None:
    (place,) = execute(given("call 1; exit; mov64 r1, 1; call -3", 0)).fault_places[:1]
    assert place.fault in ("ExecutionOverrun", "CallDepthExceeded")


def test_every_frame_that_a_fault_stopped() -> None:
    """The fault of the innermost program ends its callers at their calls."""
    third, second, first = sorted(
        chain("lddw r1, 0x500000000; ldxdw r0, [r1]; exit").execution.fault_places,
        key=lambda each: -each.frame,
    )
    assert [(place.frame, place.program_id) for place in (first, second, third)] == [
        (1, FIRST),
        (2, SECOND),
        (3, THIRD),
    ]
    assert (third.fault, third.instruction) == ("AccessViolation", "ldxdw r0, [r1+0x0]")
    assert first.instruction == second.instruction == "syscall sol_invoke_signed_c"
