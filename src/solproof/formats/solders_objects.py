"""Conversions from and to the objects of `solders`, the Python bindings of the Solana SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.arguments import wrong_type
from solproof.errors import InputError
from solproof.formats.program_files import program_account
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.message_accounts import message_accounts, with_sysvar_accounts
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_NAMES, SYSVAR_OWNER, Sysvars

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
    accounts: Mapping[Pubkey, SoldersAccount | None],
    parameters: Parameters | None = None,
    programs: Mapping[Pubkey, bytes] | None = None,
) -> ExecutionInput:
    """The input for an instruction, as a transaction would pass it, given the accounts that it names.

    programs: the ELF files of programs that the program calls. Their accounts need not be given. They are
        then those of loader v3.

    The accounts have the privileges of a transaction: each mention of an account has those of all mentions,
    and reserved addresses are read-only. The account of a sysvar need not be given. If it is, the sysvar has
    its content.

    Raises `InputError` if an account is not given, or if the account of a sysvar contradicts a sysvar in
    `parameters` that is not the default, and `TypeError` for values of other types.
    """
    if not isinstance(instruction, Instruction):
        wrong_type(instruction, "instruction", "an Instruction of solders (solproof.load takes JSON)")
    if not isinstance(accounts, Mapping):
        wrong_type(accounts, "accounts", "a mapping of Pubkey to Account of solders")
    programs = programs or {}
    parameters = parameters or Parameters()
    named = [account(key, state) for key, state in accounts.items() if bytes(key) in SYSVAR_NAMES and state]
    parameters = replace(parameters, sysvars=_agreeing(parameters.sysvars, named))
    states: list[Account] = []
    for position, meta in enumerate(instruction.accounts):
        key = bytes(meta.pubkey)
        if key == INSTRUCTIONS_SYSVAR:
            states.append(Account(key, SYSVAR_OWNER, 0, b""))
        elif accounts.get(meta.pubkey) is None and key in SYSVAR_NAMES:
            states.append(parameters.sysvars.account(SYSVAR_NAMES[key]))
        elif meta.pubkey in accounts:
            states.append(account(meta.pubkey, accounts[meta.pubkey]))
        elif meta.pubkey in programs:
            states.append(program_account(key))
        else:
            raise InputError(f"instruction.accounts[{position}]: the account {meta.pubkey} is not given")
    program_id, data = bytes(instruction.program_id), bytes(instruction.data)
    entries = message_accounts(
        program_id,
        (
            InstructionAccount(state, meta.is_signer, meta.is_writable)
            for state, meta in zip(states, instruction.accounts, strict=True)
        ),
        data,
    )
    return ExecutionInput(
        program,
        program_id,
        entries,
        data,
        parameters,
        programs=tuple((bytes(key), file) for key, file in programs.items()),
    )


def _agreeing(sysvars: Sysvars, accounts: Sequence[Account]) -> Sysvars:
    """The sysvars with the contents of those whose accounts are given."""
    defaults = Sysvars()
    for state in accounts:
        name = SYSVAR_NAMES[state.key]
        if getattr(sysvars, name) not in (getattr(defaults, name), state.data):
            raise InputError(f"parameters.sysvars.{name}: differs from the data of its account in accounts")
    return with_sysvar_accounts(sysvars, accounts)


def solders_instruction(given: ExecutionInput) -> Instruction:
    """The instruction of an input."""
    metas = [
        AccountMeta(Pubkey(entry.account.key), entry.is_signer, entry.is_writable) for entry in given.accounts
    ]
    return Instruction(Pubkey(given.program_id), given.instruction_data, metas)
