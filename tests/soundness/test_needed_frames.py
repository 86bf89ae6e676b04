"""Rules that keep frames apart: for each, a lie about two frames that only this rule notices."""

from __future__ import annotations

import pytest

from assurance.blocks import BYTES
from assurance.forgery import Forgery, Row
from assurance.places import HEAP, STACK
from assurance.programs import asm
from assurance.report import explain
from assurance.runs import run
from assurance.shown import needed, shows
from tests.support.lies import forget, set_constant

# STACK AND HEAP

RISE = "words and invocations rise"
STAYS = "a row that continues stays in its invocation"
NEXT = "gap is the distance to the next invocation, less one"


def stores(*addresses: int) -> Forgery:
    """A witness with a frame for each address. The frame stores a 5 there and loads it."""
    runs = [run(asm(f"lddw r1, {address}; stdw [r1], 5; ldxdw r2, [r1]; exit")) for address in addresses]
    lie = Forgery.of(*runs)
    assert lie.failures() == [], explain(lie)
    return lie


@shows(("stack_heap", STAYS), ("stack_heap", RISE))
@pytest.mark.parametrize("rule", [STAYS, RISE])
def test_a_word_twice_with_another_frame_between(rule: str) -> None:
    """The table has a word of the first frame, the word of the second, and the first word again."""
    lie = stores(STACK + 16, STACK + 8)
    first, other, again = (lie.row("stack_heap", number) for number in range(3))
    forget(lie, first, again)
    first["continues"] = again["continues"] = 0
    if rule == STAYS:
        other["continues"], other["gap"] = 1, again["index"] - other["index"] - 1
    else:
        other["gap"] = first["invocation"] - other["invocation"] - 1
    needed(lie, "stack_heap", rule)


@shows(("stack_heap", NEXT))
def test_a_word_twice_that_does_not_continue() -> None:
    lie = stores(STACK + 16)
    first, again = (lie.row("stack_heap", number) for number in range(2))
    forget(lie, first, again)
    first["continues"] = 0
    needed(lie, "stack_heap", NEXT)


@shows(("stack_heap", "the layout of the invocation"))
def test_a_word_past_the_heap_that_is_in_the_heap_of_the_other_frame() -> None:
    program = asm(f"lddw r1, {HEAP + 32 * 1024 - 8}; ldxdw r2, [r1]; exit")
    lie = Forgery.of(run(program), run(program, heap_size=64 * 1024))
    set_constant(lie, 1, HEAP + 32 * 1024)
    load, word = lie.row("load"), lie.row("stack_heap")
    load.set_word("base", HEAP + 32 * 1024)
    load["eighth"] = word["index"] = 4096
    word["frame"], word["heap_words"] = 8, 8192
    needed(lie, "stack_heap", "the layout of the invocation")


# BLOCKS

SAME = "the invocation is the same in all rows of a call"
CALLS = {
    "memory_copy": f"ldxb r2, [r1]; lddw r1, {HEAP}; mov64 r3, 16; syscall sol_memset_; exit",
    "memory_compare": f"""
        ldxb r6, [r1]
        lddw r1, {HEAP}
        lddw r2, {HEAP + 64}
        stxb [r1+8], r6
        stxb [r2+8], r6
        mov64 r3, 16
        lddw r4, {HEAP + 128}
        syscall sol_memcmp_
        exit
    """,
}


@shows(*((chip, SAME) for chip in CALLS))
@pytest.mark.parametrize("chip", CALLS)
def test_a_block_that_goes_on_in_the_other_frame(chip: str) -> None:
    """The second row of each frame's call is in the other frame. The calls are made at the same clk."""
    program = asm(CALLS[chip])
    lie = Forgery.of(run(program, bytes([5])), run(program, bytes([7])))
    assert lie.failures() == [], explain(lie)
    rows = [lie.row(chip, number) for number in range(4)]
    assert [row["invocation"] for row in rows] == [1, 1, 2, 2]
    main = rows[0].instance.main
    main[[1, 3]] = main[[3, 1]]
    if chip == "memory_copy":
        # Each call sets its own byte. So the bytes of the second words are exchanged.
        for byte in BYTES:
            exchange(rows[1], rows[3], f"shifted_{byte}")
        words = [lie.find("stack_heap", invocation=number, index=1) for number in (1, 2)]
        for limb in range(4):
            exchange(rows[1], rows[3], f"new_{limb}")
            exchange(words[0], words[1], f"last_{limb}")
    needed(lie, chip, SAME)


def exchange(first: Row, second: Row, column: str) -> None:
    """Exchange a cell of two rows."""
    first[column], second[column] = second[column], first[column]
