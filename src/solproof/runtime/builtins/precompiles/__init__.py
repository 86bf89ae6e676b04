"""The precompiles: programs that only check signatures, at the top level of a transaction.

A precompile reads its own data and the data of every instruction of the transaction. It uses no accounts, no
compute units and no log. No feature changes any of the three in agave-precompiles 4.1.2: the features that
introduced them decide nothing there any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from solproof.runtime.builtins.precompiles import ed25519, secp256k1, secp256r1
from solproof.runtime.builtins.precompiles.precompile_error import PrecompileError, PrecompileErrorCode
from solproof.runtime.program_ids import ED25519, SECP256K1, SECP256R1

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
        ED25519: Precompile("ed25519", ed25519.verify),
        SECP256K1: Precompile("secp256k1", secp256k1.verify),
        SECP256R1: Precompile("secp256r1", secp256r1.verify),
    }
)
"""Every precompile, by its program id (solana-sdk-ids 3.1)."""
