"""Shifts."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, MASK64, Binary, signed32, signed64

SEMANTICS: Mapping[str, Binary] = {
    "LSH64": lambda a, b: (a << (b & 63)) & MASK64,
    "RSH64": lambda a, b: a >> (b & 63),
    "ARSH64": lambda a, b: (signed64(a) >> (b & 63)) & MASK64,
    "LSH32": lambda a, b: (a << (b & 31)) & MASK32,
    "RSH32": lambda a, b: (a & MASK32) >> (b & 31),
    "ARSH32": lambda a, b: (signed32(a) >> (b & 31)) & MASK32,
}
