"""Votes for slots, one on top of the other: the instructions `Vote` and `VoteSwitch`.

Source: solana-vote-program 4.1.2, `process_vote` and `check_slots_are_valid` (vote_state/mod.rs),
`process_next_vote_slot` (vote_state/handler.rs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from solproof.runtime.builtins.vote.landed_vote import MAXIMUM_LOCKOUT_HISTORY, LandedVote, latency_of
from solproof.runtime.builtins.vote.proposals import SlotVotes
from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.vote_error import VoteError
from solproof.runtime.clock import Clock
from solproof.runtime.slot_hashes import SlotHash


def with_slot_votes(
    state: VoteState, proposed: SlotVotes, slot_hashes: Sequence[SlotHash], clock: Clock
) -> VoteState:
    """The state after votes for slots. Raises a `VoteError` for votes that are not valid.

    slot_hashes: newest first.
    """
    if not proposed.slots:
        raise VoteError.EMPTY_SLOTS.failure()
    earliest = slot_hashes[-1].slot if slot_hashes else 0
    slots = [slot for slot in proposed.slots if slot >= earliest]
    if not slots:
        raise VoteError.VOTES_TOO_OLD_ALL_FILTERED.failure()
    _check_slots(state, slots, proposed.hash, slot_hashes)
    for slot in slots:
        state = _with_vote(state, slot, clock)
    if proposed.time is not None:
        state = state.with_timestamp(max(proposed.slots), proposed.time)
    return state


def _check_slots(
    state: VoteState, slots: Sequence[int], last_hash: bytes, slot_hashes: Sequence[SlotHash]
) -> None:
    """Find every new slot in the history, in ascending order. Compare the hash of the last one."""
    history = slot_hashes[::-1]
    found = 0  # how many entries of the history are not newer than the last slot that was found
    for slot in slots:
        if found == len(history):
            raise (VoteError.SLOTS_MISMATCH if found else VoteError.VOTE_TOO_OLD).failure()
        if _is_new(state, slot):
            found = _after(history, found, slot)
    if found == 0:
        raise VoteError.VOTE_TOO_OLD.failure()
    if history[found - 1].hash != last_hash:
        raise VoteError.SLOT_HASH_MISMATCH.failure()


def _after(history: Sequence[SlotHash], start: int, slot: int) -> int:
    """The position after that of a slot, from `start` on."""
    for position in range(start, len(history)):
        if history[position].slot == slot:
            return position + 1
    raise VoteError.SLOTS_MISMATCH.failure()


def _is_new(state: VoteState, slot: int) -> bool:
    return state.last_voted_slot is None or slot > state.last_voted_slot


def _with_vote(state: VoteState, slot: int, clock: Clock) -> VoteState:
    """The state after a vote for one slot. An old slot changes nothing."""
    if not _is_new(state, slot):
        return state
    votes = list(state.votes)
    while votes and votes[-1].last_locked_out_slot < slot:
        votes.pop()
    if len(votes) == MAXIMUM_LOCKOUT_HISTORY:
        rooted = votes.pop(0)
        state = replace(state, root=rooted.slot).with_credits(clock.epoch, rooted.credits)
    votes.append(LandedVote(slot, latency=latency_of(slot, clock.slot)))
    return replace(state, votes=tuple(_confirmed(votes)))


def _confirmed(votes: list[LandedVote]) -> list[LandedVote]:
    """The votes after a new one at the end, which confirms each vote that has no more votes on top of it."""
    depth = len(votes)
    return [
        replace(vote, confirmations=vote.confirmations + 1) if depth > index + vote.confirmations else vote
        for index, vote in enumerate(votes)
    ]
