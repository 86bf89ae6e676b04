"""Addresses: from a base register and an offset to a word of memory.

base + offset = region 2^32 + 8 index + byte modulo 2^64. Of all the columns only `eighth` needs a range
check. The memory bus holds a word with this region and index, so 0 <= region <= 4 and 0 <= index < 2^29 as
integers. Then the equations below leave one solution. (Because eighth < 2^16, the lowest equation holds over
the integers. Every other term is a small multiple of a carry.)
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.accesses.arrays import Values
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word
from solproof.air.gadgets import LIMB, range16


@dataclass(frozen=True, slots=True)
class Address:
    """The word that holds the first byte of an access."""

    region: Expression
    index: Expression

    @classmethod
    def columns(
        cls, chip: Chip, base: Word, offset: Expression, byte: Expression | int, is_real: Expression
    ) -> Address:
        """Declare the columns and prove them. `byte`, 0..7, is the position of the first byte in its word."""
        eighth = chip.column("eighth", "low limb of the address, divided by 8, not reduced")
        carry_1 = chip.column("address_carry_1", "carry out of limb 1 of base + offset: -1, 0 or 1")
        carry_2 = chip.column("address_carry_2", "carry out of limb 2 of base + offset: -1, 0 or 1")
        range16(chip, eighth, is_real, "eighth is below 2^16")
        carry_0 = (base[0] + offset - byte - 8 * eighth) / LIMB
        carry_3 = (base[3] + carry_2) / LIMB
        for limb, carry in enumerate((carry_0, carry_1, carry_2, carry_3)):
            chip.assert_ternary(carry, f"carry out of limb {limb} of the address is -1, 0 or 1")
        return cls(
            region=base[2] + carry_1 - LIMB * carry_2,
            index=eighth + 2**13 * (base[1] + carry_0 - LIMB * carry_1),
        )


def fill_address(table: Table, rows: Rows, base: Values) -> None:
    """Fill the columns of `Address` for the base values and the addresses of the rows."""
    parts, target = limbs(base), limbs(rows.address)
    low = target[:, 0] >> 3
    carry_0 = (parts[:, 0] + rows.offset - target[:, 0]) >> 16
    carry_1 = (parts[:, 1] + carry_0 - target[:, 1]) >> 16
    carry_2 = (parts[:, 2] + carry_1 - target[:, 2]) >> 16
    table["eighth"], table["address_carry_1"], table["address_carry_2"] = low, carry_1, carry_2
