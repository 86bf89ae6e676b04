"""The accounts of a single instruction, as a transaction with only this instruction passes them.

Three things are not free, because a transaction decides them:

- the privileges: each mention of an account has those of all mentions, and some accounts are read-only
  although the instruction asks to write to them (`LoadedMessage.is_writable`, solana-message 4.4);
- the content of the instructions sysvar, which the runtime makes of the instruction;
- the content of other sysvars, which a program can read in two ways, from the account and by a syscall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from solproof.errors import InputError
from solproof.runtime.accounts import Account, InstructionAccount, address_text, merge_privileges
from solproof.runtime.program_ids import LOADER_V3
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_NAMES, SYSVAR_OWNER, Sysvars
from solproof.runtime.transaction.instructions_sysvar import ListedInstruction, flags, instructions_content
from solproof.runtime.transaction.reserved import RESERVED_KEYS


def message_accounts(
    program_id: bytes, accounts: Iterable[InstructionAccount], instruction_data: bytes
) -> tuple[InstructionAccount, ...]:
    """The accounts with the privileges of the message, and with the content of the instructions sysvar.

    Raises `InputError` if the instructions sysvar has other data than the content.
    """
    entries = merge_privileges(accounts)
    read_only = _read_only(program_id, entries)
    demoted = tuple(
        replace(entry, is_writable=entry.is_writable and entry.account.key not in read_only)
        for entry in entries
    )
    if all(entry.account.key != INSTRUCTIONS_SYSVAR for entry in demoted):
        return demoted
    sysvar = _instructions_sysvar(program_id, demoted, instruction_data)
    for position, entry in enumerate(demoted):
        if entry.account.key == INSTRUCTIONS_SYSVAR and entry.account.data not in (b"", sysvar.data):
            raise _not_made(position)
    return tuple(
        replace(entry, account=sysvar) if entry.account.key == INSTRUCTIONS_SYSVAR else entry
        for entry in demoted
    )


def with_sysvar_accounts(sysvars: Sysvars, accounts: Iterable[Account]) -> Sysvars:
    """The sysvars with the contents of those whose accounts are given."""
    contents = {
        SYSVAR_NAMES[account.key]: account.data for account in accounts if account.key in SYSVAR_NAMES
    }
    return replace(sysvars, **contents) if contents else sysvars


def check_message_accounts(
    program_id: bytes, accounts: Sequence[InstructionAccount], instruction_data: bytes, sysvars: Sysvars
) -> None:
    """Check that a transaction could pass these accounts.

    Raises `InputError` for a writable account that no transaction can write to, and for a sysvar's account
    that contradicts the sysvar.
    """
    read_only = _read_only(program_id, accounts)
    for position, entry in enumerate(accounts):
        key = entry.account.key
        if entry.is_writable and key in read_only:
            raise InputError(f"accounts[{position}].is_writable: expected false, because {read_only[key]}")
        if key == INSTRUCTIONS_SYSVAR:
            if entry.account != _instructions_sysvar(program_id, accounts, instruction_data):
                raise _not_made(position)
        elif key in SYSVAR_NAMES and entry.account.data != getattr(sysvars, SYSVAR_NAMES[key]):
            raise InputError(
                f"accounts[{position}]: the data differs from the parameters' sysvar {SYSVAR_NAMES[key]}"
            )


def _not_made(position: int) -> InputError:
    return InputError(
        f"accounts[{position}]: the instructions sysvar is made of the instruction, and this account differs"
    )


def _read_only(program_id: bytes, accounts: Iterable[InstructionAccount]) -> dict[bytes, str]:
    """The keys that the instruction cannot write to whatever it asks for, each with the reason."""
    keys = {entry.account.key for entry in accounts}
    found = {key: f"{address_text(key)} is a reserved address" for key in keys & RESERVED_KEYS}
    if LOADER_V3 not in keys:
        found[program_id] = f"{address_text(program_id)} is the program that the instruction calls"
    return found


def _instructions_sysvar(
    program_id: bytes, accounts: Iterable[InstructionAccount], instruction_data: bytes
) -> Account:
    listed = tuple(
        (flags(is_signer=entry.is_signer, is_writable=entry.is_writable), entry.account.key)
        for entry in accounts
    )
    content = instructions_content([ListedInstruction(program_id, listed, instruction_data)])
    return Account(INSTRUCTIONS_SYSVAR, SYSVAR_OWNER, 0, content)
