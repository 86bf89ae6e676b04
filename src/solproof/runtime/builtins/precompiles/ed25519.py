"""The precompile that checks ed25519 signatures.

Source: agave-precompiles 4.1.2, ed25519.rs. The signatures are checked by `verify_strict` of ed25519-dalek
1.0.1, which refuses keys and commitments of small order.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof._native import primitives
from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode
from solproof.runtime.builtins.precompiles.signature_offsets import HEADER_LENGTH, signature_offsets

KEY_LENGTH = 32
UNUSED_SCALAR_BITS = 0xE0
"""The bits that are 0 in the last byte of every signature, because the group's order has 253 bits."""


def verify(data: bytes, instruction_datas: Sequence[bytes]) -> None:
    """Check every signature that the data lists. Raises `PrecompileError` at the first that is not valid.

    The order of the checks decides the error. A scalar with too many bits is found before the key is read,
    and a key that is not a point before the message is read.
    """
    locations = signature_offsets(data, KEY_LENGTH)
    if not locations and len(data) > HEADER_LENGTH:
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    for location in locations:
        signature = location.signature.read(data, instruction_datas)
        if signature[-1] & UNUSED_SCALAR_BITS:
            raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
        key = location.key.read(data, instruction_datas)
        if not primitives.curve_contains("edwards", key):
            raise PrecompileError(PrecompileErrorCode.INVALID_PUBLIC_KEY)
        message = location.message.read(data, instruction_datas)
        if not primitives.ed25519_precompile_verify(key, message, signature):
            raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
