"""Forged witnesses, each as consistent as possible, and the rules that object to them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from assurance.corpus import (
    ROWS,
    every_opcode_run,
    forgery,
    forgery_with,
    long_waits_run,
    offered,
    subjects,
    witnesses,
)
from assurance.forgery import Forgery, Row, lying_witness
from assurance.mutation import (
    Subject,
    compensated,
    joined,
    lookup_guided,
    neighbouring_cells,
    sample_rows,
    single_cells,
)
from assurance.places import HEAP, INPUT, STACK
from assurance.report import describe_subject, describe_subjects, explain
from assurance.runs import run
from solproof.air.bus import INVOCATION
from solproof.air.check import check
from solproof.air.chip import Chip
from solproof.air.field import P
from solproof.circuit.instructions import load
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.syscalls import event
from solproof.circuit.table import PublicColumns
from solproof.vm.memory import Layout
from solproof.vm.trace import SyscallEvent
from solproof.vm.word_accesses import WordAccesses
from tests.support.conformance import assert_checked
from tests.support.lies import padding_of, program

CHIPS = {chip.name: chip for chip in CIRCUIT.chips}
PREVIOUS = "after its previous access, at most 2^16 later"


def forged(*source: str, input_region: bytes = b"") -> Forgery:
    """The witness of a program's run, which is checked before it is changed."""
    outcome = run(program(*source), input_region)
    return Forgery(assert_checked(outcome), [outcome.program])


# VALUES


def test_carries_fixed_up() -> None:
    """A wrong sum that agrees with the rest of the run. Only the addition itself objects."""
    lie = forged("lddw r1, 5; lddw r2, 7; add64 r1, r2")
    lie.row("add")["c_0"] = 13
    lie.row("registers", 1).claim("last_0", 13)
    assert lie.names() == {"add: carry out of limb 0 is 0 or 1", "add: carry out of limb 1 is 0 or 1"} | {
        f"add: carry out of limb {limb} is 0 or 1" for limb in (2, 3)
    }, explain(lie)


@pytest.mark.parametrize("limb", [0, 1, 2])
def test_limbs_not_canonical(limb: int) -> None:
    """2^16 is moved to the limb below. The value modulo 2^64 is the same, but the bus message is not."""
    lie = forged(f"lddw r1, {2**48 - 1}; add64 r1, 1")  # carries out of each limb
    for row, name in ((lie.row("add"), "c"), (lie.row("registers", 1), "last")):
        row[f"{name}_{limb}"] = row[f"{name}_{limb}"] + 2**16
        row[f"{name}_{limb + 1}"] = row[f"{name}_{limb + 1}"] - 1
    names = lie.names()
    assert f"add: bus range16: query: limb {limb} of c is below 2^16" in names, explain(lie)
    assert not any("carry" in name for name in names), explain(lie)


def flags() -> list[tuple[str, str]]:
    """Every column that a constraint makes boolean."""
    suffix = " is 0 or 1"
    return [
        (chip.name, constraint.name.removesuffix(suffix))
        for chip in CIRCUIT.chips
        for constraint in chip.constraints
        if constraint.name.endswith(suffix) and not constraint.name.startswith("carry out")
    ]


@pytest.mark.parametrize(("chip", "flag"), flags())
def test_flags_are_boolean(chip: str, flag: str) -> None:
    names = [constraint.name for constraint in CHIPS[chip].constraints]
    position = names.index(f"{flag} is 0 or 1")
    for subject in subjects(CHIPS[chip], count=3):
        values = np.array([2, P - 1, (P + 1) // 2, 2**16])
        main = np.repeat(subject.cells[None], len(values), axis=0)
        main[:, CHIPS[chip].index(flag)] = values
        noticed = subject.judge(main).violated[:, position]
        assert noticed.all(), describe_subjects(subject, main[~noticed])


SELECTORS = {
    "shift": [f"is_{way}_{limb}" for way in ("left", "right") for limb in range(4)],
    "load_narrow": [f"is_limb_{limb}" for limb in range(4)],
    "store_narrow": [f"is_limb_{limb}" for limb in range(4)],
    "load_unaligned": [f"starts_at_{byte}" for byte in range(8)],
    "store_unaligned": [f"starts_at_{byte}" for byte in range(8)],
    "memory_call": ["is_copy", "is_move", "is_set", "is_compare"],
    "memory_copy": [f"shift_{shift}" for shift in range(8)],
    "memory_compare": [f"shift_{shift}" for shift in range(8)],
}


@pytest.mark.parametrize("chip", SELECTORS)
def test_one_selector(chip: str) -> None:
    """Two selectors are on, or none is on, whatever the other cells are."""
    columns = [CHIPS[chip].index(name) for name in SELECTORS[chip]]
    for subject in subjects(CHIPS[chip]):
        if subject.is_padding:
            continue
        choices = [set(), *({a, b} for a in columns for b in columns if a < b)]
        main = np.repeat(subject.cells[None], len(choices), axis=0)
        for row, chosen in zip(main, choices, strict=True):
            row[columns] = [column in chosen for column in columns]
        noticed = subject.judge(main).violated.any(axis=1)
        assert noticed.all(), describe_subjects(subject, main[~noticed])


EXECUTORS = [chip.name for chip in CIRCUIT.chips if any(note.name == "clk" for note in chip.main)]
EXECUTORS = [name for name in EXECUTORS if name not in ("execution", "syscall", "event_word")]
BLOCKS = ("memory_copy", "memory_compare")
"""Chips whose rows do not execute an instruction, but do the work that an instruction asks for."""


@pytest.mark.parametrize("chip", EXECUTORS)
def test_padding_that_sends(chip: str) -> None:
    """A padding row with the cells of a real row. Its flags are multiplicities, so they must be off."""
    for subject in subjects(CHIPS[chip]):
        if subject.is_padding:
            continue
        main = subject.cells[None].copy()
        main[0, CHIPS[chip].index("is_real")] = 0
        judged = subject.judge(main)
        if judged.multiplicity.any():
            assert judged.violated.any(), describe_subject(subject, main[0])


@pytest.mark.parametrize("chip", EXECUTORS)
def test_executed_twice(chip: str) -> None:
    """A real row is repeated on a padding row."""
    lie = forgery_with(chip)
    padding_of(lie, chip).copy_from(lie.row(chip))
    assert any(f"bus {_given_by(chip)}" in name for name in lie.names()), explain(lie)


@pytest.mark.parametrize("chip", EXECUTORS)
def test_skipped(chip: str) -> None:
    """A real row is left out."""
    lie = forgery_with(chip)
    lie.tables(chip)[0].main[0] = 0
    assert any(f"bus {_given_by(chip)}" in name for name in lie.names()), explain(lie)


def _given_by(chip: str) -> str:
    """The bus that tells a row of a chip what to do."""
    return "block" if chip in BLOCKS else "state"


def test_division_with_another_remainder() -> None:
    """29 = 1 * 10 + 19, where the remainder is larger than the divisor."""
    lie = forged("lddw r1, 29; lddw r2, 10; div64 r1, r2")
    row = lie.row("divide")
    row["quotient_0"], row["quotient_0_low"], row["remainder_0"] = 1, 1, 19
    row["is_less"], row["difference"] = 0, 9
    lie.row("registers", 1).claim("last_0", 1)
    assert lie.names() == {"divide: the remainder is below the divisor"}, explain(lie)
    # The comparison cannot be reversed, and the difference of equal limbs cannot be claimed, either.
    row["is_less"] = 1
    assert "divide: the difference is that of limb 0" in lie.names(), explain(lie)
    row["difference"] = P - 9
    rule = "the marked limbs differ in the direction of is_less"
    assert f"divide: bus range16: query: {rule}" in lie.names(), explain(lie)


def test_division_that_wraps() -> None:
    """A quotient whose product with the divisor is the dividend modulo 2^64, but not over the integers."""
    dividend, divisor = 5, 3
    quotient = dividend * pow(divisor, -1, 2**64) % 2**64
    lie = forged(f"lddw r1, {dividend}; lddw r2, {divisor}; div64 r1, r2")
    row = lie.row("divide")
    row.set_word("quotient", quotient)
    row.set_word("remainder", 0)
    for limb in range(4):
        row[f"quotient_{limb}_low"] = quotient >> 16 * limb & 0xFF
    carry = 0
    for limb in range(3):
        total = sum((quotient >> 8 * i & 255) * divisor << 8 * (i % 2) for i in (2 * limb, 2 * limb + 1))
        carry = (total + carry - (dividend >> 16 * limb & 0xFFFF)) >> 16
        row[f"carry_{limb}"] = carry
    row["difference"] = 3
    lie.row("registers", 1).claim_word("last", quotient)
    names = lie.names()
    assert "divide: limb 3 of the dividend; nothing carries out of the last" in names, explain(lie)
    assert not any(f"limb {limb} of the dividend" in name for limb in (0, 2) for name in names), explain(lie)


@pytest.mark.parametrize("value", [0, 1, 2**15, 2**16 - 1])
def test_shift_amounts_are_reduced(value: int) -> None:
    """The amount is 16 l + r with another quotient. A fraction modulo p is not a quotient."""
    lie = forged("lddw r1, 9; lddw r2, 0x1234; lsh64 r1, r2")
    row = lie.row("shift")
    row["quotient"] = value
    assert lie.names() & {
        "shift: b_0 = s + width * quotient",
        "shift: bus range16: query: quotient is below 2^16",
    }, explain(lie)


@pytest.mark.parametrize("sign", ["a_sign", "b_sign"])
def test_signs(sign: str) -> None:
    lie = forged(f"lddw r1, 1; lddw r2, {2**63 + 1}; jsgt r1, r2, +1; neg64 r3")
    row = lie.row("jump")
    row[sign] = 1 - row[sign]
    assert any(f"{sign} is the sign bit" in name for name in lie.names()), explain(lie)


@pytest.mark.parametrize("stem", ["jeq", "jne", "jgt", "jsle", "jlt"])
def test_jumps_taken_flipped(stem: str) -> None:
    """`is_taken` is flipped where both ways lead to the same pc, so no other table could notice."""
    lie = forged(f"lddw r1, 4; lddw r2, 9; {stem} r1, r2, +0")
    row = lie.row("jump")
    row["is_taken"] = 1 - row["is_taken"]
    assert lie.names() == {"jump: the jump is taken when its condition holds"}, explain(lie)


def test_common_bits_flipped() -> None:
    for a, b in ((1, 3), (4, 3)):
        lie = forged(f"lddw r1, {a}; lddw r2, {b}; jset r1, r2, +0")
        row = lie.row("bitwise")
        row["is_taken"], row["inverse"] = 1 - row["is_taken"], 0
        assert len(lie.names()) == 1, explain(lie)
        assert next(iter(lie.names())).startswith("bitwise: a jump is "), explain(lie)


# TIME


def chain(*accesses: str) -> Forgery:
    return forged("lddw r1, 7", *accesses)


def test_equal_times() -> None:
    """An access that claims to follow itself."""
    lie = chain("add64 r1, 0")
    row, last = lie.row("add"), lie.row("registers", 1)
    first = lie.row("move")
    # The addition takes and leaves the same message. The boundary takes the message that the move left.
    row["a_before"] = 2 * row["clk"] + 1
    last["time"] = 2 * first["clk"] + 1
    assert lie.names() == {f"add: bus range16: query: destination a: {PREVIOUS}"}, explain(lie)


def test_a_read_from_the_future() -> None:
    """Two idle accesses are exchanged. Every message has its counterpart, but time runs backwards."""
    lie = chain("add64 r1, 0; or64 r1, 0")
    first, second, last = lie.row("add"), lie.row("bitwise"), lie.row("registers", 1)
    second["a_before"] = first["a_before"]
    first["a_before"] = 2 * second["clk"] + 1
    last["time"] = 2 * first["clk"] + 1
    assert lie.names() == {f"add: bus range16: query: destination a: {PREVIOUS}"}, explain(lie)


@pytest.mark.parametrize("shift", [P, -P, 2**16, 2**24])
def test_times_far_apart(shift: int) -> None:
    """A time that wraps around p, or a previous access that is too long ago and has no refresh."""
    lie = chain("add64 r1, 0")
    row = lie.row("add")
    row["a_before"] = row["a_before"] - shift
    assert (lie.names() == set()) == (shift % P == 0), explain(lie)


@pytest.mark.parametrize("start", [0, 2, P - 1])
def test_clk_starts_elsewhere(start: int) -> None:
    lie = chain("add64 r1, 0")
    for chip in ("add", "move", "execution"):
        row = lie.row(chip)
        row["clk"] = row["clk"] - 1 + start
    assert any("bus state" in name for name in lie.names()), explain(lie)


def refreshed() -> Forgery:
    return forgery(1)


def test_refresh_into_the_past() -> None:
    """A refresh that puts a cell back at an earlier time."""
    lie = refreshed()
    row = lie.find("register_refresh", is_real=1, index=7)
    row["now"] = row["before"] - 1
    row["now_low"] = row["now"] & 0xFF
    names = lie.names()
    assert any("the time between" in name for name in names), explain(lie)


@pytest.mark.parametrize("low", [0, 1, 77])
def test_refresh_split_cannot_hide_it(low: int) -> None:
    """No split into a low and a high part makes a negative time positive."""
    lie = refreshed()
    row = lie.find("register_refresh", is_real=1, index=7)
    row["now"] = row["before"] - 5
    row["now_low"] = row["now"] & 0xFF
    row["gap_low"] = low
    assert any("the time between" in name for name in lie.names()), explain(lie)


def test_refreshes_around_the_field() -> None:
    """Refreshes that go once around p end before they began. But no time may exceed 2^25."""
    outcome = long_waits_run()
    lie = Forgery.of(outcome)
    original = lie.find("register_refresh", is_real=1, index=7)
    step, start = 2**24, original["before"]
    count = -(-(P - 2) // step)
    table = lie.tables("register_refresh")[0]
    rows = np.zeros((256, table.main.shape[1]), np.uint32)
    rows[: len(table.main)] = table.main
    grown = replace(table, main=rows)
    lie.instances[_position(lie, table)] = grown
    times = [start + round(number * (P - 10) / count) for number in range(count + 1)]
    assert times[-1] % P == (start - 10) % P
    used = int(np.count_nonzero(rows[:, 0]))
    for number, (before, now) in enumerate(pairwise(times)):
        row = Row(grown, used + number)
        row.copy_from(Row(grown, original.row))
        row["before"], row["now"] = before, now
        row["gap_low"], row["now_low"] = (now - before - 1) & 0xFF, (now % P) & 0xFF
    names = lie.names()
    assert any("part of now" in name for name in names), explain(lie)
    assert not any("the time between" in name for name in names), explain(lie)


def _position(lie: Forgery, table: object) -> int:
    return next(index for index, instance in enumerate(lie.instances) if instance is table)


# MEMORY


def stack_and_heap() -> Forgery:
    return forged(f"lddw r1, {STACK + 16}; stdw [r1], 5; ldxdw r2, [r1]; lddw r3, {HEAP + 8}; stdw [r3], 6")


def test_a_word_twice() -> None:
    """A second row for a word of the stack, from which the load reads the zero again."""
    lie = stack_and_heap()
    table = lie.tables("stack_heap")[0]
    table.main[3] = table.main[1]  # the word of the heap
    table.main[2] = table.main[1]
    table.main[1] = table.main[0]
    rows = [Row(table, number) for number in range(3)]
    store, load = lie.row("store"), lie.row("load")
    rows[0]["time"] = 2 * store["clk"]
    rows[1]["time"] = 2 * load["clk"]
    rows[1].set_word("last", 0)
    rows[1]["gap"] = rows[2]["index"] + 2**15 - rows[1]["index"] - 1
    rows[0]["gap"] = P - 1
    load["memory_before"] = 0
    load.set_word("value", 0)
    lie.row("registers", 2).claim_word("last", 0)
    table.main[3] = 0
    assert lie.names() == {"stack_heap: bus range16: query: words and invocations rise"}, explain(lie)


@pytest.mark.parametrize("within", [0, 3, 511])
def test_a_word_twice_by_a_fraction(within: int) -> None:
    """The frame of a word is a fraction modulo p, so index 1 claims to be word 2."""
    lie = stack_and_heap()
    table = lie.tables("stack_heap")[0]
    assert Row(table, 0)["index"] == 2
    table.main[2] = table.main[1]
    table.main[1] = table.main[0]
    rows = [Row(table, number) for number in range(3)]
    store, load = lie.row("store"), lie.row("load")
    # index + 512 frame = 2, with index - 512 frame = `within`.
    index = (2 + within) * pow(2, -1, P) % P
    rows[0]["index"] = index
    rows[0]["frame"] = rows[0]["holes"] = (index - within) * pow(512, -1, P)
    rows[0]["gap"] = 2 - index - 1
    rows[0]["time"], rows[1]["time"] = 2 * store["clk"], 2 * load["clk"]
    rows[1].set_word("last", 0)
    load["memory_before"] = 0
    load.set_word("value", 0)
    lie.row("registers", 2).claim_word("last", 0)
    names = lie.names()
    assert "stack_heap: bus bits: query: frame is below 64" in names, explain(lie)


def test_unsorted_words() -> None:
    lie = stack_and_heap()
    table = lie.tables("stack_heap")[0]
    table.main[[0, 1]] = table.main[[1, 0]]
    first, second = Row(table, 0), Row(table, 1)
    first["gap"] = second["index"] - first["index"] - 2**15 - 1
    first["continues"], second["continues"], second["gap"] = 1, 0, 0
    assert lie.names() == {"stack_heap: bus range16: query: words and invocations rise"}, explain(lie)


def test_heap_word_outside_the_heap() -> None:
    lie = stack_and_heap()
    row = lie.find("stack_heap", is_heap=1)
    heap_words = 32 * 1024 // 8
    for index in (heap_words, 2**15 - 1, P - 1):
        row["index"], row["frame"] = index, index // 512 if index < 2**15 else 0
        assert any(name.startswith("stack_heap: bus") for name in lie.names()), explain(lie)


def test_real_rows_come_first() -> None:
    """A row of padding between real rows would end the comparison of their words."""
    lie = stack_and_heap()
    table = lie.tables("stack_heap")[0]
    table.main[3], table.main[1] = table.main[1].copy(), 0
    assert "stack_heap: real rows come first" in lie.names(), explain(lie)


def test_boundary_words_are_words_of_the_map() -> None:
    """However a row of the table of stack and heap is changed, its word exists and is not in a hole."""
    chip = CHIPS["stack_heap"]
    for layout, subject in subjects_with_layout(chip):
        source = random.Random(subject.row)
        first = joined(
            [single_cells(subject, source), neighbouring_cells(subject), lookup_guided(subject, source)]
        )
        second = compensated(subject, first, 4000, source)
        mutations = joined([first, second, compensated(subject, second, 4000, source)])
        allowed = np.flatnonzero(subject.is_allowed(subject.judge(mutations.main)))
        assert len(allowed) > 0
        for row in mutations.main[allowed].tolist():
            cell = dict(zip((note.name for note in chip.main), row, strict=True))
            if not cell["is_real"]:
                continue
            word = cell["index"] + 512 * cell["holes"]
            if cell["is_heap"]:
                assert 0 <= word < layout.heap_size // 8
            else:
                has_gaps = layout.stack_gaps
                assert 0 <= word < 32 * 1024 * (1 + has_gaps)
                assert word % 1024 < 512 or not has_gaps


def subjects_with_layout(chip: Chip) -> Iterator[tuple[Layout, Subject]]:
    """Sampled rows of a chip, each with the memory map of its run."""
    for number, witness in enumerate(witnesses()):
        for instance, row in sample_rows(witness.instances, chip, ROWS, 0):
            cell = Row(instance, row)[INVOCATION]
            yield witness.public[max(cell, 1) - 1].layout, Subject(instance, row, offered(number))


@pytest.mark.parametrize("available", [8 + 16, 5 + 16, 16, 5])
def test_tag_alias(available: int) -> None:
    """Bytes past a partial last word. The tag of a writable word is read as 16 more bytes."""
    lie = forged(f"lddw r1, {INPUT + 8}; ldxw r2, [r1]", input_region=bytes(13))
    row = lie.row("load_narrow")
    assert (row["available"], row["is_writable"]) == (5, 1)
    row["available"], row["is_writable"] = available, 0 if available >= 16 else 1
    names = lie.names()
    assert (names == set()) == (available == 5), explain(lie)
    if available == 5 + 16:
        assert names == {"load_narrow: bus bits: query: the bytes exist"}, explain(lie)


def test_unaligned_claimed_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chips for aligned accesses cannot perform an unaligned access."""
    outcome = run(
        program(
            f"lddw r1, {HEAP + 3}; stdw [r1], 5; stw [r1], 5; ldxdw r2, [r1]; ldxw r2, [r1]; ldxh r2, [r1]"
        )
    )
    assert outcome.fault is None
    assert_checked(outcome)

    def always(rows: object) -> object:
        return np.ones(len(rows), np.bool_)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "is_natural", always)
    lie = lying_witness(outcome)
    assert not lie.tables("load_unaligned")
    failing = {failure.chip for failure in lie.failures()}
    assert {"load", "load_narrow", "store", "store_narrow"} <= failing, explain(lie)


def across_the_hole() -> Forgery:
    return forged(f"lddw r1, {STACK + 0xFFC}; stdw [r1], -1; ldxdw r2, [r1]")


@pytest.mark.parametrize("chip", ["load_unaligned", "store_unaligned"])
def test_hole_not_skipped(chip: str) -> None:
    lie = across_the_hole()
    row = lie.row(chip)
    assert row["skips_hole"] == 1
    row["skips_hole"] = 0
    assert any("bus memory" in name for name in lie.names()), explain(lie)


@pytest.mark.parametrize("address", [STACK + 4, HEAP + 0xFFC])
def test_hole_skipped_where_there_is_none(address: int) -> None:
    lie = forged(f"lddw r1, {address}; ldxdw r2, [r1]")
    row = lie.row("load_unaligned")
    assert row["skips_hole"] == 0
    row["skips_hole"] = 1
    names = lie.names()
    assert any("bus memory" in name for name in names), explain(lie)
    assert ("load_unaligned: only the stack has holes" in names) == (address >= HEAP), explain(lie)


@pytest.mark.parametrize("column", ["reaches_second", "available_first", "available_second", "available"])
@pytest.mark.parametrize("change", [1, -1, 16])
def test_extent_of_an_access(column: str, change: int) -> None:
    for chip in ("load_unaligned", "store_unaligned"):
        lie = across_the_hole()
        row = lie.row(chip)
        row[column] = row[column] + change
        assert lie.names() != set(), explain(lie)


# CALLS


def two_calls() -> Forgery:
    source = """
        call f
        add64 r0, 1
        call f
        exit
    f:
        add64 r6, 1
    """
    return forged(source)


EXIT_CELLS = ("exit_clk", "exit_pc", "exit_frame_before", "exit_r10_before")


def test_exits_exchanged() -> None:
    """Each of two calls returns by the exit of the other."""
    lie = two_calls()
    first, second = lie.row("call", 0), lie.row("call", 1)
    for name in (*EXIT_CELLS, *(f"exit_r6_{limb}" for limb in range(4)), "exit_r6_before"):
        first[name], second[name] = second[name], first[name]
    names = lie.names()
    assert any("bus register" in name for name in names), explain(lie)
    assert any("bus state" in name for name in names), explain(lie)


def test_saved_register_changed() -> None:
    """r6 has its value from before the call, not the value that the function gave it."""
    lie = two_calls()
    for name in ("r6_0",):
        lie.row("call", 1)[name] = 1
    assert any("bus register" in name for name in lie.names()), explain(lie)


def test_a_return_that_never_happened() -> None:
    """The program ends while a call is open. The frame register is not what the statement requires."""
    lie = two_calls()
    row = lie.row("call", 1)
    row["returns"] = 0
    end = lie.row("execution")
    end.claim("clk", row["exit_clk"])
    end.claim("pc", row["exit_pc"])
    lie.row("registers", 11)["time"] = 2 * row["clk"] + 1
    assert "registers: bus register: receive: the register, at the end" in lie.names(), explain(lie)


@pytest.mark.parametrize("depth", [63, 64, P - 1])
def test_depth(depth: int) -> None:
    lie = two_calls()
    lie.row("call", 0)["depth"] = depth
    names = lie.names()
    assert any("the depth stays below the limit" in name for name in names) == (depth < P - 1), explain(lie)
    assert any("bus register" in name for name in names), explain(lie)


def test_target_of_a_call() -> None:
    lie = two_calls()
    lie.row("call", 0)["target"] = 0
    names = lie.names()
    assert any("bus program" in name for name in names), explain(lie)


# SYSCALLS


def events_forgery() -> tuple[Forgery, list[SyscallEvent]]:
    lie = Forgery.of(every_opcode_run())
    (frame,) = lie.public
    assert len(frame.events) == 3
    return lie, list(frame.events)


def stated(
    lie: Forgery,
    events: Sequence[SyscallEvent],
    public: PublicColumns,
    height: int,
) -> NDArray[np.uint32]:
    """The public columns of a statement with these events, with the height of the true statement."""
    (frame,) = lie.public
    columns = public([replace(frame, events=tuple(events))])
    assert len(columns) == height
    return columns


@pytest.mark.parametrize(
    "lie_about", ["result", "arguments", "clk", "key", "missing", "once more", "reordered"]
)
def test_events(lie_about: str) -> None:
    lie, events = events_forgery()
    first = events[0]
    match lie_about:
        case "result":
            events[0] = replace(first, result=first.result ^ 1)
        case "arguments":
            events[0] = replace(first, arguments=(first.arguments[0] ^ 1, *first.arguments[1:]))
        case "clk":
            events[0] = replace(first, clk=first.clk + 1)
        case "key":
            events[0] = replace(first, key=events[2].key)
        case "missing":
            del events[0]
        case "once more":
            events.insert(1, first)
        case "reordered":
            events[0], events[1] = (
                replace(events[1], clk=first.clk),
                replace(first, clk=events[1].clk),
            )
    instance = lie.tables("syscall")[0]
    assert instance.public is not None
    lie.state("syscall", stated(lie, events, event.public_syscalls, len(instance.public)))
    if lie_about == "missing":
        lie.tables("syscall")[0].main[len(events) :] = 0
    assert lie.names() != set(), explain(lie)


@pytest.mark.parametrize("change", [{"new": 1}, {"old": 1}, {"index": 1}, {"region": 1}])
def test_event_words(change: dict[str, int]) -> None:
    lie, events = events_forgery()
    first = events[0]
    name, by = next(iter(change.items()))
    word = first.words[0]
    changed = replace(word, **{name: getattr(word, name) + by})
    events[0] = replace(first, words=WordAccesses.of((changed, *first.words[1:])))
    instance = lie.tables("event_word")[0]
    assert instance.public is not None
    lie.state("event_word", stated(lie, events, event.public_event_words, len(instance.public)))
    assert any("bus memory" in each for each in lie.names()), explain(lie)


def test_a_syscall_without_an_event() -> None:
    """The row exists, but the statement does not have the event."""
    lie, events = events_forgery()
    instance = lie.tables("syscall")[0]
    assert instance.public is not None
    fewer = stated(lie, events[:-1], event.public_syscalls, len(instance.public))
    position = _position(lie, instance)
    lie.instances[position] = replace(instance, public=fewer)
    assert "syscall: is_real is the statement's" in lie.names(), explain(lie)


def test_public_columns_are_the_statements() -> None:
    """In each public column of each chip, the committed copy cannot differ from the statement."""
    for chip in CIRCUIT.chips:
        for subject in subjects(chip, count=2) if chip.public_columns else ():
            main = np.repeat(subject.cells[None], len(chip.public_columns), axis=0)
            at = np.arange(len(main))
            columns = [chip.index(note.name) for note in chip.public_columns]
            main[at, columns] = (main[at, columns] + 1) % P
            noticed = subject.judge(main).violated.any(axis=1)
            assert noticed.all(), describe_subjects(subject, main[~noticed])


def test_true_witnesses_pass() -> None:
    for witness in witnesses():
        assert Forgery(witness).failures() == [], explain(Forgery(witness))
        assert check(witness.instances) == []
