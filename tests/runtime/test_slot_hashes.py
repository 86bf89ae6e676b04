from __future__ import annotations

import pytest
from solders.hash import Hash

from solproof.runtime.slot_hashes import SlotHash, parse_slot_hashes
from solproof.runtime.sysvars import ADDRESSES
from tests.support.litesvm_transactions import litesvm, stored


def test_the_entries_are_those_of_litesvm() -> None:
    machine = litesvm()
    machine.set_slot_hashes([(9, Hash(b"\1" * 32)), (7, Hash(b"\2" * 32))])
    sysvar = stored(machine, ADDRESSES["slot_hashes"])
    assert sysvar is not None
    expected = (SlotHash(9, b"\1" * 32), SlotHash(7, b"\2" * 32))
    assert parse_slot_hashes(sysvar.data) == expected
    assert parse_slot_hashes(sysvar.data + b"\xff") == expected


@pytest.mark.parametrize("content", [b"", bytes(7), b"\1" + bytes(7), b"\1" + bytes(46), b"\xff" * 48])
def test_content_that_is_no_list(content: bytes) -> None:
    assert parse_slot_hashes(content) is None


def test_an_empty_list() -> None:
    assert parse_slot_hashes(bytes(8)) == ()
    assert parse_slot_hashes(b"\1" + bytes(47)) == (SlotHash(0, bytes(32)),)
