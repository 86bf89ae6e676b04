"""Lies about whole blocks of the memory syscalls: rows are moved, cut off, added, or tied to no call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assurance.forgery import Forgery, Row, lying_witness
from assurance.memory_calls import INPUT_REGION, RESULT, Call, execute
from assurance.places import HEAP, INPUT
from assurance.report import explain
from solproof.air.field import P
from solproof.proving.witness import Witness

BYTES = range(8)
COPY: Call = ("sol_memcpy_", (HEAP + 203, INPUT + 1, 37))
MOVE: Call = ("sol_memmove_", (HEAP + 1, HEAP + 6, 128 - 9))
SET: Call = ("sol_memset_", (HEAP + 3, 0x5A, 30))
COMPARE: Call = ("sol_memcmp_", (HEAP + 2, INPUT + 5, 60, RESULT))


def forged(*calls: Call) -> Forgery:
    return lying_witness(execute(calls))


def rows(lie: Forgery, chip: str = "memory_copy") -> int:
    table = lie.tables(chip)[0]
    return int(table.main[:, table.chip.index("is_real")].sum())


def end_at(row: Row) -> None:
    """Make this the last row that covers bytes, as far as its own cells can."""
    row["is_last"] = row["is_end"] = 1


@pytest.mark.parametrize("by", [1, -1, -4])
def test_a_block_may_go_on_in_the_first_row(by: int) -> None:
    """The rows form a ring, so it does not matter where the ring is cut open."""
    lie = forged(COPY, SET, COMPARE)
    for chip in ("memory_copy", "memory_compare"):
        table = lie.tables(chip)[0]
        table.main[:] = np.roll(table.main, by, axis=0)
    assert lie.names() == set(), explain(lie)


@pytest.mark.parametrize("call", [COPY, SET, COMPARE], ids=lambda call: call[0])
def test_a_block_cut_into_two_tables(call: Call) -> None:
    chip = "memory_compare" if call is COMPARE else "memory_copy"
    lie = forged(call)
    table, count = lie.tables(chip)[0], rows(lie, chip)
    for cut in range(1, count):
        first, second = table.main.copy(), table.main.copy()
        first[cut:], second[:cut] = 0, 0
        others = [each for each in lie.instances if each is not table]
        parted = [*others, replace(table, main=first), replace(table, main=second)]
        lying = Forgery(Witness(tuple(parted), lie.public))
        assert any(name.startswith(f"{chip}: a row continues") for name in lying.names()), explain(lying)


@pytest.mark.parametrize("call", [COPY, MOVE, SET, COMPARE], ids=lambda call: call[0])
def test_a_block_that_ends_early(call: Call) -> None:
    chip = "memory_compare" if call is COMPARE else "memory_copy"
    for row in range(rows(forged(call), chip) - 1):
        lie = forged(call)
        was_end = lie.row(chip, row)["is_end"]
        end_at(lie.row(chip, row))
        table = lie.tables(chip)[0]
        table.main[row + 1 :] = 0
        # If only the source continues, the rule that notices is that its last bytes do not all exist.
        noticed = (
            "bus bits: query: the last shifted bytes exist" if was_end else "the end is where nothing is left"
        )
        assert f"{chip}: {noticed}" in lie.names(), explain(lie)


def test_a_ring_without_a_first_row() -> None:
    """A full table whose rows all continue would be a block of no call. Its indices cannot rise forever."""
    lie = forged(("sol_memset_", (HEAP, 7, 128)))
    table = lie.tables("memory_copy")[0]
    assert rows(lie) == len(table.main) == 16
    for name in ("is_first", "is_last", "is_end"):
        table.main[:, table.chip.index(name)] = 0
    table.main[:, table.chip.index("left")] = (-8 * np.arange(16)) % P
    names = lie.names()
    assert "memory_copy: the next row has the next aligned word" in names, explain(lie)
    assert "memory_copy: each row takes a word" in names, explain(lie)


def test_a_block_of_no_call_and_a_call_of_no_block() -> None:
    lie = forged(SET, SET)
    table, half = lie.tables("memory_copy")[0], rows(lie) // 2
    table.main[half:] = 0
    assert "memory_call: bus block: send: the block that does it" in lie.names(), explain(lie)
    lie = forged(SET)
    table, count = lie.tables("memory_copy")[0], rows(lie)
    table.main[count : 2 * count] = table.main[:count]
    assert any("bus block" in name for name in lie.names()), explain(lie)


def test_the_image_as_a_destination() -> None:
    """The tag of a read-only word could be read as the tag of a writable word of -8 bytes."""
    image = 1 << 32
    lie = forged(("sol_memcmp_", (image, HEAP, 24, RESULT)), ("sol_memset_", (HEAP, 0, 24)))
    table = lie.tables("memory_copy")[0]
    count = rows(lie)
    call = lie.find("memory_call", is_set=1)
    call.set_word("r1", image)
    for number in range(count):
        row = lie.row("memory_copy", number)
        row["aligned_region"], row["aligned_available"] = 1, -8
        compared = lie.row("memory_compare", number)
        row["aligned_before"] = 2 * compared["clk"] + 1
        for byte in BYTES:
            row[f"aligned_{byte}"] = compared[f"aligned_{byte}"]
    names = lie.names()
    assert table.main[count - 1, table.chip.index("is_end")] == 1
    assert "memory_copy: bus bits: query: an aligned word has few bytes" in names, explain(lie)
    assert "memory_copy: bus bits: query: the last aligned bytes exist" in names, explain(lie)


def test_a_difference_overlooked() -> None:
    """All bytes are called equal although some differ, or a later difference is named, not the first."""
    calls: list[Call] = [("sol_memset_", (HEAP, 0, 64)), ("sol_memset_", (HEAP + 3, 1, 1))]
    calls += [("sol_memset_", (HEAP + 20, 2, 1)), ("sol_memcmp_", (HEAP, HEAP + 32, 32, RESULT))]
    for named in (0, 2):
        lie = forged(*calls)
        call = lie.find("memory_call", is_compare=1)
        call["value"] = named
        table = lie.tables("memory_compare")[0]
        for number in range(rows(lie, "memory_compare")):
            row = lie.row("memory_compare", number)
            row["value"] = named
            for byte in BYTES:
                row[f"found_{byte}"] = int(named != 0 and 8 * number + byte == 20)
            row["is_open"] = int(named == 0 or 8 * number <= 20)
            row["inverse"] = pow(named, -1, P) if named else 0
        assert "memory_compare: byte 3 is equal before a difference is found" in lie.names(), table.chip.name


def test_a_source_word_too_many_is_only_read() -> None:
    """A last row may look at the partial word after the range. It reads one more word and does no more."""
    assert len(INPUT_REGION) == 101
    copy: Call = ("sol_memcpy_", (HEAP + 200, INPUT + 88, 8))
    lie = forged(copy, ("sol_memset_", (INPUT + 96, 1, 1)))
    only, after, setting = (lie.row("memory_copy", number) for number in range(3))
    setting.copy_from(after)
    after.copy_from(only)
    only["is_last"] = 0
    cleared = ["is_first", "is_end", "covers", "left", "aligned_available", "aligned_before"]
    cleared += [f"new_{limb}" for limb in range(4)]
    cleared += [f"{name}_{byte}" for byte in BYTES for name in ("mask", "aligned")]
    for name in cleared:
        after[name] = 0
    after["aligned_index"] += 1
    after["shifted_index"] += 1
    after["shifted_available"] = 5
    for byte, value in enumerate(INPUT_REGION[96:] + bytes(3)):
        after[f"shifted_{byte}"] = value
    setting["aligned_before"] = 2 * only["clk"]
    assert lie.names() == set(), explain(lie)
