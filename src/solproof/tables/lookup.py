"""The fixed lookup table: 2^16 rows for ranges, bytes and their AND, and values of at most 15 bits.

Preprocessed and the same for every program. Row n provides: n itself; (a, b, a AND b) for its low byte a and
high byte b; and, with the highest set bit of n at position k, (k, n - 2^k, n). Row 0 repeats row 1 there, so
that no message has the power 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from solproof.air.bus import BITS, BITWISE, BYTES, RANGE16, Bus
from solproof.air.chip import Chip
from solproof.witness.arrays import Integers
from solproof.witness.table import Table

HEIGHT = 2**16

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The lookup table."""
    chip = Chip(
        "lookup",
        "Given a value, this chip holds whether it has 16 bits, the AND of its bytes, and its highest bit.",
    )
    value = chip.preprocessed("value", "n, the number of the row")
    byte_a = chip.preprocessed("byte_a", "n modulo 256")
    byte_b = chip.preprocessed("byte_b", "floor(n / 256)")
    common = chip.preprocessed("and", "byte_a AND byte_b")
    bit = chip.preprocessed("bit", "position of the highest set bit of max(n, 1)")
    rest = chip.preprocessed("rest", "max(n, 1) - 2^bit")
    number = chip.preprocessed("number", "max(n, 1)")
    chip.provide(
        RANGE16, [value], chip.column("range_count", "how often n is range-checked"), "n is below 2^16"
    )
    chip.provide(
        BITWISE,
        [byte_a, byte_b, common],
        chip.column("and_count", "how often the AND is looked up"),
        "AND of two bytes",
    )
    chip.provide(
        BYTES,
        [byte_a, byte_b],
        chip.column("bytes_count", "how often the pair of bytes is looked up"),
        "two bytes",
    )
    chip.provide(
        BITS,
        [bit, rest, number],
        chip.column("bits_count", "how often the bits are looked up"),
        "a value of few bits",
    )
    return chip


CHIP = build()
COUNTS = {RANGE16: "range_count", BITWISE: "and_count", BYTES: "bytes_count", BITS: "bits_count"}

# WITNESS


@cache
def preprocessed() -> NDArray[np.uint32]:
    """The preprocessed columns: [2^16, 7]."""
    value = np.arange(HEIGHT)
    number = np.maximum(value, 1)
    bit = np.floor(np.log2(number)).astype(np.int64)
    columns = (value, value & 255, value >> 8, value & 255 & value >> 8, bit, number - (1 << bit), number)
    return np.stack(columns, axis=1).astype(np.uint32)


def row_of(bus: Bus, fields: Sequence[Integers]) -> Integers:
    """The rows that provide some messages of a bus."""
    if bus in (BITWISE, BYTES):
        return fields[0] + 256 * fields[1]
    return fields[2] if bus is BITS else fields[0]


def fill(counts: Mapping[Bus, Integers]) -> Table:
    """The table, for how often each row is queried on each bus: [2^16] each."""
    table = Table(CHIP, HEIGHT)
    for bus, name in COUNTS.items():
        table[name] = counts[bus]
    return table
