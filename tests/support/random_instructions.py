"""Random instructions that the verifier accepts.

They are data, not source, because fields without meaning are random too. No source has such fields.
"""

from __future__ import annotations

from random import Random

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Form, Format, Opcode

EXIT = Instruction(0x95)
IMMEDIATES = (0, 1, -1, 2, 63, 64, 0x7FFF_FFFF, -0x8000_0000)


def random_instruction(row: Opcode, version: int, random: Random, jump_offsets: range) -> Instruction:
    """A random instruction. Unused fields are random too, because the machine has to ignore them."""
    destination, source = random.randrange(10), random.randrange(11)
    offset = random.randrange(-(1 << 15), 1 << 15)
    immediate = random.choice((*IMMEDIATES, random.randrange(-(1 << 31), 1 << 31)))
    match row.action:
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_shift:
            immediate = random.randrange(row.width)
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_division:
            immediate = immediate or 1
        case Action.COMPUTE if row.format is Format.ENDIAN:
            immediate = random.choice((16, 32, 64))
        case Action.JUMP:
            offset = random.choice(jump_offsets)
        case Action.CALL_REGISTER:
            source, immediate = random.randrange(10), random.randrange(10)
        case Action.STORE:
            destination = random.randrange(11)
    return Instruction(row.code, destination, source, offset, immediate)


def encode(*instructions: Instruction) -> bytes:
    """The text of some instructions."""
    return b"".join(instruction.encode() for instruction in instructions)
