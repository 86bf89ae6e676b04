"""Loading the accounts of a transaction, within the limit on their size.

A transaction whose accounts cannot be loaded still pays its fee. SIMD-0186 describes what counts.

Source: `load_transaction_accounts` of solana-svm 4.1.2 (account_loader.rs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from solproof.runtime.accounts import Account
from solproof.runtime.executable import program_data_address
from solproof.runtime.program_ids import (
    LOADERS,
    NATIVE_LOADER,
    SYSTEM_PROGRAM,
)
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR
from solproof.runtime.transaction.transaction_error import TransactionError

ACCOUNT_BASE_SIZE = 64
LOOKUP_TABLE_SIZE = 8_248


@dataclass(frozen=True, slots=True)
class LoadedAccounts:
    """The accounts of a transaction before its first instruction.

    accounts: one for each key, in order.
    data_size: bytes that count against the limit.
    error: why the transaction only pays its fee and runs nothing, or None.
    """

    accounts: tuple[Account, ...]
    data_size: int
    error: TransactionError | None = None


def load_accounts(
    keys: Sequence[bytes],
    programs: Iterable[bytes],
    stored: Mapping[bytes, Account],
    replaced: Mapping[bytes, Account],
    *,
    lookup_tables: int,
    limit: int,
) -> LoadedAccounts:
    """Load the accounts of a transaction.

    keys: the transaction's keys, in order.
    programs: the program id of each instruction.
    stored: accounts on chain by key. An account without lamports does not exist.
    replaced: accounts that the transaction sees instead: the payer after the fee, and the instructions
        sysvar, which exists only while a transaction runs.
    lookup_tables: how many lookup tables the message uses.
    limit: how many bytes may be loaded.
    """
    existing = {key: account for key, account in stored.items() if account.lamports}
    accounts = tuple(
        replaced.get(key) or existing.get(key) or Account(key, SYSTEM_PROGRAM, 0, b"") for key in keys
    )
    size = lookup_tables * LOOKUP_TABLE_SIZE + sum(
        ACCOUNT_BASE_SIZE + len(existing[key].data) for key in _counted(keys, existing)
    )
    if size > limit:
        return LoadedAccounts(accounts, limit, TransactionError("MaxLoadedAccountsDataSizeExceeded"))
    return LoadedAccounts(accounts, size, _program_error(programs, existing))


def _counted(keys: Sequence[bytes], existing: Mapping[bytes, Account]) -> set[bytes]:
    """The keys of the accounts that have a size: those that exist, with the programdata of each program."""
    named = {key for key in keys if key in existing and key != INSTRUCTIONS_SYSVAR}
    programdata = (program_data_address(existing[key]) for key in named)
    return named | {address for address in programdata if address is not None and address in existing}


def _program_error(programs: Iterable[bytes], existing: Mapping[bytes, Account]) -> TransactionError | None:
    """Why the first program that cannot be invoked cannot be. Its executable flag does not matter."""
    for program_id in programs:
        if program_id not in existing:
            return TransactionError("ProgramAccountNotFound")
        if existing[program_id].owner not in LOADERS | {NATIVE_LOADER}:
            return TransactionError("InvalidProgramForExecution")
    return None
