"""Vote states and instruction data of the vote program, in bincode."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.known_proofs import KNOWN_PROOFS
from tests.support.system_data import ALICE_KEY, BOB_KEY, CAROL_KEY

WITHDRAWER, VOTER, NODE = ALICE_KEY, BOB_KEY, CAROL_KEY
VOTE_KEY = b"vote account".ljust(32, b"\1")
COLLECTOR = b"collector".ljust(32, b"\1")
V1_14_11, V3, V4 = 1, 2, 3
LENGTHS = {V1_14_11: 3_731, V3: 3_762, V4: 3_762}
BLS_KEY, BLS_PROOF = KNOWN_PROOFS["BlsProofOfPossession"][:48], KNOWN_PROOFS["BlsProofOfPossession"][48:]
"""A key, and the proof that its owner wants it in the account `VOTE_KEY`."""
ROLES = {"voter": bytes(4), "withdrawer": b"\1\0\0\0", "bls": b"\2\0\0\0" + BLS_KEY + BLS_PROOF}
"""The encodings of what a key may do."""

(
    INITIALIZE,
    AUTHORIZE,
    VOTE,
    WITHDRAW,
    UPDATE_IDENTITY,
    UPDATE_COMMISSION,
    VOTE_SWITCH,
    AUTHORIZE_CHECKED,
    UPDATE_VOTE_STATE,
    UPDATE_VOTE_STATE_SWITCH,
    AUTHORIZE_WITH_SEED,
    AUTHORIZE_CHECKED_WITH_SEED,
    COMPACT_UPDATE,
    COMPACT_UPDATE_SWITCH,
    TOWER_SYNC,
    TOWER_SYNC_SWITCH,
    INITIALIZE_V2,
    UPDATE_COLLECTOR,
    UPDATE_COMMISSION_BPS,
    DEPOSIT,
) = range(20)

Votes = Sequence[tuple[int, int]]
"""Slots and confirmations, the oldest vote first."""


def bank_hash(slot: int) -> bytes:
    """The hash of the bank in a slot, in the tests."""
    return hashlib.sha256(struct.pack("<Q", slot)).digest()


def u64(*numbers: int) -> bytes:
    """Numbers of 8 bytes."""
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def option(number: int | None, code: str = "Q") -> bytes:
    """An option of a number of 8 bytes."""
    return b"\0" if number is None else struct.pack(f"<B{code}", 1, number)


@dataclass(frozen=True)
class State:
    """A vote state. Without latencies, every vote has latency 1. `commission` is in percent."""

    version: int = V4
    node: bytes = NODE
    withdrawer: bytes = WITHDRAWER
    commission: int = 5
    votes: Votes = ()
    latencies: Sequence[int] = ()
    root: int | None = None
    voters: Mapping[int, bytes] = field(default_factory=lambda: {0: VOTER})
    credits: Sequence[tuple[int, int, int]] = ()
    timestamp: tuple[int, int] = (0, 0)
    pending: int = 0
    bls_key: bytes | None = None

    def encoded(self) -> bytes:
        """The encoding, without the zeros behind it."""
        content = struct.pack("<I", self.version) + self.node + self.withdrawer
        if self.version == V4:
            content += VOTE_KEY + self.node + struct.pack("<HHQ", self.commission * 100, 10_000, self.pending)
            content += b"\0" if self.bls_key is None else b"\1" + self.bls_key
        else:
            content += bytes([self.commission])
        content += u64(len(self.votes))
        for index, (slot, confirmations) in enumerate(self.votes):
            if self.version != V1_14_11:
                content += bytes([self.latencies[index] if self.latencies else 1])
            content += struct.pack("<QI", slot, confirmations)
        content += option(self.root) + u64(len(self.voters))
        content += b"".join(u64(epoch) + key for epoch, key in self.voters.items())
        if self.version != V4:
            content += bytes(32 * 48) + u64(31) + b"\1"
        content += u64(len(self.credits)) + b"".join(u64(*entry) for entry in self.credits)
        return content + struct.pack("<Qq", *self.timestamp)

    def data(self) -> bytes:
        """The data of an account with this state."""
        return self.encoded().ljust(LENGTHS[self.version], b"\0")


def encoded(tag: int, *parts: bytes) -> bytes:
    """Instruction data."""
    return struct.pack("<I", tag) + b"".join(parts)


def slot_votes(slots: Sequence[int], last_hash: bytes | None = None, time: int | None = None) -> bytes:
    """Votes for slots, by default with the right hash."""
    votes = u64(len(slots), *slots)
    return votes + (last_hash or bank_hash(slots[-1] if slots else 0)) + option(time, "q")


def tower(
    votes: Votes, root: int | None = None, last_hash: bytes | None = None, time: int | None = None
) -> bytes:
    """A tower, by default with the right hash."""
    lockouts = b"".join(struct.pack("<QI", *vote) for vote in votes)
    return u64(len(votes)) + lockouts + option(root) + _end(votes, last_hash, time)


def compact_tower(
    votes: Votes, root: int | None = None, last_hash: bytes | None = None, time: int | None = None
) -> bytes:
    """A tower in the compact encoding. The slots must be in ascending order, and not before the root."""
    content = u64(2**64 - 1 if root is None else root) + short_length(len(votes))
    previous = root or 0
    for slot, confirmations in votes:
        content += variable(slot - previous) + bytes([confirmations])
        previous = slot
    return content + _end(votes, last_hash, time)


def _end(votes: Votes, last_hash: bytes | None, time: int | None) -> bytes:
    return (last_hash or bank_hash(votes[-1][0] if votes else 0)) + option(time, "q")


def short_length(length: int) -> bytes:
    """A length in 1 to 3 bytes."""
    return variable(length)


def variable(number: int) -> bytes:
    """A number in as few bytes as possible, 7 bits in each."""
    content = b""
    while number >= 0x80:
        content += bytes([number & 0x7F | 0x80])
        number >>= 7
    return content + bytes([number])


def tower_sync(
    votes: Votes, root: int | None = None, last_hash: bytes | None = None, time: int | None = None
) -> bytes:
    """The whole instruction data of `TowerSync`."""
    return encoded(TOWER_SYNC, compact_tower(votes, root, last_hash, time), bytes(32))
