"""A loaded program, which the machine runs and a proof is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.representation import short_repr

# V0 to V2: the image, which contains the text. From V3 on: the text; the image is only the read-only data.
IMAGE_ADDRESS = 0x1_0000_0000
TEXT_ADDRESS = 0x1_0000_0000
READ_ONLY_DATA_ADDRESS = 0


@dataclass(frozen=True, slots=True)
class Program:
    """The result of loading a program.

    Addresses are virtual, and program counters count 8-byte slots.

    version: sBPF version.
    text: the instructions after relocation.
    text_address: where the text starts. From V3 on, the text can be executed but not read.
    image: the read-only region. In V0 to V2, it contains the text, bytes are at the address of their section,
        and headers and gaps read as zero. From V3 on, it is the read-only data, which may be empty.
    image_address: where the image starts.
    entry: program counter of the first instruction.
    functions: call key (murmur3) to program counter. Empty from V3 on, where calls are relative.
    file_sha256: digest of the file, an ELF file or raw bytecode.
    """

    version: int
    text: bytes
    text_address: int
    image: bytes
    image_address: int
    entry: int
    functions: Mapping[int, int] = field(hash=False)
    file_sha256: bytes

    __repr__ = short_repr

    @property
    def slots(self) -> int:
        """The number of 8-byte slots in the text. An `lddw` takes two."""
        return len(self.text) // SLOT_BYTES

    def instruction(self, pc: int) -> Instruction:
        """The slot at a program counter. Raises IndexError outside the text."""
        if not 0 <= pc < self.slots:
            raise IndexError(f"pc {pc} is outside the text, expected 0 to {self.slots - 1}")
        return Instruction.decode(self.text[pc * SLOT_BYTES : (pc + 1) * SLOT_BYTES])
