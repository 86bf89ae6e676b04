"""The first backend holds the interface's rules for the tables of a batch."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from solproof.air.chip import Chip
from solproof.air.circuit import Circuit
from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Columns, Key, PublicInput, TableData
from solproof.errors import ProofRejected, ProvingError

TRANSCRIPT = b"a test"
RISING, BIT, KNOWN = range(3)
HEADER = 6
REASONS = {
    RISING: "its constraints read a row selector",
    KNOWN: "it carries preprocessed or public data",
}


def _circuit() -> Circuit:
    """A chip whose rows rise, a chip of bits, and a chip with a public column."""
    rising = Chip("rising", "Given nothing, this chip proves that x rises.")
    x = rising.column("x", "the number of the row")
    rising.assert_zero(rising.transition() * (rising.next(x) - x - 1), "x rises")
    bit = Chip("bit", "Given nothing, this chip proves that x is a bit.")
    bit.flag("x", "a bit")
    known = Chip("known", "Given x, this chip states x.")
    known.public("x", "a number")
    return Circuit((rising, bit, known), ())


CIRCUIT = _circuit()
BACKEND = Plonky3()
CELLS: Columns = np.arange(16, dtype=np.uint32)[:, None]
PUBLIC = [PublicInput(KNOWN, CELLS)]


@pytest.fixture(scope="module")
def key() -> Key:
    return BACKEND.setup(CIRCUIT, {})


def tables(counts: tuple[int, int, int]) -> list[TableData]:
    """True tables, so many of each chip."""
    each = (TableData(RISING, CELLS), TableData(BIT, CELLS % 2), TableData(KNOWN, CELLS, CELLS))
    return [table for table, count in zip(each, counts, strict=True) for _ in range(count)]


def relisted(proof: bytes, counts: tuple[int, int, int]) -> bytes:
    """A proof of one table of each chip that claims to hold so many of each. Every table has 2^4 rows."""
    listed = bytes([3, RISING, 4, BIT, 4, KNOWN, 4])
    assert proof[HEADER:].startswith(listed)
    chips = [chip for chip, count in enumerate(counts) for _ in range(count)]
    claimed = bytes([len(chips), *(byte for chip in chips for byte in (chip, 4))])
    return proof[:HEADER] + claimed + proof[HEADER + len(listed) :]


def test_the_chips_that_are_required() -> None:
    assert [chip.is_required for chip in CIRCUIT.chips] == [True, False, True]


@pytest.mark.parametrize("bits", [0, 1, 2])
def test_a_chip_that_is_not_required_may_have_any_number_of_tables(key: Key, bits: int) -> None:
    proof = BACKEND.prove(key, tables((1, bits, 1)), TRANSCRIPT).proof
    BACKEND.verify(key, proof, PUBLIC, TRANSCRIPT)


@pytest.mark.parametrize("count", [0, 2])
@pytest.mark.parametrize("chip", REASONS)
def test_a_required_chip_has_exactly_one_table(key: Key, chip: int, count: int) -> None:
    """The prover refuses other numbers, and the verifier rejects a proof that claims them."""
    counts = (count, 1, 1) if chip == RISING else (1, 1, count)
    reason = f"{count} tables, expected exactly one because {REASONS[chip]}"
    with pytest.raises(ProvingError, match=reason):
        BACKEND.prove(key, tables(counts), TRANSCRIPT)
    proof = BACKEND.prove(key, tables((1, 1, 1)), TRANSCRIPT).proof
    BACKEND.verify(key, relisted(proof, (1, 1, 1)), PUBLIC, TRANSCRIPT)
    assert re.search(reason, engine_detail(key, relisted(proof, counts), PUBLIC))


def test_public_columns_are_the_verifier_s(key: Key) -> None:
    proof = BACKEND.prove(key, tables((1, 1, 1)), TRANSCRIPT).proof
    changed = engine_detail(key, proof, [PublicInput(KNOWN, CELLS + np.uint32(1))])
    assert changed.startswith("made for another circuit, statement or parameters")
    with pytest.raises(ProofRejected, match="missing"):
        BACKEND.verify(key, proof, [], TRANSCRIPT)


def engine_detail(key: Key, proof: bytes, public: Sequence[PublicInput]) -> str:
    """The engine's own words for the rejection of a proof."""
    with pytest.raises(ProofRejected) as caught:
        BACKEND.verify(key, proof, public, TRANSCRIPT)
    assert caught.value.engine_detail is not None
    return caught.value.engine_detail
