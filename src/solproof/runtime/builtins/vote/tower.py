"""A proposed tower replaces the one in the state: the other instructions that vote.

A proposal must not contradict what the voter has voted before, and its slots must be on the current fork.

Source: solana-vote-program 4.1.2, `check_and_filter_proposed_vote_state` and `process_new_vote_state`
(vote_state/mod.rs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from solproof.runtime.builtins.vote.landed_vote import MAXIMUM_LOCKOUT_HISTORY, LandedVote, latency_of
from solproof.runtime.builtins.vote.proposals import Tower
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.clock import Clock
from solproof.runtime.slot_hashes import SlotHash


def with_tower(state: VoteState, proposed: Tower, slot_hashes: Sequence[SlotHash], clock: Clock) -> VoteState:
    """The state with the proposed tower. Raises a `VoteError` for a tower that is not valid.

    slot_hashes: newest first.
    """
    root = _reachable_root(state, proposed, slot_hashes)
    votes = _on_this_fork(state, proposed, root, slot_hashes)
    _check_tower(votes, root, state.root)
    rooted = _rooted(state, root)
    votes = _with_latencies(state.votes[len(rooted) :], votes, clock.slot)
    if root != state.root:
        state = state.with_credits(clock.epoch, sum(vote.credits for vote in rooted))
    if proposed.time is not None:
        state = state.with_timestamp(votes[-1].slot, proposed.time)
    return replace(state, root=root, votes=votes)


def _reachable_root(state: VoteState, proposed: Tower, slot_hashes: Sequence[SlotHash]) -> int | None:
    """The proposed root, or an older one that the state knows if the history no longer has the proposed one.

    Raises a `VoteError` for a tower that is not newer than the state, or older than the history.
    """
    if not proposed.votes:
        raise VoteError.EMPTY_SLOTS.failure()
    newest = proposed.votes[-1].slot
    if state.last_voted_slot is not None and newest <= state.last_voted_slot:
        raise VoteError.VOTE_TOO_OLD.failure()
    if not slot_hashes:
        raise VoteError.SLOTS_MISMATCH.failure()
    earliest, root = slot_hashes[-1].slot, proposed.root
    if newest < earliest:
        raise VoteError.VOTE_TOO_OLD.failure()
    if root is None or root >= earliest:
        return root
    return next((vote.slot for vote in reversed(state.votes) if vote.slot <= root), state.root)


def _on_this_fork(
    state: VoteState, proposed: Tower, root: int | None, slot_hashes: Sequence[SlotHash]
) -> tuple[LandedVote, ...]:
    """The proposed votes without those that are older than the history and not in the state.

    Raises a `VoteError` if the root or a vote is not in the history though it is new enough, and if the hash
    of the newest vote is another one.
    """
    history = slot_hashes[::-1]
    position, previous, kept = 0, -1, []
    if root is not None:
        position = _advance(history, position, root)
        if history[position].slot != root and position > 0:
            raise VoteError.ROOT_ON_DIFFERENT_FORK.failure()
    for vote in proposed.votes:
        if position == len(history):
            raise VoteError.SLOTS_MISMATCH.failure()
        if vote.slot <= previous:
            raise VoteError.SLOTS_NOT_ORDERED.failure()
        previous = vote.slot
        position = _advance(history, position, vote.slot)
        if history[position].slot == vote.slot:
            position += 1
            kept.append(vote)
        elif position > 0:
            raise VoteError.SLOTS_MISMATCH.failure()
        elif state.has_vote(vote.slot):
            kept.append(vote)
    # The newest vote is not older than the history, so the loop ended with a match.
    if history[position - 1].hash != proposed.hash:
        raise VoteError.SLOT_HASH_MISMATCH.failure()
    return tuple(kept)


def _advance(history: Sequence[SlotHash], position: int, slot: int) -> int:
    """The first position from `position` on whose slot is not older than `slot`."""
    while history[position].slot < slot:
        position += 1
        if position == len(history):
            raise VoteError.SLOTS_MISMATCH.failure()
    return position


def _check_tower(votes: Sequence[LandedVote], root: int | None, current_root: int | None) -> None:
    """Raise a `VoteError` for a tower that contradicts itself, and for a root that goes back."""
    if len(votes) > MAXIMUM_LOCKOUT_HISTORY:
        raise VoteError.TOO_MANY_VOTES.failure()
    if current_root is not None and (root is None or root < current_root):
        raise VoteError.ROOT_ROLL_BACK.failure()
    previous = None
    for vote in votes:
        if vote.confirmations == 0:
            raise VoteError.ZERO_CONFIRMATIONS.failure()
        if vote.confirmations > MAXIMUM_LOCKOUT_HISTORY:
            raise VoteError.CONFIRMATION_TOO_LARGE.failure()
        # Validators propose the root 0 before they have one.
        if root is not None and vote.slot <= root != 0:
            raise VoteError.SLOT_SMALLER_THAN_ROOT.failure()
        if previous is not None:
            _check_successor(previous, vote)
        previous = vote


def _check_successor(previous: LandedVote, vote: LandedVote) -> None:
    if previous.slot >= vote.slot:
        raise VoteError.SLOTS_NOT_ORDERED.failure()
    if previous.confirmations <= vote.confirmations:
        raise VoteError.CONFIRMATIONS_NOT_ORDERED.failure()
    if vote.slot > previous.last_locked_out_slot:
        raise VoteError.NEW_VOTE_STATE_LOCKOUT_MISMATCH.failure()


def _rooted(state: VoteState, root: int | None) -> tuple[LandedVote, ...]:
    """The votes of the state that the new root makes final. They are the first ones."""
    return tuple(vote for vote in state.votes if root is not None and vote.slot <= root)


def _with_latencies(
    current: Sequence[LandedVote], proposed: Sequence[LandedVote], current_slot: int
) -> tuple[LandedVote, ...]:
    """The proposed votes with the latencies of the same votes before, or with those of now.

    current: the votes of the state that are not final.
    Raises a `VoteError` if a vote of the state is missing although it is still locked out, and for a vote
    with fewer confirmations than before.
    """
    latencies: dict[int, int] = {}
    new = iter(proposed)
    vote = next(new, None)
    for old in current:
        while vote is not None and vote.slot < old.slot:
            vote = next(new, None)
        if vote is None:
            break
        if old.slot < vote.slot:
            if old.last_locked_out_slot >= vote.slot:
                raise VoteError.LOCKOUT_CONFLICT.failure()
            continue
        if vote.confirmations < old.confirmations:
            raise VoteError.CONFIRMATION_ROLL_BACK.failure()
        latencies[vote.slot] = old.latency
        vote = next(new, None)
    return tuple(
        replace(vote, latency=latencies.get(vote.slot) or latency_of(vote.slot, current_slot))
        for vote in proposed
    )
