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
from solproof.air.bus import INVOCATION
from solproof.circuit.memory import layout

STORES = f"lddw r1, {STACK + 8}; stdw [r1], 5; lddw r1, {HEAP}; stdw [r1], 6; exit"


def test_the_statement_has_a_row_for_each_frame() -> None:
    lie = Forgery.of(run(asm(STORES)), run(asm(STORES, 3), heap_size=64 * 1024), run(asm(STORES)))
    columns = layout.columns(lie.public)
    assert columns.shape == (MINIMUM_HEIGHT, 3)
    assert columns[:3].tolist() == [[1, 4096, 1], [2, 8192, 0], [3, 4096, 1]]
    assert not columns[3:].any()
    assert lie.failures() == []


def test_every_word_looks_it_up() -> None:
    """The count of a frame is the number of its words."""
    for witness in witnesses():
        tables = {instance.chip.name: instance for instance in witness.instances}
        words = tables["stack_heap"]
        real = words.main[words.main[:, words.chip.index("is_real")] == 1]
        expected = np.bincount(real[:, words.chip.index(INVOCATION)] - 1, minlength=MINIMUM_HEIGHT)
        counts = tables["layout"].main[:, layout.CHIP.index("count")]
        assert counts.tolist() == expected.tolist()


def test_a_run_without_words_looks_nothing_up() -> None:
    lie = Forgery.of(run(asm("exit")))
    assert lie.row("layout")["count"] == 0
    assert lie.failures() == []


@pytest.mark.parametrize(("heap_words", "stack_gaps"), [(4096, 0), (2**15, 1), (0, 1), (0, 0)])
def test_another_memory_map_is_not_provided(heap_words: int, stack_gaps: int) -> None:
    """That of the padding and that of another frame are not provided either."""
    lie = Forgery.of(run(asm(STORES)), run(asm(STORES, 3)))
    row = lie.find("stack_heap", is_heap=1, invocation=1)
    row["heap_words"], row["stack_gaps"] = heap_words, stack_gaps
    assert "stack_heap: bus layout: query: the layout of the invocation" in lie.names()
