"""Comparison of two values by limbs, as unsigned integers.

A marker is set on the highest limb in which the values differ. No marker is set if they are equal. All limbs
above the marker are equal (all limbs, if there is no marker). At the marker, the difference in the direction
that `less` gives is between 1 and 2^16.
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
    """`equal` and `less` of x and y. On a real row each is 0 or 1."""

    equal: Expression
    less: Expression

    @classmethod
    def columns(
        cls, chip: Chip, x: Sequence[Expression], y: Sequence[Expression], is_real: Expression
    ) -> Comparison:
        """Declare the columns and prove them. x and y must have equally many limbs, each below 2^16."""
        markers = [
            chip.flag(f"differs_{limb}", f"1 when limb {limb} is the highest that differs")
            for limb in range(len(x))
        ]
        less = chip.flag("is_less", "1 when the first value is below the second")
        difference = chip.column("difference", "distance between the marked limbs, if a limb is marked")
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
    """Fill the columns for limbs [rows, count]. Returns equal and less."""
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
