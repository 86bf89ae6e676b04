"""Tables of whole runs: heights, splitting, counts, public data."""

from __future__ import annotations

import numpy as np
import pytest

from assurance.corpus import runs, witnesses
from assurance.forgery import Forgery
from assurance.programs import asm
from assurance.runs import run, witness_of
from solproof.accesses.table import MINIMUM_HEIGHT, padded_height
from solproof.air.bus import INVOCATION
from solproof.air.check import check
from solproof.circuit import lookup
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.table import parts_of
from solproof.proving.witness import build_witness, cut
from tests.support.conformance import assert_checked


def test_heights() -> None:
    assert [padded_height(rows) for rows in (0, 1, 15, 16, 17, 32, 33, 1000)] == [
        16,
        16,
        16,
        16,
        32,
        32,
        64,
        1024,
    ]


@pytest.mark.parametrize("rows", [0, 1, 16, 17, 511, 512, 513, 767, 768, 769, 1023, 1024, 1025, 5000])
def test_splitting_keeps_the_rows(rows: int) -> None:
    chip = EXECUTORS[0].chip
    data = np.arange(rows * chip.width, dtype=np.uint32).reshape(rows, chip.width) + 1
    parts = list(cut(chip, data, parts_of(rows)))
    assert len(parts) in ((1, 2) if rows else (0,))
    kept = np.concatenate([data[:0], *(part.main[(part.main != 0).any(axis=1)] for part in parts)])
    assert (kept == data).all()
    assert all(len(part.main) == padded_height(len(part.main)) for part in parts)
    cells = sum(len(part.main) for part in parts)
    assert cells <= padded_height(rows)


def test_instances_are_ordered_and_rectangular() -> None:
    for witness in witnesses():
        numbers = [CIRCUIT.number(instance.chip) for instance in witness.instances]
        assert numbers == sorted(numbers)
        for instance in witness.instances:
            assert instance.main.dtype == np.uint32
            assert instance.main.shape[1] == instance.chip.width
            assert len(instance.main) >= MINIMUM_HEIGHT
            assert len(instance.main) & (len(instance.main) - 1) == 0


def test_every_step_is_one_row() -> None:
    for witness, frames in zip(witnesses(), runs(), strict=True):
        instructions = [outcome.instructions for outcome in frames]
        assert [frame.final.clk for frame in witness.public] == instructions
        total = 0
        for instance in witness.instances:
            names = [note.name for note in instance.chip.main]
            if {"pc", "is_real"} <= {*names}:
                total += int(np.count_nonzero(instance.main[:, names.index("is_real")]))
            if "returns" in names:
                total += int(np.count_nonzero(instance.main[:, names.index("returns")]))
        assert total == sum(instructions)


def test_counts_are_those_of_the_queries() -> None:
    """The queries are counted again, independently."""
    for witness in witnesses():
        again = Forgery(witness)
        again.count_lookups()
        for counted, instance in zip(again.instances, witness.instances, strict=True):
            expected = instance.main.copy()
            if instance.chip is lookup.CHIP:  # its first two rows provide the same bits
                for table in (expected, counted.main):
                    bits = instance.chip.index("bits_count_0")
                    table[1, bits] += table[0, bits]
                    table[0, bits] = 0
            assert (counted.main == expected).all()


def test_smallest_program() -> None:
    witness = assert_checked(run(asm("exit")))
    assert [frame.final.clk for frame in witness.public] == [1]
    assert {instance.chip.name for instance in witness.instances} & {"add", "move"} == set()


def test_a_fault_has_a_witness() -> None:
    """The witness holds all that came before the fault."""
    outcome = run(asm("mov64 r3, 5; ldxb r0, [r0]; exit"))
    assert outcome.fault is not None
    (frame,) = assert_checked(outcome).public
    final = frame.final
    assert (final.clk, final.pc, final.registers[3]) == (2, 1, 5)


def test_frames_come_one_after_another() -> None:
    """Every chip has the rows of the first frame, then those of the second. Their numbers tell them apart."""
    program = asm("mov64 r3, 5; add64 r3, 1; call here; exit; here:; add64 r3, 2; exit")
    alone, together = witness_of(run(program)), witness_of(run(program), run(program))
    assert check(together.instances) == []
    assert [frame.invocation for frame in together.public] == [1, 2]
    for one in alone.instances:
        if one.chip is lookup.CHIP or one.chip.name in ("stack_heap", "layout"):
            continue
        (two,) = (instance for instance in together.instances if instance.chip is one.chip)
        at = one.chip.index(INVOCATION)
        real = one.main[one.main[:, at] == 1]
        expected = np.concatenate([real, real])
        expected[len(real) :, at] = 2
        assert (two.main[: len(expected)] == expected).all(), one.chip.name
        assert not two.main[len(expected) :].any(), one.chip.name


def test_without_frames_there_are_no_tables() -> None:
    witness = build_witness(CIRCUIT, [])
    assert (witness.instances, witness.public) == ((), ())
