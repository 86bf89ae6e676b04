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
}
# V2 zero-extends 32-bit results but those of a move, and subtracts the destination from an immediate.
SEMANTICS_V2: Mapping[str, Binary] = {
    "ADD32": lambda a, b: (a + b) & MASK32,
    "SUB32_REG": lambda a, b: (a - b) & MASK32,
    "SUB32_IMM": lambda a, b: (b - a) & MASK32,
    "SUB64_IMM": lambda a, b: (b - a) & MASK64,
    "MOV32_REG": lambda _, b: sign_extend32(b),
}
