"""Loader v3: ExtendProgram."""

from __future__ import annotations

import struct

from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    rent,
    require_distinct,
    store_state,
)
from solproof.runtime.builtins.loader_v3.verification import verify_deployment
from solproof.runtime.cross_program import native_invoke_signed
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.loader_state import PROGRAM_DATA_HEADER, ProgramData, ProgramPointer
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import Meta, RequestedInstruction

MINIMUM_EXTENSION = 10_240
PAYER = 3
TRANSFER = 2


def extend_program(instruction: InstructionContext, data: InstructionData) -> None:
    """Make the programdata account longer, so that a longer file fits. Anybody may do this.

    Accounts: programdata, program, system program, payer. Without a need for lamports, the last two may be
    absent.
    """
    additional = data.u32()
    if additional == 0:
        raise refusal(instruction, "Additional bytes must be greater than 0", "InvalidInstructionData")
    program_data = instruction.account(0)
    if not program_data.is_owned:
        raise refusal(instruction, "ProgramData owner is invalid", "InvalidAccountOwner")
    if not program_data.is_writable:
        raise refusal(instruction, "ProgramData is not writable", "InvalidArgument")
    program = instruction.account(1)
    _check_program(instruction, program, program_data)
    length = len(program_data.data) + additional
    _check_length(instruction, length, additional)
    authority = _authority(instruction, program_data)
    missing = max(1, rent(instruction).minimum_balance(length)) - program_data.lamports
    if missing > 0:
        _pay(instruction, program_data, missing)
    program_data.set_length(length)
    # The file was deployed before, so its version may be one that cannot be deployed any more.
    file = program_data.data[PROGRAM_DATA_HEADER:]
    verify_deployment(instruction, program.key, file, only_new_versions=False)
    store_state(program_data, ProgramData(instruction.environment.sysvars.slot, authority))
    instruction.log(f"Extended ProgramData account by {additional} bytes")


def _check_program(
    instruction: InstructionContext, program: BorrowedAccount, program_data: BorrowedAccount
) -> None:
    require_distinct(program_data, program)
    if not program.is_writable:
        raise refusal(instruction, "Program account is not writable", "InvalidArgument")
    if not program.is_owned:
        raise refusal(instruction, "Program account not owned by loader", "InvalidAccountOwner")
    state = read_state(program)
    if not isinstance(state, ProgramPointer):
        raise refusal(instruction, "Invalid Program account", "InvalidAccountData")
    if state.program_data != program_data.key:
        line = "Program account does not match ProgramData account"
        raise refusal(instruction, line, "InvalidArgument")


def _check_length(instruction: InstructionContext, length: int, additional: int) -> None:
    if length > MAXIMUM_DATA_LENGTH:
        line = (
            f"Extended ProgramData length of {length} bytes exceeds max account data length of "
            f"{MAXIMUM_DATA_LENGTH} bytes"
        )
        raise refusal(instruction, line, "InvalidRealloc")
    if "loader_v3_minimum_extend_program_size" not in instruction.environment.features:
        return
    if additional < MINIMUM_EXTENSION and length != MAXIMUM_DATA_LENGTH:
        line = (
            f"ExtendProgram requires a minimum of {MINIMUM_EXTENSION} additional bytes or to extend to "
            f"maximum size, but only {additional} were requested"
        )
        raise refusal(instruction, line, "InvalidArgument")


def _authority(instruction: InstructionContext, program_data: BorrowedAccount) -> bytes:
    state = read_state(program_data)
    if not isinstance(state, ProgramData):
        raise refusal(instruction, "ProgramData state is invalid", "InvalidAccountData")
    if state.slot == instruction.environment.sysvars.slot:
        raise refusal(instruction, "Program was extended in this block already", "InvalidArgument")
    if state.authority is None:
        line = "Cannot extend ProgramData accounts that are not upgradeable"
        raise refusal(instruction, line, "Immutable")
    return state.authority


def _pay(instruction: InstructionContext, program_data: BorrowedAccount, lamports: int) -> None:
    payer = instruction.account(PAYER)
    transfer = RequestedInstruction(
        SYSTEM_PROGRAM,
        (Meta(payer.key, is_signer=True, is_writable=True), Meta(program_data.key, is_writable=True)),
        struct.pack("<IQ", TRANSFER, lamports),
    )
    native_invoke_signed(instruction, transfer)
