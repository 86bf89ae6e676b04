"""Reads values in bincode with integers of fixed width, as instructions and accounts hold them.

Source: bincode 1.3 with `with_fixint_encoding` and `allow_trailing_bytes`, solana-short-vec 3.2 (lib.rs),
solana-serde-varint 3 (lib.rs).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.runtime.accounts import KEY_LENGTH
from solproof.runtime.instruction_error import InstructionFailure, failure

LARGEST_U64 = 2**64 - 1
LONGEST_SHORT_LENGTH = 3  # bytes
LARGEST_SHORT_LENGTH = 2**16 - 1


@dataclass(slots=True)
class BincodeReader:
    """A position in some content.

    error: the name of the `InstructionError` for content that ends before a value or is not valid.
    The methods read the next value, and raise `InstructionFailure` with this error. Bytes after the last
    value are ignored.
    """

    content: bytes
    error: str
    position: int = 0

    def invalid(self) -> InstructionFailure:
        """The exception for content that is not valid."""
        return failure(self.error)

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        end = self.position + length
        if end > len(self.content):
            raise self.invalid()
        taken = self.content[self.position : end]
        self.position = end
        return taken

    def unsigned(self, length: int) -> int:
        """A number of `length` bytes."""
        return int.from_bytes(self.take(length), "little")

    def u8(self) -> int:
        """A number of 1 byte."""
        return self.unsigned(1)

    def u16(self) -> int:
        """A number of 2 bytes."""
        return self.unsigned(2)

    def u32(self) -> int:
        """A number of 4 bytes."""
        return self.unsigned(4)

    def u64(self) -> int:
        """A number of 8 bytes."""
        return self.unsigned(8)

    def i64(self) -> int:
        """A number of 8 bytes with a sign."""
        return int.from_bytes(self.take(8), "little", signed=True)

    def boolean(self) -> bool:
        """A byte that is 0 or 1. It also stands before the value of an option."""
        byte = self.u8()
        if byte > 1:
            raise self.invalid()
        return byte == 1

    def optional_u64(self) -> int | None:
        """An option of a number of 8 bytes."""
        return self.u64() if self.boolean() else None

    def optional_i64(self) -> int | None:
        """An option of a number of 8 bytes with a sign."""
        return self.i64() if self.boolean() else None

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
            raise self.invalid() from None
        return text

    def short_length(self) -> int:
        """A length of 16 bits in 1 to 3 bytes. Each length has only one encoding (`short_vec`)."""
        length = 0
        for index in range(LONGEST_SHORT_LENGTH):
            byte = self.u8()
            length |= (byte & 0x7F) << (7 * index)
            if (byte == 0 and index) or length > LARGEST_SHORT_LENGTH:
                raise self.invalid()
            if byte < 0x80:
                return length
        raise self.invalid()

    def variable_u64(self) -> int:
        """A number of 64 bits, 7 of them in each byte. Each number has only one encoding (`serde_varint`)."""
        number = shift = 0
        while True:
            byte = self.u8()
            number |= (byte & 0x7F) << shift
            if (byte == 0 and shift) or number > LARGEST_U64:
                raise self.invalid()
            if byte < 0x80:
                return number
            shift += 7
