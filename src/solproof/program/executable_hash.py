"""The hash by which people compare programs on a chain with builds."""

from __future__ import annotations

from hashlib import sha256


def executable_hash(file: bytes) -> bytes:
    """SHA-256 of a program's file without the zeros at its end, 32 bytes.

    A dump of an account has such zeros behind the file, so a dump and the file itself have the same hash.
    Source: `solana-verify get-executable-hash` and `get-program-hash` (solana-verifiable-build).
    """
    return sha256(file.rstrip(b"\0")).digest()
