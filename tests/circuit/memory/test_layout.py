"""The public table of the memory maps, and the words of stack and heap that look it up."""

from __future__ import annotations

import numpy as np
import pytest

from assurance.corpus import witnesses
from assurance.forgery import Forgery
from assurance.places import HEAP, STACK
from assurance.programs import asm
from assurance.runs import run
from solproof.accesses.table import MINIMUM_HEIGHT
from solproof.circuit.memory import layout

STORES = f"lddw r1, {STACK + 8}; stdw [r1], 5; lddw r1, {HEAP}; stdw [r1], 6; exit"
OBJECTION = "stack_heap: bus layout: query: the layout of the invocation"


def test_the_statement_has_one_row_for_each_frame() -> None:
    outcomes = run(asm(STORES)), run(asm(STORES, 3), heap_size=64 * 1024)
    columns = layout.columns(Forgery.of(*outcomes).public)
    assert columns.shape == (MINIMUM_HEIGHT, 3)
    assert columns[:2].tolist() == [[1, 4096, 1], [2, 8192, 0]]
    assert not columns[2:].any()


def test_every_word_looks_it_up() -> None:
    """The count of a frame's row is the number of its words."""
    for witness in witnesses():
        tables = {instance.chip.name: instance for instance in witness.instances}
        words = tables["stack_heap"]
        real = words.main[:, words.chip.index("is_real")] == 1
        found = words.main[real, words.chip.index("invocation")]
        counts = tables["layout"].main[:, layout.CHIP.index("count")]
        expected = np.bincount(found - 1, minlength=MINIMUM_HEIGHT)
        assert counts.tolist() == expected.tolist()
        assert np.count_nonzero(counts) == len(witness.public)


def test_a_run_without_words_looks_nothing_up() -> None:
    lie = Forgery.of(run(asm("exit")))
    assert lie.row("layout")["count"] == 0
    assert lie.failures() == []


@pytest.mark.parametrize(("heap_words", "stack_gaps"), [(4096, 0), (2**15, 1), (0, 1), (0, 0)])
def test_another_memory_map_is_not_provided(heap_words: int, stack_gaps: int) -> None:
    """Not even that of the padding, which has no heap and no holes."""
    lie = Forgery.of(run(asm(STORES)))
    row = lie.find("stack_heap", is_heap=0)
    row["heap_words"], row["stack_gaps"] = heap_words, stack_gaps
    assert OBJECTION in lie.names()


def test_the_padding_is_of_no_frame() -> None:
    """A word that belongs to invocation 0 finds the padding, but then the store does not find the word."""
    lie = Forgery.of(run(asm(STORES)))
    row = lie.find("stack_heap", is_heap=0)
    row["invocation"] = row["heap_words"] = row["stack_gaps"] = row["continues"] = row["gap"] = 0
    assert lie.names() and all(": bus memory: " in name for name in lie.names())
