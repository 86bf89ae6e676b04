"""SPL Token: instructions that the real program takes, and the accounts that it makes."""

from __future__ import annotations

import pytest

from solproof.interfaces.known.token import TOKEN_PROGRAM
from solproof.interfaces.registry import KNOWN
from solproof.runtime.accounts import address_text
from tests.support.interface_calls import Caller
from tests.support.scene import Scene


@pytest.fixture
def caller() -> Caller:
    """A mint, and two token accounts of one owner."""
    caller = Caller(Scene("p_token"))
    caller.scene.make("mint", bytes(82))
    caller.call(
        "InitializeMint2",
        {
            "decimals": 6,
            "mint_authority": address(caller, "mint_authority"),
            "freeze_authority": address(caller, "freeze_authority"),
        },
    )
    for name in ("source", "destination"):
        caller.scene.make(name, bytes(165))
        caller.call("InitializeAccount3", {"owner": address(caller, "owner")}, account=name)
    caller.call("MintTo", {"amount": 1_000}, account="source")
    return caller


def address(caller: Caller, name: str) -> str:
    return address_text(caller.scene.key(name))


def test_a_mint(caller: Caller) -> None:
    decoded = caller.decoded("mint")
    assert (decoded.program, decoded.name) == ("token program", "Mint")
    assert decoded.values == {
        "mint_authority": address(caller, "mint_authority"),
        "supply": 1_000,
        "decimals": 6,
        "is_initialized": True,
        "freeze_authority": address(caller, "freeze_authority"),
    }


def test_an_account(caller: Caller) -> None:
    caller.call("Approve", {"amount": 5}, owner="owner")
    caller.call(
        "SetAuthority",
        {"authority_type": "CloseAccount", "new_authority": address(caller, "closer")},
        account="source",
        authority="owner",
    )
    caller.call("FreezeAccount", account="source")
    assert caller.decoded("source").values == {
        "mint": address(caller, "mint"),
        "owner": address(caller, "owner"),
        "amount": 1_000,
        "delegate": address(caller, "delegate"),
        "state": "Frozen",
        "is_native": None,
        "delegated_amount": 5,
        "close_authority": address(caller, "closer"),
    }
    caller.call("Transfer", {"amount": 1}, authority="owner", error="Custom(17)")
    assert KNOWN.error_name(TOKEN_PROGRAM, 17) == "AccountFrozen"
    caller.call("ThawAccount", account="source")
    caller.call("Revoke")


def test_movements(caller: Caller) -> None:
    checked = {"amount": 1, "decimals": 6}
    caller.call("Transfer", {"amount": 5}, authority="owner")
    caller.call("TransferChecked", checked, authority="owner")
    caller.call("MintToChecked", checked, account="source")
    caller.call("ApproveChecked", checked)
    caller.call("Burn", {"amount": 2}, account="destination", authority="owner")
    caller.call("BurnChecked", checked, account="destination", authority="owner")
    caller.call("Transfer", {"amount": 10_000}, authority="owner", error="Custom(1)")
    assert caller.decoded("destination").values["amount"] == 3
    caller.call("SyncNative", account="source", error="Custom(19)")
    caller.call("CloseAccount", account="source", error="Custom(11)")
    names = {code: KNOWN.error_name(TOKEN_PROGRAM, code) for code in (1, 11, 19, 20)}
    assert names == {1: "InsufficientFunds", 11: "NonNativeHasBalance", 19: "NonNativeNotSupported", 20: None}


def test_the_first_forms(caller: Caller) -> None:
    scene = caller.scene
    none = {"decimals": 0, "mint_authority": address(caller, "me"), "freeze_authority": None}
    scene.make("oldmint", bytes(82))
    caller.call("InitializeMint", none, mint="oldmint")
    assert caller.decoded("oldmint").values["freeze_authority"] is None
    for name in ("first", "second"):
        scene.make(name, bytes(165))
    caller.call("InitializeAccount", account="first")
    caller.call("InitializeAccount2", {"owner": address(caller, "owner")}, account="second")
    caller.call("CloseAccount", account="first")


def test_multisig(caller: Caller) -> None:
    caller.scene.make("multisig", bytes(355))
    caller.call("InitializeMultisig2", {"m": 1}, more="a b")
    decoded = caller.decoded("multisig")
    assert (decoded.name, decoded.values["m"], decoded.values["n"]) == ("Multisig", 1, 2)
    assert decoded.values["signers"][:2] == [address(caller, "a"), address(caller, "b")]
    caller.scene.make("multisig", bytes(355))
    caller.call("InitializeMultisig", {"m": 2}, more="a b")


def test_return_data(caller: Caller) -> None:
    caller.call("AmountToUiAmount", {"amount": 1_500_000})
    caller.call("UiAmountToAmount", {"ui_amount": "1.5"})
    caller.call("GetAccountDataSize")


def test_names_of_accounts(caller: Caller) -> None:
    keys = [bytes([number]) * 32 for number in range(5)]
    decoded = KNOWN.decode_instruction(TOKEN_PROGRAM, b"\3" + bytes(8), keys)
    assert decoded is not None
    names = ["source", "destination", "authority", "signer 1", "signer 2"]
    assert decoded.accounts == tuple(zip(names, keys, strict=True))
    assert decoded.text() == "Transfer amount=0"


def test_a_batch() -> None:
    decoded = KNOWN.decode_instruction(TOKEN_PROGRAM, bytes([255, 3, 9, 3]) + bytes(8) + bytes([1, 1, 17]))
    assert decoded is not None
    assert decoded.as_json() == {
        "program": "token program",
        "name": "Batch",
        "values": {
            "instructions": [
                {"accounts": 3, "data": "0x030000000000000000"},
                {"accounts": 1, "data": "0x11"},
            ]
        },
    }


def test_what_no_token_program_writes() -> None:
    for data in (b"", bytes(81), bytes(166), b"\2" * 82):
        assert KNOWN.decode_account(TOKEN_PROGRAM, data) is None
    for data in (b"", b"\3", b"\xf0"):
        assert KNOWN.decode_instruction(TOKEN_PROGRAM, data) is None
