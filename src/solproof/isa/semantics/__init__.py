"""The computation of each opcode, for the machine. The keys are those in `Opcode.operations`."""

from __future__ import annotations

from solproof.isa.integers import Binary, Condition
from solproof.isa.opcodes import Opcode
from solproof.isa.semantics import arithmetic, bitwise, divide, endian, jump, move, multiply, shift

BINARY = {
    **arithmetic.SEMANTICS,
    **endian.SEMANTICS,
    **move.SEMANTICS,
    **bitwise.SEMANTICS,
    **shift.SEMANTICS,
    **multiply.SEMANTICS,
    **divide.SEMANTICS,
}
CONDITIONS = {**jump.CONDITIONS, **bitwise.CONDITIONS}


def binary(row: Opcode, version: int) -> Binary:
    """The function that an opcode of `Action.COMPUTE` computes in a version that has it."""
    return BINARY[row.operations[version]]


def condition(row: Opcode, version: int) -> Condition:
    """The condition of a jump in a version that has it. Raises KeyError for JA, which is unconditional."""
    return CONDITIONS[row.operations[version]]


__all__ = ["BINARY", "CONDITIONS", "Binary", "Condition", "binary", "condition"]
