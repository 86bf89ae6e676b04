"""The ed25519 signatures of a transaction.

Source: `Signature::verify` of solana-signature 3 (`verify_strict` of ed25519-dalek 2.2), which
`VersionedTransaction::verify_with_results` of solana-transaction 4 calls for each signer.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof._native import primitives


def check_signatures(message: bytes, signer_keys: Sequence[bytes], signatures: Sequence[bytes]) -> bool:
    """Whether each signature (64 bytes) of a message is that of the key (32 bytes) at the same position.

    The message is what the transaction carries, including the prefix of its version.
    """
    return all(
        primitives.ed25519_verify(key, message, signature)
        for key, signature in zip(signer_keys, signatures, strict=True)
    )
