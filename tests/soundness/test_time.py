"""Every check that time passes between two accesses of a cell is needed. Without it, time may run backwards.

For each such check of each chip, the liar finds two successive accesses that leave their cell unchanged, and
exchanges them. Every message on the buses still has its counterpart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from assurance.corpus import witnesses
from assurance.forgery import Forgery, Row, evaluator_of, without
from assurance.necessity import ELAPSED
from assurance.places import HEAP, STACK
from assurance.programs import asm
from assurance.report import explain
from assurance.runs import run, witness_of
from solproof.air.bus import Role
from solproof.air.check import check
from solproof.circuit import boundary, code
from solproof.circuit.registry import CIRCUIT
from solproof.program.program import Program
from solproof.proving.witness import Instance, Witness
from solproof.vm.trace import FinalState

Message = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The message that a row takes from a bus and the one that it leaves: table, row, two interactions."""

    table: int
    row: int
    received: int
    sent: int


def idle() -> Program:
    """Instructions that change nothing, each three times, on registers, words and saved registers."""
    computing = """
        add64 r1, r2
        add32 r1, r2
        or64 r1, r2
        lsh64 r1, r5
        mul64 r1, r3
        div64 r1, r3
        le64 r1
        mov64 r1, r1
        jeq r1, r2, +0
    """
    accesses = [
        f"ldx{size} r6, [r4+{shift}]; stx{size} [r4+{shift}], r6; ldx{size} r6, [r4+{shift}]"
        for shift, size in ((0, "dw"), (0, "w"), (0, "b"), (3, "w"), (5, "dw"))
    ]
    source = [
        f"lddw r1, 5; lddw r2, 0; lddw r3, 1; lddw r4, {HEAP}; lddw r5, 64",
        *[computing] * 3,
        "lddw r6, 0",
        *accesses * 3,
        f"lddw r7, {STACK + 0xFF8}; lddw r9, f",
        *["call f; callx r9"] * 3,
        f"lddw r1, {HEAP}; lddw r2, {HEAP + 64}; lddw r3, 8; lddw r4, {HEAP + 128}; lddw r5, 0",
        *["syscall sol_memmove_"] * 3,
        *["syscall sol_memcmp_"] * 3,
        f"lddw r1, {HEAP}; lddw r2, 8",
        *["syscall sol_log_"] * 3,
        "exit; f: exit",
    ]
    return asm("\n".join(source))


def idle_by(version: int, *statements: str) -> Program:
    """Instructions of another version that do not change r1 = 0 when r2 is 1."""
    return asm("\n".join(["lddw r1, 0; lddw r2, 1", *statements * 3, "exit"]), version)


@cache
def corpus() -> tuple[Witness, ...]:
    programs = (idle(), idle_by(2, "uhmul64 r1, r2", "sdiv64 r1, r2"), idle_by(3, "jeq32 r1, r2, +0"))
    return (*witnesses(), *(witness_of(run(program)) for program in programs))


def checks() -> list[tuple[str, str]]:
    """Chip and name of every access whose time is checked."""
    return [
        (chip.name, interaction.name.removesuffix(ELAPSED))
        for chip in CIRCUIT.chips
        for interaction in chip.interactions
        if interaction.role is Role.QUERY and interaction.name.endswith(ELAPSED)
    ]


def pairs(instance: Instance) -> list[tuple[int, int]]:
    """The receives and sends of a chip that belong together. Each pair is one access."""
    names = [interaction.name for interaction in instance.chip.interactions]
    found = []
    for number, interaction in enumerate(instance.chip.interactions):
        if interaction.role is Role.RECEIVE and interaction.bus.name in ("register", "memory"):
            prefix = interaction.name.rpartition(":")[0]
            partner = [
                other
                for other in range(len(names))
                if instance.chip.interactions[other].role is Role.SEND
                and instance.chip.interactions[other].bus is interaction.bus
                and names[other].rpartition(":")[0] == prefix
            ]
            if len(partner) == 1 and prefix:
                found.append((number, partner[0]))
    return found


@cache
def accesses(witness: int) -> dict[tuple[str, Message], tuple[Access, Message]]:
    """For each bus and message that is taken: the access that takes it, and the message that it leaves."""
    found: dict[tuple[str, Message], tuple[Access, Message]] = {}
    for table, instance in enumerate(corpus()[witness].instances):
        values = evaluator_of(instance)
        for received, sent in pairs(instance):
            taken, left = (instance.chip.interactions[each] for each in (received, sent))
            active = np.flatnonzero(values.column(taken.multiplicity))[:3000]
            before = np.stack([values.column(part)[active] for part in taken.fields], axis=1)
            after = np.stack([values.column(part)[active] for part in left.fields], axis=1)
            for row, old, new in zip(active.tolist(), before.tolist(), after.tolist(), strict=True):
                found[taken.bus.name, tuple(old)] = Access(table, row, received, sent), tuple(new)
    return found


def exchanges(chip: str, name: str) -> Iterator[tuple[int, Access, Access, Access, tuple[int, int, int]]]:
    """The number of a witness, an access of the kind, the next two, and the time before each of the three."""
    for number in range(len(corpus())):
        known = accesses(number)
        for (bus, taken), (first, left) in known.items():
            instance = corpus()[number].instances[first.table]
            interaction = instance.chip.interactions[first.received]
            if instance.chip.name != chip or interaction.name.rpartition(":")[0] != name:
                continue
            if taken[:-1] != left[:-1] or (bus, left) not in known:
                continue
            second, then = known[bus, left]
            if then[:-1] == left[:-1] and (bus, then) in known:
                third, _ = known[bus, then]
                yield number, first, second, third, (taken[-1], left[-1], then[-1])


def set_before(lie: Forgery, access: Access, time: int) -> None:
    """Change the time of the previous access of the cell."""
    instance = lie.instances[access.table]
    part = instance.chip.interactions[access.received].fields[-1]
    kind, column = instance.chip.graph.nodes[part.node]  # type: ignore[misc]
    assert kind == "main"
    Row(instance, access.row)[instance.chip.main[column].name] = time


@pytest.mark.parametrize(("chip", "name"), checks())
def test_time_passes(chip: str, name: str) -> None:
    key = f"{chip}: {name}"
    found = next(exchanges(chip, name), None)
    if found is None:
        assert key in ELSEWHERE, "no idle access of this kind in the corpus"
        return
    assert key not in ELSEWHERE, "this check needs no special treatment any more"
    number, first, second, third, (start, middle, end) = found
    lie = Forgery(corpus()[number])
    # start -> first -> second -> third becomes start -> second -> first -> third
    set_before(lie, second, start)
    set_before(lie, first, end)
    set_before(lie, third, middle)
    assert lie.names() == {f"{chip}: bus range16: query: {name}{ELAPSED}"}, explain(lie)
    assert check(without(lie.instances, chip, interactions=[name + ELAPSED])) == []


# ACCESSES THAT ALWAYS CHANGE THEIR CELL


def two_calls(*, inside: bool) -> Forgery:
    """Two calls in a row. r10 is read in the function, or after the calls."""
    read = "mov64 r3, r10"
    if inside:
        return Forgery.of(run(asm(f"call f; call f; exit; f: {read}; exit")))
    return Forgery.of(run(asm(f"call f; call f; {read}; exit; f: exit")))


def only(lie: Forgery, chip: str, name: str) -> None:
    """Check that only this check of time objects, and that nothing objects without it."""
    assert lie.names() == {f"{chip}: bus range16: query: {name}{ELAPSED}"}, explain(lie)
    assert check(without(lie.instances, chip, interactions=[name + ELAPSED])) == []


def moment(clk: int) -> int:
    """The time at which an instruction accesses its destination."""
    return 2 * clk + 1


def test_open_call_at_the_call() -> None:
    """The second call and its return come first in the history of the frame register."""
    lie = two_calls(inside=False)
    first, second, end = lie.row("call", 0), lie.row("call", 1), lie.row("registers", 11)
    second["frame_before"] = first["frame_before"]
    first["frame_before"] = moment(second["exit_clk"])
    end["time"] = moment(first["exit_clk"])
    only(lie, "call", "the open call")


def test_r10_at_the_call() -> None:
    """A function that sees its caller's r10."""
    lie = two_calls(inside=True)
    call, read, end = lie.row("call", 1), lie.row("move", 1), lie.row("registers", 3)
    caller = call.word("r10")
    read.set_word("b", caller)
    read["b_before"], call["r10_before"] = call["r10_before"], 2 * read["clk"]
    call["exit_r10_before"] = moment(call["clk"])
    end.claim_word("last", caller)
    only(lie, "call", "r10")


def test_r10_at_the_exit() -> None:
    """A caller that sees its function's r10."""
    lie = two_calls(inside=False)
    call, read, end = lie.row("call", 1), lie.row("move"), lie.row("registers", 3)
    callee = call.word("r10") + 0x2000
    read.set_word("b", callee)
    read["b_before"], call["exit_r10_before"] = moment(call["clk"]), 2 * read["clk"]
    lie.row("registers", 10)["time"] = moment(call["exit_clk"])
    end.claim_word("last", callee)
    only(lie, "call", "r10 at the exit")


def test_open_call_at_the_exit() -> None:
    """The program's own exit is taken for the return of a later call, so the run continues after it."""
    source = """
        mov64 r0, 7
        exit
    never:
        call f
        mov64 r0, 8
        ja never
    f:
        exit
    """
    honest = witness_of(run(asm(source)))
    (frame,) = honest.public
    assert (frame.final.clk, frame.final.registers[0]) == (2, 7)
    lie = Forgery(honest)
    chips = {chip.name: chip for chip in CIRCUIT.chips}
    for name in ("call", "jump_always"):
        lie.instances.append(Instance(chips[name], np.zeros((16, chips[name].width), np.uint32)))
    # mov at 1, the exit at 2, mov at 3, ja at 4, call at 5, and at 6 the exit of f, which ends the run.
    second = lie.row("move", 1)
    second.copy_from(lie.row("move", 0))
    second["clk"], second["pc"], second["b_0"] = 3, 3, 8
    second["a_0"], second["a_before"] = 7, moment(1)
    jump = lie.row("jump_always")
    jump["invocation"], jump["is_real"] = 1, 1
    jump["clk"], jump["pc"], jump["offset"] = 4, 4, -3
    call = lie.row("call")
    cells = {"invocation": 1, "is_real": 1, "clk": 5, "pc": 2, "target": 5, "returns": 1}
    cells |= {"exit_clk": 2, "exit_pc": 1}
    # r6 to r10 are accessed in their true order: first by the exit, then by the call.
    cells |= {f"r{register}_before": moment(2) for register in (6, 7, 8, 9, 10)}
    cells |= {"r10_0": 0x1000, "r10_2": 2, "exit_r10_0": 0x1000, "exit_r10_2": 2, "stride": 0x2000}
    # Only the frame register is not. The exit finds the open call before that call is made.
    cells |= {"frame_before": 0, "exit_frame_before": moment(5)}
    for name, value in cells.items():
        call[name] = value
    initial = frame.registers
    final = FinalState(clk=6, pc=5, registers=(8, *initial[1:10], initial[10] + 0x2000), open_call=0, depth=0)
    slots = np.arange(frame.program.code.size)
    data = [replace(frame, entry=0, final=final, slots=slots, memory_units=0)]
    lie.state("execution", boundary.public_execution(data))
    lie.state("registers", boundary.public_registers(data))
    lie.state("code", code.columns(data))
    lie.row("registers", 0)["time"], lie.row("registers", 11)["time"] = moment(3), moment(2)
    for register in (6, 7, 8, 9, 10):
        lie.row("registers", register)["time"] = moment(5)
    only(lie, "call", "the open call at the exit")


def test_units_of_a_memory_call() -> None:
    """The second of two calls is charged before the first. The log between them finds the units of both."""
    calls = "syscall sol_memset_; syscall sol_log_compute_units_; syscall sol_memset_"
    lie = Forgery.of(run(asm(f"lddw r3, 0; {calls}; exit")))
    first, second = lie.row("memory_call", 0), lie.row("memory_call", 1)
    log, end = lie.row("syscall"), lie.row("registers", 12)
    second["units"], second["units_before"] = 0, 0
    first["units"], first["units_before"] = 10, moment(second["clk"])
    assert log["memory_units"] == 10
    log.claim("memory_units", 20)
    end["time"] = moment(log["clk"])
    only(lie, "memory_call", "the units")


ELSEWHERE = {
    "memory_call: the units": "test_units_of_a_memory_call",
    "call: the open call": "test_open_call_at_the_call",
    "call: the open call at the exit": "test_open_call_at_the_exit",
}
"""Checks whose accesses always change their cell, and the test that shows each to be needed."""


def test_the_list_is_true() -> None:
    assert set(ELSEWHERE) <= {f"{chip}: {name}" for chip, name in checks()}
    assert all(name in globals() for name in ELSEWHERE.values())
