"""The system program's instructions for nonce accounts.

Source: solana-system-program 4.1.2 (system_instruction.rs, system_processor.rs).
"""

from __future__ import annotations

from dataclasses import replace

from solproof.runtime.accounts import MAXIMUM_LAMPORTS, address_text
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.sysvar_accounts import require_sysvar
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import custom_failure, failure
from solproof.runtime.nonce_state import NonceData, NonceState, durable_nonce
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES

NO_RECENT_BLOCKHASHES = 6
BLOCKHASH_NOT_EXPIRED = 7


def advance(instruction: InstructionContext, _: InstructionData) -> None:
    """Replace the nonce by that of the last blockhash. Accounts: nonce, RecentBlockhashes."""
    account = instruction.account(0)
    _require_blockhashes(instruction, "Advance")
    _require_writable(instruction, account, "Advance")
    data = _state(account).data
    if data is None:
        instruction.log(f"Advance nonce account: Account {address_text(account.key)} state is invalid")
        raise failure("InvalidAccountData")
    _require_signer(instruction, data.authority, "Advance nonce account: Account {} must be a signer")
    _require_expired(instruction, data, "Advance")
    _store(account, NonceState(_current_data(instruction, data.authority)))


def withdraw(instruction: InstructionContext, data: InstructionData) -> None:
    """Move lamports out of a nonce account. Accounts: nonce, receiver, RecentBlockhashes, Rent."""
    lamports = data.u64()
    account, receiver = instruction.account(0), instruction.account(1)
    require_sysvar(instruction, 2, RECENT_BLOCKHASHES)
    require_sysvar(instruction, 3, ADDRESSES["rent"])
    _require_writable(instruction, account, "Withdraw")
    nonce = _state(account).data
    must_sign = "Withdraw nonce account: Account {} must sign"
    if nonce is None:
        _require_balance(instruction, account, lamports)
        _require_signer(instruction, account.key, must_sign)
    elif lamports == account.lamports:
        _require_expired(instruction, nonce, "Withdraw")
        _require_signer(instruction, nonce.authority, must_sign)
        _store(account, NonceState(None))
    else:
        needed = lamports + _rent(instruction).minimum_balance(len(account.data))
        if needed > MAXIMUM_LAMPORTS:
            raise failure("InsufficientFunds")
        _require_balance(instruction, account, needed)
        _require_signer(instruction, nonce.authority, must_sign)
    account.subtract_lamports(lamports)
    receiver.add_lamports(lamports)


def initialize(instruction: InstructionContext, data: InstructionData) -> None:
    """Store the first nonce with its authority. Accounts: nonce, RecentBlockhashes, Rent. Nobody signs."""
    authority = data.key()
    account = instruction.account(0)
    _require_blockhashes(instruction, "Initialize")
    require_sysvar(instruction, 2, ADDRESSES["rent"])
    _require_writable(instruction, account, "Initialize")
    if _state(account).data is not None:
        instruction.log(f"Initialize nonce account: Account {address_text(account.key)} state is invalid")
        raise failure("InvalidAccountData")
    minimum = _rent(instruction).minimum_balance(len(account.data))
    if account.lamports < minimum:
        instruction.log(f"Initialize nonce account: insufficient lamports {account.lamports}, need {minimum}")
        raise failure("InsufficientFunds")
    _store(account, NonceState(_current_data(instruction, authority)))


def authorize(instruction: InstructionContext, data: InstructionData) -> None:
    """Change the authority. Account: nonce. A legacy state stays legacy."""
    authority = data.key()
    account = instruction.account(0)
    _require_writable(instruction, account, "Authorize")
    state = _state(account)
    if state.data is None:
        instruction.log(f"Authorize nonce account: Account {address_text(account.key)} state is invalid")
        raise failure("InvalidAccountData")
    _require_signer(instruction, state.data.authority, "Authorize nonce account: Account {} must sign")
    _store(account, replace(state, data=replace(state.data, authority=authority)))


def upgrade(instruction: InstructionContext, _: InstructionData) -> None:
    """Turn a legacy state into a current one. Account: nonce. Nobody signs."""
    account = instruction.account(0)
    if account.owner != SYSTEM_PROGRAM:
        raise failure("InvalidAccountOwner")
    if not account.is_writable:
        raise failure("InvalidArgument")
    upgraded = _state(account).upgraded()
    if upgraded is None:
        raise failure("InvalidArgument")
    _store(account, upgraded)


def _require_blockhashes(instruction: InstructionContext, action: str) -> None:
    require_sysvar(instruction, 1, RECENT_BLOCKHASHES)
    if not instruction.transaction.has_recent_blockhashes:
        instruction.log(f"{action} nonce account: recent blockhash list is empty")
        raise custom_failure(NO_RECENT_BLOCKHASHES)


def _require_writable(instruction: InstructionContext, account: BorrowedAccount, action: str) -> None:
    if not account.is_writable:
        instruction.log(f"{action} nonce account: Account {address_text(account.key)} must be writeable")
        raise failure("InvalidArgument")


def _require_signer(instruction: InstructionContext, key: bytes, line: str) -> None:
    if key not in instruction.signers():
        instruction.log(line.format(address_text(key)))
        raise failure("MissingRequiredSignature")


def _require_expired(instruction: InstructionContext, data: NonceData, action: str) -> None:
    if data.nonce == durable_nonce(instruction.transaction.last_blockhash):
        instruction.log(f"{action} nonce account: nonce can only advance once per slot")
        raise custom_failure(BLOCKHASH_NOT_EXPIRED)


def _require_balance(instruction: InstructionContext, account: BorrowedAccount, needed: int) -> None:
    if needed > account.lamports:
        instruction.log(f"Withdraw nonce account: insufficient lamports {account.lamports}, need {needed}")
        raise failure("InsufficientFunds")


def _rent(instruction: InstructionContext) -> Rent:
    return Rent.from_sysvar(instruction.environment.sysvars.rent)


def _current_data(instruction: InstructionContext, authority: bytes) -> NonceData:
    transaction = instruction.transaction
    return NonceData(authority, durable_nonce(transaction.last_blockhash), transaction.lamports_per_signature)


def _state(account: BorrowedAccount) -> NonceState:
    state = NonceState.parse(account.data)
    if state is None:
        raise failure("InvalidAccountData")
    return state


def _store(account: BorrowedAccount, state: NonceState) -> None:
    """Overwrite the start of the data. The rest stays, also behind the 8 bytes of an uninitialized state."""
    content = state.to_bytes()
    account.check_data_change()
    if len(content) > len(account.data):
        raise failure("AccountDataTooSmall")
    account.write(0, content)
