"""The data of a nonce account: a value that stands in for a recent blockhash until it is used.

Source: `Versions`, `State` and `DurableNonce` of solana-nonce 3.4 (versions.rs, state.rs), in bincode.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, replace

NONCE_LENGTH = 80
_TAGS = struct.Struct("<II")
_DATA = struct.Struct("<32s32sQ")
_LEGACY, _CURRENT = 0, 1
_UNINITIALIZED, _INITIALIZED = 0, 1


def durable_nonce(blockhash: bytes) -> bytes:
    """The nonce for a blockhash, 32 bytes. The prefix keeps it different from every blockhash."""
    return hashlib.sha256(b"DURABLE_NONCE" + blockhash).digest()


@dataclass(frozen=True, slots=True)
class NonceData:
    """What an initialized nonce account holds.

    authority: the key that must sign to use or change the account.
    nonce: 32 bytes, the recent blockhash of the next transaction that uses the account.
    lamports_per_signature: the price of a signature when the nonce was stored. Nothing reads it any more.
    """

    authority: bytes
    nonce: bytes
    lamports_per_signature: int


@dataclass(frozen=True, slots=True)
class NonceState:
    """The state of a nonce account: `data` is None for an account that is not initialized.

    A legacy state stores a blockhash itself and cannot replace a recent blockhash.
    """

    data: NonceData | None
    is_legacy: bool = False

    @classmethod
    def parse(cls, content: bytes) -> NonceState | None:
        """The state at the start of an account's data, or None if there is none. The rest is ignored."""
        if len(content) < _TAGS.size:
            return None
        version, state = _TAGS.unpack_from(content)
        if version > _CURRENT or state > _INITIALIZED:
            return None
        if state == _UNINITIALIZED:
            return cls(None, version == _LEGACY)
        if len(content) < NONCE_LENGTH:
            return None
        return cls(NonceData(*_DATA.unpack_from(content, _TAGS.size)), version == _LEGACY)

    def to_bytes(self) -> bytes:
        """The encoding: 80 bytes, or 8 bytes if the account is not initialized."""
        version = _LEGACY if self.is_legacy else _CURRENT
        if self.data is None:
            return _TAGS.pack(version, _UNINITIALIZED)
        data = self.data
        return _TAGS.pack(version, _INITIALIZED) + _DATA.pack(
            data.authority, data.nonce, data.lamports_per_signature
        )

    def upgraded(self) -> NonceState | None:
        """The current version of an initialized legacy state, or None for every other state."""
        if not self.is_legacy or self.data is None:
            return None
        return NonceState(replace(self.data, nonce=durable_nonce(self.data.nonce)))
