"""The public table of the memory map, and the words of stack and heap that look it up."""

from __future__ import annotations

import numpy as np
import pytest

from assurance.corpus import witnesses
from assurance.forgery import Forgery
from assurance.places import HEAP, STACK
from assurance.programs import asm
from assurance.runs import run
from solproof.accesses.table import MINIMUM_HEIGHT
from solproof.air.check import check
from solproof.circuit.memory import layout

STORES = f"lddw r1, {STACK + 8}; stdw [r1], 5; lddw r1, {HEAP}; stdw [r1], 6; exit"


@pytest.mark.parametrize("version", [0, 3])
def test_the_statement_has_one_row(version: int) -> None:
    lie = Forgery.of(run(asm(STORES, version)))
    columns = layout.public(lie.public)
    assert columns.shape == (MINIMUM_HEIGHT, 3)
    assert columns[0].tolist() == [1, 4096, int(version == 0)]
    assert not columns[1:].any()


def test_every_word_looks_it_up() -> None:
    """The count is the number of words, in the one row that is real."""
    for witness in witnesses():
        tables = {instance.chip.name: instance for instance in witness.instances}
        words = tables["stack_heap"]
        real = words.main[:, words.chip.index("is_real")] == 1
        counts = tables["layout"].main[:, layout.CHIP.index("count")]
        assert counts.tolist() == [np.count_nonzero(real), *[0] * (MINIMUM_HEIGHT - 1)]


def test_a_run_without_words_looks_nothing_up() -> None:
    lie = Forgery.of(run(asm("exit")))
    assert lie.row("layout")["count"] == 0
    assert lie.failures() == []


@pytest.mark.parametrize(("heap_words", "stack_gaps"), [(4096, 0), (2**15, 1), (0, 1)])
def test_another_memory_map_is_not_provided(heap_words: int, stack_gaps: int) -> None:
    lie = Forgery.of(run(asm(STORES)))
    row = lie.find("stack_heap", is_heap=1)
    row["heap_words"], row["stack_gaps"] = heap_words, stack_gaps
    assert "stack_heap: bus layout: query: the memory map" in lie.names()


def test_padding_provides_nothing() -> None:
    """The padding of the public table is the map of an empty heap and a stack without holes."""
    lie = Forgery.of(run(asm(STORES)))
    lie.find("stack_heap", is_heap=0)["heap_words"] = 0
    lie.find("stack_heap", heap_words=0)["stack_gaps"] = 0
    assert lie.names() == {"layout: padding provides nothing"}


def test_padding_is_not_what_the_prover_says() -> None:
    """A second real row in the table is not in the statement."""
    lie = Forgery.of(run(asm(STORES)))
    lie.row("layout", 1)["is_real"] = 1
    assert {f"{each.chip}: {each.name}" for each in check(lie.instances)} == {
        "layout: is_real is the statement's"
    }
