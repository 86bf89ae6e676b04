"""The encoding of vote states, and the versions that accounts still have.

Every instruction writes version 4. States of the versions 1.14.11 and 3 have a commission in percent and
former voters, but no collectors. Those of version 1.14.11 have no latencies either.

Source: `VoteStateVersions` of solana-vote-interface 6.0.3 (state/vote_state_versions.rs,
state/vote_state_deserialize.rs), `try_convert_to_vote_state_v4` of solana-vote-program 4.1.2
(vote_state/handler.rs).
"""

from __future__ import annotations

import struct

from solproof.runtime.bincode_reader import BincodeReader
from solproof.runtime.builtins.vote.authorized_voters import AuthorizedVoters
from solproof.runtime.builtins.vote.landed_vote import LandedVote
from solproof.runtime.builtins.vote.state import BASIS_POINTS, EpochCredits, VoteState

STATE_LENGTH = 3_762
"""The bytes of an account with a state of version 3 or 4, enough for the longest state."""

VERSION_1_14_11, VERSION_3, VERSION_4 = 1, 2, 3
BASIS_POINTS_OF_A_PERCENT = 100
BLS_KEY_LENGTH = 48
PRIOR_VOTERS_LENGTH = 32 * 48 + 8  # 32 times a key and two epochs, then the index of the last one

_VOTE = struct.Struct("<BQI")
_VOTE_WITHOUT_LATENCY = struct.Struct("<QI")
_VOTER = struct.Struct("<Q32s")
_CREDITS = struct.Struct("<QQQ")
_TIMESTAMP = struct.Struct("<Qq")


def parse_state(content: bytes, key: bytes) -> tuple[int, VoteState]:
    """The version at the start of an account's data, and the state as one of version 4.

    key: the address of the vote account.
    Raises `InvalidAccountData` if there is no such state. The rest of the data is ignored.
    """
    reader = BincodeReader(content, "InvalidAccountData")
    version = reader.u32()
    if version not in (VERSION_1_14_11, VERSION_3, VERSION_4):
        raise reader.invalid()
    node, withdrawer = reader.key(), reader.key()
    if version == VERSION_4:
        collectors = reader.key(), reader.key()
        commissions = reader.u16(), reader.u16()
        pending = reader.u64()
        bls_key = reader.take(BLS_KEY_LENGTH) if reader.boolean() else None
    else:
        collectors = key, node
        commissions = reader.u8() * BASIS_POINTS_OF_A_PERCENT, BASIS_POINTS
        pending, bls_key = 0, None
    votes = _read_votes(reader, version)
    root = reader.optional_u64()
    voters = dict(_VOTER.iter_unpack(reader.take(reader.u64() * _VOTER.size)))
    if version != VERSION_4:
        reader.take(PRIOR_VOTERS_LENGTH)
        reader.boolean()
    credits = _CREDITS.iter_unpack(reader.take(reader.u64() * _CREDITS.size))
    return version, VoteState(
        node,
        withdrawer,
        *collectors,
        AuthorizedVoters(tuple(sorted(voters.items()))),
        *commissions,
        pending,
        bls_key,
        votes,
        root,
        tuple(EpochCredits(*entry) for entry in credits),
        _TIMESTAMP.unpack(reader.take(_TIMESTAMP.size)),
    )


def _read_votes(reader: BincodeReader, version: int) -> tuple[LandedVote, ...]:
    count = reader.u64()
    if version == VERSION_1_14_11:
        entries = reader.take(count * _VOTE_WITHOUT_LATENCY.size)
        return tuple(LandedVote(*entry) for entry in _VOTE_WITHOUT_LATENCY.iter_unpack(entries))
    entries = reader.take(count * _VOTE.size)
    return tuple(
        LandedVote(slot, confirmations, latency)
        for latency, slot, confirmations in _VOTE.iter_unpack(entries)
    )


def encode_state(state: VoteState) -> bytes:
    """The encoding in version 4."""
    return b"".join(
        (
            struct.pack("<I", VERSION_4),
            state.node,
            state.withdrawer,
            state.inflation_rewards_collector,
            state.block_revenue_collector,
            struct.pack(
                "<HHQ",
                state.inflation_rewards_commission,
                state.block_revenue_commission,
                state.pending_delegator_rewards,
            ),
            b"\0" if state.bls_key is None else b"\1" + state.bls_key,
            struct.pack("<Q", len(state.votes)),
            *(_VOTE.pack(vote.latency, vote.slot, vote.confirmations) for vote in state.votes),
            b"\0" if state.root is None else struct.pack("<BQ", 1, state.root),
            struct.pack("<Q", len(state.voters.entries)),
            *(_VOTER.pack(*entry) for entry in state.voters.entries),
            struct.pack("<Q", len(state.epoch_credits)),
            *(_CREDITS.pack(entry.epoch, entry.credits, entry.previous) for entry in state.epoch_credits),
            _TIMESTAMP.pack(*state.last_timestamp),
        )
    )
