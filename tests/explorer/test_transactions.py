"""Pages of transactions, and of instructions that call other programs: one timeline across all frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from solproof.execution.execute import execute
from solproof.execution.execute_transaction import execute_transaction
from solproof.explorer.page import explore
from solproof.proving.check import witness_of
from solproof.runtime.accounts import address_text
from solproof.tracing.constraints import Constraints
from solproof.tracing.log_places import Writer, log_places
from solproof.tracing.steps import steps_of_frame
from solproof.tracing.timeline import Steps, timeline
from tests.explorer.conftest import Open
from tests.support.explorer_page import READ_STEPS, assert_constraints, assert_memory, assert_steps
from tests.support.frame_trees import (
    FIRST,
    NOTE,
    PAYER,
    SECOND,
    THIRD,
    Compared,
    associated_token,
    builtins,
    chain,
    refused,
    single_instruction,
)
from tests.support.token_transactions import created_token_account

MEBIBYTE = 2**20
MAKERS: dict[str, Callable[[], Compared]] = {
    "associated token": associated_token,
    "chain": chain,
    "exit code": lambda: chain("mov64 r0, 7; exit"),
    "fault": lambda: chain("div64 r0, r0; exit"),
    "refused call": refused,
    "builtins": builtins,
}
CONSUMED = re.compile(r"Program \w+ consumed (\d+) of (\d+) compute units")
LOOP = "mov64 r6, 25000; stxdw [r10-8], r6; ldxdw r7, [r10-8]; sub64 r6, 1; jne r6, 0, -4; mov64 r0, 0; exit"
READ_TIMELINE = """() => {
  const { execution } = window.solproof;
  return Array.from({ length: execution.length }, (_, position) => {
    const { kind, instruction, run, step, state } = execution.at(position);
    const frame = execution.runs.indexOf(run);
    return { kind, instruction, frame, step, state, units: execution.unitsAfter(position) };
  });
}"""

Positions = list[dict[str, Any]]


@pytest.fixture(scope="module")
def token_page() -> str:
    """The page of a transaction that creates an associated token account and mints to it."""
    return explore(associated_token().execution, "Create")


@pytest.fixture
def page(open_page: Open, token_page: str) -> Page:
    """The same page in a window of a laptop's size."""
    return open_page(token_page)


def first(positions: Positions, kind: str, instruction: int) -> int:
    """The first position of a kind for an instruction."""
    return next(
        number
        for number, each in enumerate(positions)
        if (each["kind"], each["instruction"]) == (kind, instruction)
    )


def go(page: Page, position: int) -> None:
    page.evaluate("position => window.solproof.app.go(position)", position)


def step_of(page: Page) -> int:
    shown = page.evaluate("window.solproof.app.step")
    assert page.input_value("#step-input") == str(shown)
    return int(shown)


# THE DATA


@pytest.mark.parametrize("name", MAKERS)
def test_every_frame_is_exact(open_page: Open, name: str) -> None:
    execution = MAKERS[name]().execution
    page = open_page(explore(execution, name))
    found, bound = timeline(execution), Constraints(witness_of(execution))
    assert page.evaluate("window.solproof.execution.runs.length") == len(found.frames)
    for frame in range(len(found.frames)):
        steps = list(steps_of_frame(found.columns(frame), frame))
        assert_steps(page, steps, frame)
        assert_memory(page, execution, frame)
        assert_constraints(page, bound, 0, min(50, len(steps)), frame)
        assert_constraints(page, bound, max(len(steps) - 50, 0), len(steps), frame)


@pytest.mark.parametrize("name", MAKERS)
def test_the_timeline_is_that_of_the_execution(open_page: Open, name: str) -> None:
    execution = MAKERS[name]().execution
    shown: Positions = open_page(explore(execution)).evaluate(READ_TIMELINE)
    expected: list[tuple[str, int, int | None]] = []
    for entry in timeline(execution).entries:
        if isinstance(entry, Steps):
            expected += [(entry.kind, entry.instruction, step) for step in range(entry.start, entry.end)]
        else:
            expected.append((entry.kind, entry.instruction, getattr(entry, "step", None)))
    found = [
        (each["kind"], each["instruction"], None if each["kind"] == "end" else each.get("step"))
        for each in shown
    ]
    assert found == expected


@pytest.mark.parametrize("name", ["associated token", "chain", "exit code", "builtins"])
def test_units_are_those_of_litesvm(open_page: Open, name: str) -> None:
    """The log of LiteSVM has the units of each frame, and those that were left before it."""
    compared = MAKERS[name]()
    page = open_page(explore(compared.execution))
    shown: Positions = page.evaluate(READ_TIMELINE)
    limit = page.evaluate("window.solproof.execution.header.compute_unit_limit")
    records = timeline(compared.execution).instructions
    begins = {each["instruction"]: each["units"] for each in shown if each["kind"] == "begin"}
    found = [
        (each["units"] - begins[each["instruction"]], limit - begins[each["instruction"]])
        for each in shown
        if each["kind"] == "end" and records[each["instruction"]].frame is not None
    ]
    logged = [CONSUMED.fullmatch(line) for line in compared.metadata.logs()]
    assert found == [(int(line[1]), int(line[2])) for line in logged if line]
    assert shown[-1]["units"] == compared.metadata.compute_units_consumed()
    units = [each["units"] for each in shown]
    assert units == sorted(units)


def test_a_program_is_there_once(page: Page) -> None:
    """Four of the five frames run the token program."""
    assert page.evaluate("window.solproof.execution.runs.length") == 5
    assert page.evaluate("window.solproof.execution.programs.length") == 2


def test_a_call_has_no_effect_before_its_callee_has_returned(page: Page) -> None:
    """The call of CreateAccount writes the new states of two accounts into the caller's memory."""
    shown: Positions = page.evaluate(READ_TIMELINE)
    call, returned = first(shown, "begin", 2) - 1, first(shown, "end", 2) + 1
    assert (shown[call]["kind"], shown[returned]["kind"]) == ("invoke", "return")
    assert shown[call]["state"] == shown[call]["step"] - 1
    assert shown[returned]["state"] == shown[returned]["step"] == shown[call]["step"]
    go(page, call)
    assert page.locator("#step .accesses:not(.changes)").count() == 0
    assert "has not returned yet" in page.inner_text("#step")
    assert page.locator("#right .memory .wrote").count() == 0
    go(page, returned)
    assert "has not returned yet" not in page.inner_text("#step")
    words = page.locator("#step .accesses:not(.changes) .write .after").all_inner_texts()
    assert f"{2_039_280:016x}" in words  # the rent of 165 bytes
    page.click(f"#step .accesses:not(.changes) tr:has-text('{2_039_280:016x}') .link")
    assert page.locator("#right .memory .wrote").count() >= 8


# WHAT THE PAGE SHOWS


def test_the_head(page: Page) -> None:
    metadata = associated_token().metadata
    assert page.inner_text("#badge") == "success"
    units = f"{metadata.compute_units_consumed():,}"
    assert page.inner_text("#facts").split()[2:] == [units, "CU", "5,000", "lamports", "fee"]


def test_steps_go_into_a_callee_and_back(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    call, end, returned = first(shown, "invoke", 0), first(shown, "end", 1), first(shown, "return", 0)
    go(page, call)
    assert page.inner_text("#step .big") == "syscall sol_invoke_signed_rust"
    page.keyboard.press("ArrowRight")
    assert (step_of(page), page.inner_text("#step .big")) == (call + 1, "token program begins")
    page.keyboard.press("ArrowRight")
    assert shown[step_of(page)]["frame"] == 1
    stack = page.locator("#step .stack button").all_inner_texts()
    assert stack[:3] == ["transaction", "associated token account program", "entrypoint"]
    assert stack[-2:] == ["token program", "entrypoint"]
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert step_of(page) == returned == end + 1
    assert page.inner_text("#step .big") == "return from token program"
    go(page, call)
    page.keyboard.press("Shift+ArrowRight")
    assert step_of(page) == returned
    page.keyboard.press("Shift+ArrowLeft")
    assert step_of(page) == call


def test_each_frame_has_its_own_code_and_memory(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    page.keyboard.press("2")
    programs = []
    for instruction in (0, 1):
        go(page, first(shown, "steps", instruction))
        entry = page.locator("#left .code .row.here")
        assert "entrypoint" in entry.inner_text()
        programs.append(entry.inner_text().split()[0])
        page.click("#right .choice button:text-is('input')")
        accounts = page.locator("#right .memory .list .row", has_text=re.compile("^400000000"))
        assert accounts.inner_text().split()[1] == f"{(6, 1)[instruction]:02x}"
    assert programs[0] != programs[1]


def test_the_code_at_a_call(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    page.keyboard.press("2")
    go(page, first(shown, "invoke", 0))
    assert "syscall sol_invoke_signed_rust" in page.inner_text("#left .code .row.here")


def test_the_instructions(page: Page) -> None:
    page.keyboard.press("i")
    rows = page.locator("#left .instructions .row")
    assert rows.locator(".name").all_inner_texts() == [
        "associated token account program: Create",
        "token program: GetAccountDataSize",
        "system program: CreateAccount",
        "token program: InitializeImmutableOwner",
        "token program: InitializeAccount3",
        "token program: MintTo",
    ]
    assert rows.locator(".outcome").all_inner_texts() == ["success"] * 6
    units = [int(text.replace(",", "")) for text in rows.locator(".figure").all_inner_texts()]
    assert units[2] == 150  # DEFAULT_COMPUTE_UNITS, solana-system-program 4.1
    assert units[0] + units[5] == associated_token().metadata.compute_units_consumed()
    page.get_by_role("button", name="system program: CreateAccount").click()
    assert page.inner_text("#step .big") == "system program begins"
    expect(page.locator("#left .instructions .row.here .name")).to_have_text("system program: CreateAccount")


def test_a_builtin_program(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    go(page, first(shown, "builtin", 2))
    text = page.inner_text("#step")
    assert "system program runs CreateAccount" in text
    after = {account.key: account for account in associated_token().execution.output.accounts}
    lamports = [account.lamports for account in after.values() if len(account.data) == 165]
    assert f"lamports 0 → {lamports[0]}" in text
    assert "0 → 165 bytes of data" in text
    page.keyboard.press("i")
    page.get_by_role("button", name="token program: MintTo").click()
    assert page.inner_text("#step .meaning").startswith("MintTo amount=")
    assert "mint_authority, signer" in page.inner_text("#step")
    go(page, first(shown, "read back", 5))
    assert re.search(r"amount 0 → [1-9]\d*", page.inner_text("#step"))
    page.keyboard.press("5")
    assert page.inner_text("#right .constraints").startswith("The circuit has no constraints on this step")


def test_what_an_instruction_is_given(page: Page) -> None:
    go(page, 0)
    text = page.inner_text("#step")
    assert address_text(bytes(PAYER.pubkey())) in text
    assert "payer, signer, writable" in text
    assert page.inner_text("#step .meaning") == "Create"
    assert page.locator("#step .account").count() == 1 + 6


def test_changes_reach_the_callee(open_page: Open) -> None:
    """The first program writes 0x11 before its call and 0x22 after it."""
    page = open_page(explore(chain().execution))
    shown: Positions = page.evaluate(READ_TIMELINE)
    go(page, first(shown, "invoke", 0))
    assert page.locator("#step .changes tr").all_inner_texts() == ["data+0x0\t00\t11"]
    assert address_text(NOTE) in page.inner_text("#step")
    go(page, first(shown, "return", 0))
    assert page.locator("#step .changes tr").count() == 0
    go(page, first(shown, "read back", 0))
    assert page.locator("#step .changes tr").all_inner_texts() == ["data+0x1\t00\t22"]


def test_the_result_is_that_of_litesvm(page: Page) -> None:
    page.keyboard.press("6")
    assert page.locator("#right .log li").all_inner_texts() == associated_token().metadata.logs()
    facts = page.inner_text("#right .facts")
    assert "5,000 lamports" in facts and "executed" in facts
    payer = page.locator("#right .account", has_text=address_text(bytes(PAYER.pubkey())))
    before, after = re.findall(r"lamports (\d+) → (\d+)", payer.inner_text())[0]
    assert int(before) - int(after) == 5_000 + 2_039_280  # the fee, and the rent of 165 bytes


def test_searching_all_frames(page: Page) -> None:
    page.keyboard.press("/")
    page.fill("#search input", "token program begins")
    found = page.evaluate("window.solproof.app.search.found")
    assert len(found) == 4
    page.fill("#search input", "exit")
    found = page.evaluate("window.solproof.app.search.found")
    frames = {
        each["frame"] for position, each in enumerate(page.evaluate(READ_TIMELINE)) if position in found
    }
    assert frames == {0, 1, 2, 3, 4}
    page.select_option("#search select", "value")
    page.fill("#search input", "1000000")
    found = page.evaluate("window.solproof.app.search.found")
    assert found and found == sorted(found)


def test_going_to_a_pc_of_the_frame(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    start = first(shown, "steps", 1)
    go(page, start + 3)
    pc = page.input_value("#pc-input")
    go(page, start)
    page.keyboard.press("p")
    page.keyboard.type(f"{pc}\n")
    assert step_of(page) == start + 3
    go(page, 0)
    assert page.input_value("#pc-input") == ""


def test_the_constraints_of_a_frame(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    page.keyboard.press("5")
    go(page, first(shown, "steps", 1))
    text = page.inner_text("#right .constraints")
    assert text.startswith("One proof holds all frames. This frame is its invocation 2.")
    assert page.locator("#right .kind summary").count() >= 3


def test_frames_are_invocations_of_one_proof(open_page: Open) -> None:
    execution = created_token_account()
    page, bound = open_page(explore(execution)), Constraints(witness_of(execution))
    shown: Positions = page.evaluate(READ_TIMELINE)
    page.keyboard.press("5")
    for frame, of in enumerate(execution.frames):
        assert_constraints(page, bound, 0, min(of.outcome.instructions, 100), frame)
        go(
            page,
            next(number for number, each in enumerate(shown) if each["frame"] == frame and each["step"] == 0),
        )
        note = page.inner_text("#right .constraints .note")
        assert note == f"One proof holds all frames. This frame is its invocation {frame + 1}."
        assert f"invocation {frame + 1}" in page.inner_text("#right .constraints .equality")


def test_the_keys_of_a_transaction(page: Page) -> None:
    shown: Positions = page.evaluate(READ_TIMELINE)
    go(page, first(shown, "builtin", 2))
    page.keyboard.press("c")
    assert shown[step_of(page)]["kind"] == "end"
    page.keyboard.press("C")
    assert shown[step_of(page)]["kind"] == "builtin"
    page.keyboard.press("?")
    assert page.locator("#help dt").count() == 17


# FAILURES AND SMALL TRANSACTIONS


def test_a_callee_that_fails(open_page: Open) -> None:
    page = open_page(explore(MAKERS["exit code"]().execution))
    assert page.inner_text("#badge") == "Custom(7)"
    page.keyboard.press("i")
    outcomes = page.locator("#left .instructions .row .outcome").all_inner_texts()
    assert outcomes == ["Custom(7)"] * 3
    shown: Positions = page.evaluate(READ_TIMELINE)
    assert [each["kind"] for each in shown[-3:]] == ["end"] * 3
    go(page, first(shown, "end", 1))
    assert "custom program error: 0x7" in page.inner_text("#step .fault")
    call = first(shown, "invoke", 1)
    state = shown[first(shown, "end", 1)]["state"]
    assert state == shown[call]["step"]  # the call has failed now


def test_a_callee_with_a_fault(open_page: Open) -> None:
    page = open_page(explore(MAKERS["fault"]().execution))
    assert page.inner_text("#badge") == "ProgramFailedToComplete"
    shown: Positions = page.evaluate(READ_TIMELINE)
    go(page, first(shown, "end", 2) - 1)
    assert page.inner_text("#step .fault").startswith("DivideByZero")
    go(page, first(shown, "end", 2))
    assert "DivideByZero at pc 0" in page.inner_text("#step .fault")


def test_a_call_that_does_not_reach_its_callee(open_page: Open) -> None:
    page = open_page(explore(refused().execution))
    shown: Positions = page.evaluate(READ_TIMELINE)
    go(page, first(shown, "invoke", 0))
    assert page.inner_text("#step .fault").startswith("MissingAccount")
    assert page.inner_text("#badge") == "MissingAccount"


def test_only_builtin_programs(open_page: Open) -> None:
    page = open_page(explore(builtins().execution))
    assert page.inner_text("#badge") == "Custom(1)"
    assert page.inner_text("#facts").split() == ["6", "steps", "300", "CU", "5,000", "lamports", "fee"]
    assert page.inner_text("#right .frames") == "No program of a frame runs here."
    page.keyboard.press("2")
    assert page.inner_text("#left .frames:visible") == "No program of a frame runs here."
    page.keyboard.press("ArrowRight")
    assert "2 accounts" in page.inner_text("#step .block h2")
    page.keyboard.press("End")
    assert page.inner_text("#step .fault").startswith("ResultWithNegativeLamports: Custom(1)")
    assert "custom program error: 0x1" in page.inner_text("#step .fault")
    page.keyboard.press("6")
    text = page.inner_text("#right .result")
    assert "lamports 100000000000 → 99999995000" in text  # only the fee
    assert "does not exist" in text  # the receiver


def test_a_transaction_that_is_not_processed(open_page: Open) -> None:
    scene = replace(builtins().execution.scene, blockhashes=(bytes(32),))
    page = open_page(explore(execute_transaction(scene)))
    assert page.inner_text("#badge") == "BlockhashNotFound"
    assert "not processed" in page.inner_text("#right .result")
    page.keyboard.press("ArrowRight")
    assert not page.is_visible("#controls")


def test_an_instruction_that_calls_programs(open_page: Open) -> None:
    execution = execute(single_instruction(64 * 1024))
    page = open_page(explore(execution, "first.so"))
    shown: Positions = page.evaluate(READ_TIMELINE)
    assert shown[0]["units"] == 8  # 32 KiB of heap more than the default
    assert shown[-1]["units"] == execution.output.compute_units_charged
    assert page.evaluate("window.solproof.execution.calls.list[0].end") == len(shown) - 1
    page.keyboard.press("i")
    names = page.locator("#left .instructions .name").all_inner_texts()
    assert names == [
        f"{text[:4]}…{text[-4:]}" for text in (address_text(key) for key in (FIRST, SECOND, THIRD))
    ]
    page.keyboard.press("6")
    assert "exit code" in page.inner_text("#right .result")
    assert "fee" not in page.inner_text("#right .facts")


def test_without_constraints(open_page: Open, token_page: str) -> None:
    text = explore(associated_token().execution, constraints=False)
    assert len(text) < len(token_page) * 0.7
    page = open_page(text)
    page.keyboard.press("5")
    assert page.inner_text("#right .constraints") == "This file was made without constraints."


# LOG AND ACCOUNTS


def test_lines_of_the_log_are_at_their_steps(page: Page) -> None:
    found = timeline(associated_token().execution)
    shown: Positions = page.evaluate(READ_TIMELINE)
    positions = page.evaluate("window.solproof.execution.linePositions")
    places = log_places(found, associated_token().execution.output.logs)
    for place, position in zip(places, positions, strict=True):
        at = shown[position]
        kind = "steps" if place.writer is Writer.STEP else place.writer.value
        assert (at["kind"], at["instruction"]) == (kind, place.instruction)
        assert place.step is None or at["step"] == place.step


def test_from_a_change_to_the_step_that_made_it(page: Page) -> None:
    """The token program writes to the account in its own frame, which the runtime reads back."""
    shown: Positions = page.evaluate(READ_TIMELINE)
    mint = len(timeline(associated_token().execution).instructions) - 1
    go(page, first(shown, "read back", mint))
    links = page.locator("#step .causes button")
    assert links.count() == 2  # the supply of the mint, and the amount of the account
    links.first.click()
    at = shown[step_of(page)]
    assert (at["kind"], at["instruction"]) == ("steps", mint)
    assert page.inner_text("#step .accesses .part").startswith("accounts[0].data+0x24")
    page.keyboard.press("6")
    created = page.locator("#right .account", has_text="0 → 165 bytes of data").locator(".causes")
    assert "CreateAccount: step" in created.inner_text()


# SIZES


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("width", "height"), [(360, 640), (820, 1180), (1920, 1080)])
def test_sizes(open_page: Open, token_page: str, width: int, height: int, dark: bool) -> None:
    """Nothing sticks out of the window, also at the steps of the runtime."""
    page = open_page(token_page, width=width, height=height, dark=dark, touch=width < 500)
    shown: Positions = page.evaluate(READ_TIMELINE)
    for kind in ("begin", "invoke", "return", "read back", "end"):
        go(page, first(shown, kind, 0))
        sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert sizes == [width, height]
        hidden = page.locator("#step").evaluate("element => element.scrollWidth - element.clientWidth")
        assert hidden == 0
    if width < 500:
        page.click("#views button:text-is('Instructions')")
        assert page.is_visible("#left .instructions .row >> nth=0")


def test_a_transaction_of_a_hundred_thousand_steps(open_page: Open) -> None:
    execution = chain(LOOP).execution
    assert execution.output.executed_instructions > 100_000
    text = explore(execution)
    assert len(text) < 8 * MEBIBYTE
    page = open_page(text)
    steps = list(steps_of_frame(timeline(execution).columns(2), 2))
    shown = page.evaluate(READ_STEPS, [2, 70_000, 70_100])
    assert [each["after"] for each in shown] == [
        [str(value) for value in step.registers_after] for step in steps[70_000:70_100]
    ]
