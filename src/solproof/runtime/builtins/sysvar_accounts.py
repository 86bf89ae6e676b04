"""Sysvars that instructions of builtin programs name among their accounts.

Source: `get_sysvar_with_account_check` of solana-program-runtime 4.1 (sysvar_cache.rs).
"""

from __future__ import annotations

from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure


def require_sysvar(instruction: InstructionContext, position: int, address: bytes) -> None:
    """Raise `InvalidArgument` if another account is at a position.

    Old instructions name the sysvars that they read. The runtime reads its own copy of them.
    """
    if instruction.account(position).key != address:
        raise failure("InvalidArgument")
