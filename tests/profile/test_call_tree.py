"""Profiles of several frames: every compute unit is on one path, and the sums are those of LiteSVM."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from solders.pubkey import Pubkey

from solproof.execution.execute import execute
from solproof.execution.execute_transaction import execute_transaction
from solproof.profile.cells import Owner, cells_per_row
from solproof.profile.formats import collapsed, speedscope
from solproof.profile.profile import Cost, Profile, Weight, profile_execution
from solproof.proving.check import witness_of
from solproof.proving.prove import prove_execution
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.elf_builder import build_elf
from tests.support.frame_trees import (
    ASSOCIATED_TOKEN,
    FIRST,
    SECOND,
    SYSTEM,
    THIRD,
    TOKEN,
    Compared,
    associated_token,
    chain,
    refused,
    single_instruction,
)
from tests.support.token_transactions import created_token_account

MAKERS: dict[str, Callable[[], Compared]] = {
    "associated token": associated_token,
    "chain": chain,
    "exit code": lambda: chain("mov64 r0, 7; exit"),
    "fault": lambda: chain("div64 r0, r0; exit"),
    "refused": refused,
    **{
        f"{limit} units": lambda limit=limit: associated_token(limit)  # type: ignore[misc]
        for limit in (20, 300, 1_500, 7_000, 12_000, 12_100, 17_000)
    },
}
"""Transactions that end in every way. The last ones have too few units, which end in different programs."""

SYSCALL = "sol_invoke_signed_c"
SYSCALL_UNITS = 946
"""The price of a call without account infos and data (`INVOKE_COST`)."""


def added(costs: list[Cost]) -> Cost:
    return sum(costs, start=Cost())


def stacks(profile: Profile) -> dict[tuple[str, ...], int]:
    """The compute units of each stack."""
    lines = [line.rpartition(" ") for line in collapsed(profile, Weight.COMPUTE_UNITS).splitlines()]
    return {tuple(stack.split(";")): int(units) for stack, _, units in lines}


@pytest.mark.parametrize("name", MAKERS)
def test_sums(name: str) -> None:
    compared = MAKERS[name]()
    profile, execution = profile_execution(compared.execution), compared.execution
    total = profile.total
    assert total.compute_units == compared.metadata.compute_units_consumed()
    assert total.instructions == execution.output.executed_instructions
    assert added([frame.own for frame in profile.frames]) == total
    assert added([path.own for path in profile.paths]) == total
    assert added([program.own for program in profile.programs]) == total
    groups = [family.own for family in profile.families]
    groups += [frame.own for frame in (*profile.syscalls, *profile.around)]
    assert added(groups) == total
    assert min(path.own.compute_units for path in profile.paths) >= 0
    for weight in Weight:
        assert profile.timeline.of(weight).sum() == total.of(weight)
    assert sum(stacks(profile).values()) == total.compute_units
    (root,) = [frame for frame in profile.around if frame.name == "transaction"]
    assert (root.total, root.own, root.calls) == (total, Cost(), 1)


@pytest.mark.parametrize("name", MAKERS)
def test_programs_cost_what_their_instructions_take(name: str) -> None:
    """No program here calls itself, so its total is that of its instructions."""
    compared = MAKERS[name]()
    found = {
        program.program: (program.calls, program.total.compute_units)
        for program in profile_execution(compared.execution).programs
    }
    records = compared.execution.output.instructions
    assert found == {
        str(Pubkey(program)): (
            sum(record.program_id == program for record in records),
            sum(record.compute_units for record in records if record.program_id == program),
        )
        for program in {record.program_id for record in records}
    }


@pytest.mark.parametrize("name", MAKERS)
def test_cells_are_those_of_one_proof(name: str) -> None:
    execution = MAKERS[name]().execution
    profile = profile_execution(execution)
    rows, per_row = witness_of(execution).rows(), cells_per_row()
    assert {chip.name: chip.rows + chip.padding for chip in profile.chips} == rows
    assert profile.committed_cells == sum(per_row[chip] * count for chip, count in rows.items())
    assert profile.total.cells == sum(chip.cells for chip in profile.chips if chip.owner is Owner.INSTRUCTION)


def test_the_cells_of_a_transaction_are_those_of_its_proof() -> None:
    execution = created_token_account()
    report = prove_execution(execution).report
    assert profile_execution(execution).committed_cells == report.main_cells + report.auxiliary_cells


# STACKS


def test_a_chain_of_programs() -> None:
    first, second, third = (str(Pubkey(program)) for program in (FIRST, SECOND, THIRD))
    records = chain().execution.output.instructions
    caller = ("transaction", "instruction 0", first, "entrypoint")
    callee = (*caller, SYSCALL, second, "entrypoint")
    found = stacks(profile_execution(chain().execution))
    assert set(found) == {
        caller,
        (*caller, SYSCALL),
        callee,
        (*callee, SYSCALL),
        (*callee, SYSCALL, third, "entrypoint"),
    }
    assert found[(*callee, SYSCALL, third, "entrypoint")] == records[2].compute_units == 2
    assert found[(*callee, SYSCALL)] == SYSCALL_UNITS + 1  # the instruction that calls
    assert found[callee] == records[1].compute_units - SYSCALL_UNITS - 1 - 2


def test_an_associated_token_account() -> None:
    profile = profile_execution(associated_token().execution)
    found = stacks(profile)
    builtins = {stack: units for stack, units in found.items() if stack[-1].startswith("system program")}
    ((stack, units),) = builtins.items()
    assert units == 150
    assert stack[:3] == ("transaction", "instruction 0", str(ASSOCIATED_TOKEN))
    assert stack[-2:] == ("sol_invoke_signed_rust", "system program: CreateAccount")
    assert found["transaction", "instruction 1", str(TOKEN), "entrypoint"] > 0
    assert [(program.name, program.program, program.calls) for program in profile.programs] == [
        (str(ASSOCIATED_TOKEN), str(ASSOCIATED_TOKEN), 1),
        (str(TOKEN), str(TOKEN), 4),
        ("system program", str(SYSTEM), 1),
    ]
    entries = [function for function in profile.functions if function.name == "entrypoint"]
    assert [function.program for function in entries] == [str(ASSOCIATED_TOKEN), str(TOKEN)]


def test_a_fault_takes_the_rest_of_the_meter() -> None:
    """The program that divided by zero has executed one instruction; the runtime took everything else."""
    compared = chain("div64 r0, r0; exit")
    found = stacks(profile_execution(compared.execution))
    (lost,) = [stack for stack in found if stack[-1] == "[rest of the meter]"]
    assert lost[-2] == str(Pubkey(THIRD))
    assert found[lost] == compared.execution.output.instructions[2].compute_units - 1 == 197_982


def test_a_single_instruction_that_calls_others() -> None:
    """It has the stacks of the transaction. Each of the three heaps of 64 KiB costs 8 units."""
    execution = execute(single_instruction(heap_size=2**16))
    profile = profile_execution(execution)
    total = chain().metadata.compute_units_consumed() + 3 * 8
    assert profile.total.compute_units == execution.output.compute_units_charged == total
    found = stacks(profile)
    heaps = {stack: found.pop(stack) for stack in [*found] if stack[-1] == "[heap]"}
    assert [(stack[-2], units) for stack, units in heaps.items()] == [
        (str(Pubkey(program)), 8) for program in (FIRST, SECOND, THIRD)
    ]
    assert found == stacks(profile_execution(chain().execution))


def test_a_single_instruction_alone() -> None:
    """Nothing is around the functions, and the price of the heap is no part of what the program consumed."""
    given = ExecutionInput(build_elf("mov64 r0, 0; exit"), FIRST, (), b"", Parameters(heap_size=2**16))
    profile = profile_execution(execute(given))
    assert (profile.total.compute_units, profile.around, profile.programs) == (2, (), ())
    assert stacks(profile) == {("entrypoint",): 2}


def test_a_transaction_that_is_not_processed() -> None:
    scene = replace(chain().execution.scene, blockhashes=(b"\xff" * 32,))
    execution = execute_transaction(scene)
    assert execution.output.error == "BlockhashNotFound"
    profile = profile_execution(execution)
    assert (profile.total, profile.programs, stacks(profile)) == (Cost(), (), {})


def test_speedscope_has_the_same_stacks_in_the_order_of_the_run() -> None:
    profile = profile_execution(associated_token().execution)
    document = json.loads(speedscope(profile, "create"))
    frames, found = document["shared"]["frames"], document["profiles"][0]
    assert found["endValue"] == 18_103
    stack: list[str] = []
    weights: dict[tuple[str, ...], int] = {}
    entered: list[str] = []
    at = 0
    for event in found["events"]:
        weights[tuple(stack)] = weights.get(tuple(stack), 0) + event["at"] - at
        at = event["at"]
        if event["type"] == "O":
            stack.append(frames[event["frame"]]["name"])
            entered.append(stack[-1])
        else:
            assert stack.pop() == frames[event["frame"]]["name"]
    assert {path: units for path, units in weights.items() if units} == stacks(profile)
    programs = [name for name in entered if name in {str(TOKEN), "system program: CreateAccount"}]
    token = str(TOKEN)
    assert programs == [token, "system program: CreateAccount", token, token, token]
    places = [frame for frame in frames if frame["name"] == "entrypoint"]
    assert [place["file"] for place in places] == [str(ASSOCIATED_TOKEN), token]
