"""Documents whose values are objects of Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from solders.account import Account as SoldersAccount
from solders.clock import Clock
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from solproof.formats.loading import load
from solproof.formats.python_values import plain_value
from solproof.runtime.accounts import Account
from solproof.runtime.sysvars import Sysvars

PROGRAM, OTHER, OWNER = (Pubkey(bytes([number]) * 32) for number in (1, 2, 3))
PAIR = Keypair.from_seed(bytes(32))


def test_objects_in_a_document() -> None:
    clock = Clock(1, 2, 3, 4, 5)
    given = load(
        bytearray(b"ELF"),
        {
            "program_id": PROGRAM,
            "accounts": [
                {"pubkey": PAIR, "account": SoldersAccount(7, b"abc", OWNER), "is_signer": True},
                {"key": OTHER, "owner": OWNER, "data": memoryview(b"xy")},
            ],
            "instruction_data": b"\1\2",
            "programs": {OTHER: b"file"},
            "sysvars": {"clock": clock},
        },
    )
    assert given.program == b"ELF"
    assert [entry.account for entry in given.accounts] == [
        Account(bytes(PAIR.pubkey()), bytes(OWNER), 7, b"abc"),
        Account(bytes(OTHER), bytes(OWNER), 0, b"xy"),
    ]
    assert given.instruction_data == b"\1\2"
    assert given.programs == ((bytes(OTHER), b"file"),)
    assert given.parameters.sysvars == Sysvars(clock=bytes(clock))


def test_paths_and_tuples() -> None:
    assert plain_value({"a": (Path("x") / "y", None, 1.5)}, "") == {"a": ["x/y", None, 1.5]}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [{1, 2}]}, "a[0]: expected a value of JSON, bytes, or an object of solders, got set"),
        ({"a": {5: 1}}, "a: key 5: expected a text or a Pubkey, got int"),
    ],
)
def test_other_values(value: Any, message: str) -> None:
    with pytest.raises(TypeError) as raised:
        plain_value(value, "")
    assert str(raised.value) == message
