"""The timeline has every step of every frame once, between what the runtime did before and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from solproof.demo.programs import p_token
from solproof.demo.scenario import transfer
from solproof.errors import InputError
from solproof.execution.execute import execute
from solproof.runtime.accounts import Account
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.program_ids import LOADER_V3
from solproof.tracing.steps import trace
from solproof.tracing.timeline import (
    AccountChange,
    Begin,
    Builtin,
    End,
    Entry,
    Invoke,
    ReadBack,
    Return,
    Steps,
    Timeline,
    single_frame,
    timeline,
)
from tests.support.frame_trees import (
    ASSOCIATED_TOKEN,
    MINT,
    NOTE,
    PAYER,
    SYSTEM,
    TOKEN,
    Compared,
    associated_token,
    chain,
    refused,
)

MAKERS: dict[str, Callable[[], Compared]] = {
    "associated token": associated_token,
    "chain": chain,
    "exit code": lambda: chain("mov64 r0, 7; exit"),
    "fault": lambda: chain("div64 r0, r0; exit"),
    "refused": refused,
}


def kinds(found: Timeline) -> list[tuple[str, int]]:
    return [(entry.kind, entry.instruction) for entry in found.entries]


def only(found: Timeline, kind: type[Entry], instruction: int) -> Entry:
    """The only entry of a kind for an instruction."""
    (entry,) = [each for each in found.entries if isinstance(each, kind) and each.instruction == instruction]
    return entry


# THE TREE


@pytest.mark.parametrize("name", MAKERS)
def test_instructions_are_those_of_litesvm(name: str) -> None:
    compared = MAKERS[name]()
    records = timeline(compared.execution).instructions
    assert [(record.height, record.program_id) for record in records] == compared.called()


@pytest.mark.parametrize("name", MAKERS)
def test_every_step_is_there_once(name: str) -> None:
    found = timeline(MAKERS[name]().execution)
    for frame, each in enumerate(found.frames):
        steps: list[int] = []
        for entry in found.entries:
            if isinstance(entry, Steps) and entry.frame == frame:
                steps += range(entry.start, entry.end)
            elif isinstance(entry, Invoke) and entry.frame == frame:
                steps.append(entry.step)
        assert steps == list(range(each.outcome.instructions))
        assert found.instructions[found.instruction_of_frame[frame]].frame == frame


@pytest.mark.parametrize("name", MAKERS)
def test_instructions_are_nested(name: str) -> None:
    """Between the begin and the end of an instruction are its own entries and those of its callees."""
    found = timeline(MAKERS[name]().execution)
    running: list[int] = []
    for entry in found.entries:
        if isinstance(entry, Begin):
            assert found.instructions[entry.instruction].caller == (running[-1] if running else None)
            running.append(entry.instruction)
        assert entry.instruction == running[-1]
        if isinstance(entry, End):
            record = found.instructions[running.pop()]
            assert (entry.error, entry.compute_units) == (record.error, record.compute_units)
    assert running == []


@pytest.mark.parametrize("name", MAKERS)
def test_positions(name: str) -> None:
    found = timeline(MAKERS[name]().execution)
    places = [found.at(position) for position in range(len(found))]
    expected: list[tuple[int, int | None]] = []
    for number, entry in enumerate(found.entries):
        match entry:
            case Steps():
                expected += [(number, step) for step in range(entry.start, entry.end)]
            case Invoke() | Return():
                expected.append((number, entry.step))
            case _:
                expected.append((number, None))
    assert places == expected
    for outside in (-1, len(found)):
        with pytest.raises(IndexError, match=f"position {outside} is outside"):
            found.at(outside)


# THE RUNTIME


def test_an_associated_token_account() -> None:
    """It asks for the length of a token account, makes it with the system program, and initializes it."""
    compared = associated_token()
    found = timeline(compared.execution)
    assert {number: list(callees) for number, callees in found.callees.items() if callees} == {
        None: [0, 5],
        0: [1, 2, 3, 4],
    }
    account = compared.execution.output.instructions[0].accounts[1].key
    create = only(found, Builtin, 2)
    assert isinstance(create, Builtin)
    assert (create.program, create.operation) == ("system program", "CreateAccount")
    payer, made = create.changes
    assert (payer.before.key, made.before.key) == (bytes(PAYER.pubkey()), account)
    rent = made.after.lamports
    assert rent == payer.before.lamports - payer.after.lamports == 2_039_280
    assert (made.before.lamports, made.before.data, made.before.owner) == (0, b"", bytes(SYSTEM))
    assert (made.after.data, made.after.owner) == (bytes(165), bytes(TOKEN))
    (back,) = [entry for entry in found.entries if isinstance(entry, Return) and entry.callee == 2]
    assert back.accounts == (bytes(PAYER.pubkey()), account)
    assert back.changes == create.changes
    initialize = only(found, ReadBack, 4)
    assert isinstance(initialize, ReadBack)
    (change,) = initialize.changes
    assert change.after.data[:32] == bytes(MINT.pubkey())
    assert found.instructions[0].program_id == bytes(ASSOCIATED_TOKEN)
    assert only(found, ReadBack, 0) == ReadBack(0, 0, ())


def test_a_callee_knows_what_its_caller_wrote() -> None:
    compared = chain()
    found = timeline(compared.execution)
    assert kinds(found) == [
        *(("begin", 0), ("steps", 0), ("invoke", 0)),
        *(("begin", 1), ("steps", 1), ("invoke", 1)),
        *(("begin", 2), ("steps", 2), ("read back", 2), ("end", 2)),
        *(("return", 1), ("steps", 1), ("read back", 1), ("end", 1)),
        *(("return", 0), ("steps", 0), ("read back", 0), ("end", 0)),
    ]
    call, back = only(found, Invoke, 0), only(found, ReadBack, 0)
    assert isinstance(call, Invoke) and isinstance(back, ReadBack)
    assert call.accounts == (NOTE,)  # the third program is executable
    assert [data(change) for change in call.changes] == [(b"\0\0", b"\x11\0")]
    assert [data(change) for change in back.changes] == [(b"\x11\0", b"\x11\x22")]
    returned = only(found, Return, 0)
    assert isinstance(returned, Return)
    assert (returned.accounts, returned.changes) == ((), ())  # the callee might not write to the account


def data(change: AccountChange) -> tuple[bytes, bytes]:
    return change.before.data, change.after.data


@pytest.mark.parametrize("ending", ["mov64 r0, 7; exit", "div64 r0, r0; exit"])
def test_no_caller_of_a_failing_callee_goes_on(ending: str) -> None:
    found = timeline(chain(ending).execution)
    assert kinds(found)[-4:] == [("steps", 2), ("end", 2), ("end", 1), ("end", 0)]
    assert not any(isinstance(entry, (Return, ReadBack)) for entry in found.entries)


def test_a_call_that_fails_before_its_callee_begins() -> None:
    found = timeline(refused().execution)
    steps = found.frames[0].outcome.instructions
    assert found.entries[1:3] == (Steps(0, 0, 0, steps - 1), Invoke(0, 0, steps - 1, None, (), ()))
    assert found.callee_of_step(0) == {steps - 1: None}


def test_a_single_instruction() -> None:
    execution = execute(transfer(p_token()))
    found = timeline(execution)
    assert kinds(found) == [("begin", 0), ("steps", 0), ("read back", 0), ("end", 0)]
    assert found.entries[1] == Steps(0, 0, 0, 76)
    back = found.entries[2]
    assert isinstance(back, ReadBack)
    assert len(back.changes) == execution.output.accounts_modified == 2


# STEPS


@pytest.mark.parametrize("name", MAKERS)
def test_the_trace_goes_through_all_frames(name: str) -> None:
    """Each frame continues after its callee with the registers and units that the call left."""
    compared = MAKERS[name]()
    execution = compared.execution
    last: dict[int, tuple[int, tuple[int, ...], int]] = {}
    order: list[int] = []
    for step in trace(execution):
        if step.frame in last:
            assert (step.index, step.registers_before, step.compute_units_before) == last[step.frame]
        else:
            assert step.index == 0
            order.append(step.frame)
        last[step.frame] = step.index + 1, step.registers_after, step.compute_units_after
    assert order == list(range(len(execution.frames)))
    assert sum(count for count, _, _ in last.values()) == execution.output.executed_instructions


# ONE FRAME


def test_which_frame_a_trace_is_about() -> None:
    compared = associated_token().execution
    assert single_frame(compared) is None
    assert single_frame(compared, 4) == 4
    assert single_frame(execute(transfer(p_token()))) == 0
    with pytest.raises(InputError, match=r"^frame: expected 0 to 4, got 5$"):
        single_frame(compared, 5)


def test_a_builtin_program_that_calls_another() -> None:
    """The loader calls the system program when it deploys a program. Its own changes come after that."""
    before = Account(NOTE, bytes(32), 0, b"")
    created = replace(before, lamports=5)
    written = replace(created, data=b"program")
    states = {0: (before, written), 1: (before, created)}
    loader, system = (
        InstructionRecord(
            0, caller, height, program_id, (), data, None, 0, (states[number][0],), (states[number][1],), None
        )
        for number, caller, height, program_id, data in (
            (0, None, 1, LOADER_V3, b"\2\0\0\0"),
            (1, 0, 2, bytes(32), bytes(4)),
        )
    )
    found = Timeline((loader, system), ())
    assert kinds(found) == [
        ("begin", 0),
        ("begin", 1),
        ("builtin", 1),
        ("end", 1),
        ("builtin", 0),
        ("end", 0),
    ]
    changes = {entry.instruction: entry.changes for entry in found.entries if isinstance(entry, Builtin)}
    assert changes == {1: (AccountChange(before, created),), 0: (AccountChange(created, written),)}
