"""Transactions whose recent blockhash is a durable nonce.

The first instruction of such a transaction is the system program's `AdvanceNonceAccount`. The runtime stores
the advanced nonce even if the transaction fails, so that nobody can send it again and take a second fee.

Source: `get_durable_nonce` and `get_ix_signers` of solana-svm-transaction 4.1.2 (svm_message.rs),
`validate_transaction_nonce` of solana-svm 4.1.2 (transaction_processor.rs), `RollbackAccounts` of
solana-svm 4.1.2 (rollback_accounts.rs), `verify_nonce_account` of solana-nonce-account 4.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from solproof.runtime.accounts import Account
from solproof.runtime.nonce_state import NonceState, durable_nonce
from solproof.runtime.program_ids import SYSTEM_PROGRAM

ADVANCE_NONCE_ACCOUNT = (4).to_bytes(4, "little")


class FirstInstruction(Protocol):
    """The fields of a message's instruction that this module reads."""

    @property
    def program_index(self) -> int:
        """Index of the program's key."""

    @property
    def accounts(self) -> bytes:
        """Indices of the accounts' keys."""

    @property
    def data(self) -> bytes:
        """The instruction data."""


def nonce_position(
    first: FirstInstruction, keys: Sequence[bytes], static_keys: int, writable: Sequence[bool]
) -> int | None:
    """The index of the account whose nonce a transaction with this first instruction uses, or None.

    The account must be writable, and among the first `static_keys` keys, which come from the message itself
    and not from a lookup table (`require_static_nonce_account`).
    """
    if keys[first.program_index] != SYSTEM_PROGRAM or not first.data.startswith(ADVANCE_NONCE_ACCOUNT):
        return None
    position = next(iter(first.accounts), static_keys)
    return position if position < static_keys and writable[position] else None


def advanced_nonce(
    account: Account | None,
    recent_blockhash: bytes,
    signers: Collection[bytes],
    last_blockhash: bytes,
    lamports_per_signature: int,
) -> Account | None:
    """The nonce account after its nonce was used, or None if it does not stand in for `recent_blockhash`.

    recent_blockhash: the message's.
    signers: the keys that sign and that the first instruction lists.
    last_blockhash: the bank's. The next nonce comes from it, so a nonce advances at most once per slot.
    lamports_per_signature: the bank's price of a signature.
    """
    if account is None or account.lamports == 0 or account.owner != SYSTEM_PROGRAM:
        return None
    state = NonceState.parse(account.data)
    if state is None or state.is_legacy or state.data is None:
        return None
    following = durable_nonce(last_blockhash)
    if state.data.nonce != recent_blockhash or state.data.nonce == following:
        return None
    if state.data.authority not in signers:
        return None
    advanced = replace(state.data, nonce=following, lamports_per_signature=lamports_per_signature)
    content = NonceState(advanced).to_bytes()
    return replace(account, data=content + account.data[len(content) :])


def rollback_accounts(payer: Account, nonce: Account | None) -> tuple[Account, ...]:
    """The accounts that a failed transaction stores: the payer after the fee, and the advanced nonce.

    Both may be one account. It then has the payer's lamports and the nonce's data.
    """
    if nonce is None:
        return (payer,)
    if nonce.key == payer.key:
        return (replace(payer, data=nonce.data),)
    return (payer, nonce)
