"""Tables of whole runs: heights, splitting, counts, public data."""

from __future__ import annotations

import numpy as np
import pytest

from assurance.corpus import every_opcode_run, witnesses
from assurance.forgery import Forgery
from assurance.programs import asm
from assurance.runs import run
from solproof.accesses.table import MINIMUM_HEIGHT, padded_height
from solproof.circuit import lookup
from solproof.circuit.instructions.registry import EXECUTORS
from solproof.circuit.registry import CIRCUIT
from solproof.circuit.table import parts_of
from solproof.proving.witness import cut
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
    assert witnesses()[0].public.final.clk == every_opcode_run().instructions
    for witness in witnesses():
        total = 0
        for instance in witness.instances:
            names = [note.name for note in instance.chip.main]
            if "pc" in names:
                total += int(np.count_nonzero(instance.main[:, names.index("is_real")]))
            if "returns" in names:
                total += int(np.count_nonzero(instance.main[:, names.index("returns")]))
        assert total == witness.public.final.clk


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
    assert witness.public.final.clk == 1
    assert {instance.chip.name for instance in witness.instances} & {"add", "move"} == set()


def test_a_fault_has_a_witness() -> None:
    """The witness holds all that came before the fault."""
    outcome = run(asm("mov64 r3, 5; ldxb r0, [r0]; exit"))
    assert outcome.fault is not None
    final = assert_checked(outcome).public.final
    assert (final.clk, final.pc, final.registers[3]) == (2, 1, 5)
