"""The fixed lookup table: 16-bit numbers, bytes and their AND, and values of at most 15 bits.

It is preprocessed and the same for every program. For each n below 2^16 it provides three kinds of messages:
n itself, (a, b, a AND b) for its low byte a and high byte b, and (k, n - 2^k, n) for the position k of its
highest set bit. For n = 0 the last message repeats that of n = 1, so that no message contains the power 0.

Each row holds four numbers: row i holds i + 2^14 j for j from 0 to 3. The messages of the four are linear in
the same columns, and they share the row's running sum and quotient. This matters because a proof of few
instructions consists mostly of this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from solproof.accesses.arrays import Integers
from solproof.accesses.table import Table
from solproof.air.bus import BITS, BITWISE, BYTES, RANGE16, Bus
from solproof.air.chip import Chip
from solproof.backend.protocol import Columns
from solproof.circuit.table import LookupTable, Queries

NUMBERS = 2**16
QUARTERS = 4
HEIGHT = NUMBERS // QUARTERS
COUNTS = {RANGE16: "range_count", BITWISE: "and_count", BYTES: "bytes_count", BITS: "bits_count"}

# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """The lookup table."""
    chip = Chip(
        "lookup",
        "Given a value, this chip states whether it has 16 bits, the AND of its bytes, and its highest bit.",
    )
    row = chip.preprocessed("row", "number of the row: n modulo 2^14")
    byte_a = chip.preprocessed("byte_a", "n modulo 256")
    low_b = chip.preprocessed("low_b", "floor(row / 256): byte b modulo 64")
    low_and = chip.preprocessed("low_and", "byte_a AND low_b")
    and_64 = chip.preprocessed("and_64", "byte_a AND 64")
    and_128 = chip.preprocessed("and_128", "byte_a AND 128")
    bit = chip.preprocessed("bit", "position of the highest set bit of max(row, 1)")
    rest = chip.preprocessed("rest", "max(row, 1) - 2^bit")
    number = chip.preprocessed("number", "max(row, 1)")
    for quarter in range(QUARTERS):
        n = row + HEIGHT * quarter
        byte_b = low_b + 64 * quarter
        # Bits 6 and 7 of byte b are the bits of the quarter's number.
        common = low_and + (quarter & 1) * and_64 + (quarter >> 1) * and_128
        highest = (HEIGHT * quarter).bit_length() - 1
        chip.provide(
            RANGE16,
            [n],
            chip.column(f"range_count_{quarter}", f"how often n is range-checked, in quarter {quarter}"),
            f"n is below 2^16, quarter {quarter}",
        )
        chip.provide(
            BITWISE,
            [byte_a, byte_b, common],
            chip.column(f"and_count_{quarter}", f"how often the AND is looked up, in quarter {quarter}"),
            f"AND of two bytes, quarter {quarter}",
        )
        chip.provide(
            BYTES,
            [byte_a, byte_b],
            chip.column(f"bytes_count_{quarter}", f"how often the bytes are looked up, in quarter {quarter}"),
            f"two bytes, quarter {quarter}",
        )
        chip.provide(
            BITS,
            [bit, rest, number] if quarter == 0 else [highest, n - 2**highest, n],
            chip.column(f"bits_count_{quarter}", f"how often the bits are looked up, in quarter {quarter}"),
            f"a value of few bits, quarter {quarter}",
        )
    return chip


CHIP = build()

# WITNESS


@cache
def preprocessed() -> Columns:
    """The preprocessed columns: [2^14, 9]."""
    row = np.arange(HEIGHT)
    byte_a, low_b = row & 255, row >> 8
    number = np.maximum(row, 1)
    bit = np.floor(np.log2(number)).astype(np.int64)
    bytes_columns = (byte_a, low_b, byte_a & low_b, byte_a & 64, byte_a & 128)
    columns = (row, *bytes_columns, bit, number - (1 << bit), number)
    return np.stack(columns, axis=1).astype(np.uint32)


def entry_of(_: Columns, bus: Bus, fields: Sequence[Integers]) -> Integers:
    """The numbers n that provide the given messages on a bus."""
    if bus in (BITWISE, BYTES):
        return fields[0] + 256 * fields[1]
    return fields[2] if bus is BITS else fields[0]


def fill(_: Columns, queries: Queries) -> Table:
    """Fill the table. `queries`: how often each number is queried on each bus, [2^16] each."""
    table = Table(CHIP, HEIGHT)
    for bus, name in COUNTS.items():
        for quarter, count in enumerate(queries[bus].reshape(QUARTERS, HEIGHT)):
            table[f"{name}_{quarter}"] = count
    return table


TABLES = (LookupTable(CHIP, QUARTERS, entry_of, fill, preprocessed=preprocessed),)
