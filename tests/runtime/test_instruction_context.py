"""The rules for changing accounts that no builtin program tests through a transaction."""

from __future__ import annotations

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.environment import Environment
from solproof.runtime.executable import Executables
from solproof.runtime.instruction_context import BorrowedAccount
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference

MINIMUM = (128 + 36) * 6_960
KEY = b"\1" * 32


def borrowed(owner: bytes, lamports: int, *, is_writable: bool = True) -> BorrowedAccount:
    account = Account(KEY, owner, lamports, bytes(36))
    transaction = TransactionContext(Environment(), [account], Executables(lambda _: None, 1, range(4)), 0)
    return BorrowedAccount(transaction, LOADER_V3, AccountReference(0, False, is_writable))


def test_the_mark_of_programs() -> None:
    account = borrowed(LOADER_V3, MINIMUM)
    account.set_executable(True)
    assert account.state.executable
    account.set_executable(False)
    assert not account.state.executable


@pytest.mark.parametrize(
    ("account", "error"),
    [
        (borrowed(SYSTEM_PROGRAM, MINIMUM - 1, is_writable=False), "ExecutableAccountNotRentExempt"),
        (borrowed(SYSTEM_PROGRAM, MINIMUM), "ExecutableModified"),
        (borrowed(LOADER_V3, MINIMUM, is_writable=False), "ExecutableModified"),
    ],
)
def test_accounts_that_cannot_be_marked(account: BorrowedAccount, error: str) -> None:
    """The order is that of `set_executable` in solana-transaction-context 4.1 (instruction_accounts.rs)."""
    with pytest.raises(InstructionFailure) as caught:
        account.set_executable(True)
    assert caught.value.error.name == error
