"""The precompile that checks signatures of Ethereum: ECDSA over secp256k1, with an address in place of a key.

The data starts with the number of signatures (one byte). Each signature has an entry of 11 bytes: offset and
instruction of the signature, offset and instruction of the address, and offset, length and instruction of the
message. Offsets and lengths are little-endian u16, and instructions are one byte. No number stands for the
precompile's own instruction. A signature has 64 bytes, and its recovery id follows it.

Source: agave-precompiles 4.1.2, secp256k1.rs; `SecpSignatureOffsets` of solana-secp256k1-program 3. Keys are
recovered by libsecp256k1 0.7.2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from solproof._native import primitives
from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode

SIGNATURE_LENGTH = 64
ADDRESS_LENGTH = 20
HIGHEST_RECOVERY_ID = 3
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_HEADER_LENGTH = 1
_ENTRY = struct.Struct("<HBHBHHB")


def verify(data: bytes, instruction_datas: Sequence[bytes]) -> None:
    """Check every signature that the data lists. Raises `PrecompileError` at the first that is not valid.

    The order of the checks decides the error. The signature and its recovery id come first, then the ranges
    of the address and of the message.
    """
    if not data or (data[0] == 0 and len(data) > _HEADER_LENGTH):
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    end = _HEADER_LENGTH + data[0] * _ENTRY.size
    if len(data) < end:
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    for (
        signature_offset,
        signature_instruction,
        address_offset,
        address_instruction,
        message_offset,
        message_length,
        message_instruction,
    ) in _ENTRY.iter_unpack(data[_HEADER_LENGTH:end]):
        signature, recovery_id = _signature(signature_offset, signature_instruction, instruction_datas)
        address = _read(address_offset, ADDRESS_LENGTH, address_instruction, instruction_datas)
        message = _read(message_offset, message_length, message_instruction, instruction_datas)
        key = primitives.secp256k1_recover(primitives.keccak256(message), recovery_id, signature)
        if key is None or primitives.keccak256(key)[-ADDRESS_LENGTH:] != address:
            raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)


def _signature(offset: int, instruction: int, instruction_datas: Sequence[bytes]) -> tuple[bytes, int]:
    """A signature and its recovery id. Raises `PrecompileError` if they are not there, or not in range."""
    if instruction >= len(instruction_datas):
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    content = instruction_datas[instruction]
    end = offset + SIGNATURE_LENGTH
    if end >= len(content):
        raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
    signature, recovery_id = content[offset:end], content[end]
    # A zero is in range here. No key fits it.
    if any(int.from_bytes(half, "big") >= ORDER for half in (signature[:32], signature[32:])):
        raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
    if recovery_id > HIGHEST_RECOVERY_ID:
        raise PrecompileError(PrecompileErrorCode.INVALID_RECOVERY_ID)
    return signature, recovery_id


def _read(offset: int, length: int, instruction: int, instruction_datas: Sequence[bytes]) -> bytes:
    """A range of an instruction's data. Raises `PrecompileError` if it is not there."""
    if instruction >= len(instruction_datas):
        raise PrecompileError(PrecompileErrorCode.INVALID_DATA_OFFSETS)
    content = instruction_datas[instruction]
    if offset + length > len(content):
        raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
    return content[offset : offset + length]
