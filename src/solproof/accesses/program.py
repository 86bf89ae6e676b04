"""The program table: the decoded content of each slot, as arrays over the slots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from solproof.accesses.arrays import Flags, Integers, Values


class FamilyCode(IntEnum):
    """The family number of a program message. 0 marks a slot that cannot be executed. It is never queried."""

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
    """Not an instruction: the row that states that the stack has holes."""
    MULTIPLY_WIDE = 18
    DIVIDE_SIGNED = 19
    JUMP_HALF = 20


@dataclass(frozen=True, slots=True)
class ProgramTable:
    """Arrays with one entry per slot.

    `code` is 0 if nothing can be executed at a slot: the second slot of an lddw, an unknown opcode, or an
    unresolved call.
    """

    code: Integers
    destination: Integers
    source: Integers
    immediate: Values
    offset: Integers
    flags: Integers
    reads_source: Flags
    """Whether the source register is operand b."""
    uses_destination: Flags
    writes_destination: Flags
    size: Integers
    """The number of bytes that a load or store accesses, 0 for other instructions."""
    text_address: int
