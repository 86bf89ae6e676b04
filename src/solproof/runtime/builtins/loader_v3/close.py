"""Loader v3: Close."""

from __future__ import annotations

from solproof.runtime.accounts import address_text
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    require_accounts,
    require_authority,
    store_state,
)
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.loader_state import (
    UNINITIALIZED_LENGTH,
    Buffer,
    ProgramData,
    ProgramPointer,
    Uninitialized,
)


def close(instruction: InstructionContext, _: InstructionData) -> None:
    """Take all lamports of an account, which is a buffer, a programdata account or uninitialized.

    Accounts: the account, recipient, authority if it has one, program if it is a programdata account.
    """
    require_accounts(instruction, 2)
    account, recipient = instruction.account(0), instruction.account(1)
    if account.reference.index == recipient.reference.index:
        line = "Recipient is the same as the account being closed"
        raise refusal(instruction, line, "InvalidArgument")
    state = read_state(account)
    account.set_length(UNINITIALIZED_LENGTH)
    match state:
        case Uninitialized():
            _move_all_lamports(account, recipient)
            instruction.log(f"Closed Uninitialized {address_text(account.key)}")
        case Buffer():
            require_accounts(instruction, 3)
            _close_owned(instruction, account, recipient, state.authority)
            instruction.log(f"Closed Buffer {address_text(account.key)}")
        case ProgramData():
            require_accounts(instruction, 4)
            program = instruction.account(3)
            _check_program(instruction, program, account, state)
            _close_owned(instruction, account, recipient, state.authority)
            instruction.transaction.executables.modify(program.key)
            instruction.log(f"Closed Program {address_text(program.key)}")
        case ProgramPointer():
            raise refusal(instruction, "Account does not support closing", "InvalidArgument")


def _check_program(
    instruction: InstructionContext,
    program: BorrowedAccount,
    program_data: BorrowedAccount,
    state: ProgramData,
) -> None:
    if not program.is_writable:
        raise refusal(instruction, "Program account is not writable", "InvalidArgument")
    if not program.is_owned:
        raise refusal(instruction, "Program account not owned by loader", "IncorrectProgramId")
    if state.slot == instruction.environment.sysvars.slot:
        raise refusal(instruction, "Program was deployed in this block already", "InvalidArgument")
    pointer = read_state(program)
    if not isinstance(pointer, ProgramPointer):
        raise refusal(instruction, "Invalid Program account", "InvalidArgument")
    if pointer.program_data != program_data.key:
        line = "ProgramData account does not match ProgramData account"
        raise refusal(instruction, line, "InvalidArgument")


def _close_owned(
    instruction: InstructionContext,
    account: BorrowedAccount,
    recipient: BorrowedAccount,
    authority: bytes | None,
) -> None:
    require_authority(
        instruction,
        authority,
        2,
        immutable="Account is immutable",
        incorrect="Incorrect authority provided",
        unsigned="Authority did not sign",
    )
    _move_all_lamports(account, recipient)
    store_state(account, Uninitialized())


def _move_all_lamports(sender: BorrowedAccount, receiver: BorrowedAccount) -> None:
    receiver.add_lamports(sender.lamports)
    sender.set_lamports(0)
