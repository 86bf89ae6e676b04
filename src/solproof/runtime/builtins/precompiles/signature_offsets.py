"""The instruction data of the ed25519 and secp256r1 precompiles: where signatures, keys and messages are.

The data starts with the number of signatures (one byte) and a byte that is ignored. Each signature has an
entry of seven little-endian u16: offset and instruction of the signature, offset and instruction of the key,
and offset, length and instruction of the message.

Source: `Ed25519SignatureOffsets` of solana-ed25519-program 3, `Secp256r1SignatureOffsets` of
solana-secp256r1-program 3, `get_data_slice` of agave-precompiles 4.1.2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode

HEADER_LENGTH = 2
SIGNATURE_LENGTH = 64
THIS_INSTRUCTION = 0xFFFF
_ENTRY = struct.Struct("<7H")


@dataclass(frozen=True, slots=True)
class Location:
    """A range of bytes in the data of one instruction of the transaction."""

    instruction: int
    offset: int
    length: int

    def read(self, data: bytes, instruction_datas: Sequence[bytes]) -> bytes:
        """The bytes. `data` is that of the precompile's own instruction.

        Raises `PrecompileError` if the instruction does not exist, or has fewer bytes.
        """
        if self.instruction == THIS_INSTRUCTION:
            content = data
        elif self.instruction < len(instruction_datas):
            content = instruction_datas[self.instruction]
        else:
            raise PrecompileError(PrecompileErrorCode.INVALID_DATA_OFFSETS)
        end = self.offset + self.length
        if end > len(content):
            raise PrecompileError(PrecompileErrorCode.INVALID_DATA_OFFSETS)
        return content[self.offset : end]


@dataclass(frozen=True, slots=True)
class SignatureOffsets:
    """Where one signature is, with its key and its message."""

    signature: Location
    key: Location
    message: Location


def signature_offsets(data: bytes, key_length: int) -> list[SignatureOffsets]:
    """The entry of every signature. Raises `PrecompileError` if the data is too short for them."""
    if len(data) < HEADER_LENGTH or len(data) < HEADER_LENGTH + data[0] * _ENTRY.size:
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    entries = data[HEADER_LENGTH : HEADER_LENGTH + data[0] * _ENTRY.size]
    return [
        SignatureOffsets(
            Location(signature_instruction, signature, SIGNATURE_LENGTH),
            Location(key_instruction, key, key_length),
            Location(message_instruction, message, message_length),
        )
        for (
            signature,
            signature_instruction,
            key,
            key_instruction,
            message,
            message_length,
            message_instruction,
        ) in _ENTRY.iter_unpack(entries)
    ]
