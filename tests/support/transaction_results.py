"""What LiteSVM does with a transaction, in the terms of solproof's outputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from solders.litesvm import LiteSVM
from solders.message import MessageV0, VersionedMessage
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

from solproof.formats import solders_objects
from solproof.runtime.accounts import Account

TABLE_HEAD = 56
"""The bytes of a lookup table before its addresses."""


@dataclass(frozen=True, slots=True)
class InnerInstruction:
    """An instruction that a program invoked, for the instruction of the top level with this index."""

    index: int
    height: int
    program: bytes
    accounts: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """What a transaction did.

    error: None, or the error as JSON-RPC prints it.
    fee: what the payer has paid.
    asked_fee: what LiteSVM would have taken from the payer.
    return_data: the program that set them, and the bytes.
    invoked: the instructions that programs invoked, in their order.
    accounts: the accounts that the transaction names, afterwards. None for an account that does not exist.
    """

    error: Any
    logs: tuple[str, ...]
    compute_units: int
    fee: int
    asked_fee: int
    return_data: tuple[bytes, bytes]
    invoked: tuple[InnerInstruction, ...]
    accounts: dict[bytes, Account | None]

    def heights(self, index: int = 0) -> list[int]:
        """The heights of what an instruction of the top level has invoked."""
        return [each.height for each in self.invoked if each.index == index]


def send(svm: LiteSVM, transaction: VersionedTransaction) -> TransactionResult:
    """Send a transaction to a LiteSVM."""
    keys = named_keys(svm, transaction.message)
    before = account_states(svm, keys)
    outcome = svm.send_transaction(transaction)
    found = json.loads(outcome.to_json())
    if isinstance(outcome, FailedTransactionMetadata):
        error, metadata, inner = found["err"], found["meta"], outcome.meta().inner_instructions()
    else:
        error, metadata, inner = None, found, outcome.inner_instructions()
    after = account_states(svm, keys)
    taken = _lamports(before[keys[0]]) - _lamports(after[keys[0]])
    returned = metadata["return_data"]
    return TransactionResult(
        error,
        tuple(metadata["logs"]),
        metadata["compute_units_consumed"],
        metadata["fee"] if error is None else taken,
        metadata["fee"],
        (bytes(returned["program_id"]), bytes(returned["data"])),
        tuple(_inner(keys, index, each) for index, invoked in enumerate(inner) for each in invoked),
        after,
    )


def named_keys(svm: LiteSVM, message: VersionedMessage) -> list[bytes]:
    """The keys of a message's accounts in their order. Those that no table has are left out."""
    keys = [bytes(key) for key in message.account_keys]
    lookups = message.address_table_lookups if isinstance(message, MessageV0) else []
    for name in ("writable_indexes", "readonly_indexes"):
        for lookup in lookups:
            table = svm.get_account(lookup.account_key)
            addresses = b"" if table is None else bytes(table.data)[TABLE_HEAD:]
            found = [addresses[32 * index : 32 * index + 32] for index in getattr(lookup, name)]
            keys += [key for key in found if len(key) == 32]
    return keys


def account_states(svm: LiteSVM, keys: Iterable[bytes]) -> dict[bytes, Account | None]:
    """The accounts with these keys. None for an account without lamports."""
    states = {key: svm.get_account(Pubkey(key)) for key in keys}
    return {
        key: solders_objects.account(Pubkey(key), state) if state is not None and state.lamports else None
        for key, state in states.items()
    }


def _lamports(account: Account | None) -> int:
    return 0 if account is None else account.lamports


def _inner(keys: Sequence[bytes], index: int, each: Any) -> InnerInstruction:
    instruction = each.instruction()
    accounts = tuple(keys[position] for position in instruction.accounts)
    program, data = keys[instruction.program_id_index], bytes(instruction.data)
    return InnerInstruction(index, each.stack_height(), program, accounts, data)
