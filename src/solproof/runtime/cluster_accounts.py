"""The accounts that every cluster has: builtin programs, precompiles, sysvars, and the stake config.

Their states are those of LiteSVM 0.15.2, where each of them has one lamport.
"""

from __future__ import annotations

import struct
from functools import cache, lru_cache

from solproof.runtime.accounts import Account
from solproof.runtime.builtins import BUILTINS
from solproof.runtime.program_ids import (
    COMPUTE_BUDGET,
    CONFIG_PROGRAM,
    ED25519,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    NATIVE_LOADER,
    SECP256K1,
    SECP256R1,
    STAKE_CONFIG,
    SYSTEM_PROGRAM,
    VOTE_PROGRAM,
    ZK_ELGAMAL_PROOF,
)
from solproof.runtime.sysvars import RECENT_BLOCKHASHES, SLOT_HISTORY, SYSVAR_OWNER, Sysvars
from solproof.runtime.transaction.scene import Scene

BUILTIN_PROGRAMS = {
    "system": (SYSTEM_PROGRAM, b"system_program"),
    "compute_budget": (COMPUTE_BUDGET, b"compute_budget_program"),
    "vote": (VOTE_PROGRAM, b"vote_program"),
    "loader_v1": (LOADER_V1, b"solana_bpf_loader_deprecated_program"),
    "loader_v2": (LOADER_V2, b"solana_bpf_loader_program"),
    "loader_v3": (LOADER_V3, b"solana_bpf_loader_upgradeable_program"),
    "zk_elgamal_proof": (ZK_ELGAMAL_PROOF, b"zk_elgamal_proof_program"),
    "ed25519": (ED25519, b""),
    "secp256k1": (SECP256K1, b""),
    "secp256r1": (SECP256R1, b""),
}
"""Name of each builtin program and precompile, with its address and the data of its account."""

MAXIMUM_RECENT_BLOCKHASHES = 150
"""The most entries of the sysvar (`MAX_ENTRIES`, solana-sysvar 4.1, recent_blockhashes.rs)."""

SLOT_HISTORY_BITS = 1_048_576
"""One bit for each of the last slots, in words of 64 bits (`MAX_ENTRIES`, solana-slot-history 3)."""

KEPT_SYSVARS = 4
"""Sets of sysvars whose accounts are kept, because the transactions of a slot have the same ones."""


def stored_accounts(scene: Scene) -> dict[bytes, Account]:
    """The accounts that exist before the transaction, by their keys.

    They are those of the scene, and those of every cluster that the scene does not list. An account without
    lamports does not exist.
    """
    accounts = {account.key: account for account in cluster_accounts(scene)}
    accounts |= {account.key: account for account in scene.accounts}
    return {key: account for key, account in accounts.items() if account.lamports}


def cluster_accounts(scene: Scene) -> tuple[Account, ...]:
    """The accounts that exist on every cluster with the features of a scene, with the scene's sysvars."""
    features = scene.environment.features
    absent = {address for address, builtin in BUILTINS.items() if not builtin.exists(features)}
    fixed = (account for account in _fixed_accounts() if account.key not in absent)
    recent_blockhashes = Account(RECENT_BLOCKHASHES, SYSVAR_OWNER, 1, _recent_blockhashes(scene))
    return (*fixed, *_sysvar_accounts(scene.environment.sysvars), recent_blockhashes)


@cache
def _fixed_accounts() -> tuple[Account, ...]:
    """The accounts that are the same for all scenes."""
    return (
        *(
            Account(address, NATIVE_LOADER, 1, data, executable=True)
            for address, data in BUILTIN_PROGRAMS.values()
        ),
        Account(SLOT_HISTORY, SYSVAR_OWNER, 1, _slot_history()),
        Account(STAKE_CONFIG, CONFIG_PROGRAM, 1, bytes(8) + struct.pack("<dB", 0.25, 12)),
    )


@lru_cache(maxsize=KEPT_SYSVARS)
def _sysvar_accounts(sysvars: Sysvars) -> tuple[Account, ...]:
    return tuple(sysvars.account(name) for name, _ in sysvars.items())


def _recent_blockhashes(scene: Scene) -> bytes:
    """A vector of blockhashes, newest first, each with its fee."""
    listed = scene.blockhashes[:MAXIMUM_RECENT_BLOCKHASHES]
    fee = struct.pack("<Q", scene.lamports_per_signature)
    return struct.pack("<Q", len(listed)) + b"".join(blockhash + fee for blockhash in listed)


def _slot_history() -> bytes:
    """The history of a cluster that has had only slot 0: an option of words, how many bits, the next slot.

    LiteSVM does not change it when the slot changes.
    """
    words = struct.pack("<Q", 1).ljust(SLOT_HISTORY_BITS // 8, b"\0")
    return struct.pack("<BQ", 1, len(words) // 8) + words + struct.pack("<QQ", SLOT_HISTORY_BITS, 1)
