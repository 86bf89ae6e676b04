"""Who must sign an instruction of the vote program.

Source: `verify_authorized_signer` of solana-vote-program 4.1.2 (vote_state/mod.rs).
"""

from __future__ import annotations

from collections.abc import Collection

from solproof.runtime.instruction_error import failure


def require_signer(key: bytes, signers: Collection[bytes]) -> None:
    """Raise `MissingRequiredSignature` if a key is not among those that have signed."""
    if key not in signers:
        raise failure("MissingRequiredSignature")
