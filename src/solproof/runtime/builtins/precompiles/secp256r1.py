"""The precompile that checks ECDSA signatures over P-256, the curve of passkeys.

Source: agave-precompiles 4.1.2, secp256r1.rs. Agave checks the signatures with OpenSSL, and solproof with the
crate p256.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof._native import primitives
from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode
from solproof.runtime.builtins.precompiles.signature_offsets import signature_offsets

KEY_LENGTH = 33
MAXIMUM_SIGNATURES = 8
ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551


def verify(data: bytes, instruction_datas: Sequence[bytes]) -> None:
    """Check every signature that the data lists. Raises `PrecompileError` at the first that is not valid.

    The order of the checks decides the error. All three ranges are read first. Then the numbers of the
    signature are compared with the order of the group, and only then is the key decoded.
    """
    locations = signature_offsets(data, KEY_LENGTH)
    if not 1 <= len(locations) <= MAXIMUM_SIGNATURES:
        raise PrecompileError(PrecompileErrorCode.INVALID_INSTRUCTION_DATA_SIZE)
    for location in locations:
        signature = location.signature.read(data, instruction_datas)
        key = location.key.read(data, instruction_datas)
        message = location.message.read(data, instruction_datas)
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        # The other s that fits, ORDER - s, is refused, so nobody can change a signature into another.
        if not (1 <= r < ORDER and 1 <= s <= ORDER // 2):
            raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
        valid = primitives.secp256r1_verify(key, message, signature)
        if valid is None:
            raise PrecompileError(PrecompileErrorCode.INVALID_PUBLIC_KEY)
        if not valid:
            raise PrecompileError(PrecompileErrorCode.INVALID_SIGNATURE)
