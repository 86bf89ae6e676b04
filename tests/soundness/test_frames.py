"""Frames of one proof do not meet: no row of one frame can use anything of another.

Each lie is about two frames. The checker objects to it, and the engine's verifier rejects a proof of it.
Without the invocation in the messages of one bus, nothing would object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assurance.forgery import Forgery, Row, unscoped
from assurance.places import HEAP, STACK
from assurance.programs import asm
from assurance.report import explain
from assurance.runs import run
from solproof._native import prover
from solproof.air.bus import ALL_BUSES, BLOCK, INVOCATION, LAYOUT, MEMORY, PROGRAM, REGISTER, STATE, Bus
from solproof.air.check import check
from solproof.circuit import code
from solproof.circuit.registry import CIRCUIT
from solproof.vm.trace import Run
from tests.support import engine_proof


def frames(*runs: Run) -> Forgery:
    """The witness of some frames, which is checked before it is changed."""
    lie = Forgery.of(*runs)
    assert lie.failures() == [], explain(lie)
    return lie


def twice(source: str, version: int = 0) -> Forgery:
    """The same program in two frames. The first finds a 5 in its input, and the second a 7."""
    program = asm(source, version)
    return frames(run(program, bytes([5])), run(program, bytes([7])))


def both(lie: Forgery, chip: str, **cells: int) -> tuple[Row, Row]:
    """The first row of a chip in each frame that has these cells."""
    return lie.find(chip, invocation=1, **cells), lie.find(chip, invocation=2, **cells)


def exchange_words(rows: tuple[Row, Row], name: str) -> None:
    """Exchange a public word of two rows."""
    words = [row.word(name) for row in rows]
    for row, word in zip(rows, reversed(words), strict=True):
        row.claim_word(name, word)


def exchange(rows: tuple[Row, Row], *names: str) -> None:
    """Exchange cells of two rows that are not public."""
    for name in names:
        rows[0][name], rows[1][name] = rows[1][name], rows[0][name]


LAST = [f"last_{limb}" for limb in range(4)]


# LIES ABOUT TWO FRAMES


def instructions() -> Forgery:
    """Each frame executes the program of the other."""
    lie = frames(run(asm("mov64 r0, 5; exit")), run(asm("mov64 r0, 7; exit")))
    exchange_words(both(lie, "code", pc=0), "immediate")
    return lie


def text() -> Forgery:
    """A frame calls a function that only the other frame's program has."""
    program = asm("lddw r1, f; callx r1; exit; f: mov64 r0, 1; exit")
    lie = frames(run(program), run(program))
    first, second = lie.public
    lie.state("code", code.columns([replace(first, slots=first.slots[first.slots < 4]), second]))
    return lie


def holes() -> Forgery:
    """A store in a V3 frame skips a hole of the stack, as if its program were one of V0."""
    source = f"lddw r1, {STACK + 0xFFC}; stdw [r1], -1; exit"
    lie = frames(run(asm(source)), run(asm(source, 3)))
    old, new = both(lie, "store_unaligned")
    new["skips_hole"], new["gaps_row"] = 1, old["gaps_row"]
    lie.find("stack_heap", invocation=2, index=511)["gap"] = 1024 - 511 - 1
    word = lie.find("stack_heap", invocation=2, index=512)
    word["index"], word["frame"] = 1024, 2
    return lie


def path() -> Forgery:
    """Each frame goes on where the other frame's jump leads."""
    lie = twice("ldxb r1, [r1]; jeq r1, 5, five; mov64 r0, 1; exit; five: mov64 r0, 2; exit")
    everything = [replace(frame, slots=np.arange(len(frame.program.code))) for frame in lie.public]
    lie.state("code", code.columns(everything))
    moves = (lie.find("move", invocation=1), lie.find("move", invocation=2))
    exchange(moves, "invocation")
    exchange_words(both(lie, "registers", index=0), "last")
    ends = both(lie, "execution")
    places = [row["pc"] for row in ends]
    assert places[0] != places[1]
    for row, place in zip(ends, reversed(places), strict=True):
        row.claim("pc", place)
    return lie


def results() -> Forgery:
    """Each frame ends with the register of the other."""
    lie = twice("ldxb r0, [r1]; exit")
    exchange_words(both(lie, "registers", index=0), "last")
    return lie


def inputs() -> Forgery:
    """Each frame loads from the input of the other."""
    lie = twice("ldxb r0, [r1]; exit")
    for name in ("first", "last"):
        exchange_words(both(lie, "input"), name)
    return lie


def stacks() -> Forgery:
    """Each frame loads what the other has stored on its stack."""
    lie = twice("ldxb r2, [r1]; stxb [r10-8], r2; ldxdw r0, [r10-8]; exit")
    stored = both(lie, "load")
    exchange(stored, *(f"value_{limb}" for limb in range(4)))
    exchange(both(lie, "stack_heap"), *LAST)
    exchange_words(both(lie, "registers", index=0), "last")
    return lie


def memory_maps() -> Forgery:
    """Each frame has the memory map of the other."""
    source = f"lddw r1, {STACK + 8}; stdw [r1], 5; lddw r1, {HEAP}; stdw [r1], 6; exit"
    lie = frames(run(asm(source)), run(asm(source, 3), heap_size=64 * 1024))
    first, second = both(lie, "layout")
    for name in ("heap_words", "stack_gaps"):
        cells = first[name], second[name]
        assert cells[0] != cells[1]
        first.claim(name, cells[1])
        second.claim(name, cells[0])
    return lie


def blocks() -> Forgery:
    """Each frame's call sets the bytes of the other frame's memory."""
    lie = twice(f"ldxb r2, [r1]; lddw r1, {HEAP}; mov64 r3, 8; syscall sol_memset_; exit")
    exchange(both(lie, "memory_copy"), "invocation")
    exchange(both(lie, "stack_heap"), *LAST)
    return lie


LIES: list[tuple[Bus, Callable[[], Forgery]]] = [
    (PROGRAM, instructions),
    (PROGRAM, text),
    (PROGRAM, holes),
    (STATE, path),
    (REGISTER, results),
    (MEMORY, inputs),
    (MEMORY, stacks),
    (LAYOUT, memory_maps),
    (BLOCK, blocks),
]
CASES = [pytest.param(bus, lie, id=f"{bus.name}, {lie.__name__}") for bus, lie in LIES]


def test_every_scoped_bus_has_a_lie() -> None:
    assert {bus for bus, _ in LIES} == {bus for bus in ALL_BUSES if bus.is_scoped}


@pytest.mark.parametrize(("bus", "tell"), CASES)
def test_only_the_invocation_objects(bus: Bus, tell: Callable[[], Forgery]) -> None:
    lie = tell()
    names = lie.names()
    assert names, explain(lie)
    assert all(f": bus {bus.name}: " in name for name in names), explain(lie)
    assert check(unscoped(lie.instances, bus)) == []


@pytest.mark.parametrize(("bus", "tell"), CASES)
def test_the_engine_rejects_it(bus: Bus, tell: Callable[[], Forgery]) -> None:
    lie = tell()
    lie.count_lookups()
    with pytest.raises(prover.EngineRejected):
        engine_proof.verify(lie.instances, engine_proof.prove(lie.instances))


def test_the_engine_accepts_two_true_frames() -> None:
    lie = twice(f"ldxb r2, [r1]; lddw r1, {HEAP}; mov64 r3, 8; syscall sol_memset_; exit")
    engine_proof.verify(lie.instances, engine_proof.prove(lie.instances))


# MORE THAN THE STATEMENT SAYS


@pytest.mark.parametrize("number", [0, 3])
def test_a_frame_that_the_statement_lacks(number: int) -> None:
    """Its rows find neither a start nor an instruction, whatever number they have."""
    outcome = run(asm(f"lddw r1, {HEAP}; stdw [r1], 5; exit"))
    lie = frames(outcome, outcome, outcome)
    for public in CIRCUIT.public_inputs(lie.public[:2]):
        lie.state(CIRCUIT.chips[public.chip].name, public.columns)
    for instance in lie.instances:
        if instance.public is None and instance.chip.invocation is not None:
            cells = instance.main[:, instance.chip.index(INVOCATION)]
            cells[cells == 3] = number
    buses = {name.split(": bus ")[1].split(":")[0] for name in lie.names() if ": bus " in name}
    assert buses == {"program", "state", "register", "layout"}, explain(lie)


def test_a_word_of_no_frame_is_of_no_use() -> None:
    """The padding of `layout` belongs to invocation 0. A word of its stack may exist, but nothing uses it."""
    lie = frames(run(asm("stdw [r10-8], 5; exit")))
    table = lie.tables("stack_heap")[0]
    table.main[1] = table.main[0]
    word = lie.row("stack_heap", 0)
    for note in word.instance.chip.main:
        word[note.name] = int(note.name == "is_real")
    assert lie.names() == set(), explain(lie)
    lie.row("store")["invocation"] = 0
    assert "store: bus program: query: the instruction at pc" in lie.names(), explain(lie)


def test_slots_that_are_omitted_or_doubled() -> None:
    """An instruction that is not listed cannot be fetched. One that is listed twice is still the same."""
    lie = twice("ldxb r0, [r1]; add64 r0, 1; exit")
    first, second = lie.public
    lie.state("code", code.columns([replace(first, slots=np.array([0, 0, 1, 1])), second]))
    assert lie.names() == set(), explain(lie)
    lie.state("code", code.columns([replace(first, slots=np.array([0])), second]))
    assert lie.names() == {"add: bus program: query: the instruction at pc"}, explain(lie)


def test_stack_and_heap_have_one_table() -> None:
    """A second table could list a word again."""
    lie = twice("stdw [r10-8], 5; exit")
    (table,) = lie.tables("stack_heap")
    position = lie.instances.index(table)
    with pytest.raises(prover.EngineError, match="2 tables, expected exactly one"):
        engine_proof.prove([*lie.instances[:position], table, *lie.instances[position:]])
