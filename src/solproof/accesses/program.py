"""The program as its rows see it: what stands at each slot, as arrays over the slots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from solproof.accesses.arrays import Flags, Integers, Values


class FamilyCode(IntEnum):
    """The family number of a program message. 0 is never queried: a slot that cannot be executed."""

    ADD = 1
    ARITHMETIC = 2
    MOVE = 3
    BITWISE = 4
    SHIFT = 5
    MULTIPLY = 6
    DIVIDE = 7
    ENDIAN = 8
    JUMP = 9
    JUMP_ALWAYS = 10
    LOAD = 11
    STORE = 12
    CALL = 13
    CALL_REGISTER = 14
    EXIT = 15
    SYSCALL = 16
    STACK_GAPS = 17
    """Of no instruction: the row that says that the stack has holes."""
    MULTIPLY_WIDE = 18
    DIVIDE_SIGNED = 19
    JUMP_HALF = 20


@dataclass(frozen=True, slots=True)
class ProgramTable:
    """One entry per slot.

    `code` is 0 where nothing can be executed: second slots of lddw, unknown opcodes, unresolved calls.
    """

    code: Integers
    destination: Integers
    source: Integers
    immediate: Values
    offset: Integers
    flags: Integers
    reads_source: Flags
    """The source register is operand b."""
    uses_destination: Flags
    writes_destination: Flags
    size: Integers
    """Bytes of a load or store, 0 for any other."""
    text_address: int
