"""Like `test_needed.py`, for rows that count a message a negative number of times, or a fraction of a time.

The lookups of such a row need not be in the table if other rows make them as often with the opposite sign. An
access at the time of the previous access takes the message that it leaves, so the cell need not exist. Only
the lookup of the time between, which is -1, is then false.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assurance.forgery import Forgery, Row
from assurance.places import HEAP, INPUT
from assurance.shown import needed, shows
from solproof.air.field import P
from tests.support.lies import (
    beyond,
    ends_with,
    honest,
    in_another_program,
    memory_map,
    padding_of,
    program,
)

# ROWS


def a_row_and_its_opposite(lie: Forgery, chip: str, cells: dict[str, int]) -> tuple[Row, Row]:
    """Two rows of padding with the same cells. The second counts -1, so only later changes are noticed."""
    table = lie.tables(chip)[-1]
    rows = [Row(table, len(table.main) - number) for number in (2, 1)]
    assert all(row["is_real"] == 0 for row in rows)
    for row, count in zip(rows, (1, -1), strict=True):
        for name, value in {"invocation": 1, **cells, "is_real": count}.items():
            row[name] = value
    return rows[0], rows[1]


ANYTHING: dict[str, tuple[str, dict[str, int]]] = {
    "arithmetic": ("add32 r3, 1", {"c_0": 7}),
    "endian": ("be64 r3", {"a_0_low": 7}),
    "jump": ("jeq r3, 1, +0", {"b_0": 7}),
}
"""Instructions, and the other cells of a row with a = 7 and without flags."""


@shows(*((chip, "is_real is 0 or 1") for chip in ANYTHING))
@pytest.mark.parametrize("chip", ANYTHING)
def test_an_instruction_of_no_program(chip: str) -> None:
    """A row takes r1 = 7 after a move has read it. Its opposite puts it back for the move to read."""
    instruction, cells = ANYTHING[chip]
    lie = honest("lddw r1, 5; mov64 r2, r1", instruction)
    read, end = lie.row("move", 1), lie.row("registers", 1)
    assert (read["b_before"], end["time"]) == (3, 4)
    later, earlier = a_row_and_its_opposite(lie, chip, {"a_index": 1, "a_0": 7, "clk": 5, **cells})
    later["a_before"], earlier["a_before"] = 4, 2
    end["time"] = 3
    read["b_before"], read["b_0"] = 2, 7
    ends_with(lie, 2, {0: 7})
    needed(lie, chip, "is_real is 0 or 1")


@shows(("stack_heap", "is_real is 0 or 1"))
def test_a_zero_of_the_input_twice() -> None:
    """Region 2 + 2 is the input. A load takes one of the two words, and a refresh takes the other."""
    lie = honest(f"lddw r1, {INPUT + 8}; ldxdw r2, [r1]", input_region=bytes(range(16)))
    load, row = lie.row("load"), lie.row("stack_heap", 0)
    load.set_word("value", 0)
    lie.row("registers", 2).claim_word("last", 0)
    lie.row("input", 0)["time"] = 0
    now, refreshes = 2 * load["clk"], padding_of(lie, "memory_refresh")
    for name, value in {**memory_map(lie), "is_real": 2, "index": 1, "time": now}.items():
        row[name] = value
    cells = {"region": 4, "index": 1, "tag": 24, "now": now, "now_low": now, "gap_low": now - 1}
    for name, value in {**cells, "is_real": 1}.items():
        refreshes[name] = value
    needed(lie, "stack_heap", "is_real is 0 or 1")


# REGISTERS

STORES: dict[str, Sequence[tuple[str, str]]] = {
    "store": [
        ("sth [r3], 11", "stdw [r3], 8"),
        ("sth [r3+8], 11", "stdw [r3+8], 8"),
        ("stxw [r3+16], r4", "stdw [r3+16], 0"),
    ],
    "store_narrow": [
        ("stb [r3], 17", "sth [r3], 16"),
        ("sth [r3+8], 15", "stb [r3+8], 16"),
    ],
    "store_unaligned": [
        ("sth [r3+1], 9", "stw [r3+1], 8"),
        ("stw [r3+9], 7", "sth [r3+9], 8"),
    ],
}
"""The written instructions and the executed ones. The sizes differ by 16 times a fraction."""
FLAGS = {"b": 1, "h": 2, "w": 4, "dw": 8}


def flags(instruction: str) -> int:
    """The flags field of a store."""
    size = instruction.partition(" ")[0].removeprefix("st")
    return FLAGS[size.removeprefix("x")] + 16 * size.startswith("x")


@shows(*((chip, "is_register is 0 or 1") for chip in STORES))
@pytest.mark.parametrize("chip", STORES)
def test_stores_of_other_sizes(chip: str) -> None:
    """The fractions of all rows add up to 0."""
    setup = f"lddw r3, {HEAP + 64}"
    lie = honest(setup, *(executed for _, executed in STORES[chip]))
    in_another_program(lie, program(setup, *(written for written, _ in STORES[chip])))
    for number, (written, executed) in enumerate(STORES[chip]):
        row = lie.row(chip, number)
        row["is_register"] = (flags(written) - flags(executed)) * pow(16, -1, P)
        row["b_index"] = 4 if written.startswith("stx") else 0
        row["b_before"] = 2 * row["clk"]
    needed(lie, chip, "is_register is 0 or 1")


@shows(("call", "is_register is 0 or 1"))
def test_a_store_as_a_call() -> None:
    """Family 12 is a call with -1 registers. The call by register after it does not read its register."""
    rest = "lddw r1, f; callx r1; exit; f:"
    lie = honest("call f", rest)
    in_another_program(lie, program("stdw [r0+10], 0", rest))
    stored, called = lie.row("call", 0), lie.row("call", 1)
    assert stored["target"] == called["target"] == 5
    stored["is_register"], stored["callee_0"], stored["eighth"] = -1, 40, 5
    stored["exit_r10_0"], stored["stride"] = stored["r10_0"] + 8, 8
    lie.row("registers", 1)["time"] = called["callee_before"]
    for row in (stored, called):
        row["callee_before"] = 2 * row["clk"]
    needed(lie, "call", "is_register is 0 or 1")


# WORDS BETWEEN WORDS


@shows(("memory_call", "reads is 0 or 1"))
def test_a_copy_of_a_word_that_lies_between_two() -> None:
    """Eight calls read from half a word further on: their first rows -1/2 times, their second rows once.

    Calls i and i + 4 take the word of their first row from each other. This makes four lookups of -9, each
    -1/2 times. The word of the second rows goes around in two rings of calls. This makes two more lookups of
    -9, so the lookups add up to none.
    """
    arguments = f"lddw r1, {HEAP + 64 + 7}; lddw r2, {HEAP + 128}; lddw r3, 2"
    lie = honest(arguments, *["syscall sol_memcpy_"] * 8)
    calls = [lie.row("memory_call", number) for number in range(8)]
    times = [2 * call["clk"] for call in calls]
    giver = {
        ring[position]: ring[position - 1] for ring in ((0, 1, 2, 4), (3, 5, 6, 7)) for position in range(4)
    }
    half = pow(2, -1, P)
    for number, call in enumerate(calls):
        assert call["reads"] == 0
        call["reads"] = -half
        first, second = (lie.row("memory_copy", 2 * number + row) for row in range(2))
        for row in (first, second):
            row["shift_1"], row["shift_5"] = 0, 1
            row["shifted_index"] = row["shifted_index"] - half
            row["shifted_available"], row["shifted_is_writable"] = 8, 1
        first["reads"], first["shifted_before"] = -half, times[(number + 4) % 8]
        second["shifted_before"] = times[giver[number]]
        second["shifted_4"], second["shifted_5"] = 77, 78
        first["new_3"], second["new_0"] = 77 << 8, 78
        if number:
            first["aligned_7"], second["aligned_0"] = 77, 78
    lie.find("stack_heap", is_heap=1, index=8)["last_3"] = 77 << 8
    lie.find("stack_heap", is_heap=1, index=9)["last_0"] = 78
    lie.find("stack_heap", is_heap=1, index=16)["time"] = 0
    needed(lie, "memory_call", "reads is 0 or 1")


# LOOKUPS


@shows(("shift", "is_whole is 0 on padding"))
def test_a_shift_by_all_16_bits_of_a_limb() -> None:
    """A shift by 64 is done as 3 limbs and 16 bits. Padding takes back the lookups of 16 bits."""
    lie = honest("lddw r1, 0x1234; lddw r2, 64; lsh64 r1, r2")
    row = lie.row("shift")
    row["is_left_0"], row["is_left_3"], row["r"], row["quotient"] = 0, 1, 16, 0
    row["is_whole"], row["power"], row["copower"] = 0, 2**16, 1
    table = lie.tables("shift")[-1]
    padding = Row(table, len(table.main) - 1)
    padding["is_whole"], padding["copower"] = 1, 2**16
    for limb in range(4):
        padding[f"wide_{limb}"] = row[f"narrow_{limb}"] = row[f"a_{limb}"]
        row[f"wide_{limb}"] = 0
    row.set_word("c", 0)
    ends_with(lie, 1, {0: 0})
    needed(lie, "shift", "is_whole is 0 on padding")


# TAGS


@shows(("load", "is_writable is 0 or 1"))
def test_eight_bytes_of_a_word_of_five() -> None:
    """A writable word of 5 bytes is read as a word of 8 bytes that is writable 13 / 16 times."""
    lie = beyond("ldxdw r2, [r1]", 8)
    lie.row("load")["is_writable"] = 13 * pow(16, -1, P)
    needed(lie, "load", "is_writable is 0 or 1")
