"""What instructions, accounts and events mean, as JSON fields. docs/interfaces.md describes the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from solproof.interfaces.interface import Decoded
from solproof.interfaces.registry import Interfaces
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.instruction_record import InstructionRecord

Fields = dict[str, Any]


def decoded_instruction(record: InstructionRecord, interfaces: Interfaces) -> Fields:
    """The meaning of an instruction and the name of its error, each null if it is not known."""
    keys = [account.key for account in record.accounts]
    decoded = interfaces.decode_instruction(record.program_id, record.data, keys)
    fields = None
    if decoded is not None:
        fields = {**decoded.as_json(), "accounts": [name for name, _ in decoded.accounts]}
    return {
        "decoded": fields,
        "error_name": interfaces.error_name(record.program_id, record.error),
    }


def decoded_account(account: Account, interfaces: Interfaces) -> Fields | None:
    """The meaning of an account's data, None if it is not known."""
    decoded = interfaces.decode_account(account.owner, account.data)
    return None if decoded is None else decoded.as_json()


def decoded_events(
    logs: Sequence[str], records: Sequence[InstructionRecord], interfaces: Interfaces
) -> list[Fields]:
    """The events that programs wrote into the log, and then those that they handed to themselves.

    An event has the number of its line in the log, or the position of its instruction among the records.
    """
    found = [
        {"log_line": line, "instruction": None, **_event(program, event)}
        for line, program, event in interfaces.events_in(logs)
    ]
    for position, record in enumerate(records):
        handed = interfaces.decode_event_instruction(record.program_id, record.data)
        if handed is not None:
            found.append({"log_line": None, "instruction": position, **_event(record.program_id, handed)})
    return found


def _event(program: bytes, event: Decoded) -> Fields:
    fields = event.as_json()
    return {"program": address_text(program), "name": fields["name"], "values": fields["values"]}
