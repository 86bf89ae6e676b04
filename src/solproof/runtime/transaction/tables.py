"""Address lookup tables: which addresses a message takes from them.

Source: solana-address-lookup-table-interface 3 (state.rs, `deserialize` and `lookup_iter`), and the bank's
`load_addresses_from_ref`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, Account
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE
from solproof.runtime.slot_hashes import parse_slot_hashes
from solproof.runtime.transaction.message import AddressTableLookup, Message
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure

HEAD = struct.Struct("<IQQBB")
"""State, deactivation slot, last extended slot, start index of that extension, has an authority."""

HEAD_LENGTH = 56
INITIALIZED = 1
NEVER = 2**64 - 1
"""The deactivation slot of an active table."""


@dataclass(frozen=True, slots=True)
class LoadedAddresses:
    """The addresses that a message takes from its tables, in the order of the lookups."""

    writable: tuple[bytes, ...] = ()
    readonly: tuple[bytes, ...] = ()

    __repr__ = short_repr


def resolve_tables(
    message: Message, account_of: Callable[[bytes], Account | None], slot: int, slot_hashes: bytes
) -> LoadedAddresses:
    """Look up the addresses that a sanitized message takes from tables.

    account_of: the account with a key, or None if there is none.
    slot: the current slot.
    slot_hashes: the content of the sysvar account.

    Raises `TransactionFailure` with one of these errors:
    `AddressLookupTableNotFound` for a table that does not exist or is deactivated,
    `InvalidAddressLookupTableOwner` for an account of another program,
    `InvalidAddressLookupTableData` for data that are not a table,
    `InvalidAddressLookupTableIndex` for an index beyond the addresses of the table,
    `AccountNotFound` if the message has version 0 and `slot_hashes` cannot be decoded.
    """
    if message.version is None:
        return LoadedAddresses()
    recent_slots = _recent_slots(slot_hashes)
    writable: list[bytes] = []
    readonly: list[bytes] = []
    for lookup in message.lookups:
        addresses = _active_addresses(account_of(lookup.key), slot, recent_slots)
        for indexes, loaded in ((lookup.writable_indexes, writable), (lookup.readonly_indexes, readonly)):
            for index in indexes:
                if index >= len(addresses):
                    raise _failure("InvalidAddressLookupTableIndex")
                loaded.append(addresses[index])
    return LoadedAddresses(tuple(writable), tuple(readonly))


def named_addresses(lookup: AddressTableLookup, table: bytes) -> list[bytes]:
    """The addresses that a lookup names, as far as the data of its table have them, active or not."""
    starts = (
        HEAD_LENGTH + KEY_LENGTH * index for index in (*lookup.writable_indexes, *lookup.readonly_indexes)
    )
    return [table[start : start + KEY_LENGTH] for start in starts if start + KEY_LENGTH <= len(table)]


def _active_addresses(table: Account | None, slot: int, recent_slots: frozenset[int]) -> list[bytes]:
    """The addresses of a table that a transaction in this slot may take."""
    if table is None or table.lamports == 0:  # an account without lamports does not exist
        raise _failure("AddressLookupTableNotFound")
    if table.owner != ADDRESS_LOOKUP_TABLE:
        raise _failure("InvalidAddressLookupTableOwner")
    content = table.data[HEAD_LENGTH:]
    if len(table.data) < HEAD_LENGTH or len(content) % KEY_LENGTH:
        raise _failure("InvalidAddressLookupTableData")
    state, deactivated, extended, start, has_authority = HEAD.unpack_from(table.data)
    if state != INITIALIZED or has_authority > 1:
        raise _failure("InvalidAddressLookupTableData")
    if deactivated not in (NEVER, slot) and deactivated not in recent_slots:
        raise _failure("AddressLookupTableNotFound")
    addresses = [content[i : i + KEY_LENGTH] for i in range(0, len(content), KEY_LENGTH)]
    if slot > extended:
        return addresses
    if start > len(addresses):
        raise _failure("InvalidAddressLookupTableData")
    return addresses[:start]


def _recent_slots(slot_hashes: bytes) -> frozenset[int]:
    entries = parse_slot_hashes(slot_hashes)
    if entries is None:
        raise _failure("AccountNotFound")
    return frozenset(entry.slot for entry in entries)


def _failure(name: str) -> TransactionFailure:
    return TransactionFailure(TransactionError(name))
