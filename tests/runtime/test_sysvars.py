"""Sysvars: contents, and defaults equal to LiteSVM's."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats import solders_objects
from solproof.oracle.litesvm import runtime
from solproof.runtime.sysvars import ADDRESSES, Sysvars, memory_layout


@pytest.mark.parametrize("name", ADDRESSES)
def test_defaults_are_those_of_litesvm(name: str) -> None:
    address = Pubkey(ADDRESSES[name])
    assert solders_objects.account(address, runtime().get_account(address)) == Sysvars().account(name)


def test_lookup_by_address() -> None:
    sysvars = Sysvars()
    assert sysvars.by_address(ADDRESSES["rent"]) == sysvars.rent
    assert sysvars.by_address(bytes(32)) is None
    assert sysvars.by_address(ADDRESSES["fees"]) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clock": bytes(39)}, "sysvar clock: expected 40 bytes, got 39"),
        ({"rent": bytes(24)}, "sysvar rent: expected 17 bytes, got 24"),
        ({"slot_hashes": bytes(20_489)}, "sysvar slot_hashes: expected at most 20488 bytes, got 20489"),
        (
            {"epoch_schedule": bytes(16) + b"\2" + bytes(16)},
            "sysvar epoch_schedule: byte 16: expected a boolean (0 or 1), got 2",
        ),
        (
            {"epoch_rewards": bytes(80) + b"\xff"},
            "sysvar epoch_rewards: byte 80: expected a boolean (0 or 1), got 255",
        ),
    ],
)
def test_contents_that_are_not_the_sysvars(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        Sysvars(**changes)
    assert str(raised.value) == message


def test_encoding_and_digest() -> None:
    sysvars = Sysvars(stake_history=b"")
    encoded = sysvars.to_bytes()
    assert encoded[:8] == (40).to_bytes(8, "little")
    assert encoded[8:48] == sysvars.clock
    assert encoded[-24:] == bytes(8) + (8).to_bytes(8, "little") + bytes(8)
    assert len(encoded) == 8 * 8 + 40 + 17 + 33 + 81 + 8 + 20_488 + 8
    assert sysvars.digest() == hashlib.sha256(encoded).digest()
    assert sysvars.digest() != Sysvars().digest()


def test_memory_layouts_have_the_sizes_that_are_charged() -> None:
    sizes = {name: len(memory_layout(name, content)) for name, content in Sysvars().items()}
    assert sizes["clock"] == 40
    assert sizes["rent"] == 24
    assert sizes["epoch_schedule"] == 40
    assert sizes["epoch_rewards"] == 96
    assert sizes["last_restart_slot"] == 8
