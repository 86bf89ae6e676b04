"""A document whose values are objects of Python, as a value of JSON."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from solders.account import Account
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from solproof.arguments import wrong_type
from solproof.formats.json_fields import in_base64


def plain_value(value: Any, path: str) -> Any:
    """A value of JSON with the same meaning.

    Bytes become a pair of text and encoding, and so do the sysvars of `solders`. A public key or a key pair
    becomes an address, an account of `solders` its fields, and a path its text. Keys of a mapping may be
    addresses too.

    Raises `TypeError` with the path of a value that has no meaning in a document.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        place = f"{path}." if path else ""
        return {
            (name := _name(key, path)): plain_value(element, f"{place}{name}")
            for key, element in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [plain_value(element, f"{path}[{index}]") for index, element in enumerate(value)]
    if isinstance(value, (Pubkey, Keypair)):
        return _address(value)
    if isinstance(value, Account):
        return {
            "lamports": value.lamports,
            "data": in_base64(bytes(value.data)),
            "owner": str(value.owner),
            "executable": value.executable,
        }
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (bytes, bytearray, memoryview)) or hasattr(type(value), "__bytes__"):
        return in_base64(bytes(value))
    wrong_type(value, path, "a value of JSON, bytes, or an object of solders")


def _name(key: Any, path: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (Pubkey, Keypair)):
        return _address(key)
    wrong_type(key, f"{path}: key {key!r}", "a text or a Pubkey")


def _address(value: Pubkey | Keypair) -> str:
    return str(value.pubkey() if isinstance(value, Keypair) else value)
