"""The precompiles: programs that only check signatures, at the top level of a transaction.

A precompile reads its own data and the data of every instruction of the transaction. It uses no accounts, no
compute units and no log. No feature changes any of the three in agave-precompiles 4.1.2: the features that
introduced them decide nothing there any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from solproof.runtime.accounts import address_bytes
from solproof.runtime.builtins.precompiles import ed25519, secp256k1, secp256r1
from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode

__all__ = ["PRECOMPILES", "Precompile", "PrecompileError", "PrecompileErrorCode"]


@dataclass(frozen=True, slots=True)
class Precompile:
    """A precompile.

    `verify` takes the data of the instruction, and the data of every instruction of the transaction in order.
    It raises `PrecompileError` if a signature is not valid.
    """

    name: str
    verify: Callable[[bytes, Sequence[bytes]], None]


PRECOMPILES: Mapping[bytes, Precompile] = MappingProxyType(
    {
        address_bytes("Ed25519SigVerify111111111111111111111111111"): Precompile("ed25519", ed25519.verify),
        address_bytes("KeccakSecp256k11111111111111111111111111111"): Precompile(
            "secp256k1", secp256k1.verify
        ),
        address_bytes("Secp256r1SigVerify1111111111111111111111111"): Precompile(
            "secp256r1", secp256r1.verify
        ),
    }
)
"""Every precompile, by its program id (solana-sdk-ids 3.1)."""
