"""Addresses that are derived from seeds and a program id.

A derived address is a hash that must not be a point of the curve, so that no private key can sign for it.

Source: `Address::create_program_address` and `Address::find_program_address` of solana-address 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from solproof._native import primitives

MAXIMUM_SEEDS = 16
MAXIMUM_SEED_LENGTH = 32
MARKER = b"ProgramDerivedAddress"
LARGEST_BUMP = 255


def program_address(seeds: Sequence[bytes], program_id: bytes) -> bytes | None:
    """The address, or None if there are too many seeds or the hash is a point of the curve."""
    if len(seeds) > MAXIMUM_SEEDS:
        return None
    address = hashlib.sha256(b"".join([*seeds, program_id, MARKER])).digest()
    return None if primitives.curve_contains("edwards", address) else address


def find_program_address(seeds: Sequence[bytes], program_id: bytes) -> tuple[bytes, int]:
    """The first address that the seeds have with a last seed of one byte, and this byte.

    It tries 255 down to 1. Half of all hashes are addresses, so it always finds one.
    """
    for bump in range(LARGEST_BUMP, 0, -1):
        address = program_address([*seeds, bytes([bump])], program_id)
        if address is not None:
            return address, bump
    raise AssertionError("no seeds are known for which this happens")
