"""The result of a transaction as JSON. docs/command-line.md describes the fields.

transaction.schema.json beside this module is the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.fault_places import fault_places
from solproof.formats.account_changes import account_change
from solproof.formats.decoded_fields import decoded_account, decoded_events, decoded_instruction
from solproof.formats.fault_json import fault_fields
from solproof.formats.json_fields import in_base64
from solproof.interfaces.failures import failure_name
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.instruction_record import InstructionRecord
from solproof.runtime.invoke import Frame
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.transaction_error import instruction_error_json
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.vm.trace import Run

Fields = dict[str, Any]


def format_transaction(execution: TransactionExecution, interfaces: Interfaces = KNOWN) -> str:
    """The result of a transaction as a JSON text in one line, as `solproof run --transaction` prints it.

    It has the outcome, every account before and afterwards, and every instruction that was called.

    interfaces: what decodes instructions, accounts and events, by default the programs that are known.
    """
    return json.dumps(transaction_fields(execution, interfaces))


def ending_fields(output: TransactionOutput) -> Fields:
    """How a transaction ended, and what it used, as JSON fields."""
    return {
        "success": output.success,
        "status": output.status.value,
        "error": output.error,
        "error_message": None if output.failure is None else str(output.failure),
        "fee": output.fee,
        "compute_units": output.compute_units,
        "executed_instructions": output.executed_instructions,
        "accounts_modified": output.accounts_modified,
        "loaded_accounts_data_size": output.loaded_accounts_data_size,
    }


def transaction_fields(
    execution: TransactionExecution, interfaces: Interfaces = KNOWN, symbols: SymbolFiles | None = None
) -> Fields:
    """The result of a transaction as JSON fields.

    symbols: as for `solproof.execution.fault_places.fault_places`, whose errors this function raises.
    """
    output = execution.output
    return {
        **ending_fields(output),
        "error_name": failure_name(output.instructions, interfaces),
        "return_data": return_data_fields(output.return_data),
        "logs": list(output.logs),
        "events": decoded_events(output.logs, output.instructions, interfaces),
        "instructions": instruction_fields(output.instructions, execution.frames, interfaces),
        "faults": fault_fields(fault_places(execution.frames, symbols)),
        "accounts": list(_accounts(execution, interfaces)),
    }


def return_data_fields(return_data: ReturnData) -> Fields | None:
    """Return data as JSON fields, None if there are none."""
    if not return_data.data:
        return None
    return {"program_id": address_text(return_data.program_id), "data": in_base64(return_data.data)}


def instruction_fields(
    records: Sequence[InstructionRecord], frames: Sequence[Frame[Run]], interfaces: Interfaces = KNOWN
) -> list[Fields]:
    """Every instruction that was called, in the order of the calls, as JSON fields."""
    return [
        {
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
            "error": None if record.error is None else instruction_error_json(record.error),
            **decoded_instruction(record, interfaces),
            "compute_units": record.compute_units,
            "executed_instructions": (
                None if record.frame is None else frames[record.frame].outcome.instructions
            ),
        }
        for record in records
    ]


def signer_keys(execution: TransactionExecution) -> frozenset[bytes]:
    """The keys of the accounts that sign the transaction."""
    message = parse_transaction(execution.scene.transaction).message
    return frozenset(message.static_keys[: message.required_signatures])


def _accounts(execution: TransactionExecution, interfaces: Interfaces) -> Iterator[Fields]:
    output, signers = execution.output, signer_keys(execution)
    for before, after, writable in zip(
        output.accounts_before, output.accounts, output.keys_writable, strict=True
    ):
        change = account_change(before, after)
        yield {
            "address": address_text(before.key),
            "signer": before.key in signers,
            "writable": writable,
            "before": _state(before, interfaces),
            "after": _state(after, interfaces),
            "change": None
            if change is None
            else {
                "kind": change.kind.value,
                "lamports": change.lamports,
                "owner": change.owner,
                "executable": change.executable,
                "data_bytes": change.data_bytes,
            },
        }


def _state(account: Account, interfaces: Interfaces) -> Fields | None:
    """The state of an account, None if the account does not exist."""
    if account.lamports == 0:
        return None
    return {
        "lamports": account.lamports,
        "owner": address_text(account.owner),
        "executable": account.executable,
        "data": in_base64(account.data),
        "decoded": decoded_account(account, interfaces),
    }
