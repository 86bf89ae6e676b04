"""Read the accounts back from the input region after a program returned 0.

The whole input region is writable while the program runs. This module finds what the program has changed, and
applies the changes that the rules of `instruction_context` allow. It goes through the accounts in the
runtime's order: instruction order, and for each account its lamports, length, data and owner. The other
fields of a record (key, flags) are ignored. For programs of loader v1, length and owner are ignored too.

Source: `deserialize_parameters_for_abiv0` and `_abiv1` of solana-program-runtime 4.1 (serialization.rs), with
`virtual_address_space_adjustments` off, as on mainnet.
"""

from __future__ import annotations

from collections.abc import Sequence

from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_DATA_LENGTH, Account
from solproof.runtime.instruction_context import BorrowedAccount
from solproof.runtime.instruction_error import InstructionFailure, failure
from solproof.runtime.invocation import Invocation
from solproof.runtime.serialization import MAXIMUM_DATA_INCREASE, RecordFields


def read_back(invocation: Invocation, region: bytes) -> None:
    """Apply the changes in an input region. Raises `InstructionFailure` for the first forbidden change."""
    for position, record in enumerate(invocation.serialized.records):
        if record is not None:
            account = invocation.context.account(position)
            before = len(invocation.accounts[position].account.data)
            _read_account(account, region, record, invocation.serialized.fields, before)


def accounts_modified(before: Sequence[Account], after: Sequence[Account]) -> int:
    """How many accounts have changed lamports, data or owner.

    Both sequences hold the same accounts in the same order.
    """
    return sum(
        (old.lamports, old.data, old.owner) != (new.lamports, new.data, new.owner)
        for old, new in zip(before, after, strict=True)
    )


def replace_data(account: BorrowedAccount, data: bytes) -> None:
    """Set the content if the program may. Raises `InstructionFailure` if it may not and the content differs.

    The same rule applies to the changes that a program has made before it calls another program.
    """
    try:
        account.check_length(len(data))
    except InstructionFailure:
        if data != account.data:
            raise
    else:
        account.set_data(data)


def _read_account(
    account: BorrowedAccount, region: bytes, record: int, fields: RecordFields, before: int
) -> None:
    lamports = unsigned(region, record + fields.lamports)
    if lamports != account.lamports:
        account.set_lamports(lamports)
    length = before
    if fields.data_length is not None:
        length = unsigned(region, record + fields.data_length)
        if length - before > MAXIMUM_DATA_INCREASE or length > MAXIMUM_DATA_LENGTH:
            raise failure("InvalidRealloc")
    replace_data(account, region[record + fields.data : record + fields.data + length])
    if fields.owner is not None:
        owner = region[record + fields.owner : record + fields.owner + KEY_LENGTH]
        # The owner comes last, so that the program may still change lamports and data.
        if owner != account.owner:
            account.set_owner(owner)


def unsigned(content: bytes, offset: int) -> int:
    """The 64-bit little-endian number at an offset in bytes."""
    return int.from_bytes(content[offset : offset + 8], "little")
