"""The fixed lookup table provides every number below 2^16 once on each bus, and nothing else."""

from __future__ import annotations

import numpy as np

from solproof.air.bus import BITS, BITWISE, BYTES, RANGE16, Bus
from solproof.air.evaluate import Evaluator
from solproof.backend.protocol import Columns
from solproof.circuit import lookup
from solproof.circuit.table import Queries

COLUMNS = lookup.preprocessed()


def filled(counts: Queries) -> Columns:
    """The committed columns."""
    return lookup.fill(COLUMNS, counts).rows()


def offered(bus: Bus) -> list[tuple[int, ...]]:
    """The messages that the table provides on a bus, quarter by quarter."""
    main = np.zeros((lookup.HEIGHT, lookup.CHIP.width), np.uint32)
    values = Evaluator(lookup.CHIP, main, COLUMNS)
    found: list[tuple[int, ...]] = []
    for interaction in lookup.CHIP.interactions:
        if interaction.bus is bus:
            found += zip(*(values.column(part).tolist() for part in interaction.fields), strict=True)
    return found


def test_numbers() -> None:
    assert offered(RANGE16) == [(n,) for n in range(2**16)]


def test_bytes() -> None:
    assert offered(BYTES) == [(n & 255, n >> 8) for n in range(2**16)]
    assert offered(BITWISE) == [(n & 255, n >> 8, n & 255 & n >> 8) for n in range(2**16)]


def test_bits() -> None:
    """(n, value, 2^n + value) for every n up to 15 and every value below 2^n, with (0, 0, 1) twice."""
    expected = [(count, value, 2**count + value) for count in range(16) for value in range(2**count)]
    assert offered(BITS) == [(0, 0, 1), *expected]


def test_counts_stand_beside_their_messages() -> None:
    """Each number is queried once, and is counted in the row and quarter that provide it."""
    rng = np.random.default_rng(1)
    numbers = np.unique(rng.integers(1, 2**16, 300))
    counts = {bus: np.bincount(numbers, minlength=lookup.NUMBERS) for bus in lookup.COUNTS}
    values = Evaluator(lookup.CHIP, filled(counts), COLUMNS)
    for interaction in lookup.CHIP.interactions:
        counted = np.flatnonzero(values.column(interaction.multiplicity))
        fields = [values.column(part)[counted] for part in interaction.fields]
        assert np.isin(lookup.entry_of(COLUMNS, interaction.bus, fields), numbers).all()
    totals = filled(counts).sum()
    assert totals == len(lookup.COUNTS) * len(numbers)


def test_height() -> None:
    assert lookup.preprocessed().shape == (lookup.HEIGHT, 9) == (2**14, 9)
    assert lookup.preprocessed().dtype == np.uint32
