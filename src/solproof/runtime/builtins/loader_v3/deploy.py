"""Loader v3: DeployWithMaxDataLen."""

from __future__ import annotations

import struct

from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, address_text
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    rent,
    require_accounts,
    require_distinct,
    require_sysvar,
    store_state,
)
from solproof.runtime.builtins.loader_v3.buffer import deployable_file
from solproof.runtime.builtins.loader_v3.verification import old_versions_disabled, verify_deployment
from solproof.runtime.cross_program import native_invoke_signed
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.loader_state import (
    BUFFER_HEADER,
    PROGRAM_DATA_HEADER,
    PROGRAM_LENGTH,
    ProgramData,
    ProgramPointer,
    Uninitialized,
)
from solproof.runtime.program_address import find_program_address
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import Meta, RequestedInstruction

CREATE_ACCOUNT = 0


def deploy_with_max_data_length(instruction: InstructionContext, data: InstructionData) -> None:
    """Make a program of the file in a buffer.

    Accounts: payer, programdata, program, buffer, Rent, Clock, system program, authority. The number in the
    data is how many bytes the programdata account has for files. The buffer's lamports go to the payer.
    """
    longest = data.u64()
    require_accounts(instruction, 4)
    require_sysvar(instruction, 4, "rent")
    require_sysvar(instruction, 5, "clock")
    require_accounts(instruction, 8)
    payer, program_data, program, buffer = map(instruction.account, range(4))
    authority = instruction.account(7).key
    _check_program(instruction, program)
    file = deployable_file(instruction, buffer, authority=7)
    if longest < len(file):
        line = "Max data length is too small to hold Buffer data"
        raise refusal(instruction, line, "AccountDataTooSmall")
    length = PROGRAM_DATA_HEADER + longest
    if length > MAXIMUM_DATA_LENGTH:
        raise refusal(instruction, "Max data length is too large", "InvalidArgument")
    address, bump = find_program_address([program.key], instruction.program_id)
    if address != program_data.key:
        raise refusal(instruction, "ProgramData address is not derived", "InvalidArgument")
    require_distinct(buffer, payer)
    payer.add_lamports(buffer.lamports)
    buffer.set_lamports(0)
    lamports = max(1, rent(instruction).minimum_balance(length))
    created = RequestedInstruction(
        SYSTEM_PROGRAM,
        (
            Meta(payer.key, is_signer=True, is_writable=True),
            Meta(program_data.key, is_signer=True, is_writable=True),
            # The buffer's balance has changed, so the sum only stays the same with it.
            Meta(buffer.key, is_writable=True),
        ),
        struct.pack("<IQQ32s", CREATE_ACCOUNT, lamports, length, instruction.program_id),
    )
    native_invoke_signed(instruction, created, [program.key, bytes([bump])])
    only_new_versions = old_versions_disabled(instruction)
    verify_deployment(instruction, program.key, file, only_new_versions=only_new_versions)
    store_state(program_data, ProgramData(instruction.environment.sysvars.slot, authority))
    program_data.write(PROGRAM_DATA_HEADER, file)
    buffer.set_length(BUFFER_HEADER)
    store_state(program, ProgramPointer(program_data.key))
    program.set_executable(True)
    instruction.log(f"Deployed program {address_text(program.key)}")


def _check_program(instruction: InstructionContext, program: BorrowedAccount) -> None:
    if read_state(program) != Uninitialized():
        raise refusal(instruction, "Program account already initialized", "AccountAlreadyInitialized")
    if len(program.data) < PROGRAM_LENGTH:
        raise refusal(instruction, "Program account too small", "AccountDataTooSmall")
    if not rent(instruction).is_exempt(program.lamports, len(program.data)):
        raise refusal(instruction, "Program account not rent-exempt", "ExecutableAccountNotRentExempt")
