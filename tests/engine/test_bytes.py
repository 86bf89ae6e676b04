"""A proof is untrusted bytes. Whatever the bytes are, verification answers with a reason."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solproof._native import prover
from tests.support.small_circuits import SOURCE, Machine, machine

HEADER = 6


def rejection(satisfied: Machine, proof: bytes) -> str:
    with pytest.raises(prover.EngineRejected) as caught:
        satisfied.verify(proof)
    return str(caught.value)


def flipped(proof: bytes, position: int, mask: int) -> bytes:
    changed = bytearray(proof)
    changed[position] ^= mask
    return bytes(changed)


def test_any_flipped_bit_is_rejected(satisfied: Machine, proof: bytes) -> None:
    generator = random.Random(1)
    # Every byte of the lists and commitments at the start, and a sample of every later region.
    positions = [4, 5, *range(HEADER, 256), *generator.sample(range(256, len(proof)), 600), len(proof) - 1]
    for position in positions:
        with pytest.raises((prover.EngineRejected, prover.EngineVersionError)):
            satisfied.verify(flipped(proof, position, 1 << generator.randrange(8)))


def test_any_byte_set_to_its_extremes_is_rejected(satisfied: Machine, proof: bytes) -> None:
    generator = random.Random(2)
    for position in [*range(HEADER, 64), *generator.sample(range(64, len(proof)), 200)]:
        for value in (0x00, 0x7F, 0x80, 0xFF):
            if proof[position] != value:
                rejection(satisfied, proof[:position] + bytes([value]) + proof[position + 1 :])


def test_truncated(satisfied: Machine, proof: bytes) -> None:
    for length in [0, 1, 5, 6, 7, 20, 100, len(proof) // 2, len(proof) - 1]:
        rejection(satisfied, proof[:length])


def test_extended(satisfied: Machine, proof: bytes) -> None:
    assert rejection(satisfied, proof + b"\0") == "1 bytes behind the end of the proof"


def test_too_long(satisfied: Machine, proof: bytes) -> None:
    assert rejection(satisfied, proof + bytes(9 << 20)).endswith("expected at most 8388608")


def test_other_files(satisfied: Machine) -> None:
    assert rejection(satisfied, b"\x7fELF" + bytes(100)) == "the bytes are not a proof of this engine"
    assert rejection(satisfied, b"") == "0 bytes, expected a header of 6"


def test_another_version_is_not_called_invalid(satisfied: Machine, proof: bytes) -> None:
    with pytest.raises(prover.EngineVersionError) as caught:
        satisfied.verify(proof[:4] + b"\x03\x00" + proof[6:])
    assert str(caught.value) == "proof format 3, this engine reads 2"


def test_a_longer_form_of_a_number_is_not_accepted(satisfied: Machine, proof: bytes) -> None:
    count = proof[HEADER]
    assert count == len(satisfied.instances)
    longer = proof[:HEADER] + bytes([count | 0x80, 0]) + proof[HEADER + 1 :]
    assert rejection(satisfied, longer) == "malformed proof: not in canonical form"


def test_the_claimed_heights_are_checked(satisfied: Machine, proof: bytes) -> None:
    # The list of tables: a count, then the chip and log2 height of each. Tables 2 and 3 are the free sinks.
    start = HEADER + 1
    taller = flipped(proof, start + 2 * 2 + 1, 2 ^ 3)
    rejection(satisfied, taller)
    giant = flipped(proof, start + 2 * 2 + 1, 2 ^ 23)
    assert rejection(satisfied, giant) == "chip 2 (sink): 2^23 rows, expected at most 2^22"
    range_table = flipped(proof, start + 1, 6 ^ 7)
    assert rejection(satisfied, range_table) == "chip 0 (range): 128 rows, its preprocessed table has 64"


def test_tables_cannot_be_dropped_reordered_or_repeated(satisfied: Machine, proof: bytes) -> None:
    start = HEADER + 1
    entries = [proof[start + 2 * index : start + 2 * index + 2] for index in range(6)]
    rest = proof[start + 12 :]

    def relisted(order: list[int]) -> bytes:
        return proof[:HEADER] + bytes([len(order)]) + b"".join(entries[index] for index in order) + rest

    assert relisted([0, 1, 2, 3, 4, 5]) == proof
    assert rejection(satisfied, relisted([1, 0, 2, 3, 4, 5])) == "tables are not ordered by chip"
    known = "expected exactly one because it carries preprocessed or public data"
    selecting = "expected exactly one because its constraints read a row selector"
    assert rejection(satisfied, relisted([1, 2, 3, 4, 5])) == f"chip 0 (range): 0 tables, {known}"
    assert rejection(satisfied, relisted([0, 1, 2, 3, 5])) == f"chip 3 (statement): 0 tables, {known}"
    assert rejection(satisfied, relisted([0, 1, 2, 3, 4])) == f"chip 4 (fibonacci): 0 tables, {selecting}"
    assert rejection(satisfied, relisted([0, 0, 1, 2, 3, 4, 5])) == f"chip 0 (range): 2 tables, {known}"
    assert rejection(satisfied, relisted([0, 1, 2, 3, 4, 4, 5])) == f"chip 3 (statement): 2 tables, {known}"
    again = relisted([0, 1, 2, 3, 4, 5, 5])
    assert rejection(satisfied, again) == f"chip 4 (fibonacci): 2 tables, {selecting}"
    rejection(satisfied, relisted([0, 1, 2, 4, 5]))
    rejection(satisfied, relisted([0, 1, 2, 2, 3, 4, 5]))


def test_the_rows_of_small_tables_are_not_repeated(satisfied: Machine, proof: bytes) -> None:
    # 223 queries open the low-degree extensions, which have 2 to 32 rows except for the range table.
    main, auxiliary = satisfied.instances[1][1], 16
    repeated = 4 * 223 * (main.shape[1] + auxiliary)
    without = [instance for instance in satisfied.instances if instance[0] != SOURCE]
    assert len(proof) - len(satisfied.prove(without)) < repeated // 3


def test_the_same_call_gives_proofs_that_differ_only_by_their_grinding(satisfied: Machine) -> None:
    first, second = satisfied.prove(), satisfied.prove()
    satisfied.verify(first)
    satisfied.verify(second)
    commitment = slice(HEADER + 1 + 12, HEADER + 1 + 12 + 33)
    assert first[commitment] == second[commitment]


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=400))
def test_random_bytes_behind_a_good_header(body: bytes) -> None:
    satisfied = _MACHINE
    with pytest.raises(prover.EngineRejected):
        satisfied.verify(b"SPEP\x02\x00" + body)


_MACHINE = machine()
