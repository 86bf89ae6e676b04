"""Moves."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, Binary

SEMANTICS: Mapping[str, Binary] = {
    "MOV64": lambda _, b: b,
    "MOV32": lambda _, b: b & MASK32,
}
