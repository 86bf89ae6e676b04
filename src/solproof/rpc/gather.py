"""Gathers the accounts of a transaction as they are now: those that it names, lookup tables, programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solproof.errors import UnsupportedError
from solproof.representation import short_repr
from solproof.rpc.client import RpcClient
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.executable import program_data_address
from solproof.runtime.program_ids import LOADER_V4
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.message import AddressTableLookup, Message
from solproof.runtime.transaction.tables import LoadedAddresses, named_addresses


@dataclass(frozen=True, slots=True)
class Gathered:
    """The accounts of a transaction now.

    keys: those of the message, in its order: its own, the writable ones from tables, the read-only ones.
    tables: the keys of the lookup tables.
    program_data: the accounts with the files of the programs among the keys, by the keys of the programs.
    accounts: the accounts that exist, by their keys.
    """

    keys: tuple[bytes, ...]
    tables: tuple[bytes, ...]
    program_data: Mapping[bytes, bytes]
    accounts: Mapping[bytes, Account]

    __repr__ = short_repr


def gather(client: RpcClient, message: Message, recorded: LoadedAddresses | None) -> Gathered:
    """Ask for the accounts of a transaction, in at most three rounds: named accounts, those that tables name,
    and files of programs.

    recorded: the addresses that a past transaction took from its tables.

    Raises `UnsupportedError` if a program belongs to loader v4.
    """
    tables = tuple(lookup.key for lookup in message.lookups)
    known = () if recorded is None else (*recorded.writable, *recorded.readonly)
    accounts = client.accounts((*message.static_keys, *tables, *known))
    if recorded is None:
        loaded = _loaded(message, accounts)
        known = (*loaded.writable, *loaded.readonly)
        accounts |= client.accounts(key for key in known if key not in accounts)
    accounts.pop(INSTRUCTIONS_SYSVAR, None)  # made of the transaction
    keys = (*message.static_keys, *known)
    program_data = {}
    for key in keys:
        account = accounts.get(key)
        if account is None:
            continue
        if account.executable and account.owner == LOADER_V4:
            raise UnsupportedError(f"program {address_text(key)}: loader v4 is not supported yet")
        address = program_data_address(account)
        if address is not None:
            program_data[key] = address
    accounts |= client.accounts(address for address in program_data.values() if address not in accounts)
    return Gathered(keys, tables, program_data, accounts)


def _loaded(message: Message, accounts: Mapping[bytes, Account]) -> LoadedAddresses:
    """The addresses that the tables of now have for a message. Those beyond the end of a table are left out,
    because the run refuses the transaction.
    """

    def named(lookup: AddressTableLookup) -> list[bytes]:
        table = accounts.get(lookup.key)
        return [] if table is None else named_addresses(lookup, table.data)

    writable, readonly = (
        tuple(
            address
            for lookup in message.lookups
            for address in named(
                AddressTableLookup(
                    lookup.key,
                    lookup.writable_indexes if is_writable else b"",
                    b"" if is_writable else lookup.readonly_indexes,
                )
            )
        )
        for is_writable in (True, False)
    )
    return LoadedAddresses(writable, readonly)
