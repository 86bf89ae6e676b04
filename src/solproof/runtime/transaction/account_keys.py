"""All account keys of a transaction, with the privileges that its instructions get.

Source: solana-message 4.4 (`LoadedMessage`, `LegacyMessage`), solana-accounts-db (`validate_account_locks`).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from solproof.representation import short_repr
from solproof.runtime.program_ids import LOADER_V3
from solproof.runtime.transaction.message import Message
from solproof.runtime.transaction.reserved import RESERVED_KEYS
from solproof.runtime.transaction.tables import LoadedAddresses
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure

MAXIMUM_LOCKS = 64
MAXIMUM_LOCKS_INCREASED = 128


@dataclass(frozen=True, slots=True)
class LoadedMessage:
    """A sanitized message with the addresses from its tables. An account is named by its position in `keys`.

    keys: the static keys, then the writable addresses of all tables, then the read-only ones.
    writable: for each key, whether the instructions may write to the account.
    """

    message: Message
    keys: tuple[bytes, ...]
    writable: tuple[bool, ...]

    __repr__ = short_repr

    @classmethod
    def of(cls, message: Message, addresses: LoadedAddresses) -> LoadedMessage:
        """Put the keys together and decide which are writable.

        A key for which the message asks to write is read-only all the same if it is reserved, or if an
        instruction calls it as its program and loader v3 is not among the keys.
        """
        keys = (*message.static_keys, *addresses.writable, *addresses.readonly)
        called = {instruction.program_index for instruction in message.instructions}
        demoted = frozenset() if LOADER_V3 in keys else called
        writable = tuple(
            _asks_to_write(message, len(addresses.writable), index)
            and key not in RESERVED_KEYS
            and index not in demoted
            for index, key in enumerate(keys)
        )
        return cls(message, keys, writable)

    def is_signer(self, index: int) -> bool:
        """Whether the account signs the transaction."""
        return index < self.message.required_signatures

    def is_writable(self, index: int) -> bool:
        """Whether the instructions may write to the account."""
        return self.writable[index]

    @property
    def program_ids(self) -> tuple[bytes, ...]:
        """The program of each instruction."""
        return tuple(self.keys[instruction.program_index] for instruction in self.message.instructions)


def check_account_locks(message: LoadedMessage, features: Container[str]) -> None:
    """Check that there are not too many accounts, and that all are different.

    Raises `TransactionFailure`: `TooManyAccountLocks` for more than 64 accounts, or 128 with the feature
    `increase_tx_account_lock_limit`, and then `AccountLoadedTwice`. LiteSVM 0.15 has the other order.
    """
    is_increased = "increase_tx_account_lock_limit" in features
    if len(message.keys) > (MAXIMUM_LOCKS_INCREASED if is_increased else MAXIMUM_LOCKS):
        raise TransactionFailure(TransactionError("TooManyAccountLocks"))
    if len(set(message.keys)) < len(message.keys):
        raise TransactionFailure(TransactionError("AccountLoadedTwice"))


def _asks_to_write(message: Message, writable_from_tables: int, index: int) -> bool:
    """Whether the message asks to write to the account at this position."""
    static = len(message.static_keys)
    if index < message.required_signatures:
        return index < message.required_signatures - message.readonly_signed
    if index < static:
        return index < static - message.readonly_unsigned
    return index < static + writable_from_tables
