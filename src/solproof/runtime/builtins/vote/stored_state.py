"""Read the state of a vote account, and store it again.

Source: `get_vote_state_handler_checked` of solana-vote-program 4.1.2 (vote_state/mod.rs), and
`set_vote_account_state` and `deinitialize_vote_account_state` (vote_state/handler.rs).
"""

from __future__ import annotations

from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.state_versions import (
    STATE_LENGTH,
    VERSION_4,
    encode_state,
    parse_state,
)
from solproof.runtime.instruction_context import BorrowedAccount
from solproof.runtime.instruction_error import InstructionFailure, failure
from solproof.runtime.rent import Rent

UNINITIALIZED = bytes(4)


def load(account: BorrowedAccount) -> VoteState:
    """The state. Raises `InvalidAccountData`, and `UninitializedAccount` for an old state without voters."""
    version, state = parse_state(account.data, account.key)
    if version != VERSION_4 and not state.voters:
        raise failure("UninitializedAccount")
    return state


def load_version_4(account: BorrowedAccount) -> VoteState:
    """The state of an account that already has version 4. Raises `InvalidAccountData`."""
    version, state = parse_state(account.data, account.key)
    if version != VERSION_4:
        raise failure("InvalidAccountData")
    return state


def check_uninitialized(account: BorrowedAccount) -> None:
    """Raise `AccountAlreadyInitialized` for an account that has a state.

    Raises `InvalidAccountData` for other data, and for data that have another length than a state.
    """
    if len(account.data) != STATE_LENGTH:
        raise failure("InvalidAccountData")
    if account.data.startswith(UNINITIALIZED):
        return
    version, state = parse_state(account.data, account.key)
    if version == VERSION_4 or state.voters:
        raise failure("AccountAlreadyInitialized")


def store(account: BorrowedAccount, state: VoteState) -> None:
    """Overwrite the start of the data. The rest stays.

    An account of version 1.14.11 is too short and grows. Raises `AccountNotRentExempt` if it cannot, and
    `AccountDataTooSmall` for a state that does not fit.
    """
    if len(account.data) < STATE_LENGTH:
        _grow(account)
    content = encode_state(state)
    account.check_data_change()
    if len(content) > len(account.data):
        raise failure("AccountDataTooSmall")
    account.write(0, content)


def _grow(account: BorrowedAccount) -> None:
    rent = Rent.from_sysvar(account.transaction.environment.sysvars.rent)
    if not rent.is_exempt(account.lamports, STATE_LENGTH):
        raise failure("AccountNotRentExempt")
    try:
        account.set_length(STATE_LENGTH)
    except InstructionFailure:
        raise failure("AccountNotRentExempt") from None


def clear(account: BorrowedAccount) -> None:
    """Fill the data with zeros, which is the state of an account that is not initialized."""
    account.check_data_change()
    account.write(0, bytes(len(account.data)))
