"""sol_get_stack_height, sol_get_processed_sibling_instruction, sol_remaining_compute_units."""

from __future__ import annotations

import pytest

from solproof.runtime.execution_input import Loader, Parameters
from solproof.runtime.features import MAINNET
from tests.support.syscall_harness import FRAME, HEAP, IMAGE, MASK, check, failure

FEATURES = MAINNET.changed(["remaining_compute_units_syscall_enabled"])
NAMES = ("sol_get_stack_height", "sol_get_processed_sibling_instruction", "sol_remaining_compute_units")


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("loader", list(Loader))
def test_stack_height(loader: Loader, version: int) -> None:
    parameters = Parameters(loader=loader)
    execution = check("sol_get_stack_height", (), parameters=parameters, version=version)
    assert execution.output.exit_code == 1


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize(
    "arguments",
    [
        (0, 0, 0, 0, 0),
        (1, HEAP, HEAP + 16, HEAP + 64, HEAP + 128),
        (MASK, HEAP + 1, FRAME + 0x1000, IMAGE, MASK),
        (MASK - 1, MASK, MASK, MASK, MASK),
    ],
)
def test_no_instruction_came_before(arguments: tuple[int, ...], version: int) -> None:
    """So the addresses may be invalid."""
    execution = check("sol_get_processed_sibling_instruction", arguments, version=version)
    assert execution.output.exit_code == 0
    assert execution.run.trace.events[0].words == ()


@pytest.mark.parametrize("version", [0, 3])
@pytest.mark.parametrize("limit", [102, 200, 1_000, 1_400_000])
def test_remaining_compute_units(limit: int, version: int) -> None:
    parameters = Parameters(compute_unit_limit=limit, features=FEATURES)
    execution = check("sol_remaining_compute_units", (), parameters=parameters, version=version)
    assert execution.output.exit_code == limit - 101


@pytest.mark.parametrize("heap_size", [32 * 1024, 256 * 1024])
def test_the_heap_is_paid_before(heap_size: int) -> None:
    parameters = Parameters(heap_size=heap_size, features=FEATURES)
    execution = check("sol_remaining_compute_units", (), parameters=parameters)
    assert execution.output.exit_code == 1_400_000 - 101 - (56 if heap_size > 32 * 1024 else 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("remaining", [0, 99, 100])
def test_cost(name: str, remaining: int) -> None:
    parameters = Parameters(compute_unit_limit=1 + remaining, features=FEATURES)
    broke = failure(check(name, (), parameters=parameters))[0]
    assert broke == ("ExceededMaxInstructions" if remaining == 100 else "ComputationalBudgetExceeded")
