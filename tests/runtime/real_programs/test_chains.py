"""Chains of programs: puppets call the associated token program, token programs, and a transfer hook."""

from __future__ import annotations

import pytest

from tests.support.hooks import hooked_mint
from tests.support.ledger import Ledger
from tests.support.puppet.invocation import Abi, Invocation, invoke
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import puppet
from tests.support.puppet.script import Script
from tests.support.relay import relay
from tests.support.token_calls import (
    balance,
    create_associated,
    create_mint,
    derive_associated,
    mint_to,
    transfer_checked,
)

PUPPETS = {"first": 3, "second": 0, "third": 2}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    for name, version in PUPPETS.items():
        ledger.deploy(name, puppet(version))
    return ledger


@pytest.mark.parametrize("abi", Abi)
@pytest.mark.parametrize("token", ["token", "token_2022"])
def test_four_programs(ledger: Ledger, token: str, abi: Abi) -> None:
    """A puppet, a puppet, the associated token program, and below it the system and a token program."""
    create_mint(ledger, token)
    for owner in ("alice", "bob"):
        derive_associated(ledger, f"{owner}'s", owner, "mint", token)
    second = relay(ledger, "second", create_associated("alice's", "alice", "mint", token), abi=abi)
    result = ledger.send(relay(ledger, "first", second, abi=abi))
    assert set(result.heights()) == {2, 3, 4}
    ledger.send(create_associated("bob's", "bob", "mint", token), mint_to(token, "mint", "alice's", 50))
    transfer = transfer_checked(token, "alice's", "mint", "bob's", "alice", 20)
    ledger.send(relay(ledger, "third", transfer, abi=abi))
    assert balance(ledger, "bob's") == 20
    again = relay(ledger, "second", create_associated("alice's", "alice", "mint", token), abi=abi)
    ledger.fail(relay(ledger, "first", again, abi=abi), error="IllegalOwner")


def test_five_programs(ledger: Ledger) -> None:
    """Two puppets, Token-2022, its transfer hook, and the memo program. A sixth is too deep."""

    def hook(script: Script, _: InputLayout) -> None:
        invoke(script, Invocation(ledger.key("memo_v3"), data=b"hooked"))

    more = hooked_mint(ledger, [("memo_v3", ledger.size("memo_v3"))], hook)
    transfer = transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 300, more)
    two = relay(ledger, "first", relay(ledger, "second", transfer))
    result = ledger.send(two)
    assert result.heights() == [2, 3, 4, 5]
    assert balance(ledger, "bob's") == 300
    three = relay(ledger, "third", relay(ledger, "first", relay(ledger, "second", transfer)))
    result = ledger.fail(three, error="CallDepth")
    assert result.heights() == [2, 3, 4, 5, 6]


def test_a_signer_of_a_puppet(ledger: Ledger) -> None:
    """A program's own address owns tokens, and its program signs for the transfer with seeds."""
    create_mint(ledger, "token")
    bump = bytes([ledger.derive("vault", "first", b"vault")])
    for owner in ("vault", "bob"):
        derive_associated(ledger, f"{owner}'s", owner, "mint", "token")
        ledger.send(create_associated(f"{owner}'s", owner, "mint", "token"))
    ledger.send(mint_to("token", "mint", "vault's", 70))
    transfer = transfer_checked("token", "vault's", "mint", "bob's", "vault", 60)
    ledger.send(relay(ledger, "first", transfer, seeds=[[b"vault", bump]], more="vault"))
    assert balance(ledger, "bob's") == 60
    stranger = relay(ledger, "second", transfer, seeds=[[b"vault", bump]], more="vault")
    ledger.fail(stranger, error="PrivilegeEscalation")
    ledger.fail(relay(ledger, "first", transfer, more="vault"), error="PrivilegeEscalation")
