"""The layout of proof files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solproof.errors import ProofRejected, ProofVersionError, Rejection, VersionMismatch
from solproof.statement.proof_file import MAXIMUM_BYTES, ProofFile, proof_content

FILE = ProofFile(
    "0.1.0",
    b"s" * 32,
    b"p" * 32,
    b"i" * 32,
    110.123,
    "unique decoding",
    b"claim",
    b"the proof",
)
OF_A_TRANSACTION = replace(FILE, program_sha256=None)


@pytest.mark.parametrize(
    ("file", "kind"),
    [(FILE, b"\0" + b"p" * 32), (OF_A_TRANSACTION, b"\1")],
    ids=["instruction", "transaction"],
)
def test_layout(file: ProofFile, kind: bytes) -> None:
    """The fields are in the order that the module describes."""
    assert file.to_bytes() == b"".join(
        [
            b"SOLPROOF",
            b"\x05\x00",
            b"\x050.1.0",
            b"s" * 32,
            kind,
            b"i" * 32,
            (110_123).to_bytes(4, "little"),
            b"\x0funique decoding",
            b"\x05\0\0\0claim",
            b"\x09\0\0\0the proof",
        ]
    )
    assert ProofFile.from_bytes(file.to_bytes()) == file
    assert file.to_bytes().startswith(file.header())
    assert file.header() == replace(file, claim=b"", proof=b"").header()


@pytest.mark.parametrize("kind", [2, 3, 255])
def test_other_kinds(kind: int) -> None:
    data = bytearray(FILE.to_bytes())
    data[48] = kind
    with pytest.raises(ProofRejected) as caught:
        ProofFile.from_bytes(bytes(data))
    assert caught.value.reason is Rejection.FILE_KIND
    assert str(caught.value) == f"proof file: kind {kind}, expected 0 or 1"


def test_truncation_is_named() -> None:
    data = FILE.to_bytes()
    parts = [
        (9, "format version"),
        (10, "length of the version"),
        (12, "version"),
        (20, "proof system digest"),
        (48, "kind"),
        (52, "program digest"),
        (92, "input digest"),
        (115, "security bits"),
        (117, "length of the security regime"),
        (124, "security regime"),
        (134, "length of the claim"),
        (139, "claim"),
        (144, "length of the proof"),
        (len(data) - 1, "proof"),
    ]
    for length, what in parts:
        sentence = f"^proof file: cut off in its {what}, at byte {length} of"
        with pytest.raises(ProofRejected, match=sentence) as caught:
            ProofFile.from_bytes(data[:length])
        assert caught.value.reason is Rejection.FILE_TRUNCATED


@pytest.mark.parametrize("version", [0, 4, 6, 0xFFFF])
def test_other_formats_are_other_versions(version: int) -> None:
    data = bytearray(FILE.to_bytes())
    data[8:10] = version.to_bytes(2, "little")
    with pytest.raises(ProofVersionError) as caught:
        ProofFile.from_bytes(bytes(data))
    assert caught.value.reason is VersionMismatch.FILE_FORMAT
    assert str(caught.value) == f"proof file: format version {version}, this solproof reads version 5"


def test_text_must_be_printable() -> None:
    data = FILE.to_bytes().replace(b"0.1.0", b"0.1\x1b0")
    with pytest.raises(ProofRejected) as caught:
        ProofFile.from_bytes(data)
    assert caught.value.reason is Rejection.FILE_TEXT
    assert str(caught.value) == "proof file: its version is not printable ASCII"


def test_size_limit() -> None:
    with pytest.raises(ProofRejected) as caught:
        ProofFile.from_bytes(bytes(MAXIMUM_BYTES + 1))
    assert caught.value.reason is Rejection.FILE_TOO_LARGE
    assert (
        str(caught.value) == f"proof file: {MAXIMUM_BYTES + 1} bytes, more than the limit of {MAXIMUM_BYTES}"
    )


@given(st.binary(max_size=300))
def test_any_bytes(tail: bytes) -> None:
    for start in (b"", FILE.to_bytes()[:10], FILE.to_bytes()[:113], OF_A_TRANSACTION.to_bytes()[:81]):
        data = start + tail
        try:
            parsed = ProofFile.from_bytes(data)
        except (ProofRejected, ProofVersionError) as error:
            assert str(error).startswith("proof file: ")
        else:
            assert parsed.to_bytes() == data


def test_every_form_of_a_proof(tmp_path: Path) -> None:
    path = tmp_path / "a.proof"
    path.write_bytes(b"content")

    class Holder:
        data = b"content"

    for source in (b"content", bytearray(b"content"), memoryview(b"content"), path, str(path), Holder()):
        assert proof_content(source) == b"content"
