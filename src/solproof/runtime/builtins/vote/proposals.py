"""What voters propose: votes for some slots, or a whole tower.

Towers have two encodings. The compact one holds the distance of each slot to the one before it.

Source: `Vote`, `VoteStateUpdate` and `TowerSync` of solana-vote-interface 6.0.3
(state/vote_instruction_data.rs, and `compact` in state/mod.rs).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from solproof.runtime.bincode_reader import LARGEST_U64
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.vote.landed_vote import LandedVote

HASH_LENGTH = 32
NO_ROOT = LARGEST_U64
_SLOT = struct.Struct("<Q")
_LOCKOUT = struct.Struct("<QI")


@dataclass(frozen=True, slots=True)
class SlotVotes:
    """Votes for slots, in ascending order if they are valid.

    hash: the hash of the bank in the last slot.
    time: when the voter voted, in seconds since 1970, or None.
    """

    slots: tuple[int, ...]
    hash: bytes
    time: int | None


@dataclass(frozen=True, slots=True)
class Tower:
    """A whole tower, the oldest vote first.

    hash: the hash of the bank in the slot of the newest vote.
    time: when the voter voted, in seconds since 1970, or None.
    """

    votes: tuple[LandedVote, ...]
    root: int | None
    hash: bytes
    time: int | None


def read_slot_votes(data: InstructionData) -> SlotVotes:
    """The content of `Vote`, and the start of `VoteSwitch`."""
    slots = _SLOT.iter_unpack(data.take(data.u64() * _SLOT.size))
    return SlotVotes(tuple(slot for (slot,) in slots), data.take(HASH_LENGTH), data.optional_i64())


def read_tower(data: InstructionData) -> Tower:
    """The content of `UpdateVoteState`."""
    lockouts = _LOCKOUT.iter_unpack(data.take(data.u64() * _LOCKOUT.size))
    votes = tuple(LandedVote(*lockout) for lockout in lockouts)
    return Tower(votes, data.optional_u64(), data.take(HASH_LENGTH), data.optional_i64())


def read_compact_tower(data: InstructionData) -> Tower:
    """The content of `CompactUpdateVoteState`, and the start of `TowerSync`."""
    root = data.u64()
    slot = 0 if root == NO_ROOT else root
    votes = []
    for _ in range(data.short_length()):
        slot += data.variable_u64()
        if slot > LARGEST_U64:
            raise data.invalid()
        votes.append(LandedVote(slot, confirmations=data.u8()))
    return Tower(tuple(votes), None if root == NO_ROOT else root, data.take(HASH_LENGTH), data.optional_i64())
