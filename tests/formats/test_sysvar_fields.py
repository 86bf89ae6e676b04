"""Sysvars by their fields, compared with the objects of solders."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from solders.clock import Clock
from solders.epoch_schedule import EpochSchedule
from solders.rent import Rent

from solproof.errors import InputError
from solproof.formats.sysvar_fields import SYSVAR_FIELDS, read_sysvar
from solproof.runtime.sysvars import EXACT_LENGTHS, Sysvars


def test_every_sysvar_of_a_fixed_length_has_its_fields() -> None:
    lengths = {name: sum(length for length, _ in layout.values()) for name, layout in SYSVAR_FIELDS.items()}
    assert lengths == EXACT_LENGTHS
    assert set(SYSVAR_FIELDS) <= {field.name for field in fields(Sysvars)}


def test_the_fields_are_those_of_solders() -> None:
    clock = Clock(1, -2, 3, 4, -5)
    names = ("slot", "epoch_start_timestamp", "epoch", "leader_schedule_epoch", "unix_timestamp")
    given = {name: getattr(clock, name) for name in names}
    assert read_sysvar(given, "clock", "clock", bytes(40)) == bytes(clock)
    schedule = EpochSchedule(100)
    names = (
        "slots_per_epoch",
        "leader_schedule_slot_offset",
        "warmup",
        "first_normal_epoch",
        "first_normal_slot",
    )
    given = {name: getattr(schedule, name) for name in names}
    assert read_sysvar(given, "epoch_schedule", "epoch_schedule", bytes(33)) == bytes(schedule)
    given = {"lamports_per_byte": 3_480, "exemption_threshold": 2.0, "burn_percent": 50}
    assert read_sysvar(given, "rent", "rent", bytes(17)) == bytes(Rent(3_480, 2.0, 50))


def test_a_field_that_is_left_out_keeps_its_value() -> None:
    before = bytes(Clock(1, 2, 3, 4, 5))
    assert read_sysvar({"unix_timestamp": 9}, "clock", "clock", before) == bytes(Clock(1, 2, 3, 4, 9))
    assert read_sysvar({}, "clock", "clock", before) == before
    rewards = read_sysvar({"active": True, "total_points": 2**100}, "epoch_rewards", "", bytes(81))
    assert (rewards[80], int.from_bytes(rewards[48:64], "little")) == (1, 2**100)
    replace(Sysvars(), epoch_rewards=rewards)


def test_bytes() -> None:
    assert read_sysvar([1, 2], "stake_history", "", b"") == b"\1\2"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("clock", {"slot": -1}, "clock.slot: expected an integer from 0 to 18446744073709551615, got -1"),
        (
            "clock",
            {"unix_timestamp": 2**63},
            "clock.unix_timestamp: expected an integer from -9223372036854775808 to 9223372036854775807, "
            "got 9223372036854775808",
        ),
        (
            "clock",
            {"time": 1},
            "clock: unknown field 'time', expected slot, epoch_start_timestamp, epoch, "
            "leader_schedule_epoch, unix_timestamp",
        ),
        ("rent", {"exemption_threshold": "2"}, 'rent.exemption_threshold: expected a number, got "2"'),
        ("epoch_schedule", {"warmup": 1}, "epoch_schedule.warmup: expected true or false, got 1"),
        (
            "epoch_rewards",
            {"parent_blockhash": 1},
            "epoch_rewards.parent_blockhash: expected a base58 hash, got 1",
        ),
        (
            "slot_hashes",
            {"slot": 1},
            "slot_hashes: expected the bytes of the account, because this sysvar is a list",
        ),
    ],
)
def test_refusals(name: str, value: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read_sysvar(value, name, name, bytes(EXACT_LENGTHS.get(name, 8)))
    assert str(raised.value) == message
