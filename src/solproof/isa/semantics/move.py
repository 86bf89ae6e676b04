"""Moves."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, Binary, sign_extend32

SEMANTICS: Mapping[str, Binary] = {
    "MOV64": lambda _, b: b,
    "MOV32": lambda _, b: b & MASK32,
    "MOV32_SIGN_EXTENDED": lambda _, b: sign_extend32(b),  # V2, from a register
}
