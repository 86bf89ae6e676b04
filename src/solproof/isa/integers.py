"""Fixed-width integer helpers of the semantics. A register is an int in [0, 2^64)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Binary: TypeAlias = Callable[[int, int], int]
"""Computes the new destination from the old destination a and the operand b, all in [0, 2^64)."""

Condition: TypeAlias = Callable[[int, int], bool]
"""Decides whether a jump is taken, given the destination a and the operand b, both in [0, 2^64)."""

MASK32 = 2**32 - 1
MASK64 = 2**64 - 1


def signed64(value: int) -> int:
    """A 64-bit value as a signed integer in two's complement."""
    return (value ^ 1 << 63) - (1 << 63)


def signed32(value: int) -> int:
    """The low 32 bits as a signed integer in two's complement."""
    return ((value & MASK32) ^ 1 << 31) - (1 << 31)


def sign_extend32(value: int) -> int:
    """The low 32 bits, sign-extended to 64."""
    return signed32(value) & MASK64
