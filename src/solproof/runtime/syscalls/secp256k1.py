"""The syscall that recovers the public key of a signer: sol_secp256k1_recover.

Source: solana-syscalls 4.1, lib.rs (`SyscallSecp256k1Recover`). The curve arithmetic is that of libsecp256k1
0.7.2.
"""

from __future__ import annotations

from solproof._native import primitives
from solproof.runtime.budget import SECP256K1_RECOVER_COST
from solproof.runtime.syscalls.context import ACCESS, BUDGET, Syscall, SyscallContext
from solproof.runtime.syscalls.translation import check_range, read_range

HASH_LENGTH = 32
SIGNATURE_LENGTH = 64
PUBLIC_KEY_LENGTH = 64
HIGHEST_RECOVERY_ID = 3
INVALID_RECOVERY_ID = 2
INVALID_SIGNATURE = 3


def recover(
    context: SyscallContext, hash_address: int, recovery_id: int, signature_address: int, result: int, _5: int
) -> int:
    """Write the public key that made this signature of a hash; r0 is 2 or 3 if there is no such key."""
    context.consume(SECP256K1_RECOVER_COST)
    check_range(context, result, PUBLIC_KEY_LENGTH, write=True)
    digest = read_range(context, hash_address, HASH_LENGTH)
    signature = read_range(context, signature_address, SIGNATURE_LENGTH)
    if recovery_id > HIGHEST_RECOVERY_ID:
        return INVALID_RECOVERY_ID
    key = primitives.secp256k1_recover(digest, recovery_id, signature)
    if key is None:
        return INVALID_SIGNATURE
    context.memory.write(result, key)
    return 0


SYSCALLS = (Syscall("sol_secp256k1_recover", recover, "SECP256K1_RECOVER_COST", (BUDGET, *ACCESS)),)
