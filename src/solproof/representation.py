"""Short representations: `repr` of a value fits on a terminal, however large the value is.

Bytes are shown as length and digest, collections as length, and addresses in base58. A representation
describes a value but does not reproduce it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import base58

ADDRESSES = ("key", "owner", "program_id")
"""Fields whose 32 bytes are the address of an account."""

LONGEST = 48
"""The most characters that a field may have to be shown whole."""

MOST_ITEMS = 4
"""The most items that a collection may have to be shown whole, if they are short."""


def short_repr(value: Any) -> str:
    """The class of a dataclass's instance with its fields in short form. For use as `__repr__`."""
    return described(value, {field.name: getattr(value, field.name) for field in fields(value)})


def described(value: object, facts: Mapping[str, object]) -> str:
    """The class of a value with some facts about it in short form."""
    shown = ", ".join(f"{name}={_short(name, fact)}" for name, fact in facts.items())
    return f"{type(value).__name__}({shown})"


def _short(name: str, value: object) -> str:
    if isinstance(value, bytes):
        return _short_bytes(name, value)
    shape = getattr(value, "shape", None)  # a NumPy array has a shape; this check avoids importing NumPy
    if isinstance(shape, tuple):
        return f"<array of {' x '.join(map(str, shape))}>"
    if isinstance(value, str):
        return repr(value) if len(value) <= LONGEST else repr(value[: LONGEST - 3] + "...")
    is_named_tuple = hasattr(value, "_fields")
    if isinstance(value, Collection) and not is_named_tuple:
        return _short_collection(value)
    text = repr(value)
    return text if len(text) <= LONGEST else f"{type(value).__name__}(...)"


def _short_collection(items: Collection[object]) -> str:
    if len(items) <= MOST_ITEMS:
        text = repr(items)
        if len(text) <= LONGEST:
            return text
    return f"<{len(items):,} {'item' if len(items) == 1 else 'items'}>"


def _short_bytes(name: str, content: bytes) -> str:
    if name in ADDRESSES and len(content) == 32:
        return base58.b58encode(content).decode("ascii")
    if len(content) <= 32:
        return f"0x{content.hex()}" if content else "b''"
    return f"<{len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:8]}...>"
