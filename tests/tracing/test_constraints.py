"""The constraints of each step hold the values of the step, and a lie shows in them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from functools import cache

import numpy as np
import pytest

from assurance.corpus import every_opcode_run, witnesses
from solproof.air.bus import STATE
from solproof.air.check import evaluator
from solproof.air.chip import Chip
from solproof.circuit.frames import access_log
from solproof.circuit.instructions.parts.adapter import Step as StepColumns
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.registry import CIRCUIT
from solproof.proving.check import witness_of
from solproof.proving.witness import Instance, Witness, build_witness
from solproof.runtime.features import MAINNET
from solproof.tracing.columns import Columns
from solproof.tracing.constraints import Constraints, Entry
from solproof.tracing.messages import executed_rows
from solproof.tracing.steps import Step, steps_of, trace
from solproof.vm.memory import HEAP, STACK
from tests.support.token_transactions import created_token_account

NUMBERS = {0: 0, 2: 2, 3: 3}
"""The witnesses of the corpus that execute every opcode of a version."""


@cache
def steps(version: int) -> list[Step]:
    """The steps of the run with every opcode."""
    columns = Columns(every_opcode_run(version), MAINNET)
    return [step for block in columns.blocks() for step in steps_of(columns, block)]


@cache
def found(version: int) -> list[list[Entry]]:
    """The constraints of each of these steps."""
    return Constraints(witnesses()[NUMBERS[version]]).of(0, 0, len(steps(version)))


def holds(entry: Entry) -> bool:
    """Whether the statement of an entry is true."""
    match entry["kind"]:
        case "arithmetic":
            return entry["output"] in entry["expected"]
        case "equality":
            return bool(entry["left"] == entry["right"])
        case "range":
            return bool(entry["minimum"] <= entry["value"] <= entry["maximum"])
    return bool(entry["kind"] == "memory")


@pytest.mark.parametrize("version", NUMBERS)
def test_every_step_is_bound_and_everything_holds(version: int) -> None:
    for step, entries in zip(steps(version), found(version), strict=True):
        assert all(holds(entry) for entry in entries)
        reached = [entry for entry in entries if entry.get("bus") == "state" and entry["side"] == "receive"]
        clk = step.index + 1
        assert [entry["left"] for entry in reached] == [{"invocation": 1, "clk": clk, "pc": step.pc}]
        fetched = [entry for entry in entries if entry.get("bus") == "program"]
        is_last = step.index + 1 == len(steps(version))
        assert [entry["left"]["pc"] for entry in fetched if entry["left"]["family"] != 17] == (
            [] if is_last else [step.pc]
        )


def assert_complete(witness: Witness) -> None:
    """Every message of a row that a step executes belongs to exactly one step."""
    for table in Constraints(witness).tables:
        values, chip = evaluator(table.instance), table.instance.chip
        said = Counter(
            (number, row)
            for number, interaction in enumerate(chip.interactions)
            for row in np.flatnonzero(values.column(interaction.multiplicity)).tolist()
        )
        listed = Counter(
            (number, row)
            for executed in table.executed
            for number in executed.interactions
            for row in executed.row.tolist()
            if values.column(chip.interactions[number].multiplicity)[row]
        )
        assert listed == said, chip.name


@pytest.mark.parametrize("number", range(5))
def test_every_message_belongs_to_one_step(number: int) -> None:
    assert_complete(witnesses()[number])


@pytest.mark.parametrize("version", NUMBERS)
def test_registers_are_those_of_the_step(version: int) -> None:
    """A received register has its value before the step, and a sent register its value after the step."""
    for step, entries in zip(steps(version), found(version), strict=True):
        for entry in entries:
            if entry["kind"] != "memory" or entry["space"] != "register":
                continue
            assert entry["time"] <= 2 * (step.index + 1) + (entry["side"] == "send")
            if entry["address"] == 11:
                depth = step.call_depth + (entry["side"] == "send") * (
                    1 if "CALL" in str(step.mnemonic) else -1
                )
                assert entry["limbs"][1] == depth
                continue
            if entry["address"] == 12:
                assert step.syscall is not None
                continue
            registers = step.registers_before if entry["side"] == "receive" else step.registers_after
            assert entry["value"] == registers[entry["address"]] or "source" in entry["name"]


@pytest.mark.parametrize("version", NUMBERS)
def test_words_are_those_of_the_step(version: int) -> None:
    for step, entries in zip(steps(version), found(version), strict=True):
        words: dict[int, dict[str, int]] = {}
        accesses = [entry for entry in entries if entry["kind"] == "memory" and entry["space"] == "memory"]
        # A word that a memory syscall reads and writes is accessed twice.
        for entry in sorted(
            accesses, key=lambda entry: entry["time"] * (1 if entry["side"] == "send" else -1)
        ):
            words.setdefault(entry["address"], {})[entry["side"]] = entry["value"]
            if entry["side"] == "send":
                assert entry["time"] - 2 * (step.index + 1) in (0, step.syscall is not None)
        if step.syscall is not None:
            expected = {word.address: {"receive": word.old, "send": word.new} for word in step.syscall.words}
            # Words of image and input that nothing else touches are the verifier's own.
            inner = {address for address in expected if address >> 32 in (STACK, HEAP)}
            assert inner <= words.keys() and words.items() <= expected.items()
        for access in step.memory:
            for when, value in (("receive", access.old), ("send", access.new)):
                first = access.address & ~7
                bits = words[first][when] >> 8 * (access.address - first)
                if len(words) == 2:
                    (second,) = words.keys() - {first}
                    bits |= words[second][when] << 64 - 8 * (access.address - first)
                assert bits & (2 ** (8 * access.size) - 1) == value


def test_kinds_and_chips() -> None:
    kinds = Counter(entry["kind"] for entries in found(0) for entry in entries)
    assert set(kinds) == {"arithmetic", "equality", "range", "memory"}
    chips = {entry["chip"] for version in NUMBERS for entries in found(version) for entry in entries}
    assert {executor.chip.name for executor in EXECUTORS} <= chips
    assert {"execution", "syscall", "event_word"} <= chips


def test_an_addition() -> None:
    step = next(step for step in steps(0) if step.mnemonic == "ADD64_REG")
    entries = [entry for entry in found(0)[step.index] if entry["chip"] == "add"]
    a, b = (step.registers_before[step.operands[name]] for name in ("destination", "source"))
    carries = [entry for entry in entries if entry["name"].startswith("carry out of limb")]
    assert [entry["output"] for entry in carries] == [
        ((a & mask) + (b & mask)) >> bits for bits in (16, 32, 48, 64) for mask in (2**bits - 1,)
    ]
    assert carries[0]["inputs"] == {
        "a_0": a & 0xFFFF,
        "b_0": b & 0xFFFF,
        "c_0": a + b & 0xFFFF,
    }
    assert carries[0]["expected"] == [0, 1]


def test_a_call_and_its_return_share_a_row() -> None:
    for call, step in enumerate(steps(0)):
        if step.mnemonic != "CALL_IMM" or step.syscall is not None:
            continue
        depth = step.call_depth
        end = next(
            later.index
            for later in steps(0)[call + 1 :]
            if later.mnemonic == "EXIT" and later.call_depth == depth + 1
        )
        (row,) = {entry["row"] for entry in found(0)[call] if entry["chip"] == "call"}
        assert {(entry["chip"], entry["row"]) for entry in found(0)[end]} == {("call", row)}
        assert {entry["kind"] for entry in found(0)[end]} == {"equality", "memory", "range"}


def test_parts_are_the_whole() -> None:
    bound = Constraints(witnesses()[0])
    count = len(steps(0))
    parts = [
        entries for start in range(0, count, 100) for entries in bound.of(0, start, min(start + 100, count))
    ]
    assert parts == found(0)


def test_rows_of_a_split_table_are_counted_on() -> None:
    """The frames of long waits have the rows of one chip in two tables."""
    witness = witnesses()[1]
    last, clk = len(witness.public) - 1, witness.public[-1].final.clk
    rows: dict[str, list[int]] = {}
    for entries in Constraints(witness).of(last, clk - 200, clk):
        for entry in entries:
            rows.setdefault(entry["chip"], []).append(entry["row"])
    heights = witness.rows()
    for chip, numbers in rows.items():
        assert max(numbers) < heights[chip]
    several = [name for name in rows if sum(each.chip.name == name for each in witness.instances) == 2]
    assert several
    for name in several:
        first = next(len(each.main) for each in witness.instances if each.chip.name == name)
        assert min(rows[name]) >= first


def test_a_lie_shows() -> None:
    """The values come from the witness, not from the run."""
    witness = witnesses()[0]
    instances = list(witness.instances)
    place = next(number for number, each in enumerate(instances) if each.chip.name == "add")
    main = instances[place].main.copy()
    main[0, instances[place].chip.index("c_0")] ^= 1
    instances[place] = dataclasses.replace(instances[place], main=main)
    lying = Constraints(Witness(tuple(instances), witness.public))
    wrong = [
        (entry["chip"], entry["row"], entry["name"])
        for entries in lying.of(0, 0, len(steps(0)))
        for entry in entries
        if not holds(entry)
    ]
    assert ("add", 0, "carry out of limb 0 is 0 or 1") in wrong


def test_a_chip_with_a_clk_and_no_state() -> None:
    """A row with messages belongs to the step that the columns `invocation` and `clk` name."""
    chip = Chip("example", "An example.")
    chip.scope()
    active = chip.flag("active", "1 when it counts")
    clk = chip.column("clk", "the step")
    chip.send(STATE, [clk, 0], active, "a message")
    main = np.array([[1, 1, 5], [1, 0, 3], [2, 1, 1], [1, 1, 2], [1, 1, 5]], np.uint32)
    (rows,) = executed_rows(Instance(chip, main))
    assert rows.invocation.tolist() == [1, 1, 1, 2]
    assert (rows.clk.tolist(), rows.row.tolist()) == ([2, 5, 5, 1], [3, 0, 4, 2])
    assert [rows.of(frame).row.tolist() for frame in range(3)] == [[3, 0, 4], [2], []]
    assert rows.of(0).steps(2, 5).row.tolist() == [0, 4]
    silent = Chip("silent", "Without a step.")
    silent.column("value", "a value")
    assert executed_rows(Instance(silent, main[:, :1])) == []


def test_a_chip_that_looks_at_the_next_row() -> None:
    """The constraints of a chip that reads the next row are evaluated on whole tables."""
    chip = Chip("example", "An example.")
    step = StepColumns.columns(chip)
    value = chip.column("value", "a value")
    step.advance(step.pc + 1)
    chip.assert_zero(chip.transition() * (chip.next(value) - value - 1), "the next value is one more")
    main = np.array([[1, 1, 1, 0, 7], [1, 1, 2, 1, 8], [1, 1, 3, 2, 9], [0, 0, 0, 0, 99]], np.uint32)
    witness = Witness((Instance(chip, main),), witnesses()[0].public)
    said = [
        (entry["row"], entry["left"], entry["right"])
        for entries in Constraints(witness).of(0, 0, 3)
        for entry in entries
        if entry["name"] == "the next value is one more"
    ]
    assert [(row, left == right) for row, left, right in said] == [(0, True), (1, True), (2, False)]


# SEVERAL FRAMES


@cache
def whole_witness() -> Witness:
    """The witness of a transaction with four frames."""
    return witness_of(created_token_account())


@cache
def of_frame(frame: int) -> list[list[Entry]]:
    """The constraints of the steps of one of its frames."""
    count = created_token_account().frames[frame].outcome.instructions
    return Constraints(whole_witness()).of(frame, 0, count)


def test_every_message_of_several_frames_belongs_to_one_step() -> None:
    assert_complete(whole_witness())


@pytest.mark.parametrize("frame", range(4))
def test_a_frame_has_the_constraints_of_its_steps(frame: int) -> None:
    expected = [step for step in trace(created_token_account()) if step.frame == frame]
    for step, entries in zip(expected, of_frame(frame), strict=True):
        assert all(holds(entry) for entry in entries)
        messages = [entry["left"] for entry in entries if entry.get("bus") in ("state", "program", "block")]
        assert {message["invocation"] for message in messages} == {frame + 1}
        reached = [entry["left"] for entry in entries if entry.get("bus") == "state" and is_received(entry)]
        assert reached == [{"invocation": frame + 1, "clk": step.index + 1, "pc": step.pc}]


def is_received(entry: Entry) -> bool:
    return bool(entry["side"] == "receive")


@pytest.mark.parametrize("frame", [1, 2, 3])
def test_a_frame_has_the_constraints_that_it_would_have_alone(frame: int) -> None:
    """Only the numbers of rows differ, and those of invocations."""
    alone = build_witness(CIRCUIT, [access_log(created_token_account().frames[frame], frame + 1)])
    found = Constraints(alone).of(frame, 0, len(of_frame(frame)))
    for entries, others in zip(of_frame(frame), found, strict=True):
        assert [entry | {"row": 0} for entry in entries] == [entry | {"row": 0} for entry in others]


def test_frames_share_no_row() -> None:
    rows = [
        {(entry["chip"], entry["row"]) for step in of_frame(frame) for entry in step} for frame in range(4)
    ]
    assert sum(map(len, rows)) == len(set[object]().union(*rows))


def test_a_frame_that_does_not_exist_has_no_constraints() -> None:
    assert Constraints(whole_witness()).of(4, 0, 2) == [[], []]
