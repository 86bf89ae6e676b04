"""The time of the cluster, as far as builtin programs read it: slots and epochs.

Source: `Clock` of solana-clock 3 and `EpochSchedule` of solana-epoch-schedule 3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_CLOCK = struct.Struct("<Q8xQQ8x")
_EPOCH_SCHEDULE = struct.Struct("<Q17xQ")


@dataclass(frozen=True, slots=True)
class Clock:
    """The slot and the epoch of now.

    leader_schedule_epoch: the newest epoch whose leaders are known.
    """

    slot: int
    epoch: int
    leader_schedule_epoch: int

    @classmethod
    def from_sysvar(cls, content: bytes) -> Clock:
        """The clock in the 40 bytes of the sysvar. The two timestamps are left out."""
        return cls(*_CLOCK.unpack(content))


@dataclass(frozen=True, slots=True)
class EpochSchedule:
    """The length of epochs in slots. Before `first_normal_slot`, epochs may be shorter."""

    slots_per_epoch: int
    first_normal_slot: int

    @classmethod
    def from_sysvar(cls, content: bytes) -> EpochSchedule:
        """The schedule in the 33 bytes of the sysvar."""
        return cls(*_EPOCH_SCHEDULE.unpack(content))
