"""Addition, subtraction and negation."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, MASK64, Binary, sign_extend32

SEMANTICS: Mapping[str, Binary] = {
    "ADD64": lambda a, b: (a + b) & MASK64,
    "SUB64": lambda a, b: (a - b) & MASK64,
    "NEG64": lambda a, _: -a & MASK64,
    "ADD32": lambda a, b: sign_extend32(a + b),
    "SUB32": lambda a, b: sign_extend32(a - b),
    "NEG32": lambda a, _: -a & MASK32,
    # V2 zero-extends 32-bit sums and differences, and subtracts the destination from an immediate.
    "ADD32_ZERO_EXTENDED": lambda a, b: (a + b) & MASK32,
    "SUB32_ZERO_EXTENDED": lambda a, b: (a - b) & MASK32,
    "REVERSE_SUB32": lambda a, b: (b - a) & MASK32,
    "REVERSE_SUB64": lambda a, b: (b - a) & MASK64,
}
