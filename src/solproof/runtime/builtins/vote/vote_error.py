"""The vote program's own errors.

Source: `VoteError` of solana-vote-interface 6.0.3 (error.rs).
"""

from __future__ import annotations

from enum import IntEnum

from solproof.runtime.instruction_error import InstructionFailure, custom_failure


class VoteError(IntEnum):
    """The errors. A value is the code of the `Custom` error that the instruction ends with."""

    VOTE_TOO_OLD = 0
    SLOTS_MISMATCH = 1
    SLOT_HASH_MISMATCH = 2
    EMPTY_SLOTS = 3
    TIMESTAMP_TOO_OLD = 4
    TOO_SOON_TO_REAUTHORIZE = 5
    LOCKOUT_CONFLICT = 6
    NEW_VOTE_STATE_LOCKOUT_MISMATCH = 7
    SLOTS_NOT_ORDERED = 8
    CONFIRMATIONS_NOT_ORDERED = 9
    ZERO_CONFIRMATIONS = 10
    CONFIRMATION_TOO_LARGE = 11
    ROOT_ROLL_BACK = 12
    CONFIRMATION_ROLL_BACK = 13
    SLOT_SMALLER_THAN_ROOT = 14
    TOO_MANY_VOTES = 15
    VOTES_TOO_OLD_ALL_FILTERED = 16
    ROOT_ON_DIFFERENT_FORK = 17
    ACTIVE_VOTE_ACCOUNT_CLOSE = 18
    COMMISSION_UPDATE_TOO_LATE = 19

    def failure(self) -> InstructionFailure:
        """The exception for this error."""
        return custom_failure(self.value)
