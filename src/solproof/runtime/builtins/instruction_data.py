"""Reads the data of an instruction for a builtin program, in bincode with integers of fixed width.

Source: `limited_deserialize` of solana-bincode 3, with the limit of a packet (solana-packet 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.instruction_error import failure

MAXIMUM_CONSUMED = 1_232


@dataclass(slots=True)
class InstructionData:
    """A position in instruction data.

    The methods read the next value. They raise `InvalidInstructionData` if the data end before it, if it is
    not valid, and if it ends beyond byte 1,232. Bytes after the last value are ignored.
    """

    content: bytes
    position: int = 0

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        end = self.position + length
        if end > min(len(self.content), MAXIMUM_CONSUMED):
            raise failure("InvalidInstructionData")
        taken = self.content[self.position : end]
        self.position = end
        return taken

    def u32(self) -> int:
        """A number of 4 bytes."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """A number of 8 bytes."""
        return int.from_bytes(self.take(8), "little")

    def key(self) -> bytes:
        """An address."""
        return self.take(KEY_LENGTH)

    def byte_string(self) -> bytes:
        """Bytes after their number, a u64."""
        return self.take(self.u64())

    def string(self) -> bytes:
        """The UTF-8 bytes of a text after their number, a u64."""
        text = self.byte_string()
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            raise failure("InvalidInstructionData") from None
        return text
