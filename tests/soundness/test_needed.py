"""Lies that exactly one constraint or lookup notices, and that pass if it is left out.

Random search finds such a lie for most rules (`test_necessity.py`). The lies here are those that take an
idea. Many use p = 32512 * 2^16 + 1. The fraction 1 / 2^16 is then -32512, and 32512 fits into a limb.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from assurance.forgery import Forgery, Row, lying_witness
from assurance.places import HEAP, INPUT, STACK
from assurance.runs import run
from assurance.shown import CHIPS, needed, shows
from solproof.air.field import P
from solproof.circuit.registry import CIRCUIT
from solproof.vm import machine
from tests.support.lies import (
    beyond,
    ends_with,
    forget,
    honest,
    in_another_program,
    memory_map,
    padding_of,
    program,
    set_constant,
)

# COMPUTING

HALF_SIGNS = {"arithmetic": "add32", "multiply": "mul32"}


@shows(*((chip, "is_negative is 0 or 1") for chip in HALF_SIGNS))
@pytest.mark.parametrize("chip", HALF_SIGNS)
def test_a_sign_that_is_a_fraction(chip: str) -> None:
    """Upper limbs that are 2^16 - 1 times a fraction. The fraction also passes as the sign of limb 1."""
    values = np.arange(2**16)
    for limb in range(2**15):
        sign = (limb - values * ((P + 1) // 2)) % P * pow(2**15, -1, P) % P
        upper = sign * 65535 % P
        found = np.flatnonzero((upper < 2**16) & (sign > 1))
        if len(found):
            break
    neutral = 0 if chip == "arithmetic" else 1
    lie = honest(f"lddw r1, {limb << 16}; {HALF_SIGNS[chip]} r1, {neutral}")
    row = lie.row(chip)
    row["is_negative"] = int(sign[found[0]])
    for position in (2, 3):
        row[f"c_{position}"] = int(upper[found[0]])
    ends_with(lie, 1, {2: row["c_2"], 3: row["c_3"]})
    needed(lie, chip, "is_negative is 0 or 1")


@shows(("arithmetic", "is_copy is 0 or 1"))
def test_three_copies() -> None:
    """mov32 as 3 times b minus 2 times a + b, on 64 bits. The flags in the program table are the same."""
    lie = honest(f"lddw r1, 0; lddw r2, {5 << 40 | 6}; mov32 r1, r2")
    row = lie.row("arithmetic")
    row["is_copy"], row["is_half"] = 3, 0
    row.set_word("c", 5 << 40 | 6)
    ends_with(lie, 1, {2: 5 << 8})
    needed(lie, "arithmetic", "is_copy is 0 or 1")


@shows(*(("add", f"carry out of limb {limb} is 0 or 1") for limb in range(4)))
@pytest.mark.parametrize("limb", range(4))
def test_a_carry_that_is_a_fraction(limb: int) -> None:
    lie = honest("lddw r1, 5; add64 r1, 6")
    row = lie.row("add")
    for position, more in ((limb, 1), (limb + 1, 32512)):
        if position < 4:
            row[f"c_{position}"] = row[f"c_{position}"] + more
            ends_with(lie, 1, {position: row[f"c_{position}"]})
    needed(lie, "add", f"carry out of limb {limb} is 0 or 1")


# SHIFTS

SHIFTED = 0x4321_8765_CBA9_0FED


@shows(("shift", "a 32-bit shift has l below 2"))
def test_a_shift_of_32_bits_by_33() -> None:
    lie = honest("lddw r1, 0x1234; lddw r2, 33; lsh32 r1, r2")
    row = lie.row("shift")
    row["is_left_0"], row["is_left_2"], row["quotient"] = 0, 1, 0
    row.set_word("c", 0x1234 << 33)
    ends_with(lie, 1, {0: 0})
    needed(lie, "shift", "a 32-bit shift has l below 2")


@shows(("shift", "quotient is below 2^16"))
def test_a_quotient_that_is_a_fraction() -> None:
    """A shift by 1 is done as a shift by 17, where the quotient is -16 / 64."""
    lie = honest("lddw r1, 0x1234; lddw r2, 1; lsh64 r1, r2")
    row = lie.row("shift")
    row["is_left_0"], row["is_left_1"] = 0, 1
    row["quotient"] = -pow(4, -1, P)
    row.set_word("c", 0x1234 << 17)
    ends_with(lie, 1, {0: 0, 1: 0x2468})
    needed(lie, "shift", "quotient is below 2^16")


def _move_into_the_narrow_part(lie: Forgery, limb: int) -> None:
    """Make the narrow part of a limb larger than its width. The wide part is then negative."""
    row = lie.row("shift")
    row[f"narrow_{limb}"] = row[f"narrow_{limb}"] + 1
    row[f"wide_{limb}"] = row[f"wide_{limb}"] - 2**12
    row[f"c_{limb}"] = row[f"c_{limb}"] - 2**16
    ends_with(lie, 1, {limb: row[f"c_{limb}"]})
    if limb < 3:
        row[f"c_{limb + 1}"] = row[f"c_{limb + 1}"] + 1
        ends_with(lie, 1, {limb + 1: row[f"c_{limb + 1}"]})


@shows(*(("shift", f"wide part of limb {limb} has 16 - r bits") for limb in range(4)))
@pytest.mark.parametrize("limb", range(4))
def test_a_negative_wide_part(limb: int) -> None:
    lie = honest(f"lddw r1, {SHIFTED}; lsh64 r1, 4")
    _move_into_the_narrow_part(lie, limb)
    needed(lie, "shift", f"wide part of limb {limb} has 16 - r bits")


@shows(("shift", "is_whole only when r = 0"))
def test_wide_parts_not_looked_up() -> None:
    lie = honest(f"lddw r1, {SHIFTED}; lsh64 r1, 4")
    lie.row("shift")["is_whole"] = 1
    _move_into_the_narrow_part(lie, 1)
    needed(lie, "shift", "is_whole only when r = 0")


# BYTE ORDER


@shows(*(("endian", f"the parts of limb {limb} are bytes") for limb in range(4)))
@pytest.mark.parametrize("limb", range(4))
def test_bytes_swapped_that_are_none(limb: int) -> None:
    lie = honest(f"lddw r1, {SHIFTED}; be64 r1")
    row = lie.row("endian")
    low = row[f"a_{limb}_low"] + 1
    row[f"a_{limb}_low"] = low
    row[f"c_{3 - limb}"] = 256 * low + (row[f"a_{limb}"] - low) * pow(256, -1, P)
    ends_with(lie, 1, {3 - limb: row[f"c_{3 - limb}"]})
    needed(lie, "endian", f"the parts of limb {limb} are bytes")


# JUMPS


@shows(*(("jump", f"limb {limb} is equal above the marker") for limb in (1, 2, 3)))
@pytest.mark.parametrize("limb", [1, 2, 3])
def test_a_marker_below_the_highest_difference(limb: int) -> None:
    lie = honest(f"lddw r1, {1 << 16 * limb | 5}; lddw r2, 7; jlt r1, r2, +0")
    row = lie.row("jump")
    row[f"differs_{limb}"], row["differs_0"] = 0, 1
    row["is_less"], row["difference"], row["is_taken"] = 1, 2, 1
    needed(lie, "jump", f"limb {limb} is equal above the marker")


@shows(("jump", "limb 0 is equal above the marker"))
def test_no_marker_for_a_difference() -> None:
    lie = honest("lddw r1, 5; lddw r2, 7; jeq r1, r2, +0")
    row = lie.row("jump")
    row["differs_0"], row["is_less"], row["is_taken"] = 0, 0, 1
    needed(lie, "jump", "limb 0 is equal above the marker")


# ADDRESSES

ACCESSES: dict[str, tuple[str, str]] = {
    "load": ("ldxdw r2, [r1]", "base"),
    "load_narrow": ("ldxh r2, [r1]", "base"),
    "load_unaligned": ("ldxh r2, [r1+1]", "base"),
    "store": ("stdw [r1], 7", "base"),
    "store_narrow": ("sth [r1], 7", "base"),
    "store_unaligned": ("sth [r1+1], 7", "base"),
}
WILD = {
    "carry out of limb 3 of the address is -1, 0 or 1": 1 << 48 | HEAP + 64,
    "carry out of limb 2 of the address is -1, 0 or 1": (P + 3) << 32 | 64,
    "carry out of limb 1 of the address is -1, 0 or 1": 0xFFFF_FFFF << 32 | 8 * (2**24 - 1 + 8),
    "carry out of limb 0 of the address is -1, 0 or 1": 3 << 32 | P + 64,
    "eighth is below 2^16": 3 << 32 | P + 64,
}


@shows(*((chip, rule) for chip in ACCESSES for rule in WILD))
@pytest.mark.parametrize("rule", WILD)
@pytest.mark.parametrize("chip", ACCESSES)
def test_wild_pointers(chip: str, rule: str) -> None:
    """An address that is not mapped, but that equals a mapped address modulo p or 2^48."""
    instruction, name = ACCESSES[chip]
    lie = honest(f"lddw r1, {HEAP + 64}", instruction)
    row, value = lie.row(chip), WILD[rule]
    set_constant(lie, 1, value)
    row.set_word(name, value)
    row["eighth"] = (value & 0xFFFF) * pow(8, -1, P)
    if "limb 0" in rule:
        row["eighth"] = 8
    if "limb 1" in rule:
        row["address_carry_1"], row["address_carry_2"] = 4, 1
    if "limb 2" in rule:
        row["address_carry_2"] = -row[f"{name}_3"]
    needed(lie, chip, rule)


# PLACES IN A WORD


def _combinations(places: int, least: int = 0) -> list[tuple[int, int, int]]:
    """For each k: k, i, j. Selectors i and j, with k at -1, select i + j - k, which is at least `least`."""
    found: dict[int, tuple[int, int, int]] = {}
    for k, i, j in product(range(places), repeat=3):
        if i < j and k not in (i, j) and least <= i + j - k < places:
            found.setdefault(k, (k, i, j))
    return list(found.values())


@shows(
    *((chip, f"is_limb_{limb} is 0 or 1") for chip in ("load_narrow", "store_narrow") for limb in range(4))
)
@pytest.mark.parametrize(("k", "i", "j"), _combinations(4))
def test_three_limbs_at_once(k: int, i: int, j: int) -> None:
    """Two limbs minus a third limb. The address is right."""
    place = i + j - k
    word = 0x0404_0303_0202_0101
    setup: list[str] = [
        f"lddw r3, {HEAP + 64}",
        f"lddw r4, {word}",
        "stxdw [r3], r4",
        f"lddw r1, {HEAP + 64 + 2 * place}",
    ]
    lie = honest(*setup, "ldxh r2, [r1]")
    row = lie.row("load_narrow")
    limbs = [word >> 16 * limb & 0xFFFF for limb in range(4)]
    row[f"is_limb_{place}"] = 0
    row[f"is_limb_{i}"] = row[f"is_limb_{j}"] = 1
    row[f"is_limb_{k}"] = -1
    row["result_0"] = limbs[i] + limbs[j] - limbs[k]
    ends_with(lie, 2, {0: row["result_0"]})
    needed(lie, "load_narrow", f"is_limb_{k} is 0 or 1")

    lie = honest(*setup, "sth [r1], 9")
    row, last = lie.row("store_narrow"), lie.find("stack_heap", is_heap=1)
    row[f"is_limb_{place}"] = 0
    row[f"is_limb_{i}"] = row[f"is_limb_{j}"] = 1
    row[f"is_limb_{k}"] = -1
    for limb in range(4):
        sign = {i: 1, j: 1, k: -1}.get(limb, 0)
        row[f"new_{limb}"] = last[f"last_{limb}"] = limbs[limb] + sign * (9 - limbs[limb])
    needed(lie, "store_narrow", f"is_limb_{k} is 0 or 1")


@shows(*(("load_unaligned", f"starts_at_{byte} is 0 or 1") for byte in range(8)))
@shows(*(("store_unaligned", f"starts_at_{byte} is 0 or 1") for byte in range(8)))
@pytest.mark.parametrize(("k", "i", "j"), _combinations(8, least=1))
def test_three_places_at_once(k: int, i: int, j: int) -> None:
    place = i + j - k
    word = 0x4023_1011_0807_0401
    setup: list[str] = [
        f"lddw r3, {HEAP + 64}",
        f"lddw r4, {word}",
        "stxdw [r3], r4",
        "stxdw [r3+8], r4",
        f"lddw r1, {HEAP + 64 + place}",
    ]
    lie = honest(*setup, "ldxdw r2, [r1]")
    row = lie.row("load_unaligned")
    _select(row, place, (k, i, j))
    for limb in range(4):
        parts = [_limb(row, start + 2 * limb) for start in (i, j, k)]
        row[f"result_{limb}"] = parts[0] + parts[1] - parts[2]
    ends_with(lie, 2, {limb: row[f"result_{limb}"] for limb in range(4)})
    needed(lie, "load_unaligned", f"starts_at_{k} is 0 or 1")

    lie = honest(*setup, "stdw [r1], 0x0A0B0C0D")
    row = lie.row("store_unaligned")
    _select(row, place, (k, i, j))
    stored = (0x0A0B0C0D).to_bytes(8, "little")
    after = [row[f"byte_{byte}"] for byte in range(16)]
    for start, sign in ((i, 1), (j, 1), (k, -1)):
        for number, value in enumerate(stored):
            after[start + number] += sign * (value - row[f"byte_{start + number}"])
    _set_after(lie, row, after)
    needed(lie, "store_unaligned", f"starts_at_{k} is 0 or 1")


def _limb(row: Row, byte: int) -> int:
    return row[f"byte_{byte}"] + 256 * row[f"byte_{byte + 1}"]


def _select(row: Row, place: int, selectors: tuple[int, int, int]) -> None:
    k, i, j = selectors
    row[f"starts_at_{place}"] = 0
    row[f"starts_at_{i}"] = row[f"starts_at_{j}"] = 1
    row[f"starts_at_{k}"] = -1


def _set_after(lie: Forgery, row: Row, after: list[int]) -> None:
    """Set the bytes after an unaligned store, in its row and in the two words at the end of the run."""
    words = [lie.find("stack_heap", is_heap=1, index=8 + number) for number in range(2)]
    for limb in range(8):
        value = after[2 * limb] + 256 * after[2 * limb + 1]
        row[f"limb_{limb}_after"] = words[limb // 4][f"last_{limb % 4}"] = value


@shows(*(("store_unaligned", f"bytes {2 * pair} and {2 * pair + 1} are bytes") for pair in range(8)))
@pytest.mark.parametrize("pair", range(8))
def test_bytes_beside_a_store(pair: int) -> None:
    """One byte of a pair is stored. The other byte compensates, so that the sum of the pair is unchanged."""
    starts = pair < 4
    place = 2 * pair + 1 if starts else 2 * pair - 7
    lie = honest(
        f"lddw r3, {HEAP + 64}; lddw r4, 0x4023101108070401; stxdw [r3], r4; stxdw [r3+8], r4",
        f"lddw r1, {HEAP + 64 + place}; stdw [r1], 5",
    )
    row = lie.row("store_unaligned")
    low, high = f"byte_{2 * pair}", f"byte_{2 * pair + 1}"
    after = [row[f"limb_{byte // 2}_after"] >> 8 * (byte % 2) & 0xFF for byte in range(16)]
    if starts:
        row[low], row[high] = row[low] + 1, row[high] - pow(256, -1, P)
        after[2 * pair] += 1
    else:
        row[low], row[high] = row[low] - 256, row[high] + 1
        after[2 * pair + 1] += 1
    _set_after(lie, row, after)
    needed(lie, "store_unaligned", f"bytes {2 * pair} and {2 * pair + 1} are bytes")


@shows(("load_narrow", "4 bytes start in limb 0 or 2"), ("store_narrow", "4 bytes start in limb 0 or 2"))
@shows(("load_narrow", "only a byte starts in the middle of a limb"))
@shows(("store_narrow", "only a byte starts in the middle of a limb"))
@pytest.mark.parametrize("size", ["w", "h"])
def test_unaligned_as_narrow(size: str) -> None:
    """4 bytes at 2, or 2 bytes at 1, treated as if they were aligned."""
    rule = "4 bytes start in limb 0 or 2" if size == "w" else "only a byte starts in the middle of a limb"
    setup: list[str] = [
        f"lddw r3, {HEAP + 64}",
        f"lddw r4, {SHIFTED}",
        "stxdw [r3], r4",
        f"lddw r1, {HEAP + 64}",
    ]
    limbs = [SHIFTED >> 16 * limb & 0xFFFF for limb in range(4)]
    for chip, access in (
        ("load_narrow", f"ldx{size} r2, [r1]"),
        ("store_narrow", f"st{size} [r1], 9"),
    ):
        lie = honest(*setup, access)
        row = lie.row(chip)
        address = HEAP + 64 + (2 if size == "w" else 1)
        set_constant(lie, 1, address)
        row.set_word("base", address)
        if size == "h":
            row["is_high"] = 1
        else:
            row["is_limb_0"], row["is_limb_1"] = 0, 1
            if chip == "load_narrow":
                row["result_0"], row["result_1"] = limbs[1], 0
                ends_with(lie, 2, {0: limbs[1], 1: 0})
            else:
                last = lie.find("stack_heap", is_heap=1)
                for limb, value in enumerate((limbs[0], 9, *limbs[2:])):
                    row[f"new_{limb}"] = last[f"last_{limb}"] = value
        needed(lie, chip, rule)


@shows(("store_narrow", "is_word is 0 or 1"))
def test_a_quarter_of_a_word() -> None:
    """One byte is stored as a quarter of four bytes."""
    lie = honest(f"lddw r1, {HEAP + 64}; stb [r1], 0x44")
    row, last = lie.row("store_narrow"), lie.find("stack_heap", is_heap=1)
    row["is_byte"], row["is_word"] = 0, pow(4, -1, P)
    row["limb_after"] = row["new_0"] = last["last_0"] = 0x11
    needed(lie, "store_narrow", "is_word is 0 or 1")


@shows(("store_narrow", "low and high are bytes"))
def test_the_byte_beside() -> None:
    lie = honest(f"lddw r1, {HEAP + 64}; stb [r1], 0x44")
    row, last = lie.row("store_narrow"), lie.find("stack_heap", is_heap=1)
    row["low"], row["high"] = -256, 1
    row["limb_after"] = row["new_0"] = last["last_0"] = 0x144
    needed(lie, "store_narrow", "low and high are bytes")


# BYTES THAT DO NOT EXIST


@shows(
    *(
        (chip, "the bytes exist")
        for chip in ("load_narrow", "load_unaligned", "store_narrow", "store_unaligned")
    )
)
@pytest.mark.parametrize(
    ("chip", "access", "place"),
    [
        ("load_narrow", "ldxb r2, [r1]", 14),
        ("load_unaligned", "ldxh r2, [r1]", 13),
        ("store_narrow", "stb [r1], 5", 14),
        ("store_unaligned", "sth [r1], 5", 13),
    ],
)
def test_bytes_past_the_end(chip: str, access: str, place: int) -> None:
    needed(beyond(access, place), chip, "the bytes exist")


@shows(*((chip, "bytes that exist") for chip in ("load_unaligned", "store_unaligned")))
@pytest.mark.parametrize(
    ("chip", "access"),
    [("load_unaligned", "ldxh r2, [r1]"), ("store_unaligned", "sth [r1], 5")],
)
def test_more_bytes_than_the_words_have(chip: str, access: str) -> None:
    lie = beyond(access, 13)
    lie.row(chip)["available"] = 8
    needed(lie, chip, "bytes that exist")


@shows(("load_narrow", "is_writable is 0 or 1"), ("load_unaligned", "is_writable is 0 or 1"))
@pytest.mark.parametrize(
    ("chip", "access", "place", "columns"),
    [
        ("load_narrow", "ldxb r2, [r1]", 14, ["available"]),
        ("load_unaligned", "ldxh r2, [r1]", 13, ["available", "available_first"]),
    ],
)
def test_a_fraction_of_the_tag(chip: str, access: str, place: int, columns: list[str]) -> None:
    """A writable word of 5 bytes is read as a word of 8 bytes that is writable 13 / 16 times."""
    lie = beyond(access, place)
    row = lie.row(chip)
    for column in columns:
        row[column] = 8
    row["is_writable"] = 13 * pow(16, -1, P)
    needed(lie, chip, "is_writable is 0 or 1")


@shows(("load_unaligned", "a word has few bytes"))
def test_a_word_of_21_bytes() -> None:
    """The tag of a writable word of 5 bytes is read as 21 bytes. Any bytes may then follow the word."""
    lie = honest(f"lddw r1, {INPUT + 2}; ldxdw r2, [r1]", input_region=bytes(range(1, 14)))
    row = lie.row("load_unaligned")
    first, second = lie.row("input", 0), lie.row("input", 1)
    set_constant(lie, 1, INPUT + 14)
    row.set_word("base", INPUT + 14)
    row["eighth"], row["starts_at_2"], row["starts_at_6"] = 1, 0, 1
    for byte in range(8):
        row[f"byte_{byte}"], row[f"byte_{8 + byte}"] = row[f"byte_{8 + byte}"], 0xA0 + byte
    row["reaches_second"], row["available_first"], row["available_second"], row["available"] = 0, 21, 0, 21
    row["is_writable"] = 0
    first["time"], second["time"] = 0, 2 * row["clk"]
    for limb in range(4):
        row[f"result_{limb}"] = _limb(row, 6 + 2 * limb)
    ends_with(lie, 2, {limb: row[f"result_{limb}"] for limb in range(4)})
    needed(lie, "load_unaligned", "a word has few bytes")


# CALLS


def called_by_register(value: int) -> tuple[Forgery, Row]:
    """A callx of slot 4, whose register holds this address instead."""
    lie = honest("lddw r1, f; callx r1; exit; f:")
    set_constant(lie, 1, value)
    row = lie.row("call")
    row.set_word("callee", value)
    row["eighth"] = (value & 0xFFFF) >> 3
    return lie, row


SLOT = 0x1_0000_0000 + 8 * 4


@shows(("call", "limb 3 of the address"))
def test_a_target_with_a_top_limb() -> None:
    lie, _ = called_by_register(5 << 48 | SLOT)
    needed(lie, "call", "limb 3 of the address")


@shows(("call", "target_carry_2 is 0 or 1"))
def test_a_carry_of_a_target_that_is_a_fraction() -> None:
    lie, row = called_by_register(32512 << 48 | SLOT + 2**32)
    row["target_carry_2"] = 32512
    needed(lie, "call", "target_carry_2 is 0 or 1")


@shows(("call", "target_carry_1 is 0 or 1"))
def test_a_carry_of_three() -> None:
    """3 * 2^29 is slightly less than p."""
    lie, row = called_by_register(4 << 32 | 8 * (4 + P - 3 * 2**29))
    row["target_carry_1"] = 3
    needed(lie, "call", "target_carry_1 is 0 or 1")


@shows(("call", "r10_carry is 0 or 1"))
def test_a_carry_of_r10_that_is_a_fraction() -> None:
    lie = honest("call f; exit; f: mov64 r3, r10")
    row, read = lie.row("call"), lie.row("move")
    row["r10_carry"] = 32512
    read["b_0"], read["b_1"] = read["b_0"] + 1, read["b_1"] + 32512
    row["exit_r10_0"], row["exit_r10_1"] = read["b_0"], read["b_1"]
    ends_with(lie, 3, {0: read["b_0"], 1: read["b_1"]})
    needed(lie, "call", "r10_carry is 0 or 1")


@shows(("call", "the depth stays below the limit"))
def test_64_calls_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = program("mov64 r1, 64; f: sub64 r1, 1; jslt r1, 0, end; call f; end:")
    monkeypatch.setattr(machine, "MAXIMUM_CALL_DEPTH", 65)
    needed(lying_witness(run(deep)), "call", "the depth stays below the limit")


@shows(("call", "an exit at exit_pc"))
def test_an_exit_that_is_none() -> None:
    lie = honest("call f; exit; f: exit")
    in_another_program(lie, program("call f; exit; f: neg64 r0"))
    needed(lie, "call", "an exit at exit_pc")


@shows(("syscall", "the instruction at pc"))
def test_a_syscall_that_is_none() -> None:
    lie = honest("lddw r2, 0; syscall sol_log_")
    in_another_program(lie, program("lddw r2, 0; neg64 r0"))
    needed(lie, "syscall", "the instruction at pc")


# PADDING

OPERANDS = {
    chip.name: "callee" if chip.name == "call" else "b"
    for chip in CIRCUIT.chips
    if any(note.name == "is_register" for note in chip.main)
}


@shows(*((chip, "is_register is 0 on padding") for chip in OPERANDS))
@pytest.mark.parametrize("chip", OPERANDS)
def test_padding_that_reads(chip: str) -> None:
    """A row of padding reads a register at any time. 2^15 such rows carry it around p, into the past."""
    lie = honest("mov64 r3, 0")
    end, row = lie.row("registers", 3), padding_of(lie, chip)
    assert end.word("last") == 0
    clk = (end["time"] >> 1) + 5
    name = OPERANDS[chip]
    cells = {"is_register": 1, "clk": clk, f"{name}_index": 3, f"{name}_before": end["time"]}
    for column, value in cells.items():
        row[column] = value
    end["time"] = 2 * clk
    needed(lie, chip, "is_register is 0 on padding")


@shows(("load_unaligned", "reaches_second is 0 on padding"))
@shows(("store_unaligned", "reaches_second is 0 on padding"))
@pytest.mark.parametrize("chip", ["load_unaligned", "store_unaligned"])
def test_padding_that_reaches_memory(chip: str) -> None:
    lie = honest(f"lddw r1, {HEAP + 8}; stdw [r1], 5")
    word, row = lie.find("stack_heap", is_heap=1), padding_of(lie, chip)
    cells = {"reaches_second": 1, "clk": (word["time"] >> 1) + 5, "second_before": word["time"]}
    cells |= {"available_first": 8, "available_second": 8, "available": 16, "base_2": 3}
    cells |= {"eighth": word["index"] - 1, "is_writable": 1}
    for name, value in cells.items():
        if any(note.name == name for note in row.instance.chip.main):
            row[name] = value
    row["base_0"] = 8 * (word["index"] - 1)
    for limb in range(4):
        row[f"byte_{8 + 2 * limb}"] = word[f"last_{limb}"]
        if chip == "store_unaligned":
            row[f"limb_{4 + limb}_after"] = word[f"last_{limb}"]
    word["time"] = 2 * row["clk"]
    needed(lie, chip, "reaches_second is 0 on padding")


@shows(("call", "returns is 0 on padding"))
def test_padding_that_returns() -> None:
    """A call without a return, and a return without a call. It goes to another pc, with another r6."""
    lie = honest("call f; exit; exit; f:")
    call, ghost, end = lie.row("call", 0), lie.row("call", 1), lie.row("execution")
    ghost.copy_from(call)
    call["returns"], ghost["is_real"], ghost["is_register"] = 0, 0, 0
    ghost["pc"] = 1
    end.claim("pc", 2)
    ghost["r6_0"] = 77
    lie.row("registers", 6).claim("last_0", 77)
    needed(lie, "call", "returns is 0 on padding")


# STACK AND HEAP


HOLES = {"the stack has holes": (3, STACK), "only the stack has holes": (0, HEAP)}


@shows(*((f"{kind}_unaligned", rule) for kind in ("load", "store") for rule in HOLES))
@pytest.mark.parametrize("kind", ["load", "store"])
@pytest.mark.parametrize("rule", HOLES)
def test_a_hole_where_there_is_none(kind: str, rule: str) -> None:
    """Neither a V3 stack nor any heap has holes. An access that skips a hole lands in other memory."""
    version, region = HOLES[rule]
    access = "ldxdw r2, [r1+12]" if kind == "load" else "stxdw [r1+12], r3"
    words = "stdw [r1+8], 0; stdw [r1+16], 0; stdw [r1+0x1010], 0"
    code = program(f"lddw r1, {region}", words, access, version=version)
    lie = Forgery.of(run(code))
    row = lie.row(f"{kind}_unaligned")
    row["skips_hole"], row["gaps_row"] = 1, code.slots
    near, far = (lie.find("stack_heap", is_real=1, index=index) for index in (2, 514))
    row["second_before"], near["time"], far["time"] = far["time"], row["second_before"], near["time"]
    needed(lie, f"{kind}_unaligned", rule)


def rows_of_words(*source: str, input_region: bytes = b"") -> tuple[Forgery, list[Row]]:
    """A witness, and the first rows of its table of stack and heap, of which most are free."""
    lie = honest(*source, input_region=input_region)
    table = lie.tables("stack_heap")[0]
    return lie, [Row(table, number) for number in range(8)]


STORE_AND_LOAD: list[str] = [
    f"lddw r1, {STACK + 16}",
    "stdw [r1], 5",
    "ldxdw r2, [r1]",
]


RISE = "words and invocations rise"


@shows(("stack_heap", RISE), ("stack_heap", "gap is the distance to the next word, less one"))
@pytest.mark.parametrize("rule", [RISE, "gap is the distance to the next word, less one"])
def test_a_word_twice(rule: str) -> None:
    lie, rows = rows_of_words(*STORE_AND_LOAD)
    forget(lie, rows[0], rows[1])
    rows[0]["gap"] = -1 if rule == RISE else 0
    needed(lie, "stack_heap", rule)


@shows(("stack_heap", "real rows come first"))
def test_a_word_twice_with_padding_between() -> None:
    lie, rows = rows_of_words(*STORE_AND_LOAD)
    forget(lie, rows[0], rows[2])
    rows[0]["continues"], rows[1]["continues"] = 0, 1
    rows[1]["invocation"], rows[1]["gap"] = 1, rows[2]["index"] - 1
    needed(lie, "stack_heap", "real rows come first")


@shows(("stack_heap", "frame is below 64"), ("stack_heap", "only a stack has holes, and not every one"))
@pytest.mark.parametrize("rule", ["frame is below 64", "only a stack has holes, and not every one"])
def test_a_word_twice_by_a_fraction(rule: str) -> None:
    """Index 1 with 1 / 512 of a hole below it is word 2."""
    lie, rows = rows_of_words(*STORE_AND_LOAD)
    forget(lie, rows[0], rows[1])
    rows[0]["index"], rows[0]["holes"] = 1, pow(512, -1, P)
    if rule == "frame is below 64":
        rows[0]["frame"] = rows[0]["holes"]
    needed(lie, "stack_heap", rule)


@shows(("stack_heap", "frame holds index"))
def test_a_word_twice_by_another_frame() -> None:
    """Index 0 of frame 2 is word 1024, and so is index 512 of frame 1."""
    lie, rows = rows_of_words(f"lddw r1, {STACK + 0x2000}", *STORE_AND_LOAD[1:])
    forget(lie, rows[0], rows[1])
    rows[0]["index"], rows[0]["frame"], rows[0]["holes"], rows[0]["gap"] = 0, 2, 2, 511
    needed(lie, "stack_heap", "frame holds index")


@shows(("stack_heap", "the layout of the invocation"))
def test_a_word_twice_in_two_stacks() -> None:
    """Index 512 of a stack with holes is word 1024, and so is index 1024 of a stack without holes."""
    lie, rows = rows_of_words(f"lddw r1, {STACK + 0x2000}", *STORE_AND_LOAD[1:])
    forget(lie, rows[0], rows[1])
    rows[0]["gap"] = 511
    second = {"index": 1024, "frame": 2, "holes": 0, "stack_gaps": 0}
    for name, value in second.items():
        rows[1][name] = value
    needed(lie, "stack_heap", "the layout of the invocation")


@shows(("stack_heap", "is_heap is 0 or 1"))
def test_a_word_of_the_input_among_those_of_the_heap() -> None:
    """Region 2 + 2 is the input. Its words would then be zero."""
    lie, rows = rows_of_words(f"lddw r1, {INPUT + 8}; ldxdw r2, [r1]", input_region=bytes(range(16)))
    load = lie.row("load")
    load.set_word("value", 0)
    lie.row("registers", 2).claim_word("last", 0)
    lie.row("input", 0)["time"] = 0
    cells = {"is_real": 1, "is_heap": 2, "index": 1, "time": 2 * load["clk"]}
    for name, value in {**memory_map(lie), **cells}.items():
        rows[0][name] = value
    needed(lie, "stack_heap", "is_heap is 0 or 1")


@shows(("stack_heap", "index is inside the heap"))
def test_a_word_past_the_heap() -> None:
    lie, rows = rows_of_words(f"lddw r1, {HEAP + 32 * 1024 - 8}; ldxdw r2, [r1]")
    load = lie.row("load")
    set_constant(lie, 1, HEAP + 32 * 1024)
    load.set_word("base", HEAP + 32 * 1024)
    load["eighth"] = 4096
    rows[0]["index"], rows[0]["frame"] = 4096, 8
    needed(lie, "stack_heap", "index is inside the heap")


# THE STATEMENT


def public_columns() -> list[tuple[str, int]]:
    return [(chip.name, position) for chip in CIRCUIT.chips for position in range(len(chip.public_columns))]


@shows(
    *(
        (chip, f"{CHIPS[chip].public_columns[position].name} is the statement's")
        for chip, position in public_columns()
    )
)
@pytest.mark.parametrize(("chip", "position"), public_columns())
def test_another_statement(chip: str, position: int) -> None:
    """A true witness with a statement that differs in one cell."""
    lie = honest("ldxb r2, [r1]; mov64 r2, 1; syscall sol_log_", input_region=bytes(8))
    table = lie.tables(chip)[0]
    assert table.public is not None
    public = table.public.copy()
    public[0, position] ^= 1
    lie.instances = [replace(each, public=public) if each is table else each for each in lie.instances]
    needed(lie, chip, f"{CHIPS[chip].public_columns[position].name} is the statement's")
