"""Whether the first account of a transaction can pay its fee.

Source: `validate_fee_payer` of solana-svm 4.1.2 (account_loader.rs), `get_system_account_kind` of
solana-nonce-account 4.
"""

from __future__ import annotations

from dataclasses import replace

from solproof.runtime.accounts import Account
from solproof.runtime.nonce_state import NONCE_LENGTH, NonceState
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.rent import Rent
from solproof.runtime.transaction.rent_transitions import check_transitions
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure


def pay_fee(payer: Account | None, fee: int, rent: Rent) -> Account:
    """The payer after the fee, in lamports. This is the state that programs see and that a failure leaves.

    Raises `TransactionFailure` if the payer does not exist, cannot pay fees, or has too few lamports.
    """
    if payer is None or payer.lamports == 0:
        raise TransactionFailure(TransactionError("AccountNotFound"))
    reserve = _reserve(payer, rent)
    if reserve is None:
        raise TransactionFailure(TransactionError("InvalidAccountForFee"))
    if payer.lamports - reserve < fee:
        raise TransactionFailure(TransactionError("InsufficientFundsForFee"))
    after = replace(payer, lamports=payer.lamports - fee)
    check_transitions(rent, [(0, payer, after)])
    return after


def _reserve(payer: Account, rent: Rent) -> int | None:
    """The lamports that a fee cannot take, or None for an account that cannot pay fees."""
    if payer.owner != SYSTEM_PROGRAM:
        return None
    if not payer.data:
        return 0
    # An empty nonce account would still look initialized.
    state = NonceState.parse(payer.data) if len(payer.data) == NONCE_LENGTH else None
    return None if state is None or state.data is None else rent.minimum_balance(NONCE_LENGTH)
