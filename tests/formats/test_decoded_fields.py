"""The meaning of instructions, accounts and events of a run as JSON fields."""

from __future__ import annotations

from solproof.formats.decoded_fields import decoded_account, decoded_events, decoded_instruction
from solproof.formats.idl import interface_from_idl
from solproof.interfaces.anchor import EVENT_INSTRUCTION, account_discriminator
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.instruction_error import InstructionError, custom_error
from solproof.runtime.instruction_record import InstructionRecord, RecordedAccount
from solproof.runtime.runtime_log import program_data, program_invoke, program_success
from tests.support.idl_examples import ADDRESS, NEW, mark

JAR = KNOWN.with_interface(interface_from_idl(NEW))
EVENT = bytes([*mark("event:CoinsPut"), 3, *bytes(7), 0])
SHOWN = {"program": address_text(ADDRESS), "name": "CoinsPut", "values": {"amount": 3, "kind": "Copper"}}


def record(data: bytes, error: InstructionError | None = None) -> InstructionRecord:
    account = RecordedAccount(bytes(32), is_signer=False, is_writable=True)
    return InstructionRecord(0, None, 1, ADDRESS, (account,), data, error, 0, (), (), None)


def test_an_instruction() -> None:
    data = bytes([*mark("global:put_coins"), 5, *bytes(7), 0, 0])
    assert decoded_instruction(record(data, custom_error(6001)), JAR) == {
        "decoded": {
            "program": "jar",
            "name": "put_coins",
            "values": {"amount": 5, "kind": "Copper", "note": None},
            "accounts": ["jar"],
        },
        "error_name": "NotYours",
    }
    assert decoded_instruction(record(data), Interfaces(())) == {"decoded": None, "error_name": None}


def test_an_account() -> None:
    data = account_discriminator("Jar") + bytes(32) + bytes(4) + bytes([9, 0, 0, 0])
    account = Account(bytes(32), ADDRESS, 1, data)
    assert decoded_account(account, JAR) == {
        "program": "jar",
        "name": "Jar",
        "values": {"owner": "1" * 32, "coins": [], "limit": 9},
    }
    assert decoded_account(account, KNOWN) is None


def test_events_in_the_log_and_in_instructions() -> None:
    logs = [program_invoke(ADDRESS, 1), program_data([EVENT]), program_success(ADDRESS)]
    assert decoded_events(logs, [record(b""), record(EVENT_INSTRUCTION + EVENT)], JAR) == [
        {"log_line": 1, "instruction": None, **SHOWN},
        {"log_line": None, "instruction": 1, **SHOWN},
    ]
    assert decoded_events(logs, [], KNOWN) == []
