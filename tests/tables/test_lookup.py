"""The fixed lookup table holds every small value once, and nothing else."""

from __future__ import annotations

import numpy as np

from solproof.tables import lookup

COLUMNS = {note.name: position for position, note in enumerate(lookup.CHIP.preprocessed_columns)}


def column(name: str) -> list[int]:
    values: list[int] = lookup.preprocessed()[:, COLUMNS[name]].tolist()
    return values


def test_values() -> None:
    assert column("value") == list(range(2**16))


def test_bytes() -> None:
    table = list(zip(column("byte_a"), column("byte_b"), column("and"), strict=True))
    assert table == [(n & 255, n >> 8, n & 255 & n >> 8) for n in range(2**16)]


def test_bits() -> None:
    """(n, value, 2^n + value) for every n up to 15 and every value below 2^n; (0, 0, 1) twice."""
    table = list(zip(column("bit"), column("rest"), column("number"), strict=True))
    expected = [(count, value, 2**count + value) for count in range(16) for value in range(2**count)]
    assert table == [(0, 0, 1), *expected]


def test_height() -> None:
    assert len(lookup.preprocessed()) == lookup.HEIGHT == 2**16
    assert lookup.preprocessed().dtype == np.uint32
