"""How a transaction may change what an account has paid for.

An account is absent (no lamports), exempt from rent, or paying (lamports below the minimum). No transaction
can make an account paying, and a paying account can only lose lamports at the same length.

Source: solana-svm 4.1.2 (rent_calculator.rs, transaction_account_state_info.rs).
"""

from __future__ import annotations

from collections.abc import Iterable

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import INCINERATOR
from solproof.runtime.rent import Rent
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure


def transition_allowed(rent: Rent, before: Account, after: Account) -> bool:
    """Whether the account may go from one state to the other. The incinerator may always."""
    if after.key == INCINERATOR or not _is_paying(rent, after):
        return True
    return (
        _is_paying(rent, before) and len(after.data) == len(before.data) and after.lamports <= before.lamports
    )


def _is_paying(rent: Rent, account: Account) -> bool:
    return account.lamports > 0 and not rent.is_exempt(account.lamports, len(account.data))


def check_transitions(rent: Rent, writable: Iterable[tuple[int, Account, Account]]) -> None:
    """Check the writable accounts: for each its index in the transaction, and its states before and after.

    "Before" is the state that the first instruction finds, so the payer has paid the fee. Raises
    `TransactionFailure` (`InsufficientFundsForRent`) for the first transition that is not allowed.
    """
    for index, before, after in writable:
        if not transition_allowed(rent, before, after):
            raise TransactionFailure(TransactionError("InsufficientFundsForRent", index))
