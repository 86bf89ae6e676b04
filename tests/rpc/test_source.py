"""What can be fetched: signatures, transactions, responses, and the files of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import base58
import pytest
from solders.signature import Signature
from solders.transaction import Transaction, VersionedTransaction

from solproof.errors import InputError
from solproof.rpc.source import read_source
from tests.support.scene_documents import transfer_bytes
from tests.support.transaction_responses import response, result

CONTENT = transfer_bytes()
TRANSACTION = Transaction.from_bytes(CONTENT)
SIGNATURE = TRANSACTION.signatures[0]
BASE64 = base64.b64encode(CONTENT).decode()
BASE58 = base58.b58encode(CONTENT).decode()
EXPECTED = "a signature, a transaction in base64 or base58, or the file of a transaction or of a response"


def test_signatures(tmp_path: Path) -> None:
    path = tmp_path / "signature.txt"
    path.write_text(f"{SIGNATURE}\n")
    assert read_source(str(SIGNATURE)) == read_source(SIGNATURE) == read_source(path) == SIGNATURE
    assert read_source("1" * 64) == Signature.default()


def test_transactions() -> None:
    for source in (CONTENT, BASE64, BASE58, TRANSACTION, VersionedTransaction.from_bytes(CONTENT)):
        assert read_source(source) == CONTENT


@pytest.mark.parametrize("content", [CONTENT, f"{BASE64}\n".encode(), f" {BASE58}".encode()])
def test_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "transaction"
    path.write_bytes(content)
    assert read_source(path) == read_source(str(path)) == CONTENT


def test_responses(tmp_path: Path) -> None:
    saved = response(result(TRANSACTION))
    path = tmp_path / "response.json"
    path.write_text(json.dumps(saved))
    recorded = read_source(saved)
    assert recorded == read_source(path)
    assert not isinstance(recorded, (bytes, Signature))
    assert recorded.transaction == CONTENT


def test_other_texts() -> None:
    with pytest.raises(InputError) as error:
        read_source("missing.json")
    assert str(error.value) == f'transaction: expected {EXPECTED}, got "missing.json"'
    with pytest.raises(InputError) as error:
        read_source(Path("missing.json"))
    assert str(error.value) == "transaction missing.json: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "expected the bytes of a transaction, its base64 or base58, or a response"),
        (b"{", "not JSON at line 1, column 2: Expecting property name enclosed in double quotes"),
        (b"hello", 'expected a transaction in base64 or base58, got "hello"'),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_source(path)
    assert str(error.value) == f"transaction {path}: {message}"


def test_other_types() -> None:
    value: Any = 5
    with pytest.raises(TypeError) as error:
        read_source(value)
    assert str(error.value) == f"source: expected {EXPECTED}, got int"
