"""Stakes: instructions that the real program takes, and the accounts that it makes."""

from __future__ import annotations

import pytest

from solproof.interfaces.registry import KNOWN
from solproof.runtime.accounts import address_text
from solproof.runtime.program_ids import STAKE_PROGRAM
from tests.support.interface_calls import Caller
from tests.support.scene import Scene
from tests.support.stakes import EPOCH, STAKE_LENGTH, VOTE_PROGRAM, sysvars, vote_state

NEVER = 2**64 - 1
LOCKUP = {"unix_timestamp": 0, "epoch": 0, "custodian": "1" * 32}


@pytest.fixture
def caller() -> Caller:
    """A new stake account and a vote account."""
    scene = Scene("stake", sysvars())
    for name in ("stake", "split"):
        scene.make(name, bytes(STAKE_LENGTH))
    scene.make("vote", vote_state(scene.key("node")), VOTE_PROGRAM)
    return Caller(scene)


def address(caller: Caller, name: str) -> str:
    return address_text(caller.scene.key(name))


def initialize(caller: Caller) -> dict[str, str]:
    authorized = {name: address(caller, name) for name in ("staker", "withdrawer")}
    caller.call("Initialize", {"authorized": authorized, "lockup": LOCKUP})
    return authorized


def test_an_initialized_stake(caller: Caller) -> None:
    authorized = initialize(caller)
    change = {"unix_timestamp": None, "epoch": 3, "custodian": address(caller, "custodian")}
    caller.call("SetLockup", change, authority="withdrawer")
    caller.call(
        "Authorize",
        {"new_authority": address(caller, "other"), "role": "Staker"},
        authority="withdrawer",
        custodian="",
    )
    meta = {
        "rent_exempt_reserve": 2_282_880,
        "authorized": {**authorized, "staker": address(caller, "other")},
        "lockup": {"unix_timestamp": 0, "epoch": 3, "custodian": address(caller, "custodian")},
    }
    decoded = caller.decoded("stake")
    assert (decoded.name, decoded.values) == ("Stake", {"state": {"Initialized": {"meta": meta}}})


def test_a_delegated_stake(caller: Caller) -> None:
    initialize(caller)
    caller.call("DelegateStake", config="stake_config")
    stake = caller.decoded("stake").values["state"]["Stake"]
    assert stake["flags"] == 0
    assert stake["stake"]["delegation"] == {
        "voter_pubkey": address(caller, "vote"),
        "stake": 10**10 - 2_282_880,
        "activation_epoch": EPOCH,
        "deactivation_epoch": NEVER,
        "warmup_cooldown_rate": 0.25,
    }
    caller.call("Split", {"lamports": 3 * 10**9})
    caller.call("Deactivate")
    state = caller.decoded("stake").values["state"]["Stake"]
    assert state["stake"]["delegation"]["deactivation_epoch"] == EPOCH
    caller.call("Deactivate", error="Custom(2)")
    assert KNOWN.error_name(STAKE_PROGRAM, 2) == "AlreadyDeactivated"


def test_other_instructions(caller: Caller) -> None:
    caller.call("InitializeChecked")
    caller.call("AuthorizeChecked", {"role": "Withdrawer"}, authority="withdrawer", custodian="")
    caller.call("SetLockupChecked", {"unix_timestamp": 5, "epoch": None}, authority="new_authority")
    caller.call("GetMinimumDelegation")
    caller.call(
        "Withdraw",
        {"lamports": 5},
        withdrawer="new_authority",
        custodian="new_custodian",
        recipient="rich",
    )


def test_the_last_error() -> None:
    assert KNOWN.error_name(STAKE_PROGRAM, 16) == "EpochRewardsActive"
    assert KNOWN.error_name(STAKE_PROGRAM, 17) is None
