"""The scene of a transaction that LiteSVM could run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from solders.litesvm import LiteSVM
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import Transaction, VersionedTransaction

from solproof.formats import solders_objects
from solproof.formats.program_files import LOADER_V3, PROGRAM_TAG
from solproof.formats.transaction_text import table_addresses
from solproof.runtime.accounts import KEY_LENGTH, Account
from solproof.runtime.cluster_accounts import account_of
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.sysvars import ADDRESSES, Sysvars
from solproof.runtime.transaction.scene import Scene

_PROGRAM_LENGTH = 4 + KEY_LENGTH


def scene_from_litesvm(
    svm: LiteSVM, transaction: Transaction | VersionedTransaction, features: FeatureSet = MAINNET
) -> Scene:
    """The scene of a transaction, from the state of a LiteSVM before the transaction is sent to it.

    The scene has every account that the transaction can load, and the sysvars, the latest blockhash and the
    check of signatures that `svm` has. Of the stakes, it has the total and those of the accounts that the
    transaction names.

    features: those that `svm` was made with, because a LiteSVM does not show them.

    Raises `InputError` for a transaction that could not be sent, such as one of more than 1,232 bytes.
    """
    keys = list(dict.fromkeys(_named(svm, VersionedTransaction.from_bytes(bytes(transaction)))))
    stakes = {bytes(key): svm.epoch_stake(key) for key in keys}
    environment = Environment(features, _sysvars(svm), EpochStakes.of(stakes, svm.epoch_total_stake()))
    blockhashes = (bytes(svm.latest_blockhash()),)
    scene = Scene(bytes(transaction), (), environment, blockhashes, verify_signatures=svm.get_sigverify())
    known = account_of(scene)
    accounts = [account for key in keys if (account := _account(svm, key)) and account != known(account.key)]
    return replace(scene, accounts=tuple(accounts))


def _named(svm: LiteSVM, transaction: VersionedTransaction) -> Iterator[Pubkey]:
    """The accounts that a transaction can load. Some are listed more than once."""
    message = transaction.message
    named = list(message.account_keys)
    tables = message.address_table_lookups if isinstance(message, MessageV0) else []
    for lookup in tables:
        yield lookup.account_key
        table = _account(svm, lookup.account_key)
        addresses = (table and table_addresses(table.data)) or []
        indexes = (*lookup.writable_indexes, *lookup.readonly_indexes)
        named += [Pubkey(addresses[index]) for index in indexes if index < len(addresses)]
    for key in named:
        yield key
        account = _account(svm, key)
        if account is not None and account.owner == LOADER_V3 and len(account.data) >= _PROGRAM_LENGTH:
            tag, programdata = account.data[:4], account.data[4:_PROGRAM_LENGTH]
            if int.from_bytes(tag, "little") == PROGRAM_TAG:
                yield Pubkey(programdata)


def _account(svm: LiteSVM, key: Pubkey) -> Account | None:
    state = svm.get_account(key)
    return None if state is None else solders_objects.account(key, state)


def _sysvars(svm: LiteSVM) -> Sysvars:
    """The sysvars of a LiteSVM. One without an account has its default."""
    accounts = {name: _account(svm, Pubkey(address)) for name, address in ADDRESSES.items()}
    return Sysvars(**{name: account.data for name, account in accounts.items() if account is not None})
