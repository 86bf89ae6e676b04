"""The addresses that no transaction can write to: built-in programs, sysvars and their owners.

Source: agave-reserved-account-keys 4.2. Each of its keys is reserved without a feature.
"""

from __future__ import annotations

from solproof.runtime import program_ids
from solproof.runtime.sysvars import (
    ADDRESSES,
    INSTRUCTIONS_SYSVAR,
    RECENT_BLOCKHASHES,
    REWARDS,
    SLOT_HISTORY,
    SYSVAR_OWNER,
)

_PROGRAMS = frozenset(
    {
        program_ids.ADDRESS_LOOKUP_TABLE,
        program_ids.COMPUTE_BUDGET,
        program_ids.CONFIG_PROGRAM,
        program_ids.ED25519,
        program_ids.FEATURE_PROGRAM,
        program_ids.LOADER_V1,
        program_ids.LOADER_V2,
        program_ids.LOADER_V3,
        program_ids.LOADER_V4,
        program_ids.NATIVE_LOADER,
        program_ids.SECP256K1,
        program_ids.SECP256R1,
        program_ids.STAKE_PROGRAM,
        program_ids.STAKE_CONFIG,
        program_ids.SYSTEM_PROGRAM,
        program_ids.VOTE_PROGRAM,
        program_ids.ZK_ELGAMAL_PROOF,
        program_ids.ZK_TOKEN_PROOF,
    }
)
SYSVARS = frozenset({*ADDRESSES.values(), INSTRUCTIONS_SYSVAR, RECENT_BLOCKHASHES, REWARDS, SLOT_HISTORY})
"""Addresses of all sysvars."""

RESERVED_KEYS = _PROGRAMS | SYSVARS | {SYSVAR_OWNER}
