"""Comparison of two values by limbs, as unsigned integers.

A marker is set on the highest limb where they differ, on none when they are equal. All limbs above the marker
(all, without one) are equal; at the marker the difference, taken in the direction that `less` names, is
between 1 and 2^16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solproof.accesses.arrays import Flags, Integers
from solproof.accesses.table import Table
from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.gadgets import range16


@dataclass(frozen=True, slots=True)
class Comparison:
    """`equal` and `less` of x and y on a real row, each 0 or 1."""

    equal: Expression
    less: Expression

    @classmethod
    def columns(
        cls, chip: Chip, x: Sequence[Expression], y: Sequence[Expression], is_real: Expression
    ) -> Comparison:
        """Declare the columns and prove them. The limbs of x and y, as many of each, must be below 2^16."""
        markers = [
            chip.flag(f"differs_{limb}", f"1 when limb {limb} is the highest that differs")
            for limb in range(len(x))
        ]
        less = chip.flag("is_less", "1 when the first value is below the second")
        difference = chip.column(
            "difference", "distance of the limbs that the marker names, when there is one"
        )
        above = chip.graph.constant(0)
        for limb in reversed(range(len(x))):
            above = above + markers[limb]
            chip.assert_zero(
                (is_real - above) * (x[limb] - y[limb]), f"limb {limb} is equal above the marker"
            )
            distance = (2 * less - 1) * (y[limb] - x[limb])
            chip.assert_zero(
                markers[limb] * (distance - difference), f"the difference is that of limb {limb}"
            )
        chip.assert_bool(above, "at most one limb is marked")
        chip.assert_zero(less * (1 - above), "equal values are not less")
        range16(chip, difference - 1, above, "the marked limbs differ in the direction of is_less")
        return cls(is_real - above, less)


def fill_comparison(table: Table, x: Integers, y: Integers) -> tuple[Flags, Flags]:
    """Fill the columns for limbs [rows, count]; returns equal and less."""
    count = x.shape[1]
    differs = x != y
    equal = ~differs.any(axis=1)
    highest = count - 1 - np.argmax(differs[:, ::-1], axis=1)
    at = np.arange(len(x)), highest
    distance = y[at] - x[at]
    less = distance > 0
    for limb in range(count):
        table[f"differs_{limb}"] = ~equal & (highest == limb)
    table["is_less"] = less
    table["difference"] = np.abs(distance)
    return equal, less
