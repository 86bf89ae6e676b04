"""What all instructions of loader v3 do: read and store states, refuse, and check accounts.

Source: `get_state` and `set_state` of solana-transaction-context 4.1 (instruction_accounts.rs),
`get_sysvar_with_account_check` of solana-program-runtime 4.1 (sysvar_cache.rs).
"""

from __future__ import annotations

from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import InstructionFailure, failure
from solproof.runtime.loader_state import LoaderState, parse_state
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import ADDRESSES


def read_state(account: BorrowedAccount) -> LoaderState:
    """The state of an account, whoever owns it. Raises `InvalidAccountData` if there is none."""
    state = parse_state(account.data)
    if state is None:
        raise failure("InvalidAccountData")
    return state


def store_state(account: BorrowedAccount, state: LoaderState) -> None:
    """Overwrite the state at the start of the data. Raises `AccountDataTooSmall` if it does not fit."""
    account.check_data_change()
    content = state.to_bytes()
    if len(content) > len(account.data):
        raise failure("AccountDataTooSmall")
    account.write(0, content)


def refusal(instruction: InstructionContext, line: str, error: str) -> InstructionFailure:
    """Log a line, and return the exception for the error with this name."""
    instruction.log(line)
    return failure(error)


def rent(instruction: InstructionContext) -> Rent:
    """The rent of the cluster."""
    return Rent.from_sysvar(instruction.environment.sysvars.rent)


def require_accounts(instruction: InstructionContext, count: int) -> None:
    """Check that the instruction lists at least `count` accounts."""
    if len(instruction) < count:
        raise failure("MissingAccount")


def require_sysvar(instruction: InstructionContext, position: int, name: str) -> None:
    """Check that the account at a position is a sysvar."""
    if instruction.account(position).key != ADDRESSES[name]:
        raise failure("InvalidArgument")


def require_distinct(*accounts: BorrowedAccount) -> None:
    """Check that no account is there twice, where Agave borrows all of them at once."""
    if len({account.reference.index for account in accounts}) < len(accounts):
        raise failure("AccountBorrowFailed")


def require_authority(
    instruction: InstructionContext,
    authority: bytes | None,
    position: int,
    *,
    immutable: str,
    incorrect: str,
    unsigned: str,
) -> None:
    """Check that the account at a position is the authority and signs. The texts are the lines to log."""
    if authority is None:
        raise refusal(instruction, immutable, "Immutable")
    account = instruction.account(position)
    if account.key != authority:
        raise refusal(instruction, incorrect, "IncorrectAuthority")
    if not account.is_signer:
        raise refusal(instruction, unsigned, "MissingRequiredSignature")
