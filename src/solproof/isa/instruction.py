"""The 8-byte encoding of an instruction slot.

    byte 0     code
    byte 1     destination register (low 4 bits), source register (high 4 bits)
    bytes 2-3  offset, signed, little-endian
    bytes 4-7  immediate, signed, little-endian

Source: solana-sbpf 0.21.0, `ebpf.rs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

from solproof.errors import ProgramError
from solproof.isa.integers import MASK32

SLOT_BYTES = 8
SLOT = Struct("<BBhi")
KEPT_SLOTS = 2**14


@dataclass(frozen=True, slots=True)
class Instruction:
    """One slot. Registers are 4-bit fields, and the bytecode verifier bounds them.

    Offset and immediate are signed.
    """

    code: int
    destination: int = 0
    source: int = 0
    offset: int = 0
    immediate: int = 0

    @classmethod
    def decode(cls, slot: bytes) -> Instruction:
        """The instruction in 8 bytes. Raises `ProgramError` for any other length."""
        return _decoded(slot)

    @classmethod
    def of(cls, code: int, registers: int, offset: int, immediate: int) -> Instruction:
        """The instruction with these unpacked fields, where one byte holds both registers."""
        return cls(code, registers & 0xF, registers >> 4, offset, immediate)

    def encode(self) -> bytes:
        """The 8 bytes of this slot. Raises `ProgramError` if a field does not fit its bits."""
        for name, value, low, high in (
            ("code", self.code, 0, 0xFF),
            ("destination", self.destination, 0, 0xF),
            ("source", self.source, 0, 0xF),
            ("offset", self.offset, -(1 << 15), (1 << 15) - 1),
            ("immediate", self.immediate, -(1 << 31), (1 << 31) - 1),
        ):
            if not low <= value <= high:
                raise ProgramError(f"instruction field {name} is {value}, expected {low} to {high}")
        return SLOT.pack(self.code, self.source << 4 | self.destination, self.offset, self.immediate)


@lru_cache(maxsize=KEPT_SLOTS)  # every frame of a program decodes the same slots
def _decoded(slot: bytes) -> Instruction:
    if len(slot) != SLOT_BYTES:
        raise ProgramError(f"an instruction slot has {len(slot)} bytes, expected {SLOT_BYTES}")
    return Instruction.of(*SLOT.unpack(slot))


def decode_program(text: bytes) -> list[Instruction]:
    """Every slot of a text, including second slots of `lddw`. Raises `ProgramError` for a partial slot."""
    return [Instruction.of(*fields) for fields in unpack_program(text)]


def unpack_program(text: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The same slots as tuples of code, registers, offset and immediate, which are faster for large texts."""
    if len(text) % SLOT_BYTES:
        raise ProgramError(f"the text has {len(text)} bytes, expected a multiple of {SLOT_BYTES}")
    return SLOT.iter_unpack(text)


def slots_with(code: int, text: bytes) -> Iterator[int]:
    """The slots of a text whose first byte is `code`, in order. They may be second slots of `lddw`."""
    codes = text[::SLOT_BYTES]
    slot = codes.find(code)
    while slot >= 0:
        yield slot
        slot = codes.find(code, slot + 1)


def wide_immediate(low: Instruction, high: Instruction) -> int:
    """The unsigned 64-bit immediate of an `lddw`, which has its high half in the second slot."""
    return (low.immediate & MASK32) | (high.immediate & MASK32) << 32
