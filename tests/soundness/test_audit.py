"""Findings of an audit: small proofs that made the verifier allocate gigabytes.

Opened rows are encoded without repetitions, so a decoded proof is larger than its bytes. Vectors without
content take memory too. A matrix without columns has three bytes, and becomes 223 queries of 24 bytes each.
"""

from __future__ import annotations

import json

import pytest

from solproof._native import prover
from tests.support.small_circuits import PARAMETERS, Machine, machine

QUERIES = json.loads(PARAMETERS)["queries"]
HEADER = b"SPEP\x02\x00"
EMPTY = b"\0"
FIELD = bytes(4)
CAP = b"\x01" + bytes(32)  # a Merkle cap of one digest
MANY = 20_000
OPENING_WITHOUT_MATRICES = 2 * EMPTY  # no patterns, no matrices
COMMITMENT = 2 * EMPTY  # no opened values other than those of the openings, no siblings


def varint(number: int) -> bytes:
    """A length in postcard's form."""
    digits = b""
    while number >= 128:
        digits += bytes([number & 127 | 128])
        number >>= 7
    return digits + bytes([number])


def opening_with_matrices(count: int) -> bytes:
    """One pattern by which every query opens the first row, and matrices without columns."""
    matrix = bytes(3)  # pattern 0, width 0, no cells
    return b"\x01" + varint(QUERIES) + bytes(QUERIES) + varint(count) + count * matrix


def envelope(inputs: list[bytes], siblings: list[bytes]) -> bytes:
    """The canonical bytes of a proof without tables, with these openings and siblings of folding rounds."""
    commitments = CAP + EMPTY + CAP + EMPTY
    low_degree_test = b"".join(
        [
            FIELD + EMPTY + EMPTY,
            varint(len(inputs)) + len(inputs) * COMMITMENT,
            varint(len(siblings)) + len(siblings) * COMMITMENT,
            EMPTY + FIELD,
        ]
    )
    proof = commitments + EMPTY + low_degree_test + 3 * EMPTY + FIELD
    openings = varint(len(inputs)) + b"".join(inputs) + varint(len(siblings)) + b"".join(siblings)
    return HEADER + EMPTY + proof + openings


@pytest.fixture(scope="module")
def verifier() -> Machine:
    return machine()


def rejection(verifier: Machine, proof: bytes) -> str:
    with pytest.raises(prover.EngineRejected) as caught:
        verifier.verify(proof)
    return str(caught.value)


def test_the_envelope_is_well_formed(verifier: Machine) -> None:
    few = envelope([opening_with_matrices(3)], [OPENING_WITHOUT_MATRICES])
    assert rejection(verifier, few) == "0 tables, expected 1 to 64"


@pytest.mark.parametrize(
    "proof",
    [
        envelope([opening_with_matrices(MANY)], []),
        envelope([], [opening_with_matrices(MANY)]),
        envelope(MANY * [OPENING_WITHOUT_MATRICES], []),
        envelope([], MANY * [OPENING_WITHOUT_MATRICES]),
    ],
    ids=["matrices without columns", "siblings without columns", "openings", "folding rounds"],
)
def test_vectors_without_content_are_counted(verifier: Machine, proof: bytes) -> None:
    assert rejection(verifier, proof) == "malformed proof: more than 4194304 opened cells"
