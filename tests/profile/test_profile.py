"""Profiles: every sum is exact, and the stacks are those of the program."""

from __future__ import annotations

import pytest

from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import SOURCE_AMOUNT, transfer
from solproof.execution.execute import Execution, execute
from solproof.profile.cells import Owner, cells_per_row
from solproof.profile.formats import collapsed
from solproof.profile.profile import Cost, Profile, Weight, profile_execution
from solproof.proving.check import witness_of
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.call_trees import BY_REGISTER, NESTED, RECURSIVE, RESTING, run_source
from tests.support.elf_builder import build_elf
from tests.support.mainnet_programs import mainnet_programs


def added(costs: list[Cost]) -> Cost:
    return sum(costs, start=Cost())


def assert_exact(execution: Execution) -> Profile:
    """The profile of an execution. All its sums are checked against the run and its witness."""
    profile = profile_execution(execution)
    run, witness, per_row = execution.run, witness_of(execution), cells_per_row()
    assert profile.committed_cells == sum(
        len(instance.main) * per_row[instance.chip.name] for instance in witness.instances
    )
    for chip in profile.chips:
        assert chip.rows + chip.padding == witness.rows()[chip.name]
    total = profile.total
    assert (total.compute_units, total.instructions) == (run.compute_units, run.instructions)
    assert total.cells == sum(chip.cells for chip in profile.chips if chip.owner is Owner.INSTRUCTION)
    assert added([frame.own for frame in profile.frames]) == total
    assert added([path.own for path in profile.paths]) == total
    groups = [family.own for family in profile.families] + [frame.own for frame in profile.syscalls]
    assert added(groups) == total
    for weight in Weight:
        assert profile.timeline.of(weight).sum() == total.of(weight)
    assert profile.functions[0].total == total
    return profile


# WHOLE PROGRAMS


@pytest.mark.parametrize("amount", [1, SOURCE_AMOUNT + 1])
@pytest.mark.parametrize("name", ["token", "p_token", "token_2022"])
def test_token_programs(name: str, amount: int) -> None:
    assert_exact(execute(transfer(mainnet_programs()[name], amount)))


@pytest.mark.parametrize("limit", [0, 1, 2, 50, 300, 1_000, 2_000, 3_900, 4_643])
def test_budgets_that_end_anywhere(limit: int) -> None:
    given = transfer(classic_token())
    parameters = Parameters(compute_unit_limit=limit)
    execution = execute(
        ExecutionInput(given.program, given.program_id, given.accounts, given.instruction_data, parameters)
    )
    assert execution.run.fault is not None
    assert_exact(execution)


def test_the_cells_are_those_of_a_proof() -> None:
    execution = execute(transfer(p_token()))
    report = prove_execution(execution).report
    assert profile_execution(execution).committed_cells == report.main_cells + report.auxiliary_cells


# STACKS


@pytest.mark.parametrize("version", [0, 1, 3])
def test_nested_calls(version: int) -> None:
    profile = assert_exact(run_source(NESTED, version))
    assert collapsed(profile, Weight.COMPUTE_UNITS) == (
        "entrypoint 4\n"
        "entrypoint;function_3 3\n"
        "entrypoint;function_3;function_0 4\n"
        "entrypoint;function_0 2\n"
        "entrypoint;function_3;function_0;sol_log_64_ 202\n"
        "entrypoint;function_0;sol_log_64_ 101\n"
    )
    assert [(frame.name, frame.pc, frame.calls) for frame in profile.frames] == [
        ("entrypoint", 6, 1),
        ("function_3", 3, 1),
        ("function_0", 0, 3),
        ("sol_log_64_", None, 3),
    ]
    leaf = profile.functions[2]
    assert (leaf.own.compute_units, leaf.total.compute_units) == (6, 309)


def test_recursion_counts_once() -> None:
    profile = assert_exact(run_source(RECURSIVE))
    down = profile.functions[1]
    assert (down.name, down.calls) == ("function_0", 5)
    assert down.own == down.total
    assert down.total.compute_units == profile.total.compute_units - 4


def test_call_by_register() -> None:
    profile = assert_exact(run_source(BY_REGISTER))
    assert [frame.name for frame in profile.functions] == ["entrypoint", "function_0"]


def test_a_call_that_the_budget_ends() -> None:
    """The function is entered, but none of its instructions is executed."""
    profile = assert_exact(run_source(NESTED, limit=1))
    assert [(frame.name, frame.calls, frame.own) for frame in profile.functions] == [
        ("entrypoint", 1, profile.total),
        ("function_3", 1, Cost()),
    ]


def test_calls_that_are_too_deep() -> None:
    endless = "entrypoint:\n call entrypoint\n exit"
    profile = assert_exact(run_source(endless))
    (entry,) = profile.functions
    assert (entry.calls, entry.total.compute_units) == (64, 64)


def test_a_failing_syscall_has_a_frame() -> None:
    profile = assert_exact(run_source("entrypoint:\n mov64 r2, 3\n syscall sol_log_\n exit"))
    (syscall,) = profile.syscalls
    assert (syscall.name, syscall.calls, syscall.own.instructions) == ("sol_log_", 1, 1)


def test_what_cannot_be_executed() -> None:
    unresolved = ".fill 1, 0xFFFFFFFF00000085"  # a call that no relocation resolves
    execution = execute(ExecutionInput(build_elf(f"{unresolved}; exit"), bytes(32), (), b""))
    profile = assert_exact(execution)
    assert [family.name for family in profile.families] == ["not executable"]


# ROWS


def test_refreshes_belong_to_the_access_that_needs_them() -> None:
    execution = run_source(RESTING)
    profile = assert_exact(execution)
    per_row = cells_per_row()
    refreshed = {chip.name: chip.rows for chip in profile.chips if chip.name.endswith("refresh")}
    assert refreshed == {"memory_refresh": 1, "register_refresh": 3}
    costs = {family.name: family.own for family in profile.families}
    # At the load: its word, r10 and r0. At the last mov: r9. All were not accessed for longer than 2^16.
    assert (
        costs["load"].cells == per_row["load"] + per_row["memory_refresh"] + 2 * per_row["register_refresh"]
    )
    assert costs["move"].cells == 2 * per_row["move"] + per_row["register_refresh"]
