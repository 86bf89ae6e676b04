"""Instructions of Token-2022 that look at other instructions, or invoke other programs.

Codes and layouts: spl-token-2022-interface 2.
"""

from __future__ import annotations

import struct

import pytest

from tests.support.hooks import hooked_mint
from tests.support.ledger import Call, Ledger
from tests.support.puppet.invocation import Abi, Invocation, invoke
from tests.support.puppet.layout import InputLayout
from tests.support.puppet.program import puppet
from tests.support.puppet.script import RESULT, Script
from tests.support.relay import relay
from tests.support.token_calls import balance, create_account, create_mint, mint_to, transfer_checked

NO_MEMO, GUARDED = 36, 42
MEMO_TRANSFER, CPI_GUARD = 8, 11
PLAIN, WITH_MEMO = 165, 165 + 1 + 4 + 1


@pytest.fixture
def ledger() -> Ledger:
    """A mint, and token accounts of alice and bob. Bob's asks for a memo."""
    ledger = Ledger()
    create_mint(ledger, "token_2022")
    for owner, size in (("alice", PLAIN), ("bob", WITH_MEMO)):
        initialize = bytes([18]) + ledger.key(owner)
        ledger.send(
            create_account(ledger, f"{owner}'s", size, "token_2022"),
            ("token_2022", initialize, f"{owner}'s! mint"),
        )
    ledger.send(
        ("token_2022", bytes([30, 0]), "bob's! bob*"), mint_to("token_2022", "mint", "alice's", 1_000)
    )
    return ledger


def transfer(amount: int) -> Call:
    return transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", amount)


def reallocate(*extensions: int, owner: str = "alice*") -> Call:
    data = bytes([29]) + struct.pack(f"<{len(extensions)}H", *extensions)
    return "token_2022", data, f"alice's! payer*! system {owner}"


@pytest.mark.parametrize("memo", ["memo_v1", "memo_v3"])
def test_memo_before_a_transfer(ledger: Ledger, memo: str) -> None:
    """The program looks at the instruction before its own one."""
    ledger.fail(transfer(10), error=NO_MEMO)
    ledger.send((memo, b"rent", ""), transfer(10))
    ledger.fail((memo, b"rent", ""), transfer(10), transfer(10), error=NO_MEMO)
    ledger.fail((memo, b"rent", ""), ("budget", b"\3" + bytes(8), ""), transfer(10), error=NO_MEMO)
    ledger.send(("token_2022", bytes([30, 1]), "bob's! bob*"), transfer(10))
    assert balance(ledger, "bob's") == 20


@pytest.mark.parametrize("abi", Abi)
def test_memo_before_a_transfer_of_a_program(ledger: Ledger, abi: Abi) -> None:
    """A puppet invokes the memo program and Token-2022, or only Token-2022 after a memo at the top level."""
    ledger.deploy("puppet", puppet(3))
    memo = "memo_v3", b"rent", ""
    ledger.send(relay(ledger, "puppet", memo, transfer(10), abi=abi))
    ledger.fail(memo, relay(ledger, "puppet", transfer(10), abi=abi), error=NO_MEMO)
    assert balance(ledger, "bob's") == 10


def test_reallocate(ledger: Ledger) -> None:
    """The account grows, and the payer gives the lamports for it with the system program."""
    before = ledger.lamports("alice's")
    result = ledger.send(reallocate(MEMO_TRANSFER, CPI_GUARD))
    assert len(result.heights(0)) == 1
    assert len(ledger.data("alice's")) == WITH_MEMO + 4 + 1
    assert ledger.lamports("alice's") == ledger.rent(WITH_MEMO + 5) > before
    assert ledger.send(reallocate(MEMO_TRANSFER)).invoked == ()
    ledger.fail(reallocate(MEMO_TRANSFER, owner="bob*"), error=4)
    ledger.send(("token_2022", bytes([34, 0]), "alice's! alice*"))


def test_cpi_guard(ledger: Ledger) -> None:
    """A guarded account does not transfer for its owner in an invocation."""
    ledger.deploy("puppet", puppet(0))
    ledger.send(
        reallocate(CPI_GUARD),
        ("token_2022", bytes([34, 0]), "alice's! alice*"),
        ("token_2022", bytes([30, 1]), "bob's! bob*"),
    )
    ledger.fail(relay(ledger, "puppet", transfer(10)), error=GUARDED)
    ledger.send(transfer(10))


def test_transfer_hook() -> None:
    """The hook sees the transfer. It can fail, and it cannot change anything."""
    ledger = Ledger()

    def hook(script: Script, layout: InputLayout) -> None:
        script.syscall("sol_get_stack_height", result=RESULT)
        script.log_result()
        alice = layout.accounts[ledger.key("alice's")]
        script.log_data((alice.data + 64, 8), (layout.instruction_data, 16))
        script.return_data(b"hooked")

    more = hooked_mint(ledger, [], hook)
    result = ledger.send(transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 300, more))
    assert result.heights() == [2]
    assert result.return_data == (ledger.key("hook"), b"hooked")
    assert (balance(ledger, "alice's"), balance(ledger, "bob's")) == (700, 300)
    ledger.fail(
        transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 1, more.replace("metas", "")),
        error="ProgramFailedToComplete",
    )


@pytest.mark.parametrize("code", [7, 11 << 32])
def test_transfer_hook_refuses(code: int) -> None:
    ledger = Ledger()
    more = hooked_mint(ledger, [], lambda script, _: script.exit(code))
    error = 7 if code == 7 else "NotEnoughAccountKeys"
    ledger.fail(transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 300, more), error=error)
    assert balance(ledger, "alice's") == 1_000


def test_transfer_hook_invokes() -> None:
    """A hook that writes a memo, and one that calls Token-2022 again."""
    ledger = Ledger()

    def hook(script: Script, _: InputLayout) -> None:
        invoke(script, Invocation(ledger.key("memo_v3"), data=b"hooked"))

    more = hooked_mint(ledger, [("memo_v3", 0)], hook)
    result = ledger.send(transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 300, more))
    assert result.heights() == [2, 3]


def test_transfer_hook_returns_to_token_2022() -> None:
    ledger = Ledger()

    def hook(script: Script, _: InputLayout) -> None:
        invoke(script, Invocation(ledger.key("token_2022"), data=b"\x15"))

    more = hooked_mint(ledger, [("token_2022", 36)], hook)
    ledger.fail(
        transfer_checked("token_2022", "alice's", "mint", "bob's", "alice", 300, more),
        error="ReentrancyNotAllowed",
    )
