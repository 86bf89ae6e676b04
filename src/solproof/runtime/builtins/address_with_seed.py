"""Addresses that are derived from a key, a seed and a program, without a marker of derived addresses.

Source: `create_with_seed` of solana-address 2.
"""

from __future__ import annotations

import hashlib

from solproof.runtime.instruction_error import custom_failure

# Agave casts the number of a `PubkeyError` to an error of the program, where the code means something else.
SEED_TOO_LONG = 0
ILLEGAL_OWNER = 2

MAXIMUM_SEED_LENGTH = 32
PROGRAM_ADDRESS_MARKER = b"ProgramDerivedAddress"


def address_with_seed(base: bytes, seed: bytes, owner: bytes) -> bytes:
    """The address for a seed of at most 32 bytes. Raises the `Custom` errors 0 and 2."""
    if len(seed) > MAXIMUM_SEED_LENGTH:
        raise custom_failure(SEED_TOO_LONG)
    if owner.endswith(PROGRAM_ADDRESS_MARKER):
        raise custom_failure(ILLEGAL_OWNER)
    return hashlib.sha256(base + seed + owner).digest()
