"""Associated token accounts, memos, lookup tables and loader v3, with the real programs."""

from __future__ import annotations

import pytest

from solproof.interfaces.known.small_programs import (
    ASSOCIATED_TOKEN,
    ASSOCIATED_TOKEN_PROGRAM,
    MEMO_V1_PROGRAM,
    MEMO_V2_PROGRAM,
)
from solproof.interfaces.registry import KNOWN
from solproof.runtime.accounts import address_text
from solproof.runtime.loader_state import Buffer, LoaderState, ProgramData, ProgramPointer
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE, LOADER_V3
from tests.support.interface_calls import Caller
from tests.support.ledger import Ledger
from tests.support.lookup_tables import ACTIVE, sysvars, table
from tests.support.scene import Scene
from tests.support.token_calls import create_mint, derive_associated


@pytest.mark.parametrize(("name", "data"), [("Create", b"\0"), ("CreateIdempotent", b"\1"), ("Create", b"")])
def test_associated_token_accounts(name: str, data: bytes) -> None:
    ledger = Ledger()
    create_mint(ledger, "token")
    derive_associated(ledger, "associated_account", "wallet", "mint", "token")
    roles = ASSOCIATED_TOKEN.instruction(name).accounts
    standing = {"system_program": "system", "token_program": "token"}
    accounts = " ".join(
        standing.get(role.name, role.name) + "*" * role.is_signer + "!" * role.is_writable for role in roles
    )
    ledger.send(("associated_token", data, accounts))
    decoded = KNOWN.decode_instruction(ASSOCIATED_TOKEN_PROGRAM, data)
    assert decoded is not None
    assert (decoded.name, decoded.values) == (name, {})
    account = KNOWN.decode_account(ledger.key("token"), ledger.data("associated_account"))
    assert account is not None
    assert account.values["owner"] == address_text(ledger.key("wallet"))


def test_memos() -> None:
    for program in (MEMO_V1_PROGRAM, MEMO_V2_PROGRAM):
        decoded = KNOWN.decode_instruction(program, "né\n".encode(), [bytes(32)])
        assert decoded is not None
        assert decoded.text() == "Memo memo=né\\u{a}"
        assert decoded.accounts == (("signer 1", bytes(32)),)
        assert KNOWN.decode_instruction(program, b"\xff") is None


def test_a_lookup_table() -> None:
    caller = Caller(Scene("address_lookup_table", sysvars()))
    scene = caller.scene
    scene.make("table", table(scene.key("authority"), 1))
    new = address_text(b"\7" * 32)
    caller.call("ExtendLookupTable", {"new_addresses": [new]}, payer="")
    assert caller.decoded("table").values == {
        "deactivation_slot": ACTIVE,
        "last_extended_slot": 10_000_000,
        "last_extended_slot_start_index": 1,
        "authority": address_text(scene.key("authority")),
        "addresses": [address_text(bytes(32)), new],
    }
    caller.call("FreezeLookupTable")
    assert caller.decoded("table").values["authority"] is None
    assert KNOWN.decode_account(ADDRESS_LOOKUP_TABLE, bytes(56)) is None


def test_accounts_of_loader_v3() -> None:
    key = address_text(b"\7" * 32)
    states: dict[str, tuple[LoaderState, dict[str, object]]] = {
        "Buffer": (Buffer(b"\7" * 32), {"authority": key}),
        "Program": (ProgramPointer(b"\7" * 32), {"program_data": key}),
        "ProgramData": (ProgramData(5, None), {"slot": 5, "authority": None}),
    }
    for name, (state, values) in states.items():
        decoded = KNOWN.decode_account(LOADER_V3, state.to_bytes() + bytes(100))
        assert decoded is not None
        assert (decoded.name, decoded.values) == (name, values)
