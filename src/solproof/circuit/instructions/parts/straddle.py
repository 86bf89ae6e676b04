"""Accesses that may lie in two neighbouring words, byte by byte.

The bytes of both words are columns. `starts` marks the first byte of the access, 0..7. The second word is
accessed if the access reaches it.

In the stack of V0, the neighbour of a frame's last word is the first word of the next frame. That word is 512
words further on in virtual addresses. The words between them are in a hole and on no bus. So the prover can
neither skip a hole where there is none, nor access a word inside it. The stacks of other versions have no
holes: only the program table of a V0 program has the row that states that the stack has holes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solproof.accesses.memory import HOLE_WORDS, WRITABLE_TAG
from solproof.accesses.program import FamilyCode
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.bus import PROGRAM
from solproof.air.expression import Expression, Word, total
from solproof.air.gadgets import access_memory, bits, byte_pair
from solproof.circuit.instructions.parts.adapter import Step
from solproof.circuit.instructions.parts.address import Address
from solproof.vm.memory import STACK


@dataclass(frozen=True, slots=True)
class Straddle:
    """The two words of an access, and the byte at which it starts."""

    address: Address
    starts: list[Expression]
    bytes: list[Expression]
    reaches_second: Expression
    skips_hole: Expression
    available: tuple[Expression, Expression]
    before: tuple[Expression, Expression]

    @classmethod
    def columns(cls, step: Step, base: Word, offset: Expression, size: Expression) -> Straddle:
        """Declare the columns, and prove where the access lies and that its bytes exist."""
        chip = step.chip
        starts = [
            step.flag(f"starts_at_{byte}", f"1 when the access starts at byte {byte} of its word")
            for byte in range(8)
        ]
        cells = [chip.column(f"byte_{byte}", f"byte {byte} of the two words, before") for byte in range(16)]
        reaches = step.flag("reaches_second", "1 when the access reaches the second word")
        skips = chip.flag("skips_hole", "1 when the second word is in the next stack frame")
        gaps = chip.column("gaps_row", "row of the program table that states that the stack has holes")
        available = (
            chip.column("available_first", "how many bytes of the first word exist"),
            chip.column("available_second", "how many bytes of the second word exist"),
        )
        existing = chip.column("available", "how many bytes exist from the start of the first word on")
        before = (
            chip.column("first_before", "time of the previous access of the first word"),
            chip.column("second_before", "time of the previous access of the second word"),
        )
        chip.assert_equal(total(starts), step.is_real, "the access starts at one byte")
        byte = sum((position * starts[position] for position in range(2, 8)), start=starts[1])
        address = Address.columns(chip, base, offset, byte, step.is_real)
        for position in range(0, 16, 2):
            name = f"bytes {position} and {position + 1} are bytes"
            byte_pair(chip, cells[position], cells[position + 1], step.is_real, name)
        chip.assert_equal(existing, available[0] + reaches * available[1], "bytes that exist")
        chip.assert_zero(reaches * (available[0] - 8), "the second word follows a whole one")
        # Both are below 16, so the tag of a writable word cannot be read as 16 more bytes of a read-only
        # word.
        bits(chip, 4, available[0], step.is_real, "a word has few bytes")
        bits(chip, 4, available[1], reaches, "the second word has few bytes")
        bits(chip, 3, existing - byte - size, step.is_real, "the bytes exist")
        chip.assert_zero(skips * (address.region - STACK), "only the stack has holes")
        stack_gaps: list[Expression | int] = [gaps, FamilyCode.STACK_GAPS, *(0 for _ in PROGRAM.fields[3:])]
        chip.query(PROGRAM, stack_gaps, skips, "the stack has holes")
        return cls(address, starts, cells, reaches, skips, available, before)

    @property
    def limbs(self) -> list[Expression]:
        """The eight limbs of the two words before the access."""
        return [self.bytes[position] + 256 * self.bytes[position + 1] for position in range(0, 16, 2)]

    def access(self, step: Step, after: Sequence[Expression], *, writable: bool) -> None:
        """Access the words: their limbs become `after`. A store needs writable words, a load takes any."""
        chip = step.chip
        is_writable = (
            chip.graph.constant(1) if writable else chip.flag("is_writable", "1 when the words are writable")
        )
        second = self.address.index + 1 + HOLE_WORDS * self.skips_hole
        cells = (("first", self.address.index, step.is_real), ("second", second, self.reaches_second))
        for position, (name, index, active) in enumerate(cells):
            old, new = (part[4 * position : 4 * position + 4] for part in (self.limbs, after))
            word = (self.address.region, index, self.available[position] + WRITABLE_TAG * is_writable)
            access_memory(
                chip,
                word,
                old,
                new,
                before=self.before[position],
                now=2 * step.clk,
                active=active,
                name=f"the {name} word",
            )


def fill_straddle(table: Table, rows: Rows) -> None:
    """Fill the columns of `Straddle`, except those of the base register."""
    start = (rows.address & np.uint64(7)).astype(np.int64)
    for byte in range(8):
        table[f"starts_at_{byte}"] = start == byte
    reaches = start + rows.size > 8
    for word, value in enumerate((rows.first_word, np.where(reaches, rows.second_word, 0).astype(np.uint64))):
        parts = limbs(value)
        for byte in range(8):
            table[f"byte_{8 * word + byte}"] = parts[:, byte // 2] >> 8 * (byte % 2) & 255
    skips = reaches & rows.skips_hole
    table["reaches_second"], table["skips_hole"] = reaches, skips
    table["gaps_row"] = skips * rows.slots
    table["available_first"], table["available_second"] = (
        rows.first_available,
        rows.second_available * reaches,
    )
    table["available"] = rows.first_available + rows.second_available * reaches
    table["first_before"], table["second_before"] = rows.first_before, rows.second_before * reaches
