"""The preprocessed table of a program: the entry of each slot, and the words of the image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assurance.programs import FUNCTION_KEY, asm
from assurance.runs import table_of
from solproof.accesses.program import FamilyCode
from solproof.air.field import P
from solproof.circuit.memory import image

NAMES = [note.name for note in image.CHIP.preprocessed_columns]


def rows() -> list[dict[str, int]]:
    source = """
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
    program = asm(source)
    program = replace(program, image=program.text + b"\1\2\3")
    data = image.preprocessed(program, table_of(program))
    assert data.shape == (16, len(NAMES)) == (16, 32)
    return [slot for row in data.tolist() for slot in slots(dict(zip(NAMES, row, strict=True)))]


def slots(row: dict[str, int]) -> Iterator[dict[str, int]]:
    """The values of each slot of a row, with the slot's own number."""
    for part, parity in enumerate(image.PARITIES):
        mark = f"{parity}_"
        own = {name.removeprefix(mark): value for name, value in row.items() if name.startswith(mark)}
        yield own | {"row": image.SLOTS_PER_ROW * row["row"] + part}


def entry(row: dict[str, int]) -> tuple[int, ...]:
    immediate = sum(row[f"immediate_{limb}"] << 16 * limb for limb in range(4))
    return row["family"], row["destination"], row["source"], immediate, row["offset"], row["flags"]


def test_entries() -> None:
    table = rows()
    nothing = (0, 0, 0, 0, 0, 0)
    assert [entry(row) for row in table] == [
        (FamilyCode.MOVE, 3, 0, 0x1122_3344_5566_7788, 0, 2),
        nothing,  # the second slot of lddw
        (FamilyCode.ADD, 1, 0, 2**64 - 2, 0, 0),
        (FamilyCode.ARITHMETIC, 1, 0, 2**32 - 2, 0, 2 * (8 | 16)),
        (FamilyCode.JUMP, 1, 2, 0, P - 3, 1 + 2 * 4),
        (FamilyCode.CALL, 0, 0, 0, 9, 0x2000),
        (FamilyCode.SYSCALL, 0, 0, 0x2075_59BD, 0, 0),
        (FamilyCode.CALL_REGISTER, 0, 7, 0x1_0000_0000, 0, 0x2000),
        nothing,  # an unknown function
        (FamilyCode.LOAD, 4, 5, 0, P - 8, 4),
        (FamilyCode.STORE, 6, 0, 2**64 - 1, 2, 2),
        (FamilyCode.ARITHMETIC, 2, 0, 0, 0, 2 * 2),
        (FamilyCode.EXIT, 0, 0, 0, 0, 0),
        (FamilyCode.STACK_GAPS, 0, 0, 0, 0, 0),
        *[nothing] * 18,
    ]
    assert FUNCTION_KEY + 9 not in (0, 0x1234)


def test_words() -> None:
    table = rows()
    readable = [row for row in table if row["is_readable"]]
    assert [row["tag"] for row in readable] == [8] * 13 + [3]
    assert readable[-1]["word_0"] | readable[-1]["word_1"] << 16 == 0x030201
    assert [row["row"] for row in table] == list(range(32))
    assert all(row["tag"] == 0 for row in table[14:])
