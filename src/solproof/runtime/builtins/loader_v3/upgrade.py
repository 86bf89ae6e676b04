"""Loader v3: Upgrade."""

from __future__ import annotations

from solproof.runtime.accounts import MAXIMUM_LAMPORTS, address_text
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    rent,
    require_accounts,
    require_authority,
    require_distinct,
    require_sysvar,
    store_state,
)
from solproof.runtime.builtins.loader_v3.buffer import deployable_file
from solproof.runtime.builtins.loader_v3.verification import old_versions_disabled, verify_deployment
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.loader_state import BUFFER_HEADER, PROGRAM_DATA_HEADER, ProgramData, ProgramPointer


def upgrade(instruction: InstructionContext, _: InstructionData) -> None:
    """Replace the file of a program by the one in a buffer.

    Accounts: programdata, program, buffer, spill, Rent, Clock, authority. The spill account gets the lamports
    that the programdata account does not need.
    """
    require_accounts(instruction, 3)
    require_sysvar(instruction, 4, "rent")
    require_sysvar(instruction, 5, "clock")
    require_accounts(instruction, 7)
    program_data, program, buffer, spill = map(instruction.account, range(4))
    _check_program(instruction, program, program_data)
    file = deployable_file(instruction, buffer, authority=6)
    length = len(program_data.data)
    if length < PROGRAM_DATA_HEADER + len(file):
        raise refusal(instruction, "ProgramData account not large enough", "AccountDataTooSmall")
    required = max(1, rent(instruction).minimum_balance(length))
    funds = min(program_data.lamports + buffer.lamports, MAXIMUM_LAMPORTS)
    if funds < required:
        raise refusal(instruction, "Buffer account balance too low to fund upgrade", "InsufficientFunds")
    _check_program_data(instruction, program_data)
    only_new_versions = old_versions_disabled(instruction)
    verify_deployment(instruction, program.key, file, only_new_versions=only_new_versions)
    slot, authority = instruction.environment.sysvars.slot, instruction.account(6).key
    store_state(program_data, ProgramData(slot, authority))
    program_data.write(PROGRAM_DATA_HEADER, file.ljust(length - PROGRAM_DATA_HEADER, b"\0"))
    require_distinct(program_data, buffer, spill)
    spill.add_lamports(funds - required)
    buffer.set_lamports(0)
    program_data.set_lamports(required)
    buffer.set_length(BUFFER_HEADER)
    instruction.log(f"Upgraded program {address_text(program.key)}")


def _check_program(
    instruction: InstructionContext, program: BorrowedAccount, program_data: BorrowedAccount
) -> None:
    if not program.is_writable:
        raise refusal(instruction, "Program account not writeable", "InvalidArgument")
    if not program.is_owned:
        raise refusal(instruction, "Program account not owned by loader", "IncorrectProgramId")
    state = read_state(program)
    if not isinstance(state, ProgramPointer):
        raise refusal(instruction, "Invalid Program account", "InvalidAccountData")
    if state.program_data != program_data.key:
        raise refusal(instruction, "Program and ProgramData account mismatch", "InvalidArgument")


def _check_program_data(instruction: InstructionContext, program_data: BorrowedAccount) -> None:
    state = read_state(program_data)
    if not isinstance(state, ProgramData):
        raise refusal(instruction, "Invalid ProgramData account", "InvalidAccountData")
    if state.slot == instruction.environment.sysvars.slot:
        raise refusal(instruction, "Program was deployed in this block already", "InvalidArgument")
    require_authority(
        instruction,
        state.authority,
        6,
        immutable="Program not upgradeable",
        incorrect="Incorrect upgrade authority provided",
        unsigned="Upgrade authority did not sign",
    )
