"""The life of a stake in transactions. The stake program calls no other program.

Layouts: solana-stake-interface 2 (instruction.rs).
"""

from __future__ import annotations

import struct

import pytest

from tests.support import stakes
from tests.support.ledger import Call, Ledger
from tests.support.puppet.program import puppet
from tests.support.relay import relay
from tests.support.token_calls import create_account

STAKED = 10**10
ALREADY_DEACTIVATED = 2


def go_to_epoch(ledger: Ledger, epoch: int) -> None:
    """Go to a later epoch. The slot grows, because a program runs only after its slot of deployment."""
    ledger.set_sysvar("clock", struct.pack("<QqQQq", ledger.slot + 1, 5, epoch, epoch + 1, 1_700_000_000))
    ledger.set_sysvar("stake_history", stakes.sysvars(epoch).stake_history)


@pytest.fixture
def ledger() -> Ledger:
    """A ledger with a vote account, and a stake account that is initialized."""
    ledger = Ledger()
    go_to_epoch(ledger, stakes.EPOCH)
    ledger.set("vote", stakes.vote_state(ledger.key("node")), "vote_program")
    program, data, accounts = create_account(ledger, "stake", stakes.STAKE_LENGTH, "stake_program")
    data = data[:4] + struct.pack("<Q", STAKED) + data[12:]
    authorities = ledger.key("staker") + ledger.key("withdrawer")
    initialize = struct.pack("<I", 0) + authorities + stakes.NO_LOCKUP
    ledger.send((program, data, accounts), ("stake_program", initialize, "stake! rent"))
    return ledger


def stake(code: int, accounts: str, *numbers: int) -> Call:
    return "stake_program", struct.pack(f"<I{len(numbers)}Q", code, *numbers), accounts


def delegate(name: str = "stake") -> Call:
    return stake(2, f"{name}! vote clock stake_history payer staker*")


def withdraw(lamports: int, name: str = "stake", withdrawer: str = "withdrawer*") -> Call:
    return stake(4, f"{name}! alice! clock stake_history {withdrawer}", lamports)


def test_delegate_deactivate_and_withdraw(ledger: Ledger) -> None:
    ledger.send(delegate())
    ledger.fail(withdraw(10**9), error="InsufficientFunds")
    go_to_epoch(ledger, stakes.EPOCH + 3)
    ledger.fail(stake(5, "stake! clock stranger*"), error="MissingRequiredSignature")
    ledger.send(stake(5, "stake! clock staker*"))
    ledger.fail(stake(5, "stake! clock staker*"), error=ALREADY_DEACTIVATED)
    go_to_epoch(ledger, stakes.EPOCH + 20)
    ledger.fail(withdraw(10**9, withdrawer="staker*"), error="MissingRequiredSignature")
    ledger.send(withdraw(10**9), withdraw(STAKED - 10**9))
    assert (ledger.lamports("stake"), ledger.lamports("alice")) == (0, STAKED)


def test_split_and_merge(ledger: Ledger) -> None:
    """A part of a stake goes to a new account and back, in one transaction each."""
    ledger.send(delegate())
    create = create_account(ledger, "half", stakes.STAKE_LENGTH, "stake_program")
    ledger.send(create, stake(3, "stake! half! staker*", 4 * 10**9))
    ledger.fail(stake(3, "stake! half! staker*", 10**9), error="InvalidAccountData")
    ledger.send(stake(7, "stake! half! clock stake_history staker*"))
    assert ledger.lamports("half") == 0
    rest = create[0], struct.pack("<IQQ", 0, 1, 0) + ledger.key("stake_program"), "payer*! rest*!"
    ledger.send(rest, error={"InsufficientFundsForRent": {"account_index": 1}})


def test_authorize(ledger: Ledger) -> None:
    data = struct.pack("<I", 1) + ledger.key("bob") + struct.pack("<I", stakes.WITHDRAWER)
    ledger.send(("stake_program", data, "stake! clock withdrawer*"))
    ledger.fail(withdraw(1), error="MissingRequiredSignature")
    ledger.send(withdraw(10**9, withdrawer="bob*"))


@pytest.mark.parametrize("version", [0, 3])
def test_invoked(ledger: Ledger, version: int) -> None:
    """Two puppets above the stake program."""
    for name in ("first", "second"):
        ledger.deploy(name, puppet(version))
    below = relay(ledger, "second", delegate(), stake(5, "stake! clock staker*"))
    result = ledger.send(relay(ledger, "first", below))
    assert result.heights() == [2, 3, 3]
    below = relay(ledger, "second", stake(5, "stake! clock staker*"))
    ledger.fail(relay(ledger, "first", below), error=ALREADY_DEACTIVATED)
