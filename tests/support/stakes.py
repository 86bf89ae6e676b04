"""Stake and vote accounts.

Layouts: solana-stake-interface 2 (state.rs, instruction.rs), `VoteStateV3` of solana-vote-interface.
"""

from __future__ import annotations

import hashlib
import struct

from solproof.runtime.accounts import address_bytes
from solproof.runtime.sysvars import Sysvars
from tests.support.scene import Scene

STAKE_LENGTH = 200
VOTE_PROGRAM = address_bytes("Vote111111111111111111111111111111111111111")
NO_LOCKUP = bytes(48)
EPOCH = 20
STAKER, WITHDRAWER = 0, 1


def sysvars(epoch: int = EPOCH) -> Sysvars:
    """A cluster in a later epoch, in which little of the stake was activating, and little deactivating."""
    history = struct.pack("<Q", epoch) + b"".join(
        struct.pack("<QQQQ", number, 10**15, 10**12, 10**12) for number in reversed(range(epoch))
    )
    clock = struct.pack("<QqQQq", 10_000_000, 5, epoch, epoch + 1, 1_700_000_000)
    return Sysvars(clock=clock, stake_history=history)


def vote_state(node: bytes, epoch: int = EPOCH) -> bytes:
    """A vote account that votes in every epoch."""
    credits = b"".join(
        struct.pack("<QQQ", number, 100 * number + 100, 100 * number) for number in range(1, epoch)
    )
    state = (
        struct.pack("<I", 2)
        + node * 2
        + b"\5"
        + struct.pack("<QB", 0, 0)
        + struct.pack("<QQ", 1, 0)
        + node
        + bytes(32 * 48 + 8)
        + b"\1"
        + struct.pack("<Q", epoch - 1)
        + credits
        + bytes(16)
    )
    return state.ljust(3_762, b"\0")


def initialize(scene: Scene, name: str = "stake", lockup: bytes = NO_LOCKUP) -> None:
    authorities = scene.key("staker") + scene.key("withdrawer")
    scene.run(struct.pack("<I", 0) + authorities + lockup, f"{name}! rent")


def seeded(base: bytes, seed: bytes, owner: bytes) -> bytes:
    """The address that a seed gives."""
    return hashlib.sha256(base + seed + owner).digest()
