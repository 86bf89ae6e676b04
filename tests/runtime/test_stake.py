"""The stake program: every instruction. None of them calls another program.

Layouts: solana-stake-interface 2 (state.rs, instruction.rs), `VoteStateV3` of solana-vote-interface.
"""

from __future__ import annotations

import struct

import pytest

from tests.support.scene import LAMPORTS, Scene
from tests.support.stakes import (
    EPOCH,
    NO_LOCKUP,
    STAKE_LENGTH,
    STAKER,
    VOTE_PROGRAM,
    WITHDRAWER,
    initialize,
    seeded,
    sysvars,
    vote_state,
)

RENT = 2_282_880


@pytest.fixture
def scene() -> Scene:
    """A new stake account, a vote account, and a delegated stake."""
    scene = Scene("stake", sysvars())
    scene.make("stake", bytes(STAKE_LENGTH))
    scene.make("vote", vote_state(scene.key("node")), VOTE_PROGRAM)
    return scene


def delegate(scene: Scene, name: str = "stake", activation: int | None = None) -> None:
    """Delegate a stake. With `activation`, the stake was activated in that past epoch."""
    initialize(scene, name)
    scene.run(struct.pack("<I", 2), f"{name}! vote clock stake_history config staker*")
    if activation is not None:
        data = bytearray(scene.account(name).data)
        data[164:172] = struct.pack("<Q", activation)
        scene.make(name, bytes(data), lamports=scene.account(name).lamports)


def test_initialize(scene: Scene) -> None:
    initialize(scene)
    assert scene.account("stake").data[:12] == struct.pack("<IQ", 1, RENT)
    scene.run(struct.pack("<I", 0) + bytes(64) + NO_LOCKUP, "stake! rent", error="InvalidAccountData")


def test_initialize_checked(scene: Scene) -> None:
    scene.run(struct.pack("<I", 9), "stake! rent staker withdrawer", error="MissingRequiredSignature")
    scene.run(struct.pack("<I", 9), "stake! rent staker withdrawer*")


@pytest.mark.parametrize("role", [STAKER, WITHDRAWER])
def test_authorize(scene: Scene, role: int) -> None:
    initialize(scene)
    data = struct.pack("<I", 1) + scene.key("other") + struct.pack("<I", role)
    scene.run(data, "stake! clock stranger*", error="MissingRequiredSignature")
    scene.run(data, "stake! clock withdrawer*")
    assert scene.account("stake").data[12 + 32 * role :].startswith(scene.key("other"))
    scene.run(struct.pack("<II", 10, role), "stake! clock other* staker*")


@pytest.mark.parametrize("seed", [b"", b"seed", b"s" * 32])
def test_authorize_with_a_seed(scene: Scene, seed: bytes) -> None:
    """The program derives the address with sol_sha256."""
    owner = bytes([9]) * 32
    initialize(scene)
    derived = seeded(scene.key("base"), seed, owner)
    scene.run(struct.pack("<I", 1) + derived + struct.pack("<I", STAKER), "stake! clock staker*")
    arguments = struct.pack("<I", STAKER) + struct.pack("<Q", len(seed)) + seed + owner
    execution = scene.run(struct.pack("<I", 8) + scene.key("other") + arguments, "stake! base* clock")
    assert len(execution.run.trace.events) > 3
    scene.run(
        struct.pack("<I", 8) + bytes(32) + arguments, "stake! base* clock", error="MissingRequiredSignature"
    )
    scene.run(struct.pack("<I", 1) + derived + struct.pack("<I", STAKER), "stake! clock other*")
    scene.run(struct.pack("<I", 11) + arguments, "stake! base* clock new*")


def test_a_seed_that_is_too_long(scene: Scene) -> None:
    initialize(scene)
    arguments = struct.pack("<I", STAKER) + struct.pack("<Q", 33) + b"s" * 33 + bytes(32)
    scene.run(
        struct.pack("<I", 8) + bytes(32) + arguments, "stake! base* clock", error="MaxSeedLengthExceeded"
    )


def test_delegate_and_deactivate(scene: Scene) -> None:
    delegate(scene)
    data = scene.account("stake").data
    assert data[124:156] == scene.key("vote")
    assert struct.unpack_from("<QQ", data, 156) == (LAMPORTS - RENT, EPOCH)
    scene.run(struct.pack("<I", 5), "stake! clock stranger*", error="MissingRequiredSignature")
    scene.run(struct.pack("<I", 5), "stake! clock staker*")
    scene.run(struct.pack("<I", 5), "stake! clock staker*", error="Custom(2)")
    scene.run(struct.pack("<I", 2), "stake! vote clock stake_history config staker*")


@pytest.mark.parametrize("activation", [1, EPOCH - 1, EPOCH])
def test_deactivate_a_stake(scene: Scene, activation: int) -> None:
    delegate(scene, activation=activation)
    scene.run(struct.pack("<I", 5), "stake! clock staker*")


def test_delegate_to_another_account(scene: Scene) -> None:
    initialize(scene)
    scene.run(
        struct.pack("<I", 2), "stake! wallet clock stake_history config staker*", error="IncorrectProgramId"
    )


@pytest.mark.parametrize("activation", [None, 1, EPOCH])
def test_split(scene: Scene, activation: int | None) -> None:
    delegate(scene, activation=activation)
    scene.make("half", bytes(STAKE_LENGTH), lamports=RENT)
    scene.run(struct.pack("<IQ", 3, 4 * 10**9), "stake! half! staker*")
    assert scene.account("half").lamports == 4 * 10**9 + RENT
    scene.run(struct.pack("<IQ", 3, 4 * 10**9), "stake! half! staker*", error="InvalidAccountData")


def test_split_more_than_there_is(scene: Scene) -> None:
    initialize(scene)
    scene.make("half", bytes(STAKE_LENGTH), lamports=RENT)
    scene.run(struct.pack("<IQ", 3, 2 * LAMPORTS), "stake! half! staker*", error="InsufficientFunds")


def test_withdraw(scene: Scene) -> None:
    initialize(scene)
    accounts = "stake! target! clock stake_history withdrawer*"
    scene.run(struct.pack("<IQ", 4, 10**9), accounts)
    assert scene.account("target").lamports == LAMPORTS + 10**9
    scene.run(struct.pack("<IQ", 4, 9 * 10**9 - 1), accounts, error="InsufficientFunds")
    scene.run(struct.pack("<IQ", 4, 9 * 10**9), accounts)
    assert scene.account("stake").lamports == 0


@pytest.mark.parametrize(("activation", "error"), [(1, "InsufficientFunds"), (EPOCH, "InsufficientFunds")])
def test_withdraw_what_is_staked(scene: Scene, activation: int, error: str) -> None:
    delegate(scene, activation=activation)
    scene.run(struct.pack("<IQ", 4, 10**9), "stake! target! clock stake_history withdrawer*", error=error)


def test_lockup(scene: Scene) -> None:
    lockup = struct.pack("<qQ", 1_800_000_000, 0) + scene.key("custodian")
    initialize(scene, lockup=lockup)
    accounts = "stake! target! clock stake_history withdrawer*"
    scene.run(struct.pack("<IQ", 4, 10**9), accounts, error="Custom(1)")
    scene.run(struct.pack("<IQ", 4, 10**9), f"{accounts} custodian*")
    change = struct.pack("<I", 6) + b"\1" + struct.pack("<q", 1_600_000_000) + b"\0\0"
    scene.run(change, "stake! withdrawer*", error="MissingRequiredSignature")
    scene.run(change, "stake! custodian*")
    scene.run(struct.pack("<IQ", 4, 10**9), accounts)
    scene.run(struct.pack("<I", 12) + b"\0\1" + struct.pack("<Q", 5), "stake! withdrawer* custodian*")


@pytest.mark.parametrize("activation", [None, 1, EPOCH])
def test_merge(scene: Scene, activation: int | None) -> None:
    delegate(scene, activation=activation)
    scene.make("other", bytes(STAKE_LENGTH))
    delegate(scene, "other", activation)
    scene.run(struct.pack("<I", 7), "stake! other! clock stake_history staker*")
    assert scene.account("stake").lamports == 2 * LAMPORTS
    scene.run(struct.pack("<I", 7), "stake! stake! clock stake_history staker*", error="InvalidArgument")


def test_minimum_delegation(scene: Scene) -> None:
    execution = scene.run(struct.pack("<I", 13))
    assert execution.output.return_data.data == struct.pack("<Q", 10**9)


def test_deactivate_delinquent(scene: Scene) -> None:
    delegate(scene, activation=1)
    scene.make("reference", vote_state(scene.key("node"), EPOCH + 1), VOTE_PROGRAM)
    scene.run(struct.pack("<I", 14), "stake! vote reference", error="Custom(11)")
    late = bytearray(vote_state(scene.key("node"), epoch=3))
    scene.make("vote", bytes(late), VOTE_PROGRAM)
    scene.run(struct.pack("<I", 14), "stake! vote reference")


@pytest.mark.parametrize("activation", [1, EPOCH])
def test_move_lamports(scene: Scene, activation: int) -> None:
    for name in ("stake", "other"):
        scene.make(name, bytes(STAKE_LENGTH))
        delegate(scene, name, activation)
        account = scene.account(name)
        scene.make(name, account.data, lamports=account.lamports + 500)
    error = None if activation == 1 else "InvalidAccountData"
    scene.run(struct.pack("<IQ", 17, 500), "stake! other! staker*", error=error)


def test_move_stake(scene: Scene) -> None:
    delegate(scene, activation=1)
    scene.make("other", bytes(STAKE_LENGTH))
    delegate(scene, "other", 1)
    scene.run(struct.pack("<IQ", 16, 10**9), "stake! other! staker*")
    assert scene.account("other").lamports == LAMPORTS + 10**9


@pytest.mark.parametrize("code", [15, 18, 255])
def test_no_such_instruction(scene: Scene, code: int) -> None:
    scene.run(
        struct.pack("<I", code),
        "stake!",
        error="InvalidInstructionData",
    )
