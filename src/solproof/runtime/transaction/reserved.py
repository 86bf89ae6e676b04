"""The addresses that no transaction can write to: built-in programs, sysvars and their owners.

Source: agave-reserved-account-keys 4.2. Each of its keys is reserved without a feature.
"""

from __future__ import annotations

from solproof.runtime.accounts import address_bytes
from solproof.runtime.sysvars import ADDRESSES, SYSVAR_OWNER

BUILTIN_PROGRAMS = {
    name: address_bytes(address)
    for name, address in {
        "address_lookup_table": "AddressLookupTab1e1111111111111111111111111",
        "compute_budget": "ComputeBudget111111111111111111111111111111",
        "config": "Config1111111111111111111111111111111111111",
        "ed25519": "Ed25519SigVerify111111111111111111111111111",
        "feature": "Feature111111111111111111111111111111111111",
        "loader_v1": "BPFLoader1111111111111111111111111111111111",
        "loader_v2": "BPFLoader2111111111111111111111111111111111",
        "loader_v3": "BPFLoaderUpgradeab1e11111111111111111111111",
        "loader_v4": "LoaderV411111111111111111111111111111111111",
        "secp256k1": "KeccakSecp256k11111111111111111111111111111",
        "secp256r1": "Secp256r1SigVerify1111111111111111111111111",
        "stake": "Stake11111111111111111111111111111111111111",
        "stake_config": "StakeConfig11111111111111111111111111111111",
        "system": "11111111111111111111111111111111",
        "vote": "Vote111111111111111111111111111111111111111",
        "zk_elgamal_proof": "ZkE1Gama1Proof11111111111111111111111111111",
        "zk_token_proof": "ZkTokenProof1111111111111111111111111111111",
    }.items()
}
"""Names and addresses of the programs that are, or once were, part of the runtime."""

SYSVARS = ADDRESSES | {
    name: address_bytes(address)
    for name, address in {
        "instructions": "Sysvar1nstructions1111111111111111111111111",
        "recent_blockhashes": "SysvarRecentB1ockHashes11111111111111111111",
        "rewards": "SysvarRewards111111111111111111111111111111",
        "slot_history": "SysvarS1otHistory11111111111111111111111111",
    }.items()
}
"""Names and addresses of all sysvars."""

NATIVE_LOADER = address_bytes("NativeLoader1111111111111111111111111111111")
"""The owner of the built-in programs."""

RESERVED_KEYS = frozenset((*BUILTIN_PROGRAMS.values(), *SYSVARS.values(), NATIVE_LOADER, SYSVAR_OWNER))
