"""Like `test_needed.py`, for the chips of memory syscalls: lies that exactly one rule notices.

Most are about a copy or a comparison of zeros that include one 5. The lie loses the 5. So the copy leaves a 0
where a 5 belongs, or the comparison finds no difference.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assurance.blocks import BYTES, COMPARE, COPY, FIVE, FROM, TO, CallLie, cover, differing, of, put, told
from assurance.forgery import Row
from assurance.history import rechain
from assurance.memory_calls import RESULT
from assurance.places import INPUT, STACK
from assurance.shown import needed, shows
from solproof.air.field import P
from solproof.circuit.memory.refresh import MEMORY_REFRESH
from solproof.proving.witness import Instance
from solproof.runtime.syscalls import memory as syscalls
from tests.support.lies import set_constant

BLOCKS = (COPY, COMPARE)
CALL = "memory_call"
INPUT_END = INPUT + 96
"""The last word of the input. It has 5 bytes."""


def alone(lie: CallLie, chip: str, rule: str, *, is_false: bool = True) -> None:
    """Check that only this rule objects. `is_false`: whether memory ends differently than in the true run."""
    assert (lie.memory() != lie.truth) == is_false
    needed(lie.lie, chip, rule)


def argue(lie: CallLie, register: int, value: int) -> None:
    """Change an argument of the call."""
    set_constant(lie.lie, register, value)
    lie.call.set_word(f"r{register}", value)


# THE ROWS OF A BLOCK


def no_shift(chip: str) -> CallLie:
    lie = differing(chip, 1, at=0)
    lie.rows[0]["shift_0"] = 0
    return lie


def another_shift(chip: str) -> CallLie:
    lie = differing(chip, 9, at=8)
    lie.rows[1]["shift_0"], lie.rows[1]["shift_1"] = 0, 1
    return lie


def less_left(chip: str) -> CallLie:
    """Two of three words."""
    lie = differing(chip, 17, at=10).ends_at(1)
    lie.rows[1]["left"], lie.rows[1]["is_end"] = 1, 1
    cover(lie.rows[1], 0)
    return lie


def another_region(chip: str) -> CallLie:
    """The second word is a word of the stack, where there is also a 5."""
    lie = differing(chip, 9, at=8, before=(("sol_memset_", (STACK + 0x208, FIVE, 1)),))
    lie.rows[1]["aligned_region"], lie.rows[1]["aligned_0"] = 2, FIVE
    return lie


def another_shifted_region(chip: str) -> CallLie:
    lie = differing(chip, 9, at=8)
    lie.rows[1]["shifted_region"], lie.rows[1]["shifted_0"] = 2, 0
    return lie


def another_word(chip: str) -> CallLie:
    lie = differing(chip, 9, at=8, before=(("sol_memset_", (TO + 16, FIVE, 1)),))
    lie.rows[1]["aligned_index"], lie.rows[1]["aligned_0"] = TO % 2**32 // 8 + 2, FIVE
    return lie


def another_shifted_word(chip: str) -> CallLie:
    lie = differing(chip, 9, at=8)
    lie.rows[1]["shifted_index"], lie.rows[1]["shifted_0"] = FROM % 2**32 // 8 + 2, 0
    return lie


def covers_nothing(chip: str) -> CallLie:
    lie = differing(chip, 1, at=0)
    lie.rows[0]["covers"] = lie.rows[0]["is_end"] = 0
    cover(lie.rows[0])
    return lie


def two_parts(chip: str) -> CallLie:
    """Bytes 0, 2 and 3, whose edges add up to 0 + 2, instead of bytes 2, 3 and 4."""
    lie = differing(chip, 3, at=2, start=2)
    cover(lie.rows[0], 0, 2, 3)
    return lie


def a_word_left_out(chip: str) -> CallLie:
    lie = differing(chip, 17, at=8)
    lie.rows[1]["covers"] = 0
    cover(lie.rows[1])
    return lie


def a_last_byte_left_out(chip: str) -> CallLie:
    lie = differing(chip, 9, at=7)
    cover(lie.rows[0], *range(7))
    return lie


def a_first_byte_left_out(chip: str) -> CallLie:
    lie = differing(chip, 12, at=8)
    cover(lie.rows[1], 1, 2, 3)
    return lie


def ends_early(chip: str) -> CallLie:
    lie = differing(chip, 5, at=4)
    cover(lie.rows[0], *range(4))
    return lie


def reads_nothing_at_the_end(chip: str) -> CallLie:
    """The window ends in the next row, which is padding."""
    lie = differing(chip, 2, at=0, start=5, shift=5).ends_at(0)
    lie.rows[0]["shifted_available"] = 15
    return lie


def reads_nothing_between(chip: str) -> CallLie:
    lie = differing(chip, 17, at=8)
    lie.rows[1]["reads"] = lie.rows[1]["shifted_0"] = 0
    return lie


LOSSES: dict[str, Callable[[str], CallLie]] = {
    "one shift": no_shift,
    "shift is the same in all rows of a call": another_shift,
    "each row takes a word": less_left,
    "the aligned region is the same in all rows of a call": another_region,
    "the shifted region is the same in all rows of a call": another_shifted_region,
    "the next row has the next aligned word": another_word,
    "the next row has the next shifted word": another_shifted_word,
    "the first row covers bytes": covers_nothing,
    "the bytes that a row covers are neighbours": two_parts,
    "rows cover bytes until the end": a_word_left_out,
    "a row before the end covers its last byte": a_last_byte_left_out,
    "a row that continues covers its first byte": a_first_byte_left_out,
    "the end is where nothing is left": ends_early,
    "the last row reads": reads_nothing_at_the_end,
    "a row that continues reads": reads_nothing_between,
}


@shows(*((chip, rule) for chip in BLOCKS for rule in LOSSES))
@pytest.mark.parametrize("chip", BLOCKS)
@pytest.mark.parametrize("rule", LOSSES)
def test_a_byte_lost(rule: str, chip: str) -> None:
    alone(LOSSES[rule](chip).answer(0).settle(), chip, rule)


@shows(*((chip, "the last row is not before the end") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_a_byte_too_many(chip: str) -> None:
    """The 5 is after the range."""
    lie = differing(chip, 5, at=5)
    lie.rows[0]["is_end"] = 0
    cover(lie.rows[0], *BYTES)
    alone(lie.answer(-FIVE).settle(), chip, "the last row is not before the end")


@shows(*((chip, "clk is the same in all rows of a call") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_a_row_of_another_time(chip: str) -> None:
    lie = differing(chip, 9, at=8)
    lie.rows[1]["clk"] = lie.rows[1]["clk"] + 1
    alone(lie.settle(), chip, "clk is the same in all rows of a call", is_false=False)


@shows(*((chip, "a row continues a call or is a first") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_a_row_of_no_call(chip: str) -> None:
    """After the copy, the row puts a 0 over the 5. After the comparison, it reads once more."""
    lie = differing(chip, 1, at=0)
    stray = lie.free(3)
    stray.copy_from(lie.rows[0])
    stray["is_first"], stray["clk"] = 0, stray["clk"] + 1
    stray["shifted_index"], stray["shifted_0"] = stray["shifted_index"] + 1, 0
    if chip == COPY:
        stray["aligned_0"] = FIVE
    else:
        stray["value"] = stray["found_0"] = stray["inverse"] = 0
    alone(lie.settle(), chip, "a row continues a call or is a first", is_false=chip == COPY)


@shows(*((chip, "padding covers nothing") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_padding_that_covers(chip: str) -> None:
    """The padding puts a 0 over the 5, or it reads."""
    lie = differing(chip, 8, at=7)
    ghost = lie.free(3)
    ghost["covers"], ghost["clk"] = 1, lie.call["clk"] + 1
    for name in ("region", "index", "available", *(["is_writable"] if chip == COMPARE else [])):
        ghost[f"aligned_{name}"] = lie.rows[0][f"aligned_{name}"]
    cover(ghost, 7)
    if chip == COPY:
        ghost["aligned_7"] = FIVE
    alone(lie.settle(), chip, "padding covers nothing", is_false=chip == COPY)


@shows(*((chip, "padding reads nothing") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_padding_that_reads(chip: str) -> None:
    """The padding reads at any time: see `test_needed.test_padding_that_reads`."""
    lie = differing(chip, 1, at=0)
    ghost = lie.free(3)
    ghost["reads"], ghost["clk"] = 1, lie.call["clk"] + 1
    for name in ("region", "index", "available", "is_writable", "0"):
        ghost[f"shifted_{name}"] = lie.rows[0][f"shifted_{name}"]
    alone(lie.settle(), chip, "padding reads nothing", is_false=False)


# MASKS AND SHIFTS


MASKS: dict[int, tuple[int, list[int]]] = {
    # The start of the range, and a mask with the same start in which one cell is neither 0 nor 1.
    0: (6, [-1, 0, 1, 0, 1, 1, 0, 0]),
    **{byte: (0, [*[1] * byte, 2, *[0] * (7 - byte)]) for byte in range(1, 7)},
    7: (0, [0, 0, 1, 1, 0, 1, 0, -1]),
}


@shows(*((chip, f"mask_{byte} is 0 or 1") for chip in BLOCKS for byte in BYTES))
@pytest.mark.parametrize("chip", BLOCKS)
@pytest.mark.parametrize("byte", BYTES)
def test_a_byte_covered_twice(byte: int, chip: str) -> None:
    """A byte is covered twice or -1 times. The number of covered bytes is right, but some are missed."""
    start, mask = MASKS[byte]
    length = sum(mask)
    lie = differing(chip, length, at=length - 1 if start == 0 and byte < 7 else 0, start=start)
    put(lie.rows[0], "mask", mask)
    alone(lie.answer(0).settle(), chip, f"mask_{byte} is 0 or 1")


SHIFTS = [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (1, 7), (3, 5), (3, 5)]
"""For each shift k two other shifts, i and j, where i + j - k is from 0 to 7 and differs from k."""


@shows(*((chip, f"shift_{shift} is 0 or 1") for chip in BLOCKS for shift in BYTES))
@pytest.mark.parametrize("chip", BLOCKS)
@pytest.mark.parametrize("shift", BYTES)
def test_three_shifts_at_once(shift: int, chip: str) -> None:
    """Two flags minus a third add up to the right shift, but they do not shift by it."""
    i, j = SHIFTS[shift]
    true = i + j - shift
    assert true in BYTES and true not in (i, j, shift)
    lie = differing(chip, 1, at=0, shift=true)
    put(lie.rows[0], "shift", [{i: 1, j: 1, shift: -1}.get(each, 0) for each in BYTES])
    alone(lie.answer(0).settle(), chip, f"shift_{shift} is 0 or 1")


# BYTES


@shows(
    *(
        (chip, f"bytes {byte} and {byte + 1} of the {name} word are bytes")
        for chip in BLOCKS
        for byte in range(0, 8, 2)
        for name in ("aligned", "shifted")
    )
)
@pytest.mark.parametrize("chip", BLOCKS)
@pytest.mark.parametrize("byte", range(0, 8, 2))
@pytest.mark.parametrize("name", ["aligned", "shifted"])
def test_a_limb_taken_apart(name: str, byte: int, chip: str) -> None:
    """One byte has the value that the lie needs. The other byte compensates."""
    four = (("sol_memset_", (TO + byte + 1, 4, 1)),)
    lie = differing(chip, 1, at=0, start=byte, before=four)
    wanted = {"shifted": 0, "aligned": 256 if chip == COPY else FIVE}[name]
    row, low, high = lie.rows[0], f"{name}_{byte}", f"{name}_{byte + 1}"
    row[high] = row[high] - (wanted - row[low]) * pow(256, -1, P)
    row[low] = wanted
    rule = f"bytes {byte} and {byte + 1} of the {name} word are bytes"
    alone(lie.answer(0).settle(), chip, rule)


# BYTES THAT DO NOT EXIST


def source_beyond(chip: str) -> CallLie:
    """Five bytes from the last four bytes of the input."""
    lie = told(of(chip, TO, INPUT_END, 5))
    argue(lie, 2, INPUT_END + 1)
    lie.call["second_byte"] = 1
    lie.rows[0]["shift_0"], lie.rows[0]["shift_1"] = 0, 1
    return lie.answer(-98)


def destination_beyond(chip: str) -> CallLie:
    """Five bytes to the last four bytes of the input."""
    lie = told(of(chip, INPUT_END, FROM + 1, 5))
    argue(lie, 1, INPUT_END + 1)
    lie.call["first_byte"] = 1
    lie.rows[0]["shift_1"], lie.rows[0]["shift_0"] = 0, 1
    lie.rows[0]["left"] = 6
    cover(lie.rows[0], *range(1, 6))
    return lie.answer(98)


@shows(*((chip, f"the last {name} bytes exist") for chip in BLOCKS for name in ("shifted", "aligned")))
@pytest.mark.parametrize("chip", BLOCKS)
@pytest.mark.parametrize("name", ["shifted", "aligned"])
def test_bytes_past_the_end(name: str, chip: str) -> None:
    lie = source_beyond(chip) if name == "shifted" else destination_beyond(chip)
    alone(lie.settle(), chip, f"the last {name} bytes exist")


PARTS = [(COPY, "shifted"), (COMPARE, "shifted"), (COMPARE, "aligned")]


@shows(*((chip, f"{name}_is_writable is 0 or 1") for chip, name in PARTS))
@pytest.mark.parametrize(("chip", "name"), PARTS)
def test_a_fraction_of_the_tag(chip: str, name: str) -> None:
    """A writable word of 5 bytes is read as a word of 8 bytes that is writable 13 / 16 times."""
    lie = source_beyond(chip) if name == "shifted" else destination_beyond(chip)
    lie.rows[0][f"{name}_available"] = 8
    lie.rows[0][f"{name}_is_writable"] = 13 * pow(16, -1, P)
    alone(lie.settle(), chip, f"{name}_is_writable is 0 or 1")


@shows(*((chip, "the last shifted word has few bytes") for chip in BLOCKS))
@pytest.mark.parametrize("chip", BLOCKS)
def test_a_word_of_21_bytes(chip: str) -> None:
    """The tag of a writable word of 5 bytes is read as 21 bytes, so bytes of the next row, padding, count."""
    lie = told(of(chip, TO, INPUT + 7, 8)).ends_at(0)
    argue(lie, 2, INPUT_END + 7)
    lie.call["second_eighth"] = lie.rows[0]["shifted_index"] = 12
    put(lie.rows[0], "shifted", [97, 98, 99, 100, 101, 0, 0, 0])
    lie.rows[0]["shifted_available"], lie.rows[0]["shifted_is_writable"] = 21, 0
    alone(lie.answer(0).settle(), chip, "the last shifted word has few bytes")


# COPIES AND SETS


@shows(*((COPY, f"limb {limb} afterwards") for limb in range(4)))
@pytest.mark.parametrize("limb", range(4))
def test_another_word_afterwards(limb: int) -> None:
    lie = differing(COPY, 8, at=0).settle()
    lie.rows[0][f"new_{limb}"] = 7
    rechain(lie.lie)
    alone(lie, COPY, f"limb {limb} afterwards")


@shows(*((COPY, f"byte {byte} of a set is its byte 0") for byte in range(1, 8)))
@pytest.mark.parametrize("byte", range(1, 8))
def test_a_set_of_two_bytes(byte: int) -> None:
    lie = told(("sol_memset_", (TO, FIVE, 8)))
    lie.rows[0][f"shifted_{byte}"] = 6
    alone(lie.settle(), COPY, f"byte {byte} of a set is its byte 0")


@shows((COPY, "the next row sets the same byte"))
def test_a_set_of_two_words() -> None:
    lie = told(("sol_memset_", (TO, FIVE, 16)))
    put(lie.rows[1], "shifted", [6] * 8)
    alone(lie.settle(), COPY, "the next row sets the same byte")


@shows((COPY, "is_set is the same in all rows of a call"))
def test_a_copy_that_goes_on_as_a_set() -> None:
    """The second word is 0 throughout, and so the third becomes 0."""
    lie = differing(COPY, 24, at=16)
    for row in lie.rows[1:]:
        row["is_set"] = 1
    lie.rows[2]["reads"] = lie.rows[2]["shifted_0"] = 0
    alone(lie.settle(), COPY, "is_set is the same in all rows of a call")


@shows((COPY, "is_set is 0 or 1"))
def test_a_comparison_that_copies() -> None:
    """Two sets at once are a comparison, and have -1 shifted ranges.

    The second row reads backwards in time, from a refresh to just before it.
    """
    lie = told(("sol_memset_", (TO, FIVE, 8)), ("sol_memcmp_", (TO, FROM, 16, RESULT))).answer(0)
    copies = lie.lie.tables(COPY)[0]
    for number, compared in enumerate(lie.rows, 1):
        row = Row(copies, number)
        for note in copies.chip.main:
            if not note.name.startswith(("is_set", "new")):
                row[note.name] = compared[note.name]
        row["is_set"] = 2
        compared.instance.main[compared.row] = 0
    first, second = Row(copies, 1), Row(copies, 2)
    assert first["aligned_0"] == FIVE
    rechain(lie.lie)
    word = lie.lie.find("stack_heap", is_heap=1, index=second["shifted_index"])
    now = word["time"]
    second["reads"] = -1
    second["shifted_before"] = word["time"] = now - 1
    refreshes = Instance(MEMORY_REFRESH, np.zeros((16, MEMORY_REFRESH.width), np.uint32))
    lie.lie.instances.append(refreshes)
    refresh = Row(refreshes, 0)
    refresh["invocation"], refresh["is_real"], refresh["now"] = 1, 1, now
    refresh["region"], refresh["index"], refresh["tag"] = 3, word["index"], 24
    refresh["gap_low"], refresh["now_low"] = now - 1 & 0xFF, now & 0xFF
    alone(lie, COPY, "is_set is 0 or 1")


# COMPARISONS


@shows((COMPARE, "value is the same in all rows of a call"))
def test_another_difference_in_the_next_row() -> None:
    lie = differing(COMPARE, 9, at=8).answer(7)
    lie.rows[1]["value"] = -FIVE
    alone(lie.settle(), COMPARE, "value is the same in all rows of a call")


@shows((COMPARE, "nothing is found before the first row"))
def test_a_difference_found_before() -> None:
    lie = differing(COMPARE, 9, at=8).answer(0).settle()
    for row in lie.rows:
        row["is_open"] = 0
    alone(lie, COMPARE, "nothing is found before the first row")


@shows((COMPARE, "a row is open until one finds"))
def test_a_row_that_is_not_open() -> None:
    lie = differing(COMPARE, 9, at=8).answer(0).settle()
    lie.rows[1]["is_open"] = 0
    alone(lie, COMPARE, "a row is open until one finds")


@shows((COMPARE, "value is 0 when nothing is found"))
def test_a_difference_of_equal_ranges() -> None:
    lie = differing(COMPARE, 9, at=9).answer(9).settle()
    alone(lie, COMPARE, "value is 0 when nothing is found")


@shows((COMPARE, "what is found is a difference"))
def test_equal_bytes_found_to_differ() -> None:
    """After it, nothing matters."""
    lie = differing(COMPARE, 9, at=8).answer(0).settle()
    lie.rows[0]["found_3"], lie.rows[1]["is_open"] = 1, 0
    alone(lie, COMPARE, "what is found is a difference")


@shows(*((COMPARE, f"found_{byte} is 0 or 1") for byte in range(2, 8)))
@pytest.mark.parametrize("byte", range(2, 8))
def test_a_difference_found_and_taken_back(byte: int) -> None:
    """Between the two, nothing matters."""
    lie = differing(COMPARE, byte + 1, at=1).answer(0).settle()
    lie.rows[0]["found_0"], lie.rows[0][f"found_{byte}"] = 1, -1
    alone(lie, COMPARE, f"found_{byte} is 0 or 1")


@shows(*((COMPARE, f"byte {byte} of the second range") for byte in BYTES))
@pytest.mark.parametrize("byte", BYTES)
def test_another_byte_compared(byte: int) -> None:
    lie = differing(COMPARE, 8, at=byte).answer(0).settle()
    lie.rows[0][f"second_{byte}"] = 0
    alone(lie, COMPARE, f"byte {byte} of the second range")


@shows(*((COMPARE, f"byte {byte} is in the range if it is found") for byte in BYTES))
@pytest.mark.parametrize("byte", BYTES)
def test_a_difference_outside_the_range(byte: int) -> None:
    """Byte 0 is before the range, and the other bytes are after it."""
    lie = differing(COMPARE, byte, at=byte) if byte else differing(COMPARE, 1, at=-1, start=1)
    lie.answer(-FIVE).settle()
    lie.rows[0][f"found_{byte}"], lie.rows[0]["inverse"] = 1, pow(-FIVE, -1, P)
    alone(lie, COMPARE, f"byte {byte} is in the range if it is found")


@shows(*((COMPARE, f"value is the difference found at {byte}") for byte in BYTES))
@pytest.mark.parametrize("byte", BYTES)
def test_another_difference(byte: int) -> None:
    lie = differing(COMPARE, 8, at=byte).answer(9).settle()
    alone(lie, COMPARE, f"value is the difference found at {byte}")


@shows(*((COMPARE, f"byte {byte} is equal before a difference is found") for byte in BYTES))
@pytest.mark.parametrize("byte", BYTES)
def test_a_difference_passed_over(byte: int) -> None:
    lie = differing(COMPARE, 8, at=byte).answer(0).settle()
    alone(lie, COMPARE, f"byte {byte} is equal before a difference is found")


# CALLS


def compared(result: int = RESULT) -> CallLie:
    """A comparison of zeros with a 5 and zeros."""
    return told(("sol_memset_", (FROM, FIVE, 1)), ("sol_memcmp_", (TO, FROM, 8, result)))


def padding_that_answers() -> tuple[CallLie, Row]:
    """A padding row that later puts a 7 where a comparison has put its difference."""
    lie = told(("sol_memcmp_", (TO, FROM, 8, RESULT)))
    ghost = Row(lie.call.instance, lie.call.row + 1)
    cells = {"invocation": 1, "is_compare": 1, "clk": lie.call["clk"] + 1, "value": 7, "r2_0": 7}
    cells |= {name: lie.call[name] for name in ("result_eighth", "result_available", "is_upper")}
    for name, value in cells.items():
        ghost[name] = value
    ghost.set_word("r4", RESULT)
    return lie, ghost


@shows((CALL, "one syscall"))
def test_padding_that_compares() -> None:
    lie, _ = padding_that_answers()
    alone(lie.settle(), CALL, "one syscall")


@shows(*((CALL, f"{name} is 0 or 1") for name in ("is_copy", "is_move", "is_set")))
@pytest.mark.parametrize("name", ["is_copy", "is_move", "is_set"])
def test_padding_that_compares_and_makes_up_for_it(name: str) -> None:
    lie, ghost = padding_that_answers()
    ghost[name] = -1
    if name == "is_copy":
        ghost["is_far"], ghost["r1_2"], ghost["inverse"] = -1, 1, 1
    alone(lie.settle(), CALL, f"{name} is 0 or 1")


@shows((CALL, "is_compare is 0 or 1"))
def test_padding_that_takes_an_answer_back() -> None:
    """The row counts -1 comparisons and a move. The old value of the result is its value at the end."""
    lie, ghost = padding_that_answers()
    end = lie.lie.find("stack_heap", is_real=1, index=RESULT % 2**32 // 8)
    assert end.word("last") == 0 and end["time"] == 2 * lie.call["clk"] + 1
    ghost["is_compare"], ghost["is_move"], ghost["value"], ghost["clk"] = -1, 1, 0, lie.call["clk"]
    ghost["result_0"] = end["last_0"] = 77
    ghost["result_before"] = end["time"] = end["time"] - 1
    alone(lie, CALL, "is_compare is 0 or 1")


@shows((CALL, "nothing compared is no difference"))
def test_a_difference_of_nothing() -> None:
    lie = told(("sol_memcmp_", (TO, FROM, 0, RESULT)))
    lie.call["value"] = 7
    rechain(lie.lie)
    alone(lie, CALL, "nothing compared is no difference")


@shows(
    *((CALL, f"limb {limb} of the length") for limb in (2, 3)),
    *((CALL, f"high limb of the {name} address") for name in ("first range's", "second range's")),
    (CALL, "high limb of the difference's address"),
)
@pytest.mark.parametrize(
    ("rule", "register", "limb"),
    [
        ("limb 2 of the length", 3, 2),
        ("limb 3 of the length", 3, 3),
        ("high limb of the first range's address", 1, 3),
        ("high limb of the second range's address", 2, 3),
        ("high limb of the difference's address", 4, 3),
    ],
)
def test_arguments_with_another_limb(rule: str, register: int, limb: int) -> None:
    """A length or an address with which the call fails."""
    lie = told(("sol_memcmp_", (TO, FROM, 8, RESULT)))
    argue(lie, register, lie.call.word(f"r{register}") | 5 << 16 * limb)
    alone(lie, CALL, rule, is_false=False)


@shows((CALL, "the length is below 2^24"))
def test_a_length_that_is_one_modulo_p() -> None:
    lie = told(("sol_memset_", (TO, FIVE, 8)))
    argue(lie, 3, P + 8)
    alone(lie, CALL, "the length is below 2^24", is_false=False)


@shows((CALL, "a short call is short"))
def test_a_long_call_for_the_base_cost() -> None:
    lie = told(("sol_memset_", (TO, FIVE, 5000)))
    assert lie.call["cost"] == 20
    lie.call["is_long"], lie.call["cost"] = 0, 10
    lie.lie.row("registers", 12).claim("last_0", 10)
    alone(lie, CALL, "a short call is short", is_false=False)


@shows((CALL, "result_eighth is below 2^16"))
def test_a_result_at_an_address_modulo_p() -> None:
    lie = compared()
    argue(lie, 4, RESULT + P)
    lie.call["result_eighth"] = (RESULT + P & 0xFFFF) * pow(8, -1, P)
    alone(lie, CALL, "result_eighth is below 2^16", is_false=False)


@shows((CALL, "the bytes of the difference exist"))
def test_a_difference_past_the_end() -> None:
    """The difference is in the upper half of a word of 5 bytes."""
    lie = compared(result=INPUT_END)
    argue(lie, 4, INPUT_END + 4)
    lie.call["is_upper"] = 1
    rechain(lie.lie)
    alone(lie, CALL, "the bytes of the difference exist")


# OVERLAPS


def overlapping(monkeypatch: pytest.MonkeyPatch, distance: int, length: int) -> CallLie:
    """A copy to a place that its source reaches, by a machine that does not check for overlaps."""
    monkeypatch.setattr(syscalls, "overlap", lambda *_: False)
    lie = told(("sol_memset_", (TO, FIVE, 4)), ("sol_memcpy_", (TO + distance, TO, length)))
    lie.call["is_forward"], lie.call["borrow"] = int(distance > 0), 0
    return lie


@shows((CALL, "the low limb of the distance is not negative"))
@shows((CALL, "the high limb of the distance is not negative"))
@pytest.mark.parametrize("limb", ["low", "high"])
@pytest.mark.parametrize("distance", [3, -3])
def test_an_overlap(limb: str, distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lie = overlapping(monkeypatch, distance, 9)
    lie.call["borrow"] = int(limb == "high")
    alone(lie, CALL, f"the {limb} limb of the distance is not negative", is_false=False)


@shows((CALL, "borrow is 0, 1 or 2"))
def test_a_borrow_that_is_a_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    """-1 / 2^16 is 32512."""
    lie = overlapping(monkeypatch, 8, 9)
    lie.call["borrow"] = -32512
    alone(lie, CALL, "borrow is 0, 1 or 2", is_false=False)


@shows((CALL, "is_forward is 0 or 1"))
def test_a_distance_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 times the distance is long enough."""
    lie = overlapping(monkeypatch, 3, 9)
    lie.call["is_forward"] = 21 * pow(2, -1, P)
    alone(lie, CALL, "is_forward is 0 or 1", is_false=False)


@shows((CALL, "the regions differ"), (CALL, "a copy of some bytes is near or far"))
@pytest.mark.parametrize("rule", ["the regions differ", "a copy of some bytes is near or far"])
def test_an_overlap_of_a_copy_that_is_not_near(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lie = overlapping(monkeypatch, 3, 9)
    lie.call["is_near"], lie.call["is_far"] = 0, int(rule == "the regions differ")
    alone(lie, CALL, rule, is_false=False)
