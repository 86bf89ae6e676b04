"""Changes of an input: accounts, programs, sysvars and instruction data that replace those of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from solproof.formats.program_files import OLD_LOADERS, program_account, upgradeable_program
from solproof.formats.sysvar_fields import read_sysvar
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.message_accounts import message_accounts, with_sysvar_accounts
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_NAMES, Sysvars
from solproof.runtime.transaction.scene import Scene


@dataclass(frozen=True, slots=True)
class Changes:
    """What replaces or adds to the parts of an input.

    accounts: states of accounts, each key once.
    programs: program ids and ELF files, each id once.
    sysvars: for the name of a sysvar, the JSON values of some of its fields.
    instruction_data: the data of a single instruction. None leaves them as they are.
    """

    accounts: tuple[Account, ...] = ()
    programs: tuple[tuple[bytes, bytes], ...] = ()
    sysvars: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    instruction_data: bytes | None = None


def changed_input(given: ExecutionInput, changes: Changes) -> ExecutionInput:
    """An input with the changes. What the instruction does not name yet is added to its accounts, read-only.

    Raises `InputError` if the result is no input.
    """
    if changes == Changes():
        return given
    data = given.instruction_data if changes.instruction_data is None else changes.instruction_data
    sysvars = _changed_sysvars(given.parameters.sysvars, changes)
    states = {account.key: account for account in changes.accounts}
    listed = {entry.account.key for entry in given.accounts}
    added = [account for account in changes.accounts if account.key not in listed]
    added += [program_account(key) for key, _ in changes.programs if key not in listed | states.keys()]
    entries = [
        *(replace(entry, account=states.get(entry.account.key, entry.account)) for entry in given.accounts),
        *map(InstructionAccount, added),
    ]
    return replace(
        given,
        instruction_data=data,
        accounts=message_accounts(
            given.program_id,
            [replace(entry, account=_with_sysvar(entry.account, sysvars)) for entry in entries],
            data,
        ),
        parameters=replace(given.parameters, sysvars=sysvars),
        programs=tuple((dict(given.programs) | dict(changes.programs)).items()),
    )


def changed_scene(scene: Scene, changes: Changes) -> Scene:
    """A scene with the changes, except for the instruction data.

    A program replaces the file of a program with the same id. A new program belongs to loader v3. Raises
    `InputError` if the result is no scene.
    """
    if changes == Changes():
        return scene
    accounts = {account.key: account for account in (*scene.accounts, *changes.accounts)}
    for key, elf in changes.programs:
        before = accounts.get(key)
        if before is not None and before.owner in OLD_LOADERS:
            accounts[key] = replace(before, data=elf)
        else:
            accounts |= {account.key: account for account in upgradeable_program(key, elf)}
    sysvars = _changed_sysvars(scene.environment.sysvars, changes)
    return replace(
        scene,
        accounts=tuple(_with_sysvar(account, sysvars) for account in accounts.values()),
        environment=replace(scene.environment, sysvars=sysvars),
    )


def _changed_sysvars(sysvars: Sysvars, changes: Changes) -> Sysvars:
    sysvars = with_sysvar_accounts(sysvars, changes.accounts)
    contents = {
        name: read_sysvar(dict(fields), name, f"sysvars.{name}", getattr(sysvars, name))
        for name, fields in changes.sysvars.items()
    }
    return replace(sysvars, **contents)


def _with_sysvar(account: Account, sysvars: Sysvars) -> Account:
    """The account, with the content of the sysvar if it is that of one."""
    if account.key == INSTRUCTIONS_SYSVAR:
        return replace(account, data=b"")  # `message_accounts` makes its content
    if account.key in SYSVAR_NAMES:
        return replace(account, data=getattr(sysvars, SYSVAR_NAMES[account.key]))
    return account
