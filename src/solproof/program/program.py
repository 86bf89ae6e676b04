"""A loaded program: what the machine runs and what a proof is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solproof.isa.instruction import SLOT_BYTES, Instruction

# V0 to V2: the image, with the text in it. From V3: the text, and the image is only the read-only data.
IMAGE_ADDRESS = 0x1_0000_0000
TEXT_ADDRESS = 0x1_0000_0000
READ_ONLY_DATA_ADDRESS = 0


@dataclass(frozen=True, slots=True)
class Program:
    """The result of loading a program. Addresses are virtual, program counters count 8-byte slots.

    version:        sBPF version
    text:           the instructions after relocation
    text_address:   where the text starts; from V3 on it can be executed but not read
    image:          the read-only region. V0 to V2: bytes sit at their section's address, headers and gaps
                    read as zero, and it contains the text. From V3 on: the read-only data, or nothing
    image_address:  where the image starts
    entry:          program counter of the first instruction
    functions:      call key (murmur3) to program counter; empty from V3 on, where calls are relative
    file_sha256:    digest of the file, be it ELF or raw bytecode
    """

    version: int
    text: bytes = field(repr=False)
    text_address: int
    image: bytes = field(repr=False)
    image_address: int
    entry: int
    functions: Mapping[int, int] = field(repr=False, hash=False)
    file_sha256: bytes

    @property
    def slots(self) -> int:
        """The number of 8-byte slots in the text; an `lddw` takes two."""
        return len(self.text) // SLOT_BYTES

    def instruction(self, pc: int) -> Instruction:
        """The slot at a program counter; raises IndexError outside the text."""
        if not 0 <= pc < self.slots:
            raise IndexError(f"pc {pc} is outside the text, expected 0 to {self.slots - 1}")
        return Instruction.decode(self.text[pc * SLOT_BYTES : (pc + 1) * SLOT_BYTES])
