"""The state of a vote account: who votes, the tower of votes, and the credits that they have earned.

Source: `VoteStateV4` of solana-vote-interface 6.0.3 (state/vote_state_v4.rs), `VoteStateHandler` of
solana-vote-program 4.1.2 (vote_state/handler.rs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from solproof.runtime.bincode_reader import LARGEST_U64
from solproof.runtime.builtins.vote.authorized_voters import AuthorizedVoters
from solproof.runtime.builtins.vote.landed_vote import LandedVote
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.instruction_error import failure

MAXIMUM_EPOCH_CREDITS = 64
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class EpochCredits:
    """The sum of all credits at the end of an epoch, or now, and at its start."""

    epoch: int
    credits: int
    previous: int


@dataclass(frozen=True, slots=True)
class VoteState:
    """The state in version 4.

    node: the identity of the validator.
    withdrawer: the key that may withdraw lamports and change the account.
    inflation_rewards_collector, block_revenue_collector: the accounts that get the commissions.
    inflation_rewards_commission, block_revenue_commission: in basis points.
    pending_delegator_rewards: lamports of the account that belong to those who delegate stake to it.
    bls_key: the compressed BLS public key of the voter, 48 bytes, or None.
    votes: the tower, the oldest vote first, in ascending order of the slots.
    root: the newest slot that the voter can never leave, or None.
    epoch_credits: the oldest epoch first.
    last_timestamp: slot and time, in seconds since 1970, of the last vote with a time.
    """

    node: bytes
    withdrawer: bytes
    inflation_rewards_collector: bytes
    block_revenue_collector: bytes
    voters: AuthorizedVoters
    inflation_rewards_commission: int = 0
    block_revenue_commission: int = BASIS_POINTS
    pending_delegator_rewards: int = 0
    bls_key: bytes | None = None
    votes: tuple[LandedVote, ...] = ()
    root: int | None = None
    epoch_credits: tuple[EpochCredits, ...] = ()
    last_timestamp: tuple[int, int] = (0, 0)

    @property
    def last_voted_slot(self) -> int | None:
        """The newest slot of the tower."""
        return self.votes[-1].slot if self.votes else None

    def has_vote(self, slot: int) -> bool:
        """Whether the tower has a vote for a slot."""
        return any(vote.slot == slot for vote in self.votes)

    def with_epoch(self, epoch: int) -> tuple[VoteState, bytes]:
        """The state with an entry for the voter of this epoch, and the voter.

        Entries before the epoch before this one are dropped. Raises `InvalidAccountData` for an epoch that
        is before all entries.
        """
        voter = self.voters.voter(epoch)
        if voter is None:
            raise failure("InvalidAccountData")
        voters = self.voters.with_voter(epoch, voter).since(max(0, epoch - 1))
        return replace(self, voters=voters), voter

    def with_credits(self, epoch: int, earned: int) -> VoteState:
        """The state with more credits in an epoch, also if they are 0."""
        history = self.epoch_credits or (EpochCredits(epoch, 0, 0),)
        last = history[-1]
        if last.epoch != epoch:
            # An epoch without credits leaves no entry.
            earlier = history if last.credits != last.previous else history[:-1]
            last = EpochCredits(epoch, last.credits, last.credits)
            history = (*earlier, last)
            if len(history) > MAXIMUM_EPOCH_CREDITS:
                history = history[1:]
        credits = min(last.credits + earned, LARGEST_U64)
        return replace(self, epoch_credits=(*history[:-1], replace(last, credits=credits)))

    def with_timestamp(self, slot: int, time: int) -> VoteState:
        """The state after a vote with a time, which never goes back. Raises `TIMESTAMP_TOO_OLD`."""
        last_slot, last_time = self.last_timestamp
        is_other = slot == last_slot != 0 and time != last_time
        if slot < last_slot or time < last_time or is_other:
            raise VoteError.TIMESTAMP_TOO_OLD.failure()
        return replace(self, last_timestamp=(slot, time))
