"""The semantics of all families, by mnemonic or its stem, for the machine."""

from __future__ import annotations

from solproof.isa.integers import Binary, Condition
from solproof.isa.semantics import arithmetic, bitwise, divide, endian, jump, memory, move, multiply, shift

BINARY = {
    **arithmetic.SEMANTICS,
    **endian.SEMANTICS,
    **move.SEMANTICS,
    **bitwise.SEMANTICS,
    **shift.SEMANTICS,
    **multiply.SEMANTICS,
    **divide.SEMANTICS,
}
DIVISIONS = frozenset(divide.SEMANTICS.values())
CONDITIONS = {**jump.CONDITIONS, **bitwise.CONDITIONS}
LOADS = memory.LOADS
STORES = memory.STORES


def binary(mnemonic: str, version: int) -> Binary:
    """What an instruction computes: the entry of its mnemonic, or of its stem where both forms do the same.

    Raises KeyError for a mnemonic that computes nothing.
    """
    stem = mnemonic.removesuffix("_IMM").removesuffix("_REG")
    tables = (arithmetic.SEMANTICS_V2, BINARY) if version == 2 else (BINARY,)
    for table in tables:
        for name in (mnemonic, stem):
            if name in table:
                return table[name]
    raise KeyError(mnemonic)


__all__ = ["BINARY", "CONDITIONS", "DIVISIONS", "LOADS", "STORES", "Binary", "Condition", "binary"]
