"""The semantics of all families, by mnemonic stem, for the machine."""

from __future__ import annotations

from solproof.families import arithmetic, bitwise, divide, endian, jump, load, move, multiply, shift, store
from solproof.families.integers import Binary, Condition

_FORMS = {**arithmetic.SEMANTICS, **endian.SEMANTICS}
UNARY = {name: function for name, function in _FORMS.items() if name in ("NEG64", "NEG32", "LE", "BE")}
BINARY = {
    name: function
    for semantics in (
        _FORMS,
        move.SEMANTICS,
        bitwise.SEMANTICS,
        shift.SEMANTICS,
        multiply.SEMANTICS,
        divide.SEMANTICS,
    )
    for name, function in semantics.items()
    if name not in UNARY
}
DIVISIONS = frozenset(divide.SEMANTICS.values())
CONDITIONS = {**jump.CONDITIONS, **bitwise.CONDITIONS}
LOADS = load.LOADS
STORES = store.STORES

__all__ = [
    "BINARY",
    "CONDITIONS",
    "DIVISIONS",
    "LOADS",
    "STORES",
    "UNARY",
    "Binary",
    "Condition",
]
