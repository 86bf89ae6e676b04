from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.tables import LoadedAddresses, resolve_tables
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.lookup_tables import SLOT, sysvars, table
from tests.support.wire_transactions import (
    PAYER,
    SYSTEM_PROGRAM,
    Lookup,
    key,
    litesvm_error,
    machine,
    put,
    wire,
)

FIRST, SECOND = key("first table"), key("second table")
PROGRAM = ADDRESS_LOOKUP_TABLE
AUTHORITY = key("authority")
SYSVARS = sysvars()
OLDEST = SLOT - 512
"""The last slot of the sysvar."""

TAKE_TWO: Lookup = (FIRST, bytes([2]), bytes([0]))


@pytest.fixture(scope="module", name="litesvm")
def _litesvm() -> LiteSVM:
    return machine(SYSVARS)


def account(data: bytes, table_key: bytes = FIRST, owner: bytes = PROGRAM, lamports: int = 10**9) -> Account:
    return Account(table_key, owner, lamports, data)


def changed(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def resolve(
    accounts: Sequence[Account], lookups: Sequence[Lookup] | None, slot_hashes: bytes = SYSVARS.slot_hashes
) -> LoadedAddresses:
    message = parse_transaction(wire([PAYER], lookups=lookups)).message
    return resolve_tables(message, {each.key: each for each in accounts}.get, SLOT, slot_hashes)


def error_of(accounts: Sequence[Account], lookups: Sequence[Lookup]) -> object:
    try:
        resolve(accounts, lookups)
    except TransactionFailure as failure:
        return failure.error.to_json()
    return None


def address(number: int) -> bytes:
    return bytes([number]) * 32


def test_addresses_come_in_the_order_of_the_lookups() -> None:
    accounts = [account(table(AUTHORITY, 9)), account(table(None, 256), SECOND)]
    lookups = [(SECOND, bytes([255, 3]), bytes([7])), (FIRST, bytes([8]), bytes([1, 0]))]
    addresses = resolve(accounts, lookups)
    assert addresses.writable == (address(255), address(3), address(8))
    assert addresses.readonly == (address(7), address(1), address(0))


def test_a_message_without_lookups_takes_no_address() -> None:
    assert resolve([], None) == resolve([], []) == LoadedAddresses()


NOT_FOUND = "AddressLookupTableNotFound"
OWNER = "InvalidAddressLookupTableOwner"
DATA = "InvalidAddressLookupTableData"
INDEX = "InvalidAddressLookupTableIndex"
THREE = table(AUTHORITY, 3)

CASES: dict[str, tuple[Account | None, str | None]] = {
    "three addresses": (account(THREE), None),
    "no authority": (account(table(None, 3)), None),
    "no authority, and other bytes in its place": (account(changed(THREE, 21, b"\0")), None),
    "padding": (account(changed(THREE, 54, b"\xff\xff")), None),
    "no account": (None, NOT_FOUND),
    "an account without lamports": (account(THREE, lamports=0), NOT_FOUND),
    "another owner": (account(THREE, owner=SYSTEM_PROGRAM), OWNER),
    "another owner and no table": (account(b"", owner=SYSTEM_PROGRAM), OWNER),
    "no data": (account(b""), DATA),
    "half a head": (account(THREE[:55]), DATA),
    "half an address": (account(THREE[:-1]), DATA),
    "uninitialized": (account(changed(THREE, 0, b"\0")), DATA),
    "another state": (account(changed(THREE, 0, b"\2")), DATA),
    "another state in the highest byte": (account(changed(THREE, 3, b"\1")), DATA),
    "a third kind of authority": (account(changed(THREE, 21, b"\2")), DATA),
    "two addresses": (account(table(AUTHORITY, 2)), INDEX),
    "no address": (account(table(AUTHORITY, 0)), INDEX),
    "deactivated now": (account(table(AUTHORITY, 3, deactivated=SLOT)), None),
    "deactivated in the last slot": (account(table(AUTHORITY, 3, deactivated=SLOT - 1)), None),
    "deactivated in the oldest slot": (account(table(AUTHORITY, 3, deactivated=OLDEST)), None),
    "deactivated before": (account(table(AUTHORITY, 3, deactivated=OLDEST - 1)), NOT_FOUND),
    "deactivated in slot 0": (account(table(AUTHORITY, 3, deactivated=0)), NOT_FOUND),
    "deactivated later": (account(table(AUTHORITY, 3, deactivated=SLOT + 1)), NOT_FOUND),
    "deactivated and too short": (account(table(AUTHORITY, 2, deactivated=0)), NOT_FOUND),
    "extended in the last slot": (account(table(AUTHORITY, 3, extended=SLOT - 1)), None),
    "extended now from the start": (account(table(AUTHORITY, 3, extended=SLOT)), INDEX),
    "extended now from address 2": (
        account(changed(table(AUTHORITY, 3, extended=SLOT), 20, b"\2")),
        INDEX,
    ),
    "extended now from address 3": (
        account(changed(table(AUTHORITY, 3, extended=SLOT), 20, b"\3")),
        None,
    ),
    "extended now from beyond the end": (
        account(changed(table(AUTHORITY, 3, extended=SLOT), 20, b"\4")),
        DATA,
    ),
    "extended later": (account(changed(table(AUTHORITY, 3, extended=SLOT + 1), 20, b"\3")), None),
    "extended later from address 2": (
        account(changed(table(AUTHORITY, 3, extended=SLOT + 1), 20, b"\2")),
        INDEX,
    ),
    "deactivated, and extended from beyond the end": (
        account(changed(table(AUTHORITY, 3, deactivated=0, extended=SLOT), 20, b"\4")),
        NOT_FOUND,
    ),
}


@pytest.mark.parametrize(("given", "error"), CASES.values(), ids=CASES.keys())
def test_a_table_as_in_litesvm(litesvm: LiteSVM, given: Account | None, error: str | None) -> None:
    put(litesvm, given or account(b"", lamports=0))
    assert error_of([given] if given else [], [TAKE_TWO]) == error
    assert litesvm_error(litesvm, wire([PAYER], lookups=[TAKE_TWO])) == error


@pytest.mark.parametrize(
    ("lookups", "error"),
    [
        ([(FIRST, bytes([3]), b""), (SECOND, bytes([0]), b"")], INDEX),
        ([(SECOND, bytes([0]), b""), (FIRST, bytes([3]), b"")], NOT_FOUND),
        ([(FIRST, bytes([0]), bytes([3])), (SECOND, bytes([0]), b"")], INDEX),
        ([(FIRST, b"", bytes([3]))], INDEX),
        ([(FIRST, bytes([0, 1, 2]), b"")], None),
    ],
)
def test_the_first_broken_table_counts(litesvm: LiteSVM, lookups: list[Lookup], error: str | None) -> None:
    put(litesvm, account(THREE))
    assert error_of([account(THREE)], lookups) == error
    assert litesvm_error(litesvm, wire([PAYER], lookups=lookups)) == error


@pytest.mark.parametrize("slot_hashes", [b"", bytes(7), struct.pack("<Q", 1) + bytes(39), b"\xff" * 48])
def test_slot_hashes_that_cannot_be_decoded(slot_hashes: bytes) -> None:
    """The bank has no such sysvar then. A message of version 0 fails even without a lookup."""
    for lookups in ([TAKE_TWO], []):
        with pytest.raises(TransactionFailure) as failure:
            resolve([account(THREE)], lookups, slot_hashes)
        assert failure.value.error.to_json() == "AccountNotFound"
    assert resolve([], None, slot_hashes) == LoadedAddresses()


def test_the_default_sysvar_can_be_decoded() -> None:
    assert resolve([account(THREE)], [TAKE_TWO], Sysvars().slot_hashes).writable == (address(2),)
