"""The encoding of the files of `vectors/`: JSON with one case per line, bytes as base64 or hexadecimal."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

Fields = dict[str, Any]


def base64_text(content: bytes) -> str:
    """The bytes of a file in base64."""
    return base64.b64encode(content).decode("ascii")


def word_text(value: int) -> str:
    """A 64-bit number as text, because in many languages JSON numbers are exact only below 2^53."""
    return f"0x{value:x}"


def document(fields: Mapping[str, Any]) -> str:
    """A JSON object with one field per line, and each element of a list on its own line."""
    return (
        "{\n" + ",\n".join(f"{json.dumps(name)}: {_value(value)}" for name, value in fields.items()) + "\n}\n"
    )


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)


def patch_between(base: bytes, changed: bytes) -> Fields:
    """The shortest patch from one file to another: the offset, the number of removed bytes, the new bytes."""
    longest = min(len(base), len(changed))
    start = next((at for at in range(longest) if base[at] != changed[at]), longest)
    rest = longest - start
    end = next((at for at in range(rest) if base[-1 - at] != changed[-1 - at]), rest)
    return {
        "offset": start,
        "remove": len(base) - end - start,
        "insert": changed[start : len(changed) - end].hex(),
    }


def patched(base: bytes, patch: Mapping[str, Any]) -> bytes:
    """The file that results from a patch."""
    start, removed = patch["offset"], patch["remove"]
    return base[:start] + bytes.fromhex(patch["insert"]) + base[start + removed :]
