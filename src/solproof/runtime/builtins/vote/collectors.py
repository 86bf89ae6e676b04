"""Accounts that collect the commissions of a validator (SIMD-0232).

Source: `NewCommissionCollector` of solana-vote-program 4.1.2 (vote_state/mod.rs).
"""

from __future__ import annotations

from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.rent import Rent

CUSTOM_COLLECTORS = "custom_commission_collector"
"""The feature with which a validator chooses the collectors."""


def require_collector(instruction: InstructionContext, position: int) -> bytes:
    """The address of a new collector at a position of the instruction. The vote account may be one itself.

    Raises `InvalidAccountOwner` for an account that is not of the system program, `InsufficientFunds` for one
    that is not exempt from rent, and `InvalidArgument` for a read-only one, as reserved accounts always are.
    """
    collector = instruction.account(position)
    if collector.key != instruction.account(0).key:
        _check(collector, Rent.from_sysvar(instruction.environment.sysvars.rent))
    return collector.key


def _check(collector: BorrowedAccount, rent: Rent) -> None:
    if collector.owner != SYSTEM_PROGRAM:
        raise failure("InvalidAccountOwner")
    if not rent.is_exempt(collector.lamports, len(collector.data)):
        raise failure("InsufficientFunds")
    if not collector.is_writable:
        raise failure("InvalidArgument")
