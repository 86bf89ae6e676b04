from __future__ import annotations

from solders.clock import Clock as SoldersClock
from solders.epoch_schedule import EpochSchedule as SoldersEpochSchedule

from solproof.runtime.clock import Clock, EpochSchedule
from solproof.runtime.sysvars import ADDRESSES
from tests.support.litesvm_transactions import litesvm, stored


def test_the_fields_are_those_of_litesvm() -> None:
    machine = litesvm()
    machine.set_clock(SoldersClock(1, -2, 3, 4, -5))
    machine.set_epoch_schedule(SoldersEpochSchedule(64))
    clock, schedule = (stored(machine, ADDRESSES[name]) for name in ("clock", "epoch_schedule"))
    assert clock is not None
    assert Clock.from_sysvar(clock.data) == Clock(1, 3, 4)
    assert schedule is not None
    expected = machine.get_epoch_schedule()
    assert EpochSchedule.from_sysvar(schedule.data) == EpochSchedule(
        expected.slots_per_epoch, expected.first_normal_slot
    )
