"""The page shows the run exactly, step by step and value by value, in a real browser."""

from __future__ import annotations

import pytest

from benches.mixed_loop import mixed_loop
from solproof.errors import InputError
from solproof.execution.execute import Execution, execute
from solproof.explorer import page as explorer
from solproof.explorer.page import explore
from solproof.isa.assemble import assemble
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_writer import write_elf
from solproof.program.symbols import SymbolFiles
from solproof.proving.check import witness_of
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.tracing.constraints import Constraints
from solproof.tracing.steps import trace
from tests.explorer.conftest import Open
from tests.support.call_trees import NESTED
from tests.support.elf_builder import build_elf, call
from tests.support.explorer_page import (
    MOVE,
    READ_MEMORY,
    READ_STEPS,
    assert_constraints,
    assert_memory,
    assert_steps,
)
from tests.support.symbol_tables import with_debug_information

HEAP, INPUT = 0x3_0000_0000, 0x4_0000_0000
MEBIBYTE = 2**20


def version_parts() -> list[str]:
    """Stores and loads of every size, also across the end of a frame, a jump and syscalls."""
    return [
        "mov64 r6, r10; mov64 r3, -2",
        *(f"stx{size} [r6{-offset}], r3" for offset, size in ((8, "dw"), (13, "w"), (17, "h"), (19, "b"))),
        *(f"ldx{size} r4, [r6{-offset}]" for offset, size in ((8, "dw"), (13, "w"), (17, "h"), (19, "b"))),
        *call("sol_memset_", (HEAP + 3, 0xAB, 13)),
        *call("sol_memcpy_", (HEAP + 40, HEAP + 1, 20)),
        "stb [r6-1], 7; jeq r3, 0, +1; mul64 r3, r3; div64 r3, 3; lsh64 r3, 5",
        "mov64 r0, 0; exit",
    ]


def executions() -> dict[str, Execution]:
    """Small runs of three versions, some of which fail, and one that stops before its first instruction."""
    token = Account(bytes([1]) * 32, bytes([2]) * 32, 5, bytes(range(200)))
    accounts = (InstructionAccount(token, is_writable=True),)
    cases = {
        "V0": (build_elf(version_parts(), 0), Parameters()),
        "V2": (build_elf(version_parts(), 2), Parameters()),
        "V3": (build_elf(version_parts(), 3), Parameters()),
        "a fault": (build_elf("ldxdw r0, [r0]; exit"), Parameters()),
        "a failing syscall": (build_elf([*call("sol_log_", (1, 3)), "exit"]), Parameters()),
        "an empty meter": (build_elf(version_parts()), Parameters(compute_unit_limit=5)),
        "the end of the text": (build_elf("mov64 r0, 0"), Parameters()),
    }
    return {
        name: execute(ExecutionInput(elf, bytes(32), accounts, b"data", parameters))
        for name, (elf, parameters) in cases.items()
    }


EXECUTIONS = executions()


@pytest.mark.parametrize("name", EXECUTIONS)
def test_small_runs(open_page: Open, name: str) -> None:
    execution = EXECUTIONS[name]
    page = open_page(explore(execution, name))
    steps = list(trace(execution))
    assert_steps(page, steps)
    assert_memory(page, execution)
    assert_constraints(page, Constraints(witness_of(execution)), 0, len(steps))


def test_a_token_transfer(open_page: Open, classic: Execution, classic_page: str) -> None:
    page = open_page(classic_page)
    steps = list(trace(classic))
    assert_steps(page, steps)
    assert_memory(page, classic)
    bound = Constraints(witness_of(classic))
    for first in (0, 800, 2200, 3900, len(steps) - 100):
        assert_constraints(page, bound, first, first + 100)


def test_memory_in_the_middle(open_page: Open, classic: Execution, classic_page: str) -> None:
    """Every byte that the run touches, at several steps."""
    page = open_page(classic_page)
    first: dict[int, int] = {}
    moments: dict[int, dict[int, int]] = {}
    memory: dict[int, int] = {}
    for step in trace(classic):
        parts = [(each.address, each.size, each.old, each.new) for each in step.memory]
        if step.syscall:
            parts += [(word.address, 8, word.old, word.new) for word in step.syscall.words]
        for address, size, old, new in parts:
            for position in range(size):
                first.setdefault(address + position, old >> 8 * position & 255)
                memory[address + position] = new >> 8 * position & 255
        if step.index in (0, 100, 1000, 2500, 4100):
            moments[step.index] = dict(memory)
    layout = classic.run.layout
    end = (INPUT + layout.input_size, (layout.image_region << 32) + layout.image_size)
    addresses = [each for each in sorted(first) if all(not 0 <= each - place < 8 for place in end)]
    for moment, known in moments.items():
        shown = page.evaluate(READ_MEMORY, [0, addresses, moment])
        assert shown == [known.get(address, first[address]) for address in addresses]


def test_without_constraints(open_page: Open, classic: Execution, classic_page: str) -> None:
    text = explore(classic, constraints=False)
    assert len(text) < len(classic_page) * 0.7
    page = open_page(text)
    page.keyboard.press("5")
    assert page.inner_text("#right .constraints") == "This file was made without constraints."


def test_a_large_account_has_only_touched_pages(open_page: Open) -> None:
    account = Account(bytes([1]) * 32, bytes([2]) * 32, 5, bytes(range(1, 251)) * 10_000)
    elf = build_elf("ldxdw r3, [r1+96]; mov64 r0, 0; exit")
    text = explore(execute(ExecutionInput(elf, bytes(32), (InstructionAccount(account),), b"")))
    assert len(text) < MEBIBYTE
    page = open_page(text)
    near, far = page.evaluate(READ_MEMORY, [0, [INPUT + 96, INPUT + 2 * MEBIBYTE], 0])
    assert near == 1
    assert far is None


def test_a_run_of_a_hundred_thousand_steps(open_page: Open) -> None:
    execution = execute(ExecutionInput(mixed_loop(4340), bytes(32), (), b""))
    assert execution.output.instructions > 99_000
    text = explore(execution)
    assert len(text) < 8 * MEBIBYTE
    short = open_page(explore(execute(ExecutionInput(mixed_loop(50), bytes(32), (), b"")))).evaluate(
        MOVE, 500
    )
    page = open_page(text)
    steps = list(trace(execution))
    shown = page.evaluate(READ_STEPS, [0, 70_000, 70_100])
    assert [each["after"] for each in shown] == [
        [str(value) for value in step.registers_after] for step in steps[70_000:70_100]
    ]
    assert_constraints(page, Constraints(witness_of(execution)), 99_000, 99_050)
    assert page.evaluate(MOVE, 5_000) < 20 * short  # a step is as fast as in a run of a thousand steps


def test_a_run_that_is_too_long(monkeypatch: pytest.MonkeyPatch, classic: Execution) -> None:
    monkeypatch.setattr(explorer, "MAXIMUM_STEPS", 4_000)
    with pytest.raises(InputError) as caught:
        explore(classic)
    assert str(caught.value) == (
        "the run has 4,484 steps, expected at most 4,000; use solproof trace "
        "instead, or lower --compute-unit-limit to see the start of the run"
    )


def test_names_and_source_lines_of_another_file(open_page: Open) -> None:
    elf = write_elf(assemble(NESTED, 0))
    start = load_program(elf).text_address - 0x1_0000_0000
    lines = [(start, 3), (start + 8, 4), (start + 24, 0)]
    symbols = SymbolFiles({"release.so": with_debug_information(elf, [("demo::leaf", start, 24)], lines)})
    page = open_page(explore(execute(ExecutionInput(elf, bytes(32), (), b"")), symbols=symbols))
    assert page.locator("#step .source").count() == 0
    page.evaluate("window.solproof.app.go(3)")  # the second instruction of the function
    assert page.inner_text("#step .big") == "syscall sol_log_64_"
    assert page.inner_text("#step .source") == "src/lib.rs:4"
    assert page.locator("#step .stack button").all_inner_texts()[-1] == "demo::leaf"


def test_the_page_needs_nothing_else(classic_page: str) -> None:
    assert "default-src 'none'" in classic_page
    for reference in ("http:", "https:", "src=", "@import", "url(", "fetch(", "{{"):
        assert reference not in classic_page.partition('<script id="data"')[0]
        assert reference not in classic_page.rpartition("<script type")[2]


def test_a_title_is_text(open_page: Open) -> None:
    page = open_page(explore(EXECUTIONS["V0"], "<b>{{data}}</b> & co"))
    assert page.title() == "<b>{{data}}</b> & co: solproof"
    assert page.inner_text("#title") == "<b>{{data}}</b> & co"
