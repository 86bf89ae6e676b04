"""Loader v3: the instructions that change who may write a buffer or upgrade a program."""

from __future__ import annotations

from dataclasses import replace

from solproof.runtime.accounts import address_text
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3.account_state import (
    read_state,
    refusal,
    require_accounts,
    require_authority,
    store_state,
)
from solproof.runtime.builtins.loader_v3.verification import OLDEST_ALLOWED, old_versions_disabled
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import failure
from solproof.runtime.loader_state import PROGRAM_DATA_HEADER, Buffer, ProgramData

_SBPF_VERSION = slice(PROGRAM_DATA_HEADER + 48, PROGRAM_DATA_HEADER + 52)
"""The field `e_flags` of the ELF file in a programdata account."""


def set_authority(instruction: InstructionContext, _: InstructionData) -> None:
    """Replace an authority, which must sign. Accounts: buffer or programdata, authority, new authority.

    Without a new authority, nobody can change the program any more.
    """
    require_accounts(instruction, 2)
    account = instruction.account(0)
    new = instruction.account(2).key if len(instruction) > 2 else None
    state = _state(instruction, account)
    if isinstance(state, Buffer) and new is None:
        raise refusal(instruction, "Buffer authority is not optional", "IncorrectAuthority")
    _require_present_authority(instruction, state)
    if isinstance(state, ProgramData) and new is None and old_versions_disabled(instruction):
        version = account.data[_SBPF_VERSION]
        if len(version) == 4 and int.from_bytes(version, "little") < OLDEST_ALLOWED:
            raise failure("InvalidAccountData")
    store_state(account, replace(state, authority=new))
    text = "None" if new is None else f"Some({address_text(new)})"
    instruction.log(f"New authority {text}")


def set_authority_checked(instruction: InstructionContext, _: InstructionData) -> None:
    """Replace an authority. Both the old and the new one must sign. Accounts as in SetAuthority."""
    if "enable_bpf_loader_set_authority_checked_ix" not in instruction.environment.features:
        raise failure("InvalidInstructionData")
    require_accounts(instruction, 3)
    account, new = instruction.account(0), instruction.account(2)
    state = _state(instruction, account)
    _require_present_authority(instruction, state)
    if not new.is_signer:
        raise refusal(instruction, "New authority did not sign", "MissingRequiredSignature")
    store_state(account, replace(state, authority=new.key))
    instruction.log(f"New authority {address_text(new.key)}")


def _state(instruction: InstructionContext, account: BorrowedAccount) -> Buffer | ProgramData:
    state = read_state(account)
    if not isinstance(state, Buffer | ProgramData):
        raise refusal(instruction, "Account does not support authorities", "InvalidArgument")
    return state


def _require_present_authority(instruction: InstructionContext, state: Buffer | ProgramData) -> None:
    is_buffer = isinstance(state, Buffer)
    require_authority(
        instruction,
        state.authority,
        1,
        immutable="Buffer is immutable" if is_buffer else "Program not upgradeable",
        incorrect=f"Incorrect {'buffer' if is_buffer else 'upgrade'} authority provided",
        unsigned=f"{'Buffer' if is_buffer else 'Upgrade'} authority did not sign",
    )
