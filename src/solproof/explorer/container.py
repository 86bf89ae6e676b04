"""Columns and a JSON header in one compressed text: what the page's decode.js reads.

Layout, little-endian, before compression (zlib) and base64: u32 length of the header, the header as JSON,
zeros up to a multiple of 8, then the sections, each at a multiple of 8. The header's `sections` says of each
its type, where it starts (from the first section on) and how many elements it has.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 8
TYPES = {"u1": "u8", "u4": "u32", "u8": "u64"}


class Container:
    """Collects sections."""

    def __init__(self) -> None:
        self._sections: dict[str, tuple[str, int, int]] = {}
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, name: str, values: NDArray[Any], kind: str) -> None:
        """Add a column; `kind` is u1, u4 or u8, the size of its unsigned elements in bytes."""
        content = np.ascontiguousarray(values).astype(f"<{kind}").tobytes()
        self._sections[name] = (TYPES[kind], self._length, values.size)
        padded = content + bytes(-len(content) % ALIGNMENT)
        self._parts.append(padded)
        self._length += len(padded)

    def encode(self, header: dict[str, Any]) -> str:
        """All of it as base64."""
        described = header | {"sections": self._sections}
        text = json.dumps(described, separators=(",", ":"), ensure_ascii=False).encode()
        start = struct.pack("<I", len(text)) + text
        content = b"".join([start, bytes(-len(start) % ALIGNMENT), *self._parts])
        return base64.b64encode(zlib.compress(content, 9)).decode("ascii")
