"""What a program may do to accounts.

The whole input region is writable while the program runs. After a run that returned 0, this module reads the
region back and finds the changes that are not allowed. It checks in the runtime's order: accounts in
instruction order, and for each account its lamports, length, data and owner. The other fields of a record
(key, flags) are ignored. For programs of loader v1, length and owner are ignored too.

Source: `deserialize_parameters_for_abiv0` and `_abiv1` of solana-program-runtime 4.1 (serialization.rs),
`BorrowedInstructionAccount` of solana-transaction-context 4.1, with `virtual_address_space_adjustments` off,
as on mainnet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_DATA_LENGTH, Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.instruction_error import InstructionError, instruction_error
from solproof.runtime.serialization import MAXIMUM_DATA_INCREASE, RecordFields, SerializedInput


class AccountRuleError(Exception):
    """The program changed an account in a way that is not allowed.

    This is a possible outcome of a run. `error` is Agave's `InstructionError` for it.
    """

    def __init__(self, name: str) -> None:
        self.error: InstructionError = instruction_error(name)
        super().__init__(self.error.message)


def post_accounts(
    execution_input: ExecutionInput, serialized: SerializedInput, region_after: bytes
) -> tuple[Account, ...]:
    """The distinct accounts after a run that returned 0, in order of first appearance.

    Raises `AccountRuleError` for the first change that is not allowed, and if the sum of all lamports has
    changed (`UnbalancedInstruction`).
    """
    entries = [
        (entry, record)
        for entry, record in zip(execution_input.accounts, serialized.records, strict=True)
        if record is not None
    ]
    after = tuple(
        _read_back(entry, region_after, record, serialized.fields, execution_input.program_id)
        for entry, record in entries
    )
    if sum(account.lamports for account in after) != sum(entry.account.lamports for entry, _ in entries):
        raise AccountRuleError("UnbalancedInstruction")
    return after


def accounts_modified(before: Sequence[Account], after: Sequence[Account]) -> int:
    """How many accounts have changed lamports, data or owner.

    Both sequences hold the same accounts in the same order.
    """
    return sum(
        (old.lamports, old.data, old.owner) != (new.lamports, new.data, new.owner)
        for old, new in zip(before, after, strict=True)
    )


def _read_back(
    entry: InstructionAccount, region: bytes, record: int, fields: RecordFields, program_id: bytes
) -> Account:
    account = entry.account
    owned = account.owner == program_id
    lamports = _unsigned(region, record + fields.lamports)
    if lamports != account.lamports:
        if not owned and lamports < account.lamports:
            raise AccountRuleError("ExternalAccountLamportSpend")
        if not entry.is_writable:
            raise AccountRuleError("ReadonlyLamportChange")

    length = len(account.data)
    if fields.data_length is not None:
        length = _unsigned(region, record + fields.data_length)
    if length - len(account.data) > MAXIMUM_DATA_INCREASE or length > MAXIMUM_DATA_LENGTH:
        raise AccountRuleError("InvalidRealloc")
    data = region[record + fields.data : record + fields.data + length]
    if data == account.data:
        data = account.data  # keep one copy in memory, because data can have 10 MiB
    else:
        if length != len(account.data) and not owned:
            raise AccountRuleError("AccountDataSizeChanged")
        if not entry.is_writable:
            raise AccountRuleError("ReadonlyDataModified")
        if not owned:
            raise AccountRuleError("ExternalAccountDataModified")

    owner = account.owner
    if fields.owner is not None:
        owner = region[record + fields.owner : record + fields.owner + KEY_LENGTH]
    # The new owner must not find data that it did not write.
    if owner != account.owner and not (owned and entry.is_writable and data.count(0) == len(data)):
        raise AccountRuleError("ModifiedProgramId")
    return replace(account, lamports=lamports, data=data, owner=owner)


def _unsigned(region: bytes, offset: int) -> int:
    return int.from_bytes(region[offset : offset + 8], "little")
