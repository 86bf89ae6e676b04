"""Quotients and remainders."""

from __future__ import annotations

from collections.abc import Mapping

from solproof.isa.integers import MASK32, MASK64, Binary, signed32, signed64


def _signed(a: int, b: int, bits: int) -> tuple[int, int]:
    """The quotient, rounded towards zero, and the remainder."""
    quotient = abs(a) // abs(b)
    if (a < 0) != (b < 0):
        quotient = -quotient
    if quotient == 1 << (bits - 1):
        raise OverflowError
    return quotient, a - quotient * b


# A zero divisor raises ZeroDivisionError. The smallest number divided by -1 raises OverflowError. The machine
# turns these errors into DivideByZero and DivideOverflow.
SEMANTICS: Mapping[str, Binary] = {
    "DIV64": lambda a, b: a // b,
    "MOD64": lambda a, b: a % b,
    "DIV32": lambda a, b: (a & MASK32) // (b & MASK32),
    "MOD32": lambda a, b: (a & MASK32) % (b & MASK32),
    "SDIV64": lambda a, b: _signed(signed64(a), signed64(b), 64)[0] & MASK64,
    "SREM64": lambda a, b: _signed(signed64(a), signed64(b), 64)[1] & MASK64,
    "SDIV32": lambda a, b: _signed(signed32(a), signed32(b), 32)[0] & MASK32,
    "SREM32": lambda a, b: _signed(signed32(a), signed32(b), 32)[1] & MASK32,
}
