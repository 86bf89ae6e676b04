"""Products of 64-bit values, computed by bytes. Multiplication and division share them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from solproof.accesses.arrays import Integers, Values
from solproof.accesses.table import Table, limbs
from solproof.air.expression import Expression, Word
from solproof.air.gadgets import byte_pair
from solproof.circuit.instructions.parts.adapter import Step

Value = TypeVar("Value", Expression, Integers)


def byte_pairs(
    step: Step, x_name: str, x: Word, y_name: str, y: Word
) -> tuple[list[Expression], list[Expression]]:
    """Split two values into bytes, little-endian, and prove that the parts are bytes."""
    chip = step.chip
    x_bytes: list[Expression] = []
    y_bytes: list[Expression] = []
    for limb in range(4):
        x_low = chip.column(f"{x_name}_{limb}_low", f"low byte of {x_name}_{limb}")
        y_low = chip.column(f"{y_name}_{limb}_low", f"low byte of {y_name}_{limb}")
        x_parts, y_parts = (x_low, (x[limb] - x_low) / 256), (y_low, (y[limb] - y_low) / 256)
        for name, parts in ((x_name, x_parts), (y_name, y_parts)):
            byte_pair(chip, *parts, step.is_real, f"the parts of {name}_{limb} are bytes")
        x_bytes.extend(x_parts)
        y_bytes.extend(y_parts)
    return x_bytes, y_bytes


def fill_byte_pairs(
    table: Table, x_name: str, x: Values, y_name: str, y: Values
) -> tuple[list[Integers], list[Integers]]:
    """Fill the columns of `byte_pairs`. Returns the bytes, each an array over the rows."""
    split = []
    for name, value in ((x_name, x), (y_name, y)):
        parts = limbs(value)
        for limb in range(4):
            table[f"{name}_{limb}_low"] = parts[:, limb] & 255
        split.append([parts[:, position // 2] >> 8 * (position % 2) & 255 for position in range(8)])
    return split[0], split[1]


def product_column(x: Sequence[Value], y: Sequence[Value], limb: int) -> Value:
    """The contribution of the product of two values, eight bytes each, to one of its eight limbs, without
    carries.

    It is below 2^28, because it has at most 8 products of bytes, plus 256 times as many.
    """

    def column(position: int) -> Value:
        first = max(0, position - 7)
        terms = [x[i] * y[position - i] for i in range(first, position - first + 1)]
        return sum(terms[1:], start=terms[0])

    low = column(2 * limb)
    return low if limb == 7 else low + column(2 * limb + 1) * 256


def overflow(x: Sequence[Expression], y: Sequence[Expression]) -> Expression:
    """The sum of all products of bytes above 2^64. It is zero exactly when the whole product fits."""
    terms = [x[i] * y[j] for i in range(8) for j in range(8) if i + j >= 8]
    return sum(terms[1:], start=terms[0])
