"""The scene: what it may hold, and the whole error message for everything else."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from solproof.errors import InputError
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, Sysvars
from solproof.runtime.transaction.scene import Scene

ALICE, BOB, OWNER, BLOCKHASH = (bytes([number]) * 32 for number in (1, 2, 3, 4))
SCENE = Scene(
    b"wire", (Account(ALICE, OWNER, 1, b""), Account(BOB, OWNER, 2, b"")), Environment(), (BLOCKHASH,)
)


def test_defaults() -> None:
    assert (SCENE.lamports_per_signature, SCENE.verify_signatures) == (5_000, True)
    sysvars = Sysvars()
    assert replace(SCENE, accounts=(sysvars.account("clock"), sysvars.account("rent"))).accounts
    assert len(replace(SCENE, blockhashes=(BLOCKHASH,) * 300, transaction=bytes(1_232)).blockhashes) == 300


def test_frozen_and_picklable() -> None:
    assert pickle.loads(pickle.dumps(SCENE)) == SCENE
    with pytest.raises(FrozenInstanceError):
        setattr(SCENE, "transaction", b"")  # noqa: B010


def test_representation() -> None:
    large = replace(SCENE, transaction=bytes(1_000), accounts=(Account(ALICE, OWNER, 1, bytes(10**6)),))
    assert repr(large) == (
        "Scene(transaction=<1,000 bytes, SHA-256 541b3e9d...>, accounts=<1 item>, "
        "environment=Environment(...), blockhashes=<1 item>, lamports_per_signature=5000, "
        "verify_signatures=True)"
    )
    assert len(repr(large.environment)) < 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"transaction": bytes(1_233)}, "transaction: expected at most 1232 bytes, got 1233"),
        ({"accounts": SCENE.accounts[:1] * 65_537}, "accounts: expected at most 65536, got 65537"),
        (
            {"accounts": (*SCENE.accounts, SCENE.accounts[0])},
            f"accounts[2]: {address_text(ALICE)} is already accounts[0]",
        ),
        (
            {"accounts": (Account(INSTRUCTIONS_SYSVAR, OWNER, 1, b""),)},
            "accounts[0]: the instructions sysvar is made of the transaction, so it cannot be given",
        ),
        (
            {"accounts": (SCENE.accounts[0], Sysvars(clock=bytes(40)).account("clock"))},
            "accounts[1]: the data differs from the environment's sysvar clock",
        ),
        ({"blockhashes": ()}, "blockhashes: expected 1 to 300 of them, got 0"),
        ({"blockhashes": (BLOCKHASH,) * 301}, "blockhashes: expected 1 to 300 of them, got 301"),
        ({"blockhashes": (BLOCKHASH, bytes(31))}, "blockhashes[1]: expected 32 bytes, got 31"),
        (
            {"lamports_per_signature": -1},
            "lamports_per_signature: expected 0 to 18446744073709551615, got -1",
        ),
        (
            {"lamports_per_signature": 2**64},
            "lamports_per_signature: expected 0 to 18446744073709551615, got 18446744073709551616",
        ),
    ],
)
def test_refusals(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as raised:
        replace(SCENE, **changes)  # type: ignore[arg-type]
    assert str(raised.value) == message
