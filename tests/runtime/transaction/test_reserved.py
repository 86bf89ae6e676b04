from __future__ import annotations

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import address_bytes, address_text
from solproof.runtime.program_ids import NATIVE_LOADER
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_OWNER
from solproof.runtime.transaction.account_keys import LoadedMessage
from solproof.runtime.transaction.instructions_sysvar import instructions_sysvar
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.reserved import RESERVED_KEYS, SYSVARS
from solproof.runtime.transaction.tables import LoadedAddresses
from tests.support.wire_transactions import (
    LOG_FIRST_ACCOUNT,
    PAYER,
    add_program,
    key,
    logged_data,
    machine,
    wire,
)

SYSVAR = INSTRUCTIONS_SYSVAR
PUPPET = key("puppet")
NOT_RESERVED = (
    "1nc1nerator11111111111111111111111111111111",
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
    "Sysvar1111111111111111111111111111111111112",
)
"""Addresses with a meaning for the runtime or for wallets, and a neighbour of a reserved one."""


@pytest.fixture(scope="module", name="litesvm")
def _litesvm() -> LiteSVM:
    made = machine()
    add_program(made, PUPPET, LOG_FIRST_ACCOUNT)
    return made


def is_writable(litesvm: LiteSVM, address: bytes) -> bool:
    """Whether a message that asks to write to this account can do so. Agrees with LiteSVM."""
    keys = list(dict.fromkeys((PAYER, address, SYSVAR, PUPPET)))
    content = wire(keys, [(keys.index(PUPPET), bytes([keys.index(SYSVAR), 1]), b"")])
    loaded = LoadedMessage.of(parse_transaction(content).message, LoadedAddresses())
    assert logged_data(litesvm, content) == [instructions_sysvar(loaded)]
    return loaded.is_writable(1)


@pytest.mark.parametrize("address", sorted(map(address_text, RESERVED_KEYS)))
def test_a_reserved_account_is_read_only(litesvm: LiteSVM, address: str) -> None:
    assert not is_writable(litesvm, address_bytes(address))


@pytest.mark.parametrize("address", NOT_RESERVED)
def test_other_accounts_are_not_reserved(litesvm: LiteSVM, address: str) -> None:
    assert is_writable(litesvm, address_bytes(address))


def test_how_many_keys_are_reserved() -> None:
    assert len(RESERVED_KEYS) == 31
    assert {NATIVE_LOADER, SYSVAR_OWNER, *SYSVARS} <= RESERVED_KEYS
