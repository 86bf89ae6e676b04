"""A loaded program: what the machine runs and what a proof is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solproof.isa.instruction import SLOT_BYTES, Instruction

IMAGE_ADDRESS = 0x1_0000_0000


@dataclass(frozen=True, slots=True)
class Program:
    """The result of loading an ELF file. Addresses are virtual, program counters count 8-byte slots.

    version:        sBPF version
    text:           the instructions after relocation
    text_address:   where the text starts
    image:          the read-only region: bytes sit at their section's address, headers and gaps read as zero;
                    in V0 it contains the text
    image_address:  where the image starts
    entry:          program counter of the first instruction
    functions:      call key (murmur3) to program counter
    elf_sha256:     digest of the file
    """

    version: int
    text: bytes = field(repr=False)
    text_address: int
    image: bytes = field(repr=False)
    image_address: int
    entry: int
    functions: Mapping[int, int] = field(repr=False, hash=False)
    elf_sha256: bytes

    @property
    def slots(self) -> int:
        """The number of 8-byte slots in the text; an `lddw` takes two."""
        return len(self.text) // SLOT_BYTES

    def instruction(self, pc: int) -> Instruction:
        """The slot at a program counter; raises IndexError outside the text."""
        if not 0 <= pc < self.slots:
            raise IndexError(f"pc {pc} is outside the text, expected 0 to {self.slots - 1}")
        return Instruction.decode(self.text[pc * SLOT_BYTES : (pc + 1) * SLOT_BYTES])
