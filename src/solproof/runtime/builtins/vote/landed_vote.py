"""One vote in a tower, and what it is worth.

A vote for a slot forbids votes on other forks for a number of slots, its lockout. These are 2 slots at first.
Each later vote on top of it is a confirmation and doubles the lockout.

Source: `Lockout` and `LandedVote` of solana-vote-interface 6.0.3 (state/mod.rs); `credits_for_vote_at_index`
and `compute_vote_latency` of solana-vote-program 4.1.2 (vote_state/handler.rs).
"""

from __future__ import annotations

from dataclasses import dataclass

from solproof.runtime.bincode_reader import LARGEST_U64

MAXIMUM_LOCKOUT_HISTORY = 31
MAXIMUM_CREDITS = 16
GRACE_SLOTS = 2
LARGEST_LATENCY = 255


@dataclass(frozen=True, slots=True)
class LandedVote:
    """A vote.

    slot: the slot that was voted for.
    confirmations: how many votes confirm the slot, this vote included.
    latency: how many slots later the vote was in a block. It is 0 if nobody recorded that.
    """

    slot: int
    confirmations: int = 1
    latency: int = 0

    @property
    def last_locked_out_slot(self) -> int:
        """The last slot in which the voter may not vote on another fork."""
        lockout = 1 << min(self.confirmations, MAXIMUM_LOCKOUT_HISTORY)
        return min(self.slot + lockout, LARGEST_U64)

    @property
    def credits(self) -> int:
        """What the vote earns once its slot is a root. Late votes earn less (timely vote credits)."""
        if self.latency == 0:
            return 1
        return max(1, MAXIMUM_CREDITS - max(0, self.latency - GRACE_SLOTS))


def latency_of(voted: int, current: int) -> int:
    """The latency of a vote for slot `voted` in a block of slot `current`."""
    return min(max(0, current - voted), LARGEST_LATENCY)
