"""Memory syscalls that do something else, and calls and blocks that do not belong together.

As in `test_lying_machine.py`, trace and memory follow from the lie, and so does the witness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from assurance import runs
from assurance.blocks import COMPARE, COPY, FIVE, FROM, TO, CallLie, cover, differing, put, told
from assurance.forgery import Row, evaluator_of, lying_witness
from assurance.history import rechain
from assurance.injection import tell, verifier_objection
from assurance.memory_calls import RESULT, Call, program
from assurance.places import HEAP, STACK
from assurance.program_builder import ProgramBuilder
from assurance.report import explain
from assurance.runs import PROGRAM_ID, run
from solproof.accesses import memory_calls
from solproof.accesses.memory_calls import NAMES
from solproof.air.bus import BLOCK
from solproof.air.field import inverses
from solproof.circuit.syscalls import memory_compare
from solproof.isa.integers import MASK64
from solproof.program.raw import RawFormat
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.budget import memory_operation_cost
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.syscalls import Syscall, SyscallContext, registry
from solproof.runtime.syscalls import memory as syscalls
from solproof.vm.trace import Run
from tests.support.conformance import assert_checked

Arguments = tuple[int, int, int, int, int]
Effect = Callable[[SyscallContext, Arguments], None]
"""What a syscall does to memory in addition to its work."""
SOURCE, DESTINATION = HEAP + 0x13, HEAP + 0x49
"""The heap is filled from 0 to 0x80. These addresses are bytes 3 and 1 of their words."""


def ending_with_loads(calls: Sequence[Call]) -> ProgramBuilder:
    """A program that makes calls and then loads all words that they may have changed, by mistake or not."""
    builder = ProgramBuilder()
    builder.constant(6, HEAP)
    for word in range(16):
        builder.constant(7, 0x1122_3344_5566_7788 * (2 * word + 3) & MASK64)
        builder.emit("ST_DW_REG", 6, 7, 8 * word)
    for name, arguments in calls:
        for register, value in enumerate(arguments, 1):
            builder.constant(register, value)
        builder.syscall(name)
    builder.emit("MOV64_REG", 9, 0)
    builder.constant(8, RESULT)
    for word in range(16):
        builder.emit("LD_DW_REG", 7, 6, 8 * word)
    for word in range(-1, 3):
        builder.emit("LD_DW_REG", 7, 8, 8 * word)
    builder.exit()
    return builder


def executed(calls: Sequence[Call]) -> Run:
    outcome = run(ending_with_loads(calls).build())
    assert outcome.fault is None, str(outcome.fault)
    return outcome


def objectors(outcome: Run) -> set[str]:
    """The chips that object to the witness of a run."""
    return {failure.chip for failure in lying_witness(outcome).failures()}


def believe(monkeypatch: pytest.MonkeyPatch, name: str, effect: Effect, *, result: int = 0) -> None:
    """Make a memory syscall do something else after its own work."""
    true = registry(MAINNET)
    key = SYSCALL_HASHES[name]

    def lying(context: SyscallContext, *arguments: int) -> int:
        first, second, third, fourth, fifth = arguments
        true[key].execute(context, first, second, third, fourth, fifth)
        effect(context, (first, second, third, fourth, fifth))
        return result

    monkeypatch.setattr(runs, "registry", lambda _: {**true, key: Syscall(name, lying)})


def flipped(position: Callable[[Arguments], int]) -> Effect:
    """Flip a bit of the byte at an address."""

    def effect(context: SyscallContext, arguments: Arguments) -> None:
        address = position(arguments)
        (byte,) = context.memory.read(address, 1)
        context.memory.write(address, bytes([byte ^ 0x10]))

    return effect


PLACES: dict[str, Callable[[Arguments], int]] = {
    "the first byte": lambda call: call[0],
    "a byte": lambda call: call[0] + call[2] // 2,
    "the last byte": lambda call: call[0] + call[2] - 1,
    "the byte before": lambda call: call[0] - 1,
    "the byte behind": lambda call: call[0] + call[2],
    "a byte of the word before": lambda call: (call[0] & -8) - 3,
    "a byte of the word behind": lambda call: call[0] + call[2] + 8,
    "a byte of r2": lambda call: call[1] % 2**16 % 0x40 + HEAP,
}
LENGTHS = (1, 2, 7, 8, 16, 19)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_", "sol_memset_", "sol_memcmp_"])
def test_another_byte(name: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte of the range, beside it, in its word or the next word, or in the other range."""
    for length in LENGTHS:
        calls: list[Call] = [(name, (DESTINATION, SOURCE, length, RESULT))]
        assert_checked(executed(calls))
        with monkeypatch.context() as patch:
            believe(patch, name, flipped(PLACES[place]))
            assert objectors(executed(calls)) != set(), length


def _one_too_many(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[0] + call[2], context.memory.read(call[1] + call[2], 1))


def _one_too_few(context: SyscallContext, call: Arguments) -> None:
    (byte,) = context.memory.read(call[0] + call[2] - 1, 1)
    context.memory.write(call[0] + call[2] - 1, bytes([byte ^ 0xFF]))


def _to_the_next_word(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[0] + 8, context.memory.read(call[0], call[2]))


def _from_the_next_word(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[0], context.memory.read(call[1] + 8, call[2]))


def _from_the_next_byte(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[0], context.memory.read(call[1] + 1, call[2]))


def _back(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[1], context.memory.read(call[0], call[2])[::-1])


def _reversed(context: SyscallContext, call: Arguments) -> None:
    context.memory.write(call[0], context.memory.read(call[0], call[2])[::-1])


COPIES = [_one_too_many, _one_too_few, _to_the_next_word, _from_the_next_word, _from_the_next_byte]


@pytest.mark.parametrize("effect", [*COPIES, _back, _reversed], ids=lambda effect: effect.__name__[1:])
@pytest.mark.parametrize("name", ["sol_memcpy_", "sol_memmove_"])
def test_another_copy(name: str, effect: Effect, monkeypatch: pytest.MonkeyPatch) -> None:
    for shift in (0, 2, 5, 7):
        for length in (4, 9, 18):
            calls: list[Call] = [(name, (DESTINATION, SOURCE + shift, length))]
            with monkeypatch.context() as patch:
                believe(patch, name, effect)
                assert objectors(executed(calls)) != set(), (shift, length)


@pytest.mark.parametrize("distance", [1, 3, 8, 9, 16])
def test_a_move_that_reads_what_it_has_written(distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The move copies one byte after the other, upwards, so the first bytes repeat."""
    length = 21
    calls: list[Call] = [("sol_memmove_", (SOURCE + distance, SOURCE, length))]
    true = executed(calls)
    assert_checked(true)
    before = next(iter(true.trace.events))
    found = b"".join(word.old.to_bytes(8, "little") for word in sorted(before.words, key=lambda w: w.index))
    source = found[SOURCE % 8 :][:length]

    def smear(context: SyscallContext, call: Arguments) -> None:
        context.memory.write(call[1], source)
        for byte in range(call[2]):
            context.memory.write(call[0] + byte, context.memory.read(call[1] + byte, 1))

    believe(monkeypatch, "sol_memmove_", smear)
    assert objectors(executed(calls)) != set()


def test_a_move_that_reads_at_the_time_of_its_writes() -> None:
    """The second word of the source is read after it was written. Every message has its counterpart."""
    lie = told(("sol_memset_", (TO, FIVE, 8)), ("sol_memmove_", (TO + 8, TO, 16)))
    first, second = lie.rows
    assert first["aligned_index"] == second["shifted_index"]
    now = 2 * lie.call["clk"]
    first["aligned_before"] = 0
    second["shifted_before"] = now + 1
    put(second, "shifted", [FIVE] * 8)
    words = [lie.lie.find("stack_heap", is_heap=1, index=TO % 2**32 // 8 + number) for number in (1, 2)]
    words[0]["time"] = now
    for limb in range(4):
        second[f"new_{limb}"] = words[1][f"last_{limb}"] = FIVE + 256 * FIVE
    assert lie.lie.names() == {
        "memory_copy: bus range16: query: the shifted word: after its previous access, at most 2^16 later"
    }, explain(lie.lie)


@pytest.mark.parametrize("length", [1, 9, 16])
def test_an_overlap_allowed(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls, "overlap", lambda *_: False)
    for distance in (1 - length, length - 1, 0):
        outcome = executed([("sol_memcpy_", (SOURCE + distance, SOURCE, length))])
        assert objectors(outcome) == {"memory_call"}


def _difference(change: Callable[[int], int]) -> Effect:
    def effect(context: SyscallContext, call: Arguments) -> None:
        found = int.from_bytes(context.memory.read(call[3], 4), "little", signed=True)
        context.memory.write(call[3], (change(found) % 2**32).to_bytes(4, "little"))

    return effect


def _last_difference(context: SyscallContext, call: Arguments) -> None:
    first, second = (context.memory.read(address, call[2]) for address in call[:2])
    differences = [one - other for one, other in zip(first, second, strict=True) if one != other]
    context.memory.write(call[3], (differences[-1] % 2**32).to_bytes(4, "little"))


def _elsewhere(distance: int) -> Effect:
    def effect(context: SyscallContext, call: Arguments) -> None:
        found = context.memory.read(call[3], 4)
        context.memory.write(call[3], bytes(4))
        context.memory.write(call[3] + distance, found)

    return effect


def _wide(context: SyscallContext, call: Arguments) -> None:
    found = int.from_bytes(context.memory.read(call[3], 4), "little", signed=True)
    context.memory.write(call[3], found.to_bytes(8, "little", signed=True))


DIFFERENCES: dict[str, Effect] = {
    "one more": _difference(lambda found: found + 1),
    "the other sign": _difference(lambda found: -found),
    "only a sign": _difference(lambda found: 1 if found > 0 else -1),
    "none": _difference(lambda found: 0),
    "not extended": _difference(lambda found: found % 2**16),
    "a byte": _difference(lambda found: found % 2**8),
    "the last one": _last_difference,
    "in the other half": _elsewhere(4),
    "in the next word": _elsewhere(8),
    "in the word before": _elsewhere(-8),
    "as 64 bits": _wide,
}


@pytest.mark.parametrize("lie", DIFFERENCES)
def test_another_difference(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lies about a result in memory whose true value is negative."""
    for length in (3, 8, 20):
        calls: list[Call] = [("sol_memcmp_", (SOURCE, DESTINATION, length, RESULT))]
        true = executed(calls)
        assert_checked(true)
        negative = next(word for word in true.trace.events[0].words if word.index == RESULT % 2**32 // 8)
        assert negative.new % 2**32 >> 31
        with monkeypatch.context() as patch:
            believe(patch, "sol_memcmp_", DIFFERENCES[lie])
            # All inverses are available, so that the row can be filled for any value.
            patch.setattr(memory_compare, "INVERSES", inverses(np.arange(2**16)))
            assert objectors(executed(calls)) != set(), length


@pytest.mark.parametrize("name", NAMES.values())
def test_another_result(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another value in r0."""
    believe(monkeypatch, name, lambda *_: None, result=1)
    outcome = executed([(name, (DESTINATION, SOURCE, 9, RESULT))])
    assert objectors(outcome) != set()


# COMPUTE UNITS


@pytest.mark.parametrize("length", [0, 249, 2499, 2500, 2749, 2750, 5000])
@pytest.mark.parametrize("other", [-10, -1, 1])
def test_another_cost(length: int, other: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (syscalls, memory_calls):
        monkeypatch.setattr(
            module, "memory_operation_cost", lambda length: memory_operation_cost(length) + other
        )
    outcome = run(program([("sol_memset_", (HEAP, 1, length))]))
    assert outcome.compute_units == outcome.instructions + memory_operation_cost(length) + other
    assert objectors(outcome) == {"memory_call"}


def test_units_that_are_not_those_of_the_calls() -> None:
    """The statement is the verifier's, and it knows the units of the claim."""
    builder = ending_with_loads([("sol_memset_", (HEAP, 1, 5000)), ("sol_log_compute_units_", ())])
    given = ExecutionInput(builder.code(), PROGRAM_ID, (), b"", Parameters(5000), RawFormat(0))
    true = tell(given)
    forgery = true.witness()
    assert forgery.names() == set(), explain(forgery)
    assert verifier_objection(true, forgery) == ""
    (public,) = forgery.public
    (event,) = public.events
    assert (public.memory_units, event.memory_units) == (20, 20)
    for units, before in ((10, 10), (10, 20), (30, 20), (20, 10), (20, 0)):
        events = (replace(event, memory_units=before),)
        forgery.public = (replace(public, memory_units=units, events=events),)
        assert verifier_objection(true, forgery) != ""


# CALLS AND BLOCKS


def block_objects(lie: CallLie) -> None:
    """Check that only the block bus objects."""
    names = lie.lie.names()
    assert names, explain(lie.lie)
    assert all(": bus block: " in name for name in names), names


def without_block(chip: str) -> CallLie:
    lie = differing(chip, 9, at=8).answer(0)
    for row in lie.rows:
        row.instance.main[row.row] = 0
    return lie


@pytest.mark.parametrize("chip", [COPY, COMPARE])
def test_a_call_without_a_block(chip: str) -> None:
    lie = without_block(chip)
    rechain(lie.lie)
    block_objects(lie)


def test_a_block_without_a_call() -> None:
    """The copy is repeated as it was, or with another time and place."""
    for changes in ({}, {"clk": 1}, {"clk": 1, "aligned_index": 3, "shifted_index": 5}):
        lie = differing(COPY, 8, at=9)
        ghost = lie.free(2)
        ghost.copy_from(lie.rows[0])
        for name, change in ({"clk": 1} | changes).items():
            ghost[name] = ghost[name] + change
        lie.settle()
        block_objects(lie)


@pytest.mark.parametrize("words", [15, 16, 17])
def test_a_block_cut_at_the_end_of_the_table(words: int) -> None:
    """A table of 16 rows is full. Its last row is followed by its first, whichever block is cut off."""
    lie = told(("sol_memset_", (TO, FIVE, 8 * words)))
    assert lie.lie.names() == set(), explain(lie.lie)
    (table,) = lie.lie.tables(COPY)
    cut = replace(table, main=table.main[:16].copy())
    lie.lie.instances = [cut if instance is table else instance for instance in lie.lie.instances]
    rechain(lie.lie)
    names = lie.lie.names()
    assert ("memory_copy: a row continues a call or is a first" in names) == (words > 16), explain(lie.lie)
    assert words > 16 or names == set(), explain(lie.lie)


@pytest.mark.parametrize("rows", [1, 8, 16])
@pytest.mark.parametrize("is_marked", [False, True], ids=["as it was", "as two blocks"])
def test_a_block_cut_between_two_tables(rows: int, is_marked: bool) -> None:
    """A prover may cut the rows of a chip into tables at any place, but a block has to lie in one table."""
    lie = told(("sol_memset_", (TO, FIVE, 8 * 20))).lie
    (table,) = lie.tables(COPY)
    # The first table is full, and its last row is followed by its first.
    cut = [
        replace(table, main=table.main[:rows].copy()),
        replace(table, main=np.roll(table.main, -rows, axis=0)),
    ]
    cut[1].main[-rows:] = 0
    if is_marked:
        Row(cut[0], rows - 1)["is_last"] = Row(cut[0], rows - 1)["is_end"] = 1
        Row(cut[1], 0)["is_first"] = 1
    lie.instances = [*(each for each in lie.instances if each is not table), *cut]
    rechain(lie)
    expected = "the end is where nothing is left" if is_marked else "a row continues a call or is a first"
    names = lie.names()
    assert f"memory_copy: {expected}" in names, explain(lie)
    assert any("bus block" in name for name in names) == is_marked, explain(lie)


def test_two_calls_exchange_their_blocks() -> None:
    lie = told(("sol_memset_", (TO, FIVE, 8)), ("sol_memset_", (TO, 6, 8)))
    first, second = Row(lie.rows[0].instance, 0), lie.rows[0]
    first["clk"], second["clk"] = second["clk"], first["clk"]
    put(first, "aligned", [6] * 8)
    put(second, "aligned", [0] * 8)
    lie.settle()
    block_objects(lie)
    assert lie.memory() != lie.truth


def _other_cells(**changes: int) -> Callable[[], CallLie]:
    """A copy of bytes 2 to 5 of a word, from one byte further on. Some cells of its row are changed."""

    def make() -> CallLie:
        lie = differing(COPY, 4, at=0, start=2, shift=1)
        for name, value in changes.items():
            lie.rows[0][name] = value
        if any(name.startswith("shifted") for name in changes):
            put(lie.rows[0], "shifted", [0] * 8)
        return lie

    return make


def _other_bytes(lost: int, left: int, *covered: int) -> Callable[[], CallLie]:
    def make() -> CallLie:
        lie = differing(COPY, 4, at=lost, start=2, shift=1)
        lie.rows[0]["left"] = left
        cover(lie.rows[0], *covered)
        return lie

    return make


def _another_clk() -> CallLie:
    lie = differing(COPY, 4, at=0)
    lie.rows[0]["clk"] = lie.rows[0]["clk"] + 1
    return lie


def _a_set() -> CallLie:
    """A call for a copy whose first row reads nothing. A set of zeros does it."""
    lie = differing(COPY, 2, at=0, start=5, shift=5).ends_at(0)
    lie.rows[0]["is_set"] = 1
    return lie


def _reads_nothing() -> CallLie:
    """The first word may then differ from the word in memory."""
    lie = differing(COPY, 12, at=0)
    lie.rows[0]["reads"] = lie.rows[0]["shifted_0"] = 0
    return lie


def _sets_another_byte() -> CallLie:
    lie = told(("sol_memset_", (TO, FIVE, 8)))
    put(lie.rows[0], "shifted", [6] * 8)
    return lie


def _another_frame() -> CallLie:
    """A frame makes the call, but the bytes of the frame before it are set."""
    lie = told(("sol_memset_", (TO, FIVE, 8)), before=[("sol_memset_", (TO + 64, FIVE, 8))])
    for row in lie.rows:
        row["invocation"] = 1
    return lie


FIELDS: dict[str, Callable[[], CallLie]] = {
    "invocation": _another_frame,
    "clk": _another_clk,
    "kind": _a_set,
    "aligned region": _other_cells(aligned_region=STACK >> 32),
    "aligned index": _other_cells(aligned_index=TO % 2**32 // 8 + 1),
    "start": _other_bytes(0, 6, 3, 4, 5),
    "left": _other_bytes(3, 5, 2, 3, 4),
    "shifted region": _other_cells(shifted_region=STACK >> 32),
    "shifted index": _other_cells(shifted_index=FROM % 2**32 // 8 + 1),
    "reads": _reads_nothing,
    "shift": _other_cells(shift_1=0, shift_2=1),
    "value": _sets_another_byte,
}


@pytest.mark.parametrize("field", BLOCK.fields)
def test_a_block_for_another_call(field: str) -> None:
    """The block differs from the call's request in one field of the message, and does something else."""
    lie = FIELDS[field]().settle()
    block_objects(lie)
    (receive,) = (each for each in lie.rows[0].instance.chip.interactions if each.bus is BLOCK)
    (send,) = (each for each in lie.call.instance.chip.interactions if each.bus is BLOCK)
    asked, done = (
        [int(evaluator_of(row.instance).column(part)[row.row]) for part in side.fields]
        for row, side in ((lie.call, send), (lie.rows[0], receive))
    )
    different = [name for name, one, other in zip(BLOCK.fields, asked, done, strict=True) if one != other]
    assert different == [field]
    assert lie.memory() != lie.truth or field == "clk"
