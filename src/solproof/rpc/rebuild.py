"""Rebuilds the accounts of a past transaction, from its record and from the accounts of now.

The record of a transaction has the lamports of its accounts, the amounts of its token accounts, and the
addresses that it took from lookup tables, all from before the transaction. Other data are not recorded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import base58

from solproof.errors import InputError
from solproof.formats.transaction_response import RecordedResult, RecordedTransaction, TokenBalance
from solproof.interfaces.known.small_programs import ASSOCIATED_TOKEN_PROGRAM
from solproof.interfaces.known.token import TOKEN_PROGRAM
from solproof.interfaces.known.token_2022 import TOKEN_2022_PROGRAM
from solproof.rpc.gather import Gathered
from solproof.rpc.origin import FetchedAccount, Origin
from solproof.runtime.accounts import KEY_LENGTH, Account
from solproof.runtime.executable import deployment_slot, program_data_address
from solproof.runtime.nonce_state import NonceState
from solproof.runtime.program_address import find_program_address
from solproof.runtime.program_ids import (
    ADDRESS_LOOKUP_TABLE,
    LOADER_V1,
    LOADER_V2,
    NATIVE_LOADER,
    SYSTEM_PROGRAM,
)
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.durable_nonce import ADVANCE_NONCE_ACCOUNT
from solproof.runtime.transaction.message import AddressTableLookup, Message
from solproof.runtime.transaction.tables import HEAD, HEAD_LENGTH, INITIALIZED, NEVER

WRAPPED_SOL = base58.b58decode("So11111111111111111111111111111111111111112")

TOKEN_ACCOUNT_LENGTH = 165
AMOUNT = slice(64, 72)
_TOKEN_ACCOUNT = struct.Struct("<32s32sQ36xBIQQ36x")
"""Mint, owner, amount, no delegate, state, option and lamports of the rent reserve of wrapped SOL, delegated
amount, no close authority (`Account`, spl-token-interface 2).
"""
INITIALIZED_TOKEN_ACCOUNT = 1
IMMUTABLE_OWNER = b"\2" + struct.pack("<HH", 7, 0)
"""The kind of account and the only extension of an associated token account of Token-2022 by default
(`AccountType` and `ExtensionType`, spl-token-2022-interface 2).
"""


def accounts_now(gathered: Gathered) -> list[FetchedAccount]:
    """The accounts without a record of the past."""
    listed = (*gathered.keys, *gathered.tables, *gathered.program_data.values())
    return [
        FetchedAccount(
            key,
            gathered.accounts.get(key),
            Origin.NOW,
            "read now" if key in gathered.accounts else "does not exist now",
        )
        for key in dict.fromkeys(listed)
    ]


def accounts_then(gathered: Gathered, message: Message, past: RecordedTransaction) -> list[FetchedAccount]:
    """The accounts before a past transaction, as far as its record has them.

    Raises `InputError` if the record has the lamports of another number of accounts.
    """
    if past.result is None:
        return accounts_now(gathered)
    if len(past.result.lamports) != len(gathered.keys):
        raise InputError(
            f"meta.preBalances: expected the lamports of {len(gathered.keys)} accounts, "
            f"got {len(past.result.lamports)}"
        )
    nonce = nonce_key(message)
    found: dict[bytes, FetchedAccount] = {}
    for position, key in enumerate(gathered.keys):
        now = gathered.accounts.get(key)
        lamports = past.result.lamports[position]
        if lamports and key == nonce and now is not None and now.owner == SYSTEM_PROGRAM:
            found[key] = _nonce(now, lamports, message.blockhash)
        else:
            found[key] = _named(key, now, lamports, past.result.tokens.get(position))
    loaded = [
        _program_data(key, gathered.accounts.get(key), past.slot) for key in gathered.program_data.values()
    ]
    for fetched in (*_tables(gathered, message, past.slot, past.result), *loaded):
        named = found.get(fetched.key)
        if named is not None and named.account is not None and fetched.account is not None:
            account = replace(fetched.account, lamports=named.account.lamports)
            found[fetched.key] = replace(fetched, account=account)
        elif named is None:
            found[fetched.key] = fetched
    return list(found.values())


# ACCOUNTS OF THE MESSAGE


def _named(key: bytes, now: Account | None, lamports: int, token: TokenBalance | None) -> FetchedAccount:
    """An account whose lamports are recorded."""
    if key == INSTRUCTIONS_SYSVAR:
        return FetchedAccount(key, None, Origin.THEN, "made of the transaction")
    if lamports == 0:
        return FetchedAccount(key, None, Origin.THEN, "did not exist")
    if token is not None:
        return _token_account(key, now, lamports, token)
    if now is None:
        assumed = Account(key, SYSTEM_PROGRAM, lamports, b"")
        details = "lamports of then; closed since, so a system account without data is assumed"
        return FetchedAccount(key, assumed, Origin.MIXED, details)
    account = replace(now, lamports=lamports)
    if now.executable and (
        now.owner in (NATIVE_LOADER, LOADER_V1, LOADER_V2) or program_data_address(now) is not None
    ):
        return FetchedAccount(key, account, Origin.THEN, "a program, whose account does not change")
    if now.owner == SYSTEM_PROGRAM and not now.data:
        return FetchedAccount(key, account, Origin.REBUILT, "lamports of then; a system account without data")
    return FetchedAccount(key, account, Origin.MIXED, "lamports of then; data and owner of now")


def _token_account(key: bytes, now: Account | None, lamports: int, token: TokenBalance) -> FetchedAccount:
    """A token account. If it is closed or another one now, it is made of what is recorded."""
    programs = (TOKEN_PROGRAM, TOKEN_2022_PROGRAM) if token.program is None else (token.program,)
    if (
        now is not None
        and now.owner in programs
        and len(now.data) >= TOKEN_ACCOUNT_LENGTH
        and now.data[:KEY_LENGTH] == token.mint
        and token.owner in (None, now.data[KEY_LENGTH : 2 * KEY_LENGTH])
    ):
        data = now.data[: AMOUNT.start] + struct.pack("<Q", token.amount) + now.data[AMOUNT.stop :]
        details = "lamports and amount of then; delegate, state and authority of now"
        return FetchedAccount(key, replace(now, lamports=lamports, data=data), Origin.REBUILT, details)
    if token.owner is None:
        details = "lamports of then; closed since, and its owner is not recorded: a system account is assumed"
        return FetchedAccount(key, Account(key, SYSTEM_PROGRAM, lamports, b""), Origin.MIXED, details)
    program = token.program or TOKEN_PROGRAM
    reserve = lamports - token.amount if token.mint == WRAPPED_SOL and lamports >= token.amount else None
    data = _TOKEN_ACCOUNT.pack(
        token.mint,
        token.owner,
        token.amount,
        INITIALIZED_TOKEN_ACCOUNT,
        0 if reserve is None else 1,
        reserve or 0,
        0,
    )
    seeds = [token.owner, program, token.mint]
    if program == TOKEN_2022_PROGRAM and find_program_address(seeds, ASSOCIATED_TOKEN_PROGRAM)[0] == key:
        data += IMMUTABLE_OWNER
    details = "closed since: a token account with the lamports, mint, owner and amount of then"
    return FetchedAccount(key, Account(key, program, lamports, data), Origin.REBUILT, details)


def nonce_key(message: Message) -> bytes | None:
    """The account whose nonce the message has instead of a blockhash."""
    if not message.instructions:
        return None
    first, keys = message.instructions[0], message.static_keys
    is_advance = first.data.startswith(ADVANCE_NONCE_ACCOUNT) and first.accounts
    if not is_advance or max(first.program_index, first.accounts[0]) >= len(keys):
        return None
    return keys[first.accounts[0]] if keys[first.program_index] == SYSTEM_PROGRAM else None


def _nonce(now: Account, lamports: int, nonce: bytes) -> FetchedAccount:
    """The nonce account, with the nonce that the message has used."""
    state, account = NonceState.parse(now.data), replace(now, lamports=lamports)
    if state is None or state.data is None:
        return FetchedAccount(now.key, account, Origin.MIXED, "lamports of then; not a nonce account now")
    content = replace(state, data=replace(state.data, nonce=nonce)).to_bytes()
    account = replace(account, data=content + now.data[len(content) :])
    return FetchedAccount(now.key, account, Origin.REBUILT, "lamports and nonce of then; authority of now")


# ACCOUNTS THAT THE TRANSACTION LOADS


def _tables(
    gathered: Gathered, message: Message, slot: int, result: RecordedResult
) -> Iterator[FetchedAccount]:
    """The lookup tables. One that is closed now, or another one, is made of the recorded addresses."""
    loaded = result.loaded
    writable = iter(() if loaded is None else loaded.writable)
    readonly = iter(() if loaded is None else loaded.readonly)
    for lookup in message.lookups:
        now = gathered.accounts.get(lookup.key)
        named = {index: next(writable, b"") for index in lookup.writable_indexes}
        named |= {index: next(readonly, b"") for index in lookup.readonly_indexes}
        if loaded is None:
            yield FetchedAccount(lookup.key, now, Origin.NOW, "read now")
        elif now is None or not _has(now, named):
            table = _table(lookup, named, now)
            yield FetchedAccount(
                lookup.key, table, Origin.REBUILT, "closed since: has the addresses that the transaction took"
            )
        else:
            state, deactivated, extended, start, has_authority = HEAD.unpack_from(now.data)
            deactivated = NEVER if deactivated >= slot else deactivated
            if extended >= slot:  # its older addresses were there all the same
                extended, start = max(slot - 1, 0), 0
            head = HEAD.pack(state, deactivated, extended, start, has_authority)
            table = replace(now, data=head + now.data[len(head) :])
            yield FetchedAccount(lookup.key, table, Origin.THEN, "a table keeps its addresses")


def _has(table: Account, named: dict[int, bytes]) -> bool:
    """Whether a table has these addresses at these positions."""
    if table.owner != ADDRESS_LOOKUP_TABLE or len(table.data) < HEAD_LENGTH:
        return False
    addresses = table.data[HEAD_LENGTH:]
    return all(
        addresses[index * KEY_LENGTH : (index + 1) * KEY_LENGTH] == address
        for index, address in named.items()
    )


def _table(lookup: AddressTableLookup, named: dict[int, bytes], now: Account | None) -> Account:
    """A table with some addresses, and zeros at the other positions."""
    addresses = (named.get(index, bytes(KEY_LENGTH)) for index in range(max(named, default=-1) + 1))
    head = HEAD.pack(INITIALIZED, NEVER, 0, 0, 0).ljust(HEAD_LENGTH, b"\0")
    lamports = 1 if now is None else now.lamports
    return Account(lookup.key, ADDRESS_LOOKUP_TABLE, lamports, head + b"".join(addresses))


def _program_data(key: bytes, now: Account | None, slot: int) -> FetchedAccount:
    """The account with the file of a program. Its deployment slot tells whether it is the file of then."""
    if now is None:
        return FetchedAccount(key, None, Origin.NOW, "the program is closed now, and its file is not known")
    deployed = deployment_slot(now)
    if deployed is None:
        return FetchedAccount(key, now, Origin.NOW, "has no program now")
    if deployed <= slot:
        return FetchedAccount(key, now, Origin.THEN, f"program deployed in slot {deployed}")
    # A program cannot run before the slot of its deployment.
    data = now.data[:4] + struct.pack("<Q", max(slot - 1, 0)) + now.data[12:]
    details = f"the program of now, deployed in slot {deployed}, after the transaction"
    return FetchedAccount(key, replace(now, data=data), Origin.NOW, details)
