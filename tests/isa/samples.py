"""Random instructions that the verifier accepts."""

from __future__ import annotations

from random import Random

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Format, Opcode

EXIT = Instruction(0x95)
IMMEDIATES = (0, 1, -1, 2, 63, 64, 0x7FFF_FFFF, -0x8000_0000)


def random_instruction(row: Opcode, version: int, random: Random, jump_offsets: range) -> Instruction:
    """Fields that mean nothing to the opcode are random too: the machine has to ignore them."""
    destination, source = random.randrange(10), random.randrange(11)
    offset = random.randrange(-(1 << 15), 1 << 15)
    immediate = random.choice((*IMMEDIATES, random.randrange(-(1 << 31), 1 << 31)))
    name, bits = row.mnemonic.partition("_")[0][:-2], row.mnemonic.partition("_")[0][-2:]
    match row.format:
        case Format.REGISTER_IMMEDIATE if name in ("LSH", "RSH", "ARSH"):
            immediate = random.randrange(int(bits))
        case Format.REGISTER_IMMEDIATE if name in ("DIV", "MOD", "UDIV", "UREM", "SDIV", "SREM"):
            immediate = immediate or 1
        case Format.ENDIAN:
            immediate = random.choice((16, 32, 64))
        case Format.JUMP | Format.JUMP_IMMEDIATE | Format.JUMP_REGISTER:
            offset = random.choice(jump_offsets)
        case Format.CALL_REGISTER:
            source, immediate = random.randrange(10), random.randrange(10)
        case Format.STORE_IMMEDIATE | Format.STORE_REGISTER:
            destination = random.randrange(11)
    return Instruction(row.code, destination, source, offset, immediate)


def encode(*instructions: Instruction) -> bytes:
    """The text of some instructions."""
    return b"".join(instruction.encode() for instruction in instructions)
