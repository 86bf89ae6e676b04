"""Lies about the last memory syscall of a run: its row, and the rows of its block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from assurance.forgery import Forgery, Row, lying_witness
from assurance.history import rechain
from assurance.memory_calls import RESULT, Call, execute
from assurance.places import HEAP
from solproof.air.bus import INVOCATION
from solproof.air.field import P

COPY, COMPARE = "memory_copy", "memory_compare"
BYTES = range(8)
TO, FROM = HEAP + 0x200, HEAP + 0x400
"""Where the ranges of `differing` are. All memory that is not set is 0."""
FIVE = 5


@dataclass
class CallLie:
    """A forgery, the row of its last call, and the rows of that call's block."""

    lie: Forgery
    call: Row = field(init=False)
    rows: list[Row] = field(init=False)
    truth: dict[tuple[int, ...], int] = field(init=False)

    def __post_init__(self) -> None:
        calls = self.lie.tables("memory_call")[0]
        number = int(calls.main[:, calls.chip.index("is_real")].sum())
        self.call = Row(calls, number - 1)
        self.rows = []
        for instance in self.lie.tables(self.chip):
            rows = [Row(instance, number) for number in range(len(instance.main))]
            self.rows += [row for row in rows if row["is_real"] and self._is_of_the_call(row)]
        self.truth = self.memory()

    def _is_of_the_call(self, row: Row) -> bool:
        return all(row[name] == self.call[name] for name in (INVOCATION, "clk"))

    @property
    def chip(self) -> str:
        """The name of the chip that proves the block."""
        return COMPARE if self.call["is_compare"] else COPY

    def free(self, distance: int = 0) -> Row:
        """A row of padding. By default it is the row after the block; `distance` moves it further on."""
        row = Row(self.rows[-1].instance, self.rows[-1].row + 1 + distance)
        assert row["is_real"] == 0
        row[INVOCATION] = self.call[INVOCATION]
        return row

    def memory(self) -> dict[tuple[int, ...], int]:
        """The limbs of memory that are not 0 at the end, by invocation, chip, index and limb."""
        found: dict[tuple[int, ...], int] = {}
        for number, chip in enumerate(("input", "stack_heap")):
            for instance in self.lie.tables(chip):
                for row in (Row(instance, number) for number in range(len(instance.main))):
                    place = row["index"] + (row["is_heap"] << 32 if chip == "stack_heap" else 0)
                    cells = {(row[INVOCATION], number, place, limb): row[f"last_{limb}"] for limb in range(4)}
                    found |= {key: value for key, value in cells.items() if value}
        return found

    # CHANGES

    def ends_at(self, position: int) -> Self:
        """Remove the rows of the block after this one."""
        self.rows[position]["is_last"] = 1
        for row in self.rows[position + 1 :]:
            row.instance.main[row.row] = 0
        del self.rows[position + 1 :]
        return self

    def answer(self, value: int) -> Self:
        """Claim that the comparison finds this difference. Does nothing for a copy."""
        if self.chip == COMPARE:
            self.call["value"], self.call["is_negative"] = value, int(value < 0)
            for row in self.rows:
                row["value"] = value
        return self

    def settle(self) -> Self:
        """Recompute the cells that follow from other cells.

        These are the words after the syscall, the place where a difference is found, and the history of
        memory.
        """
        table = self.rows[0].instance
        rows = [Row(table, number) for number in range(len(table.main))]
        for row, following in zip(rows, [*rows[1:], rows[0]], strict=True):
            source = window(row, following)
            if self.chip == COMPARE:
                put(row, "second", source)
                continue
            after = [
                old + inside * (new - old)
                for old, inside, new in zip(cells(row, "aligned"), cells(row, "mask"), source, strict=True)
            ]
            for limb in range(4):
                row[f"new_{limb}"] = after[2 * limb] + 256 * after[2 * limb + 1]
        if self.chip == COMPARE:
            self._find()
        rechain(self.lie)
        return self

    def _find(self) -> None:
        is_open = 1
        for row in self.rows:
            found = [0] * 8
            row["is_open"], row["inverse"] = is_open, 0
            pairs = zip(cells(row, "aligned"), cells(row, "second"), cells(row, "mask"), strict=True)
            differs = [byte for byte, (one, other, inside) in enumerate(pairs) if inside and one != other]
            if is_open and differs and row["value"]:
                found[differs[0]], is_open = 1, 0
                row["inverse"] = pow(row["value"], -1, P)
            put(row, "found", found)


def cells(row: Row, name: str) -> list[int]:
    """The eight cells with this name and the numbers 0 to 7."""
    return [row[f"{name}_{byte}"] for byte in BYTES]


def put(row: Row, name: str, values: list[int]) -> None:
    """Set the eight cells with this name."""
    for byte, value in enumerate(values):
        row[f"{name}_{byte}"] = value


def cover(row: Row, *covered: int) -> None:
    """Set the mask of a row so that it covers exactly these bytes."""
    put(row, "mask", [int(byte in covered) for byte in BYTES])


def window(row: Row, following: Row) -> list[int]:
    """The bytes of the shifted range that belong to the bytes of a row's aligned word."""
    both = cells(row, "shifted") + cells(following, "shifted")
    shifts = cells(row, "shift")
    return [sum(flag * both[byte + shift] for shift, flag in enumerate(shifts)) for byte in BYTES]


# SCENES


def told(*calls: Call, before: Sequence[Call] = ()) -> CallLie:
    """The last of these calls, unchanged. The version is V3, whose stack has no holes.

    `before` are the calls of another frame, which begins before this one. Without calls there is no such
    frame.
    """
    outcomes = [execute(each, version=3) for each in (before, calls) if each]
    assert all(outcome.fault is None for outcome in outcomes)
    return CallLie(lying_witness(*outcomes))


def of(chip: str, first: int, second: int, length: int) -> Call:
    """A copy or a comparison."""
    if chip == COPY:
        return ("sol_memcpy_", (first, second, length))
    return ("sol_memcmp_", (first, second, length, RESULT))


def differing(
    chip: str, length: int, at: int, start: int = 0, shift: int = 0, before: tuple[Call, ...] = ()
) -> CallLie:
    """A copy or comparison that starts at byte `start` of a word.

    Both ranges are zeros, except for a 5 at position `at` of the second range.
    """
    second = FROM + (start + shift) % 8
    five: Call = ("sol_memset_", (second + at, FIVE, 1))
    return told(*before, five, of(chip, TO + start, second, length))
