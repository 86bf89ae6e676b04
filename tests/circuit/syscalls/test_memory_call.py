"""The memory syscalls in the circuit: their chips take the right calls and prove what happened."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from assurance.contexts import bare_context
from assurance.memory_calls import INPUT_REGION, RESULT, Call, execute, random_calls
from assurance.places import FRAME, HEAP, INPUT, STACK, STRIDE
from assurance.program_builder import ProgramBuilder
from assurance.runs import PROGRAM_ID, logs_of, run, witness_of
from solproof.accesses.table import LARGEST_HEIGHT, split_blocks
from solproof.air.check import check
from solproof.circuit.registry import CIRCUIT, SbpfCircuit
from solproof.circuit.syscalls import memory_compare, memory_copy
from solproof.circuit.syscalls.memory_block import split_between_calls
from solproof.estimation.shapes import table_shapes
from solproof.proving.witness import Witness, build_witness
from solproof.vm.trace import Run


def checked(outcome: Run, events: int = 0) -> Witness:
    """The witness of a run that succeeded, checked, with `events` events in its statement."""
    assert outcome.fault is None, f"{outcome.fault} at pc {outcome.pc}"
    witness = witness_of(outcome)
    assert check(witness.instances) == []
    assert len(witness.public[0].events) == events
    return witness


@pytest.mark.parametrize("version", [0, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_random_calls(seed: int, version: int) -> None:
    checked(execute(random_calls(random.Random(seed), 60, version), version))


@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memcmp_"])
@pytest.mark.parametrize("length", [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 33])
def test_every_alignment(name: str, length: int) -> None:
    arguments = [(HEAP + 256 + to, HEAP + start, length, RESULT) for to in range(8) for start in range(8)]
    calls: list[Call] = [(name, each if name == "sol_memcmp_" else each[:3]) for each in arguments]
    assert checked(execute(calls)).rows()["memory_call"] == 64


@pytest.mark.parametrize("length", [2499, 2500, 2509, 2510, 2749, 2750, 20_000, 32_000])
def test_lengths_and_their_costs(length: int) -> None:
    outcome = execute([("sol_memset_", (HEAP + 3, 0x1FF, length)), ("sol_memcpy_", (HEAP, INPUT, 1))])
    witness = checked(outcome)
    assert witness.public[0].memory_units == max(10, length // 250) + 10
    assert outcome.compute_units == outcome.instructions + witness.public[0].memory_units


@pytest.mark.parametrize("largest", [20, 32, 40])
def test_tables_are_cut_between_blocks(largest: int) -> None:
    """Several tables of each chip, like those of more than 2^22 rows, with copies, sets and comparisons.

    The blocks are those of two frames.
    """
    cut = {
        module.CHIP.name: replace(
            module.TABLES[0],
            split=lambda logs, _, module=module: split_between_calls(logs, module.chosen, largest),
        )
        for module in (memory_copy, memory_compare)
    }
    tables = [cut.get(table.chip.name, table) for table in CIRCUIT.tables]
    circuit = SbpfCircuit.of(CIRCUIT.families, tables, CIRCUIT.buses)
    lengths = [100, 1, 121, 9, 90, 40, 128 - 8, 16, 8, 77]
    calls: list[Call] = []
    for number, length in enumerate(lengths):
        calls.append(("sol_memset_", (HEAP + number, number, length)))
        calls.append(("sol_memcpy_", (HEAP + 512 + number, HEAP + 3, length)))
        calls.append(("sol_memcmp_", (HEAP + 512, HEAP + 1, length, RESULT)))
    outcome = execute(calls)
    logs = logs_of(outcome, outcome)
    for module in (memory_copy, memory_compare):
        rows = sum(map(module.TABLES[0].rows, logs))
        (whole,) = module.TABLES[0].split(logs, rows)
        parts = cut[module.CHIP.name].split(logs, rows)
        assert len(parts) > 1
        assert max(part.rows for part in parts) <= largest
        assert sum(part.rows for part in parts) == whole.rows == rows
    witness = build_witness(circuit, logs)
    assert check(witness.instances) == []
    assert [frame.events for frame in witness.public] == [(), ()]
    chips = [instance.chip.name for instance in witness.instances]
    assert min(chips.count("memory_copy"), chips.count("memory_compare")) > 1
    heights = [(shape.chip, shape.height) for shape in table_shapes(circuit, logs)]
    assert heights == [(CIRCUIT.number(each.chip), len(each.main)) for each in witness.instances]


def test_the_largest_blocks_fit() -> None:
    """A block has at most 2^21 + 2 rows, so every table has room for a whole block, wherever it is cut."""
    starts = np.arange(0, 9 * (2**21 + 2), 2**21 + 2)
    counts = split_blocks(starts, 9 * (2**21 + 2), LARGEST_HEIGHT)
    assert counts == [2**21 + 2] * 9
    assert split_blocks(starts[:0], 0, LARGEST_HEIGHT) == []
    assert split_blocks(np.array([0, 2**21]), 2**22, LARGEST_HEIGHT) == [2**22]


@pytest.mark.parametrize("distance", [-40, -16, -9, -8, -7, -1, 0, 1, 7, 8, 9, 16, 40])
def test_moves_between_overlapping_places(distance: int) -> None:
    checked(execute([("sol_memmove_", (HEAP + 48 + distance, HEAP + 48, length)) for length in range(1, 30)]))


@pytest.mark.parametrize("length", [1, 8, 13])
def test_copies_between_neighbours(length: int) -> None:
    calls: list[Call] = []
    for start in range(32, 41):
        calls.append(("sol_memcpy_", (HEAP + start + length, HEAP + start, length)))
        calls.append(("sol_memcpy_", (HEAP + start - length, HEAP + start, length)))
    checked(execute(calls))


def test_every_difference() -> None:
    calls: list[Call] = []
    for byte in range(12):
        for first, second in ((0, 255), (255, 0), (7, 6), (128, 127)):
            calls.append(("sol_memset_", (HEAP, 0, 64)))
            calls.append(("sol_memset_", (HEAP + 3 + byte, first, 1)))
            calls.append(("sol_memset_", (HEAP + 32 + byte, second, 1)))
            # Differences after that byte have no effect.
            calls.append(("sol_memset_", (HEAP + 32 + byte + 1, 9, 3)))
            calls.append(("sol_memcmp_", (HEAP + 3, HEAP + 32, 12, RESULT + 4 * (byte % 2))))
    checked(execute(calls))


def test_events_come_between_and_know_the_units() -> None:
    outcome = execute(
        [
            ("sol_memset_", (HEAP, 1, 5000)),
            ("sol_log_compute_units_", ()),
            ("sol_memcpy_", (HEAP, INPUT, 9)),
            ("sol_log_", (HEAP, 3)),
            ("sol_log_", (HEAP, 3)),
        ]
    )
    witness = checked(outcome, events=3)
    assert [event.memory_units for event in witness.public[0].events] == [20, 30, 30]
    assert witness.public[0].memory_units == 30


@pytest.mark.parametrize(
    ("call", "version"),
    [
        # Consecutive mapped words of a V0 stack have no consecutive addresses at the end of a frame.
        (("sol_memset_", (STACK + FRAME - 4, 1, 8)), 0),
        (("sol_memcpy_", (STACK + STRIDE, STACK + FRAME - 8, 9)), 0),
        # The difference is in a word that is read at the same time.
        (("sol_memcmp_", (HEAP, HEAP + 40, 20, HEAP + 16)), 0),
        (("sol_memcmp_", (HEAP + 7, HEAP + 40, 1, HEAP + 4)), 3),
    ],
)
def test_what_stays_an_event(call: Call, version: int) -> None:
    checked(execute([call], version), events=1)


@pytest.mark.parametrize(
    ("call", "version"),
    [
        (("sol_memset_", (STACK + FRAME - 4, 1, 4)), 0),
        (("sol_memset_", (STACK + FRAME - 4, 1, 8)), 3),
        (("sol_memcmp_", (HEAP, HEAP + 40, 16, HEAP + 16)), 0),
        (("sol_memcmp_", (HEAP + 40, HEAP, 20, HEAP + 16)), 0),
    ],
)
def test_what_just_does_not(call: Call, version: int) -> None:
    checked(execute([call], version))


def test_a_call_that_fails_is_an_event() -> None:
    outcome = execute([("sol_memset_", (HEAP, 1, 5000)), ("sol_memcpy_", (HEAP + 1, HEAP, 2))])
    assert str(outcome.fault) == "Overlapping copy"
    witness = witness_of(outcome)
    assert check(witness.instances) == []
    (event,) = witness.public[0].events
    assert (event.clk, event.memory_units, witness.public[0].memory_units) == (outcome.final.clk, 20, 20)


def test_a_difference_at_no_multiple_of_four() -> None:
    """Loader v1 allows this."""
    context = bare_context(PROGRAM_ID, aligned=False)
    call: Call = ("sol_memcmp_", (HEAP, HEAP + 8, 8, RESULT + 2))
    checked(execute([call], context=context), events=1)


def test_long_waits_between_calls() -> None:
    """Words and units that are not accessed for more than 2^16 are refreshed."""
    builder = ProgramBuilder()
    for _ in range(2):
        for register, value in enumerate((HEAP, INPUT, 64), 1):
            builder.constant(register, value)
        builder.syscall("sol_memcpy_")
        builder.emit("MOV64_IMM", 6, immediate=17_000)
        builder.label(f"loop {builder.pc}")
        label = f"loop {builder.pc}"
        builder.emit("SUB64_IMM", 6, immediate=1)
        builder.jump(label, "JNE64_IMM", 6, immediate=0)
    builder.exit()
    rows = checked(run(builder.build(), INPUT_REGION)).rows()
    assert rows["memory_refresh"] == 16 and rows["register_refresh"] > 0


@pytest.mark.parametrize("words", [15, 16, 17, 32])
@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memcmp_"])
def test_full_tables(name: str, words: int) -> None:
    """The last row of a table is followed by padding, or by the table's first row."""
    arguments = (HEAP + 0x200, HEAP, 8 * words, RESULT)
    rows = checked(execute([(name, arguments if name == "sol_memcmp_" else arguments[:3])])).rows()
    assert rows["memory_compare" if name == "sol_memcmp_" else "memory_copy"] == 16 * -(-words // 16)
