"""The index of a directory of proofs: written whole, and read strictly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from solproof.errors import InputError
from solproof.statement.sequence_index import (
    INDEX_NAME,
    MAXIMUM_BYTES,
    MOST_MILLISECONDS,
    MOST_TRANSACTIONS,
    IndexedProof,
    SequenceIndex,
    proof_path,
    read_index,
)

DIGEST = bytes(range(32))
HEX = DIGEST.hex()
PROOF = {"number": 1, "scene": HEX, "proof": HEX, "milliseconds": 5}
INDEX = {"format": 1, "system": HEX, "proofs": [PROOF]}


def write(directory: Path, document: object) -> None:
    (directory / INDEX_NAME).write_text(json.dumps(document))


def test_written_and_read(tmp_path: Path) -> None:
    index = SequenceIndex(DIGEST)
    index.write(tmp_path)
    assert read_index(tmp_path) == index
    assert index.last == 0
    index.proofs[7] = IndexedProof(bytes(32), DIGEST, 1234)
    index.proofs[2] = IndexedProof(DIGEST, bytes(32), 0)  # proofs may end in another order
    index.write(tmp_path)
    assert read_index(tmp_path) == index
    assert [*read_index(tmp_path).proofs] == [2, 7]
    assert index.last == 7
    assert [path.name for path in tmp_path.iterdir()] == [INDEX_NAME]


def test_names_of_the_files(tmp_path: Path) -> None:
    assert proof_path(tmp_path, 1).name == "000001.proof"


def test_a_proof_is_known_by_its_digest() -> None:
    proof = IndexedProof(DIGEST, hashlib.sha256(b"proof").digest(), 1)
    assert proof.is_of(b"proof") and not proof.is_of(b"proo")


def test_the_largest_index_can_be_read(tmp_path: Path) -> None:
    proof = IndexedProof(DIGEST, DIGEST, MOST_MILLISECONDS)
    index = SequenceIndex(DIGEST, dict.fromkeys(range(1, MOST_TRANSACTIONS + 1), proof))
    index.write(tmp_path)
    assert len(read_index(tmp_path).proofs) == MOST_TRANSACTIONS


def test_an_index_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    with (tmp_path / INDEX_NAME).open("wb") as file:
        file.truncate(MAXIMUM_BYTES + 1)
    with pytest.raises(InputError) as caught:
        read_index(tmp_path)
    assert str(caught.value) == f"index {tmp_path / INDEX_NAME}: has more than {MAXIMUM_BYTES} bytes"


def changed(**fields: Any) -> dict[str, Any]:
    return INDEX | fields


def with_proof(**fields: Any) -> dict[str, Any]:
    return changed(proofs=[PROOF | fields])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "expected an object, got []"),
        ({}, "format: missing"),
        (changed(format=True), "format: expected an integer from 0 to 2147483648, got true"),
        (changed(format=1.0), "format: expected an integer from 0 to 2147483648, got 1.0"),
        (changed(format="1"), 'format: expected an integer from 0 to 2147483648, got "1"'),
        (changed(format=2), "format: expected 1, got 2"),
        (changed(more=1), "unknown field 'more', expected format, system, proofs"),
        (changed(system=None), "system: expected 64 digits of lower-case hexadecimal, got null"),
        (changed(proofs={}), "proofs: expected an array, got {}"),
        (changed(proofs=[5]), "proofs[0]: expected an object, got 5"),
        ({"format": 1, "system": HEX}, "proofs: missing"),
        (with_proof(number=0), "proofs[0].number: expected more than 0, got 0"),
        (with_proof(number=-1), "proofs[0].number: expected an integer from 0 to 65536, got -1"),
        (with_proof(number=True), "proofs[0].number: expected an integer from 0 to 65536, got true"),
        (with_proof(number=65_537), "proofs[0].number: expected an integer from 0 to 65536, got 65537"),
        (changed(proofs=[PROOF, PROOF]), "proofs[1].number: expected more than 1, got 1"),
        (with_proof(scene="00"), 'proofs[0].scene: expected 64 digits of lower-case hexadecimal, got "00"'),
        (with_proof(proof=HEX.upper()), "proofs[0].proof: expected 64 digits of lower-case hexadecimal, got"),
        (with_proof(proof=HEX + "\n"), "proofs[0].proof: expected 64 digits of lower-case hexadecimal, got"),
        (
            with_proof(milliseconds=0.5),
            "proofs[0].milliseconds: expected an integer from 0 to ",
        ),
        (with_proof(path="../x"), "proofs[0]: unknown field 'path', expected number, scene, proof,"),
        (changed(proofs=[{}]), "proofs[0].number: missing"),
        (changed(proofs=[0] * 65_537), "proofs: expected at most 65536, got 65537"),
    ],
)
def test_strict(document: object, message: str, tmp_path: Path) -> None:
    write(tmp_path, document)
    with pytest.raises(InputError) as caught:
        read_index(tmp_path)
    assert str(caught.value).startswith(f"index {tmp_path / INDEX_NAME}: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"format": 1', "not JSON at line 1, column 13: Expecting ',' delimiter"),
        (b'{"format": 1, "format": 1}', "the key 'format' occurs twice in one object"),
        (b'{"format": NaN}', "NaN is not JSON"),
        (b"\xff", "expected UTF-8, but byte 0 is invalid"),
        (b"[" * 100_000, "not JSON: nested too deeply, or a number is too long"),
        (b'{"format": ' + b"9" * 10_000 + b"}", "not JSON: nested too deeply, or a number is too long"),
    ],
)
def test_not_json(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / INDEX_NAME).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_index(tmp_path)
    assert str(caught.value) == f"index {tmp_path / INDEX_NAME}: {message}"


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_index(tmp_path)
    assert str(caught.value).endswith(f"{INDEX_NAME}: cannot be read: No such file or directory")
