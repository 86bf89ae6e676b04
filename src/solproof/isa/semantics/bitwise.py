"""Bitwise AND, OR and XOR, and the conditions of the jumps on common bits."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, Binary, Condition

SEMANTICS: Mapping[str, Binary] = {
    "AND64": lambda a, b: a & b,
    "OR64": lambda a, b: a | b,
    "XOR64": lambda a, b: a ^ b,
    "AND32": lambda a, b: a & b & MASK32,
    "OR32": lambda a, b: (a | b) & MASK32,
    "XOR32": lambda a, b: (a ^ b) & MASK32,
}
CONDITIONS: Mapping[str, Condition] = {
    "JSET64": lambda a, b: a & b != 0,
    "JSET32": lambda a, b: a & b & MASK32 != 0,
}
