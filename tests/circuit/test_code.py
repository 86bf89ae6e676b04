"""The table of executed slots: what each program has there, and what no frame may find there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assurance.programs import FUNCTION_KEY, asm
from assurance.runs import logs_of, run
from solproof.accesses.arrays import Integers
from solproof.accesses.program import FamilyCode
from solproof.accesses.public import PublicData, public_data
from solproof.air.bus import PROGRAM
from solproof.air.field import P
from solproof.backend.protocol import Columns
from solproof.circuit import code
from solproof.circuit.program_table import program_table
from solproof.program.program import Program
from solproof.program.syscall_names import SYSCALL_HASHES

SOURCE = """
    lddw r3, 0x1122334455667788
    add64 r1, -2
    add32 r1, -2
    jeq r1, r2, -3
    call here
    syscall sol_log_
    callx r7
    syscall 0x1234
here:
    ldxw r4, [r5-8]
    sth [r6+2], -1
    neg64 r2
    exit
"""
NOTHING = (0, 0, 0, 0, 0, 0)
FIRST = 2
"""The first column of an entry, after the invocation and the pc."""


def frame(program: Program, slots: Sequence[int], invocation: int = 1) -> PublicData:
    """The public data of a frame that lists these slots. The circuit reads nothing else of it here."""
    (log,) = logs_of(run(asm("exit", program.version)))
    listed = np.array(slots, np.int64)
    table = program_table(program, {SYSCALL_HASHES["sol_log_"]}, listed)
    return replace(public_data(log), invocation=invocation, slots=listed, program=table)


def entry(row: Sequence[int]) -> tuple[int, ...]:
    family, destination, source, *limbs, offset, flags = row[FIRST:]
    immediate = sum(limb << 16 * number for number, limb in enumerate(limbs))
    return family, destination, source, immediate, offset, flags


def test_entries() -> None:
    program = asm(SOURCE)
    assert program.slots == 13
    rows = code.columns([frame(program, range(13))]).tolist()
    assert len(rows) == 16
    assert [row[:FIRST] for row in rows] == [[1, pc] for pc in range(14)] + [[0, 0]] * 2
    assert [entry(row) for row in rows] == [
        (FamilyCode.MOVE, 3, 0, 0x1122_3344_5566_7788, 0, 2),
        NOTHING,  # the second slot of lddw
        (FamilyCode.ADD, 1, 0, 2**64 - 2, 0, 0),
        (FamilyCode.ARITHMETIC, 1, 0, 2**32 - 2, 0, 2 * (8 | 16)),
        (FamilyCode.JUMP, 1, 2, 0, P - 3, 1 + 2 * 4),
        (FamilyCode.CALL, 0, 0, 0, 9, 0x2000),
        (FamilyCode.SYSCALL, 0, 0, 0x2075_59BD, 0, 0),
        (FamilyCode.CALL_REGISTER, 0, 7, 0x1_0000_0000, 0, 0x2000),
        NOTHING,  # an unknown function
        (FamilyCode.LOAD, 4, 5, 0, P - 8, 4),
        (FamilyCode.STORE, 6, 0, 2**64 - 1, 2, 2),
        (FamilyCode.ARITHMETIC, 2, 0, 0, 0, 2 * 2),
        (FamilyCode.EXIT, 0, 0, 0, 0, 0),
        (FamilyCode.STACK_GAPS, 0, 0, 0, 0, 0),
        NOTHING,
        NOTHING,
    ]
    assert FUNCTION_KEY + 9 not in (0, 0x1234)


def test_only_listed_slots() -> None:
    """The program says what is at a listed slot. The slot after the last says that the stack has holes."""
    program = asm(SOURCE)
    rows = code.columns([frame(program, [2, 9])]).tolist()
    assert [row[:FIRST] for row in rows[:4]] == [[1, 2], [1, 9], [1, 13], [0, 0]]
    every = code.columns([frame(program, range(13))]).tolist()
    assert rows[:3] == [every[2], every[9], every[13]]


def test_frames_have_their_own_slots() -> None:
    """The frames are numbered, and only a frame of V0 has holes in its stack."""
    first, second = asm(SOURCE), asm("add64 r1, 5; exit", 3)
    rows = code.columns([frame(first, [2]), frame(second, [0, 1], 2), frame(first, [12], 3)])
    assert rows[:, :3].tolist()[:6] == [
        [1, 2, FamilyCode.ADD],
        [1, 13, FamilyCode.STACK_GAPS],
        [2, 0, FamilyCode.ADD],
        [2, 1, FamilyCode.EXIT],
        [3, 12, FamilyCode.EXIT],
        [3, 13, FamilyCode.STACK_GAPS],
    ]
    assert not rows[6:].any()


def test_entries_are_found() -> None:
    program = asm(SOURCE)
    rows = code.columns([frame(program, [2, 9]), frame(program, [0, 9, 12], 2)])
    listed = [(1, 2), (1, 9), (1, 13), (2, 0), (2, 9), (2, 12), (2, 13)]
    assert found(rows, listed).tolist() == list(range(7))


def test_an_entry_that_is_missing_is_not_found() -> None:
    """The number of another row stands for it, so the bus objects."""
    rows = code.columns([frame(asm(SOURCE), [2, 9])])
    for fetched in ((1, 0), (1, 3), (1, 12), (1, 14), (2, 2), (0, 0), (3, 2**31)):
        (number,) = found(rows, [fetched])
        assert 0 <= number < len(rows)
        assert rows[number, :FIRST].tolist() != list(fetched) or fetched == (0, 0)


def found(rows: Integers | Columns, fetched: Sequence[tuple[int, int]]) -> Integers:
    """The numbers of the entries for some invocations and slots."""
    fields = np.array(fetched, np.int64).T
    return code.entry_of(rows.astype(np.uint32), PROGRAM, [fields[0], fields[1]])
