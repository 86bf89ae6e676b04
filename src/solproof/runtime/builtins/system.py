"""The system program: creates accounts, gives them to programs, and moves lamports.

The nonce instructions are in `nonce_instructions`.

Source: solana-system-program 4.1.2 (system_processor.rs), solana-system-interface 3 (instruction.rs,
error.rs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, address_text
from solproof.runtime.builtins import nonce_instructions
from solproof.runtime.builtins.address_with_seed import address_with_seed
from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.instruction_context import BorrowedAccount, InstructionContext
from solproof.runtime.instruction_error import custom_failure, failure
from solproof.runtime.program_ids import SYSTEM_PROGRAM

ACCOUNT_ALREADY_IN_USE = 0
RESULT_WITH_NEGATIVE_LAMPORTS = 1
INVALID_ACCOUNT_DATA_LENGTH = 3
ADDRESS_WITH_SEED_MISMATCH = 5
ALLOW_PREFUND = "create_account_allow_prefund"


def run(instruction: InstructionContext) -> None:
    """Execute one instruction. Raises `InstructionFailure` if it fails."""
    data = InstructionData(instruction.data)
    execute = _INSTRUCTIONS.get(data.u32())
    if execute is None:
        raise failure("InvalidInstructionData")
    execute(instruction, data)


@dataclass(frozen=True, slots=True)
class _Address:
    """An account to create or change. With a `base`, this key signs instead of the account's."""

    key: bytes
    base: bytes | None = None

    def has_signed(self, instruction: InstructionContext) -> bool:
        return (self.key if self.base is None else self.base) in instruction.signers()

    def __str__(self) -> str:
        base = "None" if self.base is None else f"Some({address_text(self.base)})"
        return f"Address {{ address: {address_text(self.key)}, base: {base} }}"


def _create_account(instruction: InstructionContext, data: InstructionData) -> None:
    lamports, space, owner = data.u64(), data.u64(), data.key()
    account = instruction.account(1)
    _create(instruction, account, _Address(account.key), lamports, space, owner)


def _create_account_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    base, seed = data.key(), data.string()
    lamports, space, owner = data.u64(), data.u64(), data.key()
    account = instruction.account(1)
    address = _seed_address(instruction, account.key, base, seed, owner)
    _create(instruction, account, address, lamports, space, owner)


def _create_account_allow_prefund(instruction: InstructionContext, data: InstructionData) -> None:
    lamports, space, owner = data.u64(), data.u64(), data.key()
    if ALLOW_PREFUND not in instruction.environment.features:
        raise failure("InvalidInstructionData")
    account = instruction.account(0)
    sender = instruction.account(1) if lamports else None
    address = _Address(account.key)
    _allocate_space(instruction, account, address, space)
    _assign_owner(instruction, account, address, owner)
    if sender:
        _transfer_lamports(instruction, sender, account, lamports)


def _assign(instruction: InstructionContext, data: InstructionData) -> None:
    owner = data.key()
    account = instruction.account(0)
    _assign_owner(instruction, account, _Address(account.key), owner)


def _assign_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    base, seed, owner = data.key(), data.string(), data.key()
    account = instruction.account(0)
    address = _seed_address(instruction, account.key, base, seed, owner)
    _assign_owner(instruction, account, address, owner)


def _allocate(instruction: InstructionContext, data: InstructionData) -> None:
    space = data.u64()
    account = instruction.account(0)
    _allocate_space(instruction, account, _Address(account.key), space)


def _allocate_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    base, seed, space, owner = data.key(), data.string(), data.u64(), data.key()
    account = instruction.account(0)
    address = _seed_address(instruction, account.key, base, seed, owner)
    _allocate_space(instruction, account, address, space)
    _assign_owner(instruction, account, address, owner)


def _transfer(instruction: InstructionContext, data: InstructionData) -> None:
    lamports = data.u64()
    sender, receiver = instruction.account(0), instruction.account(1)
    _transfer_lamports(instruction, sender, receiver, lamports)


def _transfer_with_seed(instruction: InstructionContext, data: InstructionData) -> None:
    lamports, seed, owner = data.u64(), data.string(), data.key()
    sender, base, receiver = (instruction.account(position) for position in range(3))
    if not base.is_signer:
        instruction.log(f"Transfer: 'from' account {address_text(base.key)} must sign")
        raise failure("MissingRequiredSignature")
    derived = address_with_seed(base.key, seed, owner)
    if sender.key != derived:
        instruction.log(
            f"Transfer: 'from' address {address_text(sender.key)} does not match derived address "
            f"{address_text(derived)}"
        )
        raise custom_failure(ADDRESS_WITH_SEED_MISMATCH)
    _move_lamports(instruction, sender, receiver, lamports)


def _create(
    instruction: InstructionContext,
    account: BorrowedAccount,
    address: _Address,
    lamports: int,
    space: int,
    owner: bytes,
) -> None:
    if account.lamports > 0:
        instruction.log(f"Create Account: account {address} already in use")
        raise custom_failure(ACCOUNT_ALREADY_IN_USE)
    _allocate_space(instruction, account, address, space)
    _assign_owner(instruction, account, address, owner)
    _transfer_lamports(instruction, instruction.account(0), account, lamports)


def _allocate_space(
    instruction: InstructionContext, account: BorrowedAccount, address: _Address, space: int
) -> None:
    if not address.has_signed(instruction):
        instruction.log(f"Allocate: 'to' account {address} must sign")
        raise failure("MissingRequiredSignature")
    if account.data or account.owner != SYSTEM_PROGRAM:
        instruction.log(f"Allocate: account {address} already in use")
        raise custom_failure(ACCOUNT_ALREADY_IN_USE)
    if space > MAXIMUM_DATA_LENGTH:
        instruction.log(f"Allocate: requested {space}, max allowed {MAXIMUM_DATA_LENGTH}")
        raise custom_failure(INVALID_ACCOUNT_DATA_LENGTH)
    account.set_length(space)


def _assign_owner(
    instruction: InstructionContext, account: BorrowedAccount, address: _Address, owner: bytes
) -> None:
    if account.owner == owner:
        return
    if not address.has_signed(instruction):
        instruction.log(f"Assign: account {address} must sign")
        raise failure("MissingRequiredSignature")
    account.set_owner(owner)


def _transfer_lamports(
    instruction: InstructionContext, sender: BorrowedAccount, receiver: BorrowedAccount, lamports: int
) -> None:
    if not sender.is_signer:
        instruction.log(f"Transfer: `from` account {address_text(sender.key)} must sign")
        raise failure("MissingRequiredSignature")
    _move_lamports(instruction, sender, receiver, lamports)


def _move_lamports(
    instruction: InstructionContext, sender: BorrowedAccount, receiver: BorrowedAccount, lamports: int
) -> None:
    if sender.data:
        instruction.log("Transfer: `from` must not carry data")
        raise failure("InvalidArgument")
    if lamports > sender.lamports:
        instruction.log(f"Transfer: insufficient lamports {sender.lamports}, need {lamports}")
        raise custom_failure(RESULT_WITH_NEGATIVE_LAMPORTS)
    sender.subtract_lamports(lamports)
    receiver.add_lamports(lamports)


def _seed_address(
    instruction: InstructionContext, key: bytes, base: bytes, seed: bytes, owner: bytes
) -> _Address:
    derived = address_with_seed(base, seed, owner)
    if key != derived:
        instruction.log(
            f"Create: address {address_text(key)} does not match derived address {address_text(derived)}"
        )
        raise custom_failure(ADDRESS_WITH_SEED_MISMATCH)
    return _Address(key, base)


_INSTRUCTIONS: Mapping[int, Callable[[InstructionContext, InstructionData], None]] = {
    0: _create_account,
    1: _assign,
    2: _transfer,
    3: _create_account_with_seed,
    4: nonce_instructions.advance,
    5: nonce_instructions.withdraw,
    6: nonce_instructions.initialize,
    7: nonce_instructions.authorize,
    8: _allocate,
    9: _allocate_with_seed,
    10: _assign_with_seed,
    11: _transfer_with_seed,
    12: nonce_instructions.upgrade,
    13: _create_account_allow_prefund,
}
