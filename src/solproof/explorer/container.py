"""Columns and a JSON header in one compressed text, which the page's decode.js reads.

Layout before compression (zlib) and base64, little-endian: the length of the header as u32, the header as
JSON, zeros up to a multiple of 8, then the sections, each at a multiple of 8. In the header, `sections` gives
the type of each section, its start (counted from the first section), and its number of elements.
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
        """Add a column. `kind` is u1, u4 or u8, by the size of its unsigned elements in bytes."""
        content = np.ascontiguousarray(values).astype(f"<{kind}").tobytes()
        self._sections[name] = (TYPES[kind], self._length, values.size)
        padded = content + bytes(-len(content) % ALIGNMENT)
        self._parts.append(padded)
        self._length += len(padded)

    def encode(self, header: dict[str, Any]) -> str:
        """The header and all sections as base64."""
        described = header | {"sections": self._sections}
        text = json.dumps(described, separators=(",", ":"), ensure_ascii=False).encode()
        start = struct.pack("<I", len(text)) + text
        content = b"".join([start, bytes(-len(start) % ALIGNMENT), *self._parts])
        return base64.b64encode(zlib.compress(content, 9)).decode("ascii")
