"""Token-2022: instructions of extensions that the real program takes, and the accounts that it makes."""

from __future__ import annotations

from typing import Any

import pytest

from solproof.interfaces.known.token_2022 import EXTENSIONS, TOKEN_2022_PROGRAM
from solproof.interfaces.registry import KNOWN
from solproof.runtime.accounts import address_text
from tests.support.interface_calls import Caller
from tests.support.scene import Scene
from tests.support.token_2022 import unused_mint


@pytest.fixture
def caller() -> Caller:
    return Caller(Scene("token_2022"))


def address(caller: Caller, name: str) -> str:
    return address_text(caller.scene.key(name))


def mint(caller: Caller, *extensions: tuple[str, str, dict[str, Any]]) -> None:
    """A mint with extensions: the name in `tests.support.token_2022`, and the instruction for it."""
    caller.scene.make("mint", unused_mint(*(name for name, _, _ in extensions)))
    for _, instruction, arguments in extensions:
        caller.call(instruction, arguments)
    keys = {"mint_authority": address(caller, "authority"), "freeze_authority": address(caller, "freezer")}
    caller.call("InitializeMint2", {"decimals": 6, **keys})


def account(caller: Caller, name: str) -> None:
    """A token account with the extensions that the mint requires."""
    size = caller.call("GetAccountDataSize", {"extensions": []}).output.return_data.data
    caller.scene.make(name, bytes(int.from_bytes(size, "little")))
    caller.call("InitializeAccount3", {"owner": address(caller, "owner")}, account=name)


def test_transfer_fees(caller: Caller) -> None:
    authority = address(caller, "authority")
    fee = {"basis_points": 250, "maximum_fee": 5_000}
    authorities = {"transfer_fee_config_authority": authority, "withdraw_withheld_authority": None}
    mint(caller, ("transfer fee", "InitializeTransferFeeConfig", {**authorities, **fee}))
    for name in ("source", "destination"):
        account(caller, name)
    caller.call("MintTo", {"amount": 10**6}, account="source", mint_authority="authority")
    transfer = {"amount": 1_000, "decimals": 6, "fee": 25}
    caller.call("TransferCheckedWithFee", transfer, authority="owner")
    caller.call("TransferCheckedWithFee", {**transfer, "fee": 26}, authority="owner", error="Custom(32)")
    assert KNOWN.error_name(TOKEN_2022_PROGRAM, 32) == "FeeMismatch"
    caller.call("SetTransferFee", {"basis_points": 100, "maximum_fee": 7})
    assert caller.decoded("destination").values["extensions"] == {
        "TransferFeeAmount": {"withheld_amount": 25}
    }
    caller.call("HarvestWithheldTokensToMint", more="destination!")
    decoded = caller.decoded("mint")
    assert (decoded.program, decoded.name, decoded.values["decimals"]) == ("Token-2022 program", "Mint", 6)
    config = decoded.values["extensions"]["TransferFeeConfig"]
    assert config["transfer_fee_config_authority"] == authority
    assert config["withdraw_withheld_authority"] is None
    assert config["withheld_amount"] == 25
    assert config["older_transfer_fee"] == {"epoch": 0, **fee}
    assert config["newer_transfer_fee"] == {"epoch": 2, "basis_points": 100, "maximum_fee": 7}


SIMPLE: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    ("default state", "InitializeDefaultAccountState", {"state": "Frozen"}, "DefaultAccountState", {}),
    ("non-transferable", "InitializeNonTransferableMint", {}, "NonTransferable", {}),
    ("permanent delegate", "InitializePermanentDelegate", {"delegate": "KEY"}, "PermanentDelegate", {}),
    (
        "close authority",
        "InitializeMintCloseAuthority",
        {"close_authority": "KEY"},
        "MintCloseAuthority",
        {},
    ),
    (
        "interest",
        "InitializeInterestBearingMint",
        {"rate_authority": "KEY", "rate": -5},
        "InterestBearingConfig",
        {"rate_authority": "KEY", "current_rate": -5},
    ),
    (
        "transfer hook",
        "InitializeTransferHook",
        {"authority": "KEY", "program_id": None},
        "TransferHook",
        {},
    ),
    (
        "metadata pointer",
        "InitializeMetadataPointer",
        {"authority": None, "metadata_address": "KEY"},
        "MetadataPointer",
        {},
    ),
    (
        "group pointer",
        "InitializeGroupPointer",
        {"authority": "KEY", "group_address": None},
        "GroupPointer",
        {},
    ),
    (
        "member pointer",
        "InitializeGroupMemberPointer",
        {"authority": "KEY", "member_address": None},
        "GroupMemberPointer",
        {},
    ),
    (
        "scaled amount",
        "InitializeScaledUiAmount",
        {"authority": "KEY", "multiplier": 1.5},
        "ScaledUiAmount",
        {"authority": "KEY", "multiplier": 1.5},
    ),
    (
        "pausable",
        "InitializePausable",
        {"authority": "KEY"},
        "Pausable",
        {"authority": "KEY", "paused": False},
    ),
]


@pytest.mark.parametrize(("room", "instruction", "arguments", "name", "expected"), SIMPLE)
def test_extensions_of_mints(
    caller: Caller,
    room: str,
    instruction: str,
    arguments: dict[str, Any],
    name: str,
    expected: dict[str, Any],
) -> None:
    def with_key(values: dict[str, Any]) -> dict[str, Any]:
        key = address(caller, "authority")
        return {field: key if value == "KEY" else value for field, value in values.items()}

    mint(caller, (room, instruction, with_key(arguments)))
    found = caller.decoded("mint").values["extensions"]
    assert list(found) == [name]
    assert with_key(expected or arguments).items() <= found[name].items()


def test_extensions_of_accounts(caller: Caller) -> None:
    mint(caller)
    caller.scene.make("account", bytes(166 + 5 + 5))
    caller.call("InitializeAccount3", {"owner": address(caller, "owner")})
    caller.call("EnableRequiredMemoTransfers")
    caller.call("EnableCpiGuard")
    decoded = caller.decoded("account")
    assert (decoded.name, decoded.values["owner"]) == ("Account", address(caller, "owner"))
    assert decoded.values["extensions"] == {
        "MemoTransfer": {"require_incoming_transfer_memos": True},
        "CpiGuard": {"lock_cpi": True},
    }
    caller.call("DisableCpiGuard")
    assert caller.decoded("account").values["extensions"]["CpiGuard"] == {"lock_cpi": False}


def test_metadata(caller: Caller) -> None:
    key = address(caller, "authority")
    pointer = {"authority": key, "metadata_address": address(caller, "mint")}
    mint(caller, ("metadata pointer", "InitializeMetadataPointer", pointer))
    texts = {"name": "A coin", "symbol": "C", "uri": "https://example.com"}
    accounts = {"metadata": "mint", "update_authority": "authority"}
    caller.call("InitializeTokenMetadata", texts, **accounts, mint_authority="authority")
    caller.call("UpdateTokenMetadataField", {"field": {"Key": ["colour"]}, "value": "red"}, **accounts)
    caller.call("UpdateTokenMetadataField", {"field": "Symbol", "value": "D"}, **accounts)
    assert caller.decoded("mint").values["extensions"]["TokenMetadata"] == {
        "update_authority": key,
        "mint": address(caller, "mint"),
        **texts,
        "symbol": "D",
        "additional_metadata": [["colour", "red"]],
    }
    caller.call("EmitTokenMetadata", {"start": None, "end": None}, metadata="mint")
    caller.call("RemoveTokenMetadataKey", {"idempotent": False, "key": "colour"}, **accounts)
    caller.call("UpdateTokenMetadataAuthority", {"new_authority": None}, **accounts)
    assert caller.decoded("mint").values["extensions"]["TokenMetadata"]["update_authority"] is None


def test_a_group(caller: Caller) -> None:
    key = address(caller, "authority")
    pointer = {"authority": key, "group_address": address(caller, "mint")}
    mint(caller, ("group pointer", "InitializeGroupPointer", pointer))
    accounts = {"group": "mint", "mint_authority": "authority", "update_authority": "authority"}
    caller.call("InitializeTokenGroup", {"update_authority": key, "max_size": 3}, **accounts)
    caller.call("UpdateTokenGroupMaxSize", {"max_size": 4}, **accounts)
    caller.call("UpdateTokenGroupAuthority", {"new_authority": None}, **accounts)
    assert caller.decoded("mint").values["extensions"]["TokenGroup"] == {
        "update_authority": None,
        "mint": address(caller, "mint"),
        "size": 0,
        "max_size": 4,
    }


def test_numbers_of_extensions() -> None:
    numbers = {name: number for number, name in enumerate(EXTENSIONS, 1)}
    assert (numbers["TokenMetadata"], numbers["PausableAccount"], len(numbers)) == (19, 27, 28)


def test_what_is_not_known(caller: Caller) -> None:
    mint(caller, ("pausable", "InitializePausable", {"authority": address(caller, "authority")}))
    data = caller.scene.account("mint").data
    unknown = KNOWN.decode_account(TOKEN_2022_PROGRAM, data + bytes.fromhex("6300 0200 0102"))
    assert unknown is not None
    assert unknown.values["extensions"]["extension 99"] == b"\1\2"
    assert KNOWN.decode_account(TOKEN_2022_PROGRAM, data + bytes.fromhex("6300 0900 0102")) is None
    assert KNOWN.error_name(TOKEN_2022_PROGRAM, 67) == "MintPaused"
