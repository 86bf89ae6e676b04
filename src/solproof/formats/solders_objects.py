"""Conversions from and to the objects of `solders`, the Python bindings of the Solana SDK."""

from __future__ import annotations

from collections.abc import Mapping

from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats.program_files import program_account
from solproof.runtime.accounts import Account, InstructionAccount, merge_privileges
from solproof.runtime.execution_input import ExecutionInput, Parameters

SYSTEM_PROGRAM = bytes(32)


def account(key: Pubkey, state: SoldersAccount | None) -> Account:
    """An account from its address and state.

    Without a state, it is the empty account that the runtime loads for an unused address.
    """
    if state is None:
        return Account(bytes(key), SYSTEM_PROGRAM, 0, b"")
    return Account(bytes(key), bytes(state.owner), state.lamports, bytes(state.data), state.executable)


def solders_account(state: Account) -> SoldersAccount:
    """The state of an account, without its address."""
    return SoldersAccount(state.lamports, state.data, Pubkey(state.owner), state.executable)


def execution_input(
    program: bytes,
    instruction: Instruction,
    accounts: Mapping[Pubkey, SoldersAccount],
    parameters: Parameters | None = None,
    programs: Mapping[Pubkey, bytes] | None = None,
) -> ExecutionInput:
    """The input for an instruction, as a transaction would pass it, given the accounts that it names.

    programs: the ELF files of programs that the program calls. Their accounts need not be given. They are
        then those of loader v3.

    If an account is mentioned more than once, each mention gets the privileges of all its mentions. Raises
    `InputError` if an account is not given.
    """
    programs = programs or {}
    states: list[Account] = []
    for position, meta in enumerate(instruction.accounts):
        if meta.pubkey in accounts:
            states.append(account(meta.pubkey, accounts[meta.pubkey]))
        elif meta.pubkey in programs:
            states.append(program_account(bytes(meta.pubkey)))
        else:
            raise InputError(f"instruction.accounts[{position}]: the account {meta.pubkey} is not given")
    entries = merge_privileges(
        InstructionAccount(state, meta.is_signer, meta.is_writable)
        for state, meta in zip(states, instruction.accounts, strict=True)
    )
    return ExecutionInput(
        program,
        bytes(instruction.program_id),
        entries,
        bytes(instruction.data),
        parameters or Parameters(),
        programs=tuple((bytes(program_id), file) for program_id, file in programs.items()),
    )


def solders_instruction(given: ExecutionInput) -> Instruction:
    """The instruction of an input."""
    metas = [
        AccountMeta(Pubkey(entry.account.key), entry.is_signer, entry.is_writable) for entry in given.accounts
    ]
    return Instruction(Pubkey(given.program_id), given.instruction_data, metas)
