"""Reads the fields of a JSON document. Every error is an `InputError` that starts with the path of the field.

`bytes` in JSON is an array of integers, a base58 text, or a pair of a text and one of the `ENCODINGS`. An
address is a base58 text, or the 64 numbers of a file that `solana-keygen` writes.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

import base58
import zstandard
from solders.keypair import Keypair

from solproof.arguments import wrong_type
from solproof.errors import InputError
from solproof.runtime.accounts import address_bytes

LONGEST_BASE58 = 4096  # characters; decoding base58 takes quadratic time
ENCODINGS = ("base58", "base64", "base64+zstd", "hex")
KEYPAIR_LENGTH = 64
"""Bytes of a key pair's file: the secret key, and the public key that follows from it."""
COMPRESSED_PIECE = 1024
"""How many bytes of zstd are decompressed at once, which become at most 32 MiB."""
BYTE_ORDER_MARK = "\ufeff"


def decode_json(text: str | bytes, name: str) -> Any:
    """The value of a JSON text. `name` is what the text is, for errors.

    A byte order mark before the text is ignored, because some editors and shells write it.

    Raises `InputError` if the text is not JSON, repeats a key in an object, or is nested too deeply.
    """
    if not isinstance(text, (str, bytes, bytearray)):
        wrong_type(text, name, "a JSON text as str or bytes")

    def distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for key, value in pairs:
            if key in document:
                raise InputError(f"{name}: the key {key!r} occurs twice in one object")
            document[key] = value
        return document

    def refuse_constant(constant: str) -> NoReturn:
        raise InputError(f"{name}: {constant} is not JSON")

    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        decoded = decoded.removeprefix(BYTE_ORDER_MARK)
        return json.loads(decoded, object_pairs_hook=distinct_keys, parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: expected UTF-8, but byte {error.start} is invalid") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except (RecursionError, ValueError):
        raise InputError(f"{name}: not JSON: nested too deeply, or a number is too long") from None


def read_object(value: Any, path: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    """An object that has only the `allowed` fields."""
    if not isinstance(value, dict):
        raise expected(path, "an object", value)
    for key in value:
        if key not in allowed:
            raise InputError(f"{path}: unknown field {key!r}, expected {', '.join(allowed)}")
    return value


def read_required(fields: dict[str, Any], name: str, path: str) -> Any:
    """The field of an object that must have it."""
    if name not in fields:
        raise InputError(f"{path}: missing")
    return fields[name]


def read_array(value: Any, path: str, most: int) -> list[Any]:
    """An array of at most `most` elements."""
    if not isinstance(value, list):
        raise expected(path, "an array", value)
    if len(value) > most:
        raise InputError(f"{path}: expected at most {most}, got {len(value)}")
    return value


def read_text(value: Any, path: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise expected(path, "a text", value)
    return value


def read_address(value: Any, path: str) -> bytes:
    """The 32 bytes of a base58 address, or of the public key of a key pair."""
    if is_keypair(value):
        return keypair_address(value, path)
    return _read_base58(value, path, "a base58 address")


def read_hash(value: Any, path: str) -> bytes:
    """The 32 bytes of a base58 hash."""
    return _read_base58(value, path, "a base58 hash")


def _read_base58(value: Any, path: str, what: str) -> bytes:
    if not isinstance(value, str):
        raise expected(path, what, value)
    try:
        return address_bytes(value)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def is_keypair(value: Any) -> bool:
    """Whether a JSON value has the form of a key pair's file: an array of 64 numbers."""
    return isinstance(value, list) and len(value) == KEYPAIR_LENGTH and isinstance(value[0], int)


def keypair_address(value: Any, path: str) -> bytes:
    """The public key of a key pair."""
    content = bytes(read_integer(element, f"{path}[{index}]", 255) for index, element in enumerate(value))
    try:
        return bytes(Keypair.from_bytes(content).pubkey())
    except ValueError:
        raise InputError(f"{path}: these 64 numbers are not a key pair") from None


def read_boolean(value: Any, path: str) -> bool:
    """A boolean."""
    if not isinstance(value, bool):
        raise expected(path, "true or false", value)
    return value


def read_integer(value: Any, path: str, largest: int) -> int:
    """An integer from 0 to `largest`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise expected(path, f"an integer from 0 to {largest}", value)
    return value


def read_bytes(value: Any, path: str, longest: int) -> bytes:
    """At most `longest` bytes, in one of the forms above."""
    if isinstance(value, str):
        content = read_encoded(value, "base58", path, longest)
    elif isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        encoding = value[1]
        if encoding not in ENCODINGS:
            raise expected(f"{path}[1]", " or ".join(f'"{name}"' for name in ENCODINGS), encoding)
        content = read_encoded(value[0], encoding, f"{path}[0]", longest)
    elif isinstance(value, list):
        content = bytes(read_integer(element, f"{path}[{index}]", 255) for index, element in enumerate(value))
    elif isinstance(value, dict) and "parsed" in value:
        raise InputError(
            f"{path}: the encoding jsonParsed does not hold the bytes; "
            "get the account with the encoding base64, as `solana account --output json` does"
        )
    else:
        raise expected(path, 'an array of integers, a base58 text or [text, "base64"]', value)
    if len(content) > longest:
        raise InputError(f"{path}: expected at most {longest} bytes, got {len(content)}")
    return content


def read_encoded(text: str, encoding: str, path: str, longest: int) -> bytes:
    """The bytes of a text in one of the `ENCODINGS`. A compressed text may have at most `longest` bytes."""
    if encoding == "base58" and len(text) > LONGEST_BASE58:
        raise InputError(f"{path}: expected at most {LONGEST_BASE58} characters of base58, got {len(text)}")
    try:
        if encoding == "base58":
            return base58.b58decode(text.encode("ascii"))
        if encoding == "hex":
            return binascii.unhexlify(text)
        content = base64.b64decode(text, validate=True)
    except ValueError:  # also the base of binascii's and of Unicode's errors
        raise expected(path, encoding, text) from None
    return content if encoding == "base64" else _decompressed(content, path, longest)


def _decompressed(content: bytes, path: str, longest: int) -> bytes:
    """The content of a zstd frame. It is decompressed in pieces, because a short frame can be very long."""
    found, decompressor = bytearray(), zstandard.ZstdDecompressor().decompressobj()
    try:
        for start in range(0, len(content), COMPRESSED_PIECE):
            found += decompressor.decompress(content[start : start + COMPRESSED_PIECE])
            if len(found) > longest:
                raise InputError(f"{path}: expected at most {longest} bytes, got more")
    except zstandard.ZstdError as error:
        raise InputError(f"{path}: expected base64+zstd: {error}") from None
    if not decompressor.eof or decompressor.unused_data:
        raise InputError(f"{path}: expected base64+zstd, got an incomplete frame or bytes after its end")
    return bytes(found)


def in_base64(content: bytes) -> list[str]:
    """Bytes as a pair of text and encoding."""
    return [base64.b64encode(content).decode("ascii"), "base64"]


def expected(path: str, what: str, value: Any) -> InputError:
    """The error for a value that is not what its field needs."""
    shown = json.dumps(value, default=repr)
    return InputError(f"{path}: expected {what}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")
