"""What to fetch: the signature of a past transaction, or a transaction that was not sent yet."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import base58
from solders.signature import Signature
from solders.transaction import Transaction, VersionedTransaction

from solproof.errors import InputError
from solproof.formats.json_fields import decode_json
from solproof.formats.transaction_response import RecordedTransaction, read_response
from solproof.formats.transaction_text import SIGNATURE_LENGTH, decoded_transaction, read_transaction
from solproof.host.files import read_file
from solproof.runtime.accounts import KEY_LENGTH

Source: TypeAlias = (
    "str | bytes | os.PathLike[str] | Signature | Transaction | VersionedTransaction | Mapping[str, Any]"
)
"""A signature, the bytes or the base64 or base58 of a transaction, a response of `getTransaction`, or the
path of a file with one of them.
"""

LONGEST_SIGNATURE = 88  # characters of base58 for 64 bytes
LONGEST_NAME = 255  # characters of a text that may be the name of a file
LARGEST_FILE = 64 * 1024 * 1024
_EXPECTED = "a signature, a transaction in base64 or base58, or the file of a transaction or of a response"


def read_source(source: Source) -> Signature | RecordedTransaction | bytes:
    """A signature, a past transaction, or the bytes of a transaction that was not sent yet.

    Raises `InputError` for a text or a file that is nothing of this, and `TypeError` for another type.
    """
    match source:
        case Signature():
            return source
        case Transaction() | VersionedTransaction():
            return bytes(source)
        case Mapping():
            return read_response(dict(source), "transaction")
        case bytes():
            return _content(source, "transaction")
        case os.PathLike():
            return _file(Path(source))
        case str():
            return _text(source)
    raise TypeError(f"source: expected {_EXPECTED}, got {type(source).__name__}")


def _text(text: str) -> Signature | RecordedTransaction | bytes:
    signature = _signature(text)
    if signature is not None:
        return signature
    if len(text) <= LONGEST_NAME and Path(text).is_file():
        return _file(Path(text))
    try:
        return read_transaction(text, "transaction", {}, bytes(KEY_LENGTH))
    except InputError:
        shown = text if len(text) <= 60 else f"{text[:57]}..."
        raise InputError(f"transaction: expected {_EXPECTED}, got {json.dumps(shown)}") from None


def _signature(text: str) -> Signature | None:
    if len(text) > LONGEST_SIGNATURE or not text.isascii():
        return None
    try:
        content = base58.b58decode(text)
    except ValueError:
        return None
    return Signature(content) if len(content) == SIGNATURE_LENGTH else None


def _file(path: Path) -> Signature | RecordedTransaction | bytes:
    return _content(read_file(path, "transaction", LARGEST_FILE), f"transaction {path}")


def _content(content: bytes, place: str) -> Signature | RecordedTransaction | bytes:
    """The source in the content of a file."""
    if decoded_transaction(content) is not None:
        return content
    if content.lstrip().startswith(b"{"):
        document = decode_json(content, place)
        if "accounts" in document:
            raise InputError(
                f"{place}: is a scene, which needs no node; expected a transaction or a response"
            )
        return read_response(document, place)
    try:
        text = content.decode("ascii").strip()
    except UnicodeDecodeError:
        raise InputError(
            f"{place}: expected the bytes of a transaction, its base64 or base58, or a response"
        ) from None
    signature = _signature(text)
    if signature is not None:
        return signature
    return read_transaction(text, place, {}, bytes(KEY_LENGTH))
