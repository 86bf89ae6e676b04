"""Programs that transactions deploy, upgrade, extend and close with loader v3, and then run or fail to run.

Layouts: solana-loader-v3-interface 7 (instruction.rs, state.rs).
"""

from __future__ import annotations

import struct

import pytest

from tests.support.elf_builder import build_elf
from tests.support.ledger import Call, Ledger
from tests.support.puppet.program import puppet
from tests.support.relay import relay
from tests.support.token_calls import create_account

BUFFER_HEAD, PROGRAM_BYTES = 37, 36
CHUNK = 900
LEAST_EXTENSION = 10_240
ROOM = 400
"""The bytes that a program may grow by."""

INITIALIZE, SET_AUTHORITY, CLOSE, SET_AUTHORITY_CHECKED = (struct.pack("<I", code) for code in (0, 4, 5, 7))
UPGRADE = struct.pack("<I", 3)


def program(code: int) -> bytes:
    """A program that ends with a code."""
    return build_elf(f"mov64 r0, {code}; exit", 3)


@pytest.fixture
def ledger() -> Ledger:
    """A ledger with the name of a program and of its programdata account."""
    ledger = Ledger()
    ledger.derive("programdata", "loader", ledger.key("program"))
    return ledger


def fill_buffer(ledger: Ledger, elf: bytes, name: str = "buffer") -> None:
    """Make a buffer of `authority` that holds a file."""
    ledger.send(
        create_account(ledger, name, BUFFER_HEAD + len(elf), "loader"),
        ("loader", INITIALIZE, f"{name}! authority"),
    )
    for start in range(0, len(elf), CHUNK):
        chunk = elf[start : start + CHUNK]
        ledger.send(("loader", struct.pack("<IIQ", 1, start, len(chunk)) + chunk, f"{name}! authority*"))


def deployment(ledger: Ledger, room: int, authority: str = "authority*") -> tuple[Call, Call]:
    create = create_account(ledger, "program", PROGRAM_BYTES, "loader")
    accounts = f"payer*! programdata! program! buffer! rent clock system {authority}"
    return create, ("loader", struct.pack("<IQ", 2, room), accounts)


def deploy(ledger: Ledger, elf: bytes) -> None:
    """Deploy a program, and go to the slot in which it can run."""
    fill_buffer(ledger, elf)
    result = ledger.send(*deployment(ledger, len(elf) + ROOM))
    assert len(result.heights(1)) == 1
    ledger.next_slot()


def upgrade(authority: str = "authority*") -> Call:
    return "loader", UPGRADE, f"programdata! program! buffer! payer! rent clock {authority}"


def test_deploy_and_upgrade(ledger: Ledger) -> None:
    deploy(ledger, program(0))
    ledger.send(("program", b"", ""))
    fill_buffer(ledger, program(7))
    ledger.fail(upgrade("alice*"), error="IncorrectAuthority")
    ledger.send(upgrade())
    ledger.next_slot()
    ledger.fail(("program", b"", ""), error=7)
    ledger.fail(upgrade(), error="InvalidAccountData")


def test_deploy_refused(ledger: Ledger) -> None:
    elf = program(0)
    fill_buffer(ledger, elf)
    ledger.fail(*deployment(ledger, len(elf) - 1), error="AccountDataTooSmall")
    ledger.fail(*deployment(ledger, len(elf), "alice*"), error="IncorrectAuthority")
    ledger.fail(*deployment(ledger, len(elf), "authority"), error="MissingRequiredSignature")
    ledger.fail(
        ("loader", struct.pack("<IIQ", 1, len(elf), 1) + b"x", "buffer! authority*"),
        error="AccountDataTooSmall",
    )
    ledger.send(("loader", struct.pack("<IIQ", 1, 0, 4) + b"none", "buffer! authority*"))
    ledger.fail(*deployment(ledger, len(elf)), error="InvalidAccountData")


@pytest.mark.parametrize("checked", [False, True])
def test_authorities(ledger: Ledger, checked: bool) -> None:
    """The authority of a program is given on, and then given up."""
    deploy(ledger, program(0))
    data = SET_AUTHORITY_CHECKED if checked else SET_AUTHORITY
    new = "alice*" if checked else "alice"
    ledger.fail(("loader", data, f"programdata! bob* {new}"), error="IncorrectAuthority")
    ledger.send(("loader", data, f"programdata! authority* {new}"))
    fill_buffer(ledger, program(7))
    ledger.fail(upgrade(), error="IncorrectAuthority")
    ledger.send(("loader", data, "buffer! authority* alice*"))
    ledger.send(upgrade("alice*"))
    ledger.next_slot()
    ledger.send(("loader", SET_AUTHORITY, "programdata! alice*"))
    ledger.fail(("loader", SET_AUTHORITY, "programdata! alice* bob"), error="Immutable")


def test_extend(ledger: Ledger) -> None:
    """An upgrade that needs more room than there is."""
    deploy(ledger, program(0))
    large = build_elf(["mov64 r1, 1"] * 200 + ["mov64 r0, 9; exit"], 3)
    fill_buffer(ledger, large)
    ledger.fail(upgrade(), error="AccountDataTooSmall")
    accounts = "programdata! program! system payer*!"
    ledger.fail(("loader", struct.pack("<II", 6, 2_000), accounts), error="InvalidArgument")
    extend = "loader", struct.pack("<II", 6, LEAST_EXTENSION), accounts
    result = ledger.send(extend)
    assert len(result.heights(0)) == 1
    ledger.fail(extend, error="InvalidArgument")
    ledger.next_slot()
    ledger.send(upgrade())
    ledger.next_slot()
    ledger.fail(("program", b"", ""), error=9)


def test_close_a_buffer(ledger: Ledger) -> None:
    fill_buffer(ledger, program(0))
    ledger.fail(("loader", CLOSE, "buffer! alice! alice*"), error="IncorrectAuthority")
    ledger.send(("loader", CLOSE, "buffer! alice! authority*"))
    assert ledger.lamports("buffer") == 0
    ledger.fail(("loader", CLOSE, "buffer! alice! authority*"), error="InvalidAccountData")


def test_close_a_program(ledger: Ledger) -> None:
    deploy(ledger, program(0))
    close = "loader", CLOSE, "programdata! alice! authority* program!"
    ledger.fail(("loader", CLOSE, "programdata! alice! alice* program!"), error="IncorrectAuthority")
    ledger.send(close)
    ledger.next_slot()
    ledger.fail(("program", b"", ""), error="UnsupportedProgramId")


def test_a_new_account_of_the_loader_is_no_program(ledger: Ledger) -> None:
    """A puppet invokes an account that the loader owns only since the instruction before."""
    ledger.deploy("puppet", puppet(3))
    create = create_account(ledger, "new", PROGRAM_BYTES, "loader")
    result = ledger.fail(create, relay(ledger, "puppet", ("new", b"", "")), error="UnsupportedProgramId")
    assert "Program is not cached" in result.logs
