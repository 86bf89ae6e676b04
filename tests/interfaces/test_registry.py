"""Interfaces by the address of a program, and events in logs."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from solproof.errors import InputError
from solproof.interfaces.anchor import (
    EVENT_INSTRUCTION,
    account_discriminator,
    event_discriminator,
    instruction_discriminator,
)
from solproof.interfaces.interface import ErrorType, EventType, Interface
from solproof.interfaces.known.token import TOKEN, TOKEN_PROGRAM
from solproof.interfaces.layouts import U64, structure
from solproof.interfaces.registry import KNOWN, Interfaces
from solproof.runtime.instruction_error import custom_error, instruction_error
from solproof.runtime.runtime_log import program_data, program_failure, program_invoke, program_success

PROGRAM, OTHER = b"\5" * 32, b"\6" * 32
PAID = EventType("Paid", event_discriminator("Paid"), structure(amount=U64))
SHOP = Interface(
    "shop", (PROGRAM,), events=(PAID,), errors={6000: ErrorType("SoldOut", "none left")}, anchor=True
)
SHOPS = KNOWN.with_interface(SHOP)
EVENT = event_discriminator("Paid") + (7).to_bytes(8, "little")


def test_discriminators() -> None:
    """The values of Anchor's own documentation and of programs in use."""
    assert list(instruction_discriminator("initialize")) == [175, 175, 109, 31, 13, 152, 155, 237]
    assert list(account_discriminator("Counter")) == [255, 176, 4, 245, 188, 253, 124, 25]
    assert bytes([228, 69, 165, 46, 81, 203, 154, 29]) == EVENT_INSTRUCTION


def test_errors() -> None:
    assert SHOPS.error_name(PROGRAM, 6000) == "SoldOut"
    assert SHOPS.error(PROGRAM, 6000) == ErrorType("SoldOut", "none left")
    assert SHOPS.error_name(PROGRAM, custom_error(2006)) == "ConstraintSeeds"
    assert SHOPS.error_name(PROGRAM, 3012) == "AccountNotInitialized"
    assert SHOPS.error_name(PROGRAM, 4100) == "DeclaredProgramIdMismatch"
    assert SHOPS.error_name(PROGRAM, instruction_error("InvalidArgument")) is None
    assert SHOPS.error_name(PROGRAM, None) is None
    assert SHOPS.error_name(OTHER, 6000) is None
    assert KNOWN.error_name(TOKEN_PROGRAM, 3012) is None


def test_events_in_logs() -> None:
    logs = [
        program_invoke(OTHER, 1),
        program_data([EVENT]),  # of a program without an interface
        program_invoke(PROGRAM, 2),
        program_data([EVENT]),
        program_data([b"\0" * 8]),
        "Program data: ?",
        "Program log: Program data: AAAA",
        program_success(PROGRAM),
        program_data([EVENT]),
        program_failure(OTHER, "custom program error: 0x0"),
        program_data([EVENT]),
    ]
    found = list(SHOPS.events_in(logs))
    assert [(line, key, event.text()) for line, key, event in found] == [(3, PROGRAM, "Paid amount=7")]
    assert list(KNOWN.events_in(logs)) == []


def test_an_event_in_an_instruction() -> None:
    decoded = SHOPS.decode_instruction(PROGRAM, EVENT_INSTRUCTION + EVENT)
    assert decoded is not None
    assert (decoded.name, decoded.values) == ("Paid", {"amount": 7})
    assert SHOPS.decode_instruction(PROGRAM, EVENT_INSTRUCTION) is None
    assert SHOPS.decode_log(PROGRAM, "Program data: " + base64.b64encode(EVENT[:12]).decode()) is None


def test_the_later_interface_counts() -> None:
    other = Interfaces((SHOP,)).with_interface(Interface("market"), PROGRAM)
    interface = other.of(PROGRAM)
    assert interface is not None
    assert interface.name == "market"


def test_an_instruction_that_does_not_exist() -> None:
    with pytest.raises(InputError) as error:
        SHOP.instruction("buy")
    assert str(error.value) == "shop has no instruction 'buy', expected one of: none"
    with pytest.raises(InputError) as error:
        TOKEN.instruction("Transfer").encode({"amount": 5, "decimals": 6})
    assert str(error.value) == "instruction Transfer: unknown field 'decimals', expected amount: u64"
    with pytest.raises(InputError) as error:
        TOKEN.instruction("transfer").encode({"amount": -1})
    assert str(error.value) == "argument amount: expected u64, got -1"


@given(content=some.binary(max_size=400))
def test_decoding_any_bytes(content: bytes) -> None:
    for interface in SHOPS.interfaces:
        for number in (0, 1, 2, 26, 255):
            interface.decode_instruction(bytes([number]) + content)
        interface.decode_account(content)
        for start in (b"\1\0\0\0", b"\2\0\0\0"):
            interface.decode_account((start + content).ljust(200, b"\0"))
        interface.decode_event(content)
    list(SHOPS.events_in([program_invoke(PROGRAM, 1), program_data([content])]))
