"""Reads the fields of a JSON document. Every error is an `InputError` that starts with the path of the field.

`bytes` in JSON is an array of integers, a base58 text, or a pair [text, "base58" | "base64" | "hex"].
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

import base58

from solproof.errors import InputError
from solproof.runtime.accounts import address_bytes

LONGEST_BASE58 = 4096  # characters; decoding base58 takes quadratic time
ENCODINGS = ("base58", "base64", "hex")


def decode_json(text: str | bytes, name: str) -> Any:
    """The value of a JSON text. `name` is what the text is, for errors.

    Raises `InputError` if the text is not JSON, repeats a key in an object, or is nested too deeply.
    """

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
    """The 32 bytes of a base58 address."""
    if not isinstance(value, str):
        raise expected(path, "a base58 address", value)
    try:
        return address_bytes(value)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


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
        content = read_encoded(value, "base58", path)
    elif isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        encoding = value[1]
        if encoding not in ENCODINGS:
            raise expected(f"{path}[1]", " or ".join(f'"{name}"' for name in ENCODINGS), encoding)
        content = read_encoded(value[0], encoding, f"{path}[0]")
    elif isinstance(value, list):
        content = bytes(read_integer(element, f"{path}[{index}]", 255) for index, element in enumerate(value))
    else:
        raise expected(path, 'an array of integers, a base58 text or [text, "base64"]', value)
    if len(content) > longest:
        raise InputError(f"{path}: expected at most {longest} bytes, got {len(content)}")
    return content


def read_encoded(text: str, encoding: str, path: str) -> bytes:
    """The bytes of a text in one of the `ENCODINGS`."""
    if encoding == "base58" and len(text) > LONGEST_BASE58:
        raise InputError(f"{path}: expected at most {LONGEST_BASE58} characters of base58, got {len(text)}")
    try:
        if encoding == "base58":
            return base58.b58decode(text.encode("ascii"))
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        return binascii.unhexlify(text)
    except ValueError:  # also the base of binascii's and of Unicode's errors
        raise expected(path, encoding, text) from None


def in_base64(content: bytes) -> list[str]:
    """Bytes as a pair of text and encoding."""
    return [base64.b64encode(content).decode("ascii"), "base64"]


def expected(path: str, what: str, value: Any) -> InputError:
    """The error for a value that is not what its field needs."""
    shown = json.dumps(value, default=repr)
    return InputError(f"{path}: expected {what}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")
