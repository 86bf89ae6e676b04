"""The scene of a transaction that LiteSVM could run."""

from __future__ import annotations

import struct
from dataclasses import replace

from solders.litesvm import LiteSVM
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import Transaction, VersionedTransaction

from solproof.formats import solders_objects
from solproof.formats.transaction_text import table_addresses
from solproof.runtime.accounts import Account
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.executable import deployment_slot, program_data_address
from solproof.runtime.features import MAINNET, FeatureSet
from solproof.runtime.sysvars import ADDRESSES, Sysvars
from solproof.runtime.transaction.scene import Scene


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
    named, loaded = _keys(svm, VersionedTransaction.from_bytes(bytes(transaction)))
    keys = list(dict.fromkeys([*named, *loaded]))
    stakes = {bytes(key): svm.epoch_stake(key) for key in keys}
    environment = Environment(features, _sysvars(svm), EpochStakes.of(stakes, svm.epoch_total_stake()))
    blockhashes = (bytes(svm.latest_blockhash()),)
    scene = Scene(bytes(transaction), (), environment, blockhashes, verify_signatures=svm.get_sigverify())
    known = stored_accounts(scene).get
    accounts = [account for key in keys if (account := _account(svm, key)) and account != known(account.key)]
    unnamed, slot = {bytes(key) for key in loaded} - {bytes(key) for key in named}, environment.sysvars.slot
    return replace(
        scene,
        accounts=tuple(
            _deployed_before(account, slot) if account.key in unnamed else account for account in accounts
        ),
    )


def _deployed_before(account: Account, slot: int) -> Account:
    """The account, but a program that was deployed in this slot was deployed in the slot before.

    A LiteSVM runs a program in the slot of its deployment, and deploys programs in its first slot. A cluster
    runs the program from the next slot on. The transaction cannot see the difference, because it does not
    name the account.
    """
    if deployment_slot(account) != slot or slot == 0:
        return account
    return replace(account, data=account.data[:4] + struct.pack("<Q", slot - 1) + account.data[12:])


def _keys(svm: LiteSVM, transaction: VersionedTransaction) -> tuple[list[Pubkey], list[Pubkey]]:
    """The accounts that a transaction names, and the lookup tables and programdata accounts that it loads."""
    message = transaction.message
    named = list(message.account_keys)
    loaded: list[Pubkey] = []
    tables = message.address_table_lookups if isinstance(message, MessageV0) else []
    for lookup in tables:
        loaded.append(lookup.account_key)
        table = _account(svm, lookup.account_key)
        addresses = (table and table_addresses(table.data)) or []
        indexes = (*lookup.writable_indexes, *lookup.readonly_indexes)
        named += [Pubkey(addresses[index]) for index in indexes if index < len(addresses)]
    for key in named:
        account = _account(svm, key)
        address = None if account is None else program_data_address(account)
        if address is not None:
            loaded.append(Pubkey(address))
    return named, loaded


def _account(svm: LiteSVM, key: Pubkey) -> Account | None:
    state = svm.get_account(key)
    return None if state is None else solders_objects.account(key, state)


def _sysvars(svm: LiteSVM) -> Sysvars:
    """The sysvars of a LiteSVM. One without an account has its default."""
    accounts = {name: _account(svm, Pubkey(address)) for name, address in ADDRESSES.items()}
    return Sysvars(**{name: account.data for name, account in accounts.items() if account is not None})
