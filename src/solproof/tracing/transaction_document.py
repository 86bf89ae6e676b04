"""The fields of an exported trace of several frames: those around the frames, and those of an entry.

An instruction that calls other programs has the same fields as a transaction, except those that only a
transaction has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from hashlib import sha256
from typing import Any

import numpy as np

from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.formats.decoded_fields import decoded_account, decoded_events, decoded_instruction
from solproof.formats.json_fields import in_base64
from solproof.interfaces.registry import Interfaces
from solproof.runtime.accounts import Account, address_text, distinct_accounts
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.instruction_error import InstructionError
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.tracing.document import FORMAT_VERSION, Fields, error_fields
from solproof.tracing.timeline import AccountChange, Entry, Timeline


def transaction_head(found: Timeline, interfaces: Interfaces) -> Fields:
    """The fields before the frames: the format, the instructions and the timeline."""
    return {
        "format_version": FORMAT_VERSION,
        "instructions": [record_fields(record, interfaces) for record in found.instructions],
        "timeline": [entry_fields(entry) for entry in found.entries],
    }


def transaction_tail(
    execution: Execution | TransactionExecution, interfaces: Interfaces, *, contents: bool
) -> Fields:
    """The fields after the frames: the accounts and the outcome.

    contents: whether to include the data of accounts.
    """
    output = execution.output
    if isinstance(execution, TransactionExecution):
        before, outcome = execution.output.accounts_before, transaction_outcome(execution.output)
        records = execution.output.instructions
    else:
        before, outcome = distinct_accounts(execution.input.accounts), _instruction_outcome(execution)
        records = execution.instructions
    return {
        "accounts": [
            {
                "address": address_text(old.key),
                "before": _state(old, interfaces, contents),
                "after": _state(new, interfaces, contents),
            }
            for old, new in zip(before, output.accounts, strict=True)
        ],
        **outcome,
        "accounts_modified": output.accounts_modified,
        "return_data": _return_data(output.return_data),
        "logs": list(output.logs),
        "events": decoded_events(output.logs, records, interfaces),
    }


def record_fields(record: InstructionRecord, interfaces: Interfaces) -> Fields:
    """An element of `instructions`."""
    return {
        "index": record.index,
        "height": record.height,
        "caller": record.caller,
        "program": address_text(record.program_id),
        "accounts": [
            {
                "address": address_text(account.key),
                "signer": account.is_signer,
                "writable": account.is_writable,
            }
            for account in record.accounts
        ],
        "data": in_base64(record.data),
        **error_fields(record.error),
        **decoded_instruction(record, interfaces),
        "compute_units": record.compute_units,
        "frame": record.frame,
    }


def entry_fields(entry: Entry) -> Fields:
    """An element of `timeline`."""
    described: Fields = {"kind": entry.kind}
    for field in fields(entry):
        described |= _entry_field(field.name, getattr(entry, field.name))
    return described


def _entry_field(name: str, value: Any) -> Fields:
    match name:
        case "error":
            assert value is None or isinstance(value, InstructionError)
            return error_fields(value)
        case "accounts":
            return {name: [address_text(key) for key in value]}
        case "changes":
            return {name: _changes(value)}
    return {name: value}


def _changes(changes: Sequence[AccountChange]) -> list[Fields]:
    return [
        {
            "address": address_text(change.before.key),
            "lamports": [change.before.lamports, change.after.lamports],
            "owner": [address_text(change.before.owner), address_text(change.after.owner)],
            "data_length": [len(change.before.data), len(change.after.data)],
            "data_bytes_changed": changed_bytes(change.before.data, change.after.data),
        }
        for change in changes
    ]


def changed_bytes(before: bytes, after: bytes) -> int:
    """How many bytes are different, including those that only one of the two has."""
    common = min(len(before), len(after))
    old, new = (np.frombuffer(data, np.uint8, common) for data in (before, after))
    return int(np.count_nonzero(old != new)) + abs(len(before) - len(after))


def transaction_outcome(output: TransactionOutput) -> Fields:
    """How a transaction ended and what it cost."""
    return {
        "success": output.success,
        "error": output.error,
        "error_message": None if output.failure is None else str(output.failure),
        "status": output.status.value,
        "fee": output.fee,
        "compute_units": output.compute_units,
        "executed_instructions": output.executed_instructions,
    }


def _instruction_outcome(execution: Execution) -> Fields:
    output = execution.output
    return {
        "success": output.success,
        "error": output.error,
        "error_message": output.error_message,
        "compute_units": output.compute_units_charged,
        "executed_instructions": output.instructions,
    }


def _state(account: Account, interfaces: Interfaces, contents: bool) -> Fields | None:
    """The state of an account, None if the account does not exist."""
    if account.lamports == 0:
        return None
    described: Fields = {
        "lamports": account.lamports,
        "owner": address_text(account.owner),
        "executable": account.executable,
        "data_length": len(account.data),
        "data_sha256": sha256(account.data).hexdigest(),
        "decoded": decoded_account(account, interfaces),
    }
    return described | ({"data": in_base64(account.data)} if contents else {})


def _return_data(return_data: ReturnData) -> Fields | None:
    if not return_data.data:
        return None
    return {"program_id": address_text(return_data.program_id), "data": in_base64(return_data.data)}
