"""Loader v3: the instructions that fill a buffer."""

from __future__ import annotations

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    require_accounts,
    require_authority,
    store_state,
)
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.loader_state import BUFFER_HEADER, Buffer, Uninitialized


def initialize(instruction: InstructionContext, _: InstructionData) -> None:
    """Make an account a buffer. Accounts: buffer, authority. Nobody signs."""
    require_accounts(instruction, 2)
    account = instruction.account(0)
    if read_state(account) != Uninitialized():
        raise refusal(instruction, "Buffer account already initialized", "AccountAlreadyInitialized")
    store_state(account, Buffer(instruction.account(1).key))


def write(instruction: InstructionContext, data: InstructionData) -> None:
    """Write bytes into the file of a buffer, at an offset. Accounts: buffer, authority."""
    offset, content = data.u32(), data.byte_string()
    require_accounts(instruction, 2)
    account = instruction.account(0)
    state = read_state(account)
    if not isinstance(state, Buffer):
        raise refusal(instruction, "Invalid Buffer account", "InvalidAccountData")
    require_authority(
        instruction,
        state.authority,
        1,
        immutable="Buffer is immutable",
        incorrect="Incorrect buffer authority provided",
        unsigned="Buffer authority did not sign",
    )
    account.check_data_change()
    end = BUFFER_HEADER + offset + len(content)
    if len(account.data) < end:
        line = f"Write overflow: {len(account.data)} < {end}"
        raise refusal(instruction, line, "AccountDataTooSmall")
    account.write(BUFFER_HEADER + offset, content)


def deployable_file(instruction: InstructionContext, account: BorrowedAccount, authority: int) -> bytes:
    """The file in a buffer, which the authority at a position deploys. Raises `InstructionFailure`."""
    state = read_state(account)
    if not isinstance(state, Buffer):
        raise refusal(instruction, "Invalid Buffer account", "InvalidArgument")
    signer = instruction.account(authority)
    if state.authority != signer.key:
        raise refusal(instruction, "Buffer and upgrade authority don't match", "IncorrectAuthority")
    if not signer.is_signer:
        raise refusal(instruction, "Upgrade authority did not sign", "MissingRequiredSignature")
    if len(account.data) <= BUFFER_HEADER:
        raise refusal(instruction, "Buffer account too small", "InvalidAccountData")
    return account.data[BUFFER_HEADER:]
