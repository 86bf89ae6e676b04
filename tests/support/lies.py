"""Witnesses to lie about, and changes that many lies need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assurance.forgery import Forgery, Row, lying_witness
from assurance.places import INPUT
from assurance.programs import asm
from assurance.runs import run, table_of
from assurance.shown import CHIPS
from solproof.circuit import code
from solproof.program.program import Program
from solproof.proving.witness import Instance
from solproof.vm.memory import Layout
from solproof.vm.recorded_memory import RecordedMemory


def program(*source: str, version: int = 0) -> Program:
    """The program of some statements, followed by an `exit`."""
    return asm("\n".join([*source, "exit"]), version)


def honest(*source: str, version: int = 0, input_region: bytes = b"") -> Forgery:
    """The witness of a program's run."""
    return Forgery.of(run(program(*source, version=version), input_region))


def ends_with(lie: Forgery, register: int, limbs: dict[int, int]) -> None:
    """Change limbs of the value that a register holds at the end."""
    row = lie.row("registers", register)
    for limb, value in limbs.items():
        row.claim(f"last_{limb}", value)


def memory_map(lie: Forgery) -> dict[str, int]:
    """The cells of the first frame and its memory map, in every row of its words of stack and heap."""
    layout = lie.row("layout")
    return {name: layout[name] for name in ("invocation", "heap_words", "stack_gaps")}


def set_constant(lie: Forgery, register: int, value: int) -> None:
    """Set another constant in the lddw of a register: in the program, its row, and the end of the run."""
    row = lie.find("move", is_wide=1, a_index=register)
    row.set_word("b", value)
    lie.row("registers", register).claim_word("last", value)
    lie.find("code", pc=row["pc"], invocation=row["invocation"]).claim_word("immediate", value)


def padding_of(lie: Forgery, chip: str) -> Row:
    """A row of padding in an additional table of a chip. It belongs to the first frame."""
    lie.instances.append(Instance(CHIPS[chip], np.zeros((16, CHIPS[chip].width), np.uint32)))
    row = Row(lie.instances[-1], 0)
    row["invocation"] = 1
    return row


def beyond(access: str, place: int) -> Forgery:
    """An access past the end of an input of 13 bytes, by a machine that does not check addresses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layout, "locate", lambda *_, **__: (4, place))
        original = RecordedMemory.__init__

        def with_room(self: RecordedMemory, *arguments: object) -> None:
            original(self, *arguments)  # type: ignore[arg-type]
            self.data[4].extend(bytes(64))

        patch.setattr(RecordedMemory, "__init__", with_room)
        outcome = run(program(f"lddw r1, {INPUT + place}", access), bytes(13))
    assert outcome.fault is None
    return lying_witness(outcome)


def in_another_program(lie: Forgery, other: Program) -> None:
    """Let the statement be about another program. It lists all slots of that program."""
    (frame,) = lie.public
    slots = np.arange(other.slots)
    lie.state("code", code.columns([replace(frame, slots=slots, program=table_of(other))]))


def forget(lie: Forgery, first: Row, second: Row) -> None:
    """Use two rows for one word. The store goes to the first, and the load finds the zero of the second."""
    store, load = lie.row("store"), lie.row("load")
    second.copy_from(first)
    first["continues"] = 1
    first["time"], second["time"] = 2 * store["clk"], 2 * load["clk"]
    second.set_word("last", 0)
    load["memory_before"] = 0
    load.set_word("value", 0)
    lie.row("registers", 2).claim_word("last", 0)
