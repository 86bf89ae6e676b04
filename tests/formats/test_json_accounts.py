"""Accounts in documents and in files of their own."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from solders.keypair import Keypair

from solproof.errors import InputError
from solproof.formats.json_accounts import dumped, read_account_element, read_account_file
from solproof.runtime.accounts import Account, address_text

KEY, OWNER = b"\1" * 32, b"\2" * 32
ACCOUNT = Account(KEY, OWNER, 7, b"some data " * 100)
STATE = dumped(ACCOUNT)["account"]
PAIR = Keypair.from_seed(bytes(32))


def in_zstd(content: bytes) -> list[str]:
    """As an RPC node writes it: without the length of the content in the frame."""
    compressed = zstandard.ZstdCompressor(write_content_size=False).compress(content)
    return [base64.b64encode(compressed).decode(), "base64+zstd"]


def written(directory: Path, value: Any) -> Path:
    path = directory / "account.json"
    path.write_text(json.dumps(value), "utf-8-sig")  # with a byte order mark
    return path


@pytest.mark.parametrize(
    "value",
    [
        dumped(ACCOUNT),
        STATE,
        dumped(ACCOUNT) | {"account": STATE | {"data": in_zstd(ACCOUNT.data)}},
        dumped(ACCOUNT) | {"account": STATE | {"data": list(ACCOUNT.data)}},
        {"key": address_text(KEY), "owner": address_text(OWNER), "lamports": 7, "data": STATE["data"]},
        {"jsonrpc": "2.0", "id": 1, "result": {"context": {"slot": 1}, "value": STATE}},
    ],
    ids=["solana account", "state", "zstd", "numbers", "plain", "getAccountInfo"],
)
def test_a_file(value: Any, tmp_path: Path) -> None:
    path = written(tmp_path, value)
    assert read_account_file(path, "account", KEY).account() == ACCOUNT
    other = read_account_file(path, "account", OWNER)
    assert other.account() == Account(OWNER, OWNER, 7, ACCOUNT.data)


def test_a_file_in_a_document(tmp_path: Path) -> None:
    written(tmp_path, dumped(ACCOUNT))
    assert read_account_element("account.json", "accounts[0]", tmp_path).account() == ACCOUNT
    element = {"account": "account.json", "is_signer": True, "pubkey": address_text(OWNER)}
    read = read_account_element(element, "accounts[0]", tmp_path)
    assert (read.key, read.is_signer, read.is_writable) == (OWNER, True, False)


def test_a_key_pair_stands_for_its_public_key(tmp_path: Path) -> None:
    path = written(tmp_path, list(bytes(PAIR)))
    read = read_account_file(path, "account")
    assert (read.key, read.state) == (bytes(PAIR.pubkey()), {})
    element = {"key": list(bytes(PAIR)), "owner": address_text(OWNER)}
    assert read_account_element(element, "accounts[0]", tmp_path).key == bytes(PAIR.pubkey())


BROKEN = [*bytes(PAIR)[:63], bytes(PAIR)[63] ^ 1]
BOMB = base64.b64encode(zstandard.ZstdCompressor().compress(bytes(20 * 1024 * 1024))).decode()
CUT = base64.b64encode(base64.b64decode(in_zstd(ACCOUNT.data)[0])[:-3]).decode()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "{}: expected an account as `solana account --output json` prints it, or a key pair, got 5"),
        (STATE, "{}: has no address, expected one beside the file as well"),
        (BROKEN, "{}: these 64 numbers are not a key pair"),
        (
            {"result": {"context": {}, "value": None}},
            "{}: the response has no account, because the account does not exist",
        ),
        (
            dumped(ACCOUNT)
            | {"account": STATE | {"data": {"parsed": {}, "program": "spl-token", "space": 165}}},
            "{}: account.data: the encoding jsonParsed does not hold the bytes; get the account with the "
            "encoding base64, as `solana account --output json` does",
        ),
        (
            dumped(ACCOUNT) | {"account": STATE | {"data": [BOMB, "base64+zstd"]}},
            "{}: account.data[0]: expected at most 10485760 bytes, got more",
        ),
        (
            dumped(ACCOUNT) | {"account": STATE | {"data": [CUT, "base64+zstd"]}},
            "{}: account.data[0]: expected base64+zstd, got an incomplete frame or bytes after its end",
        ),
        (
            dumped(ACCOUNT) | {"account": STATE | {"data": ["AAAA", "base64+zstd"]}},
            "{}: account.data[0]: expected base64+zstd: zstd decompressor error: Unknown frame descriptor",
        ),
    ],
    ids=["number", "no address", "key pair", "no account", "jsonParsed", "bomb", "cut", "no zstd"],
)
def test_refusals(value: Any, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, value)
    with pytest.raises(InputError) as raised:
        read_account_file(path, "account").account()
    assert str(raised.value) == message.format(f"account {path}")
