"""Changes that replace or add to the parts of an input."""

from __future__ import annotations

import json

import pytest
from solders.clock import Clock

from solproof.errors import InputError
from solproof.formats.changes import Changes, changed_input, changed_scene
from solproof.formats.input_file import parse_input
from solproof.formats.program_files import program_account, upgradeable_program
from solproof.formats.scene_file import parse_scene
from solproof.runtime.accounts import Account, InstructionAccount, address_text
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.program_ids import LOADER_V2
from solproof.runtime.sysvars import Sysvars
from tests.support.scene_documents import PAYER_ACCOUNT, document

PROGRAM, ALICE, BOB, OWNER = (bytes([number]) * 32 for number in (1, 2, 3, 4))
OLD, NEW = Account(ALICE, OWNER, 1, b"old"), Account(ALICE, OWNER, 2, b"new")
CLOCK = bytes(Clock(5, 0, 0, 0, 9))


def given(*accounts: Account) -> ExecutionInput:
    entries = tuple(InstructionAccount(account, is_writable=account == OLD) for account in accounts)
    return ExecutionInput(b"ELF", PROGRAM, entries, b"\1")


def test_nothing() -> None:
    before = given(OLD)
    assert changed_input(before, Changes()) is before


def test_an_account_is_replaced_or_added() -> None:
    bob = Account(BOB, OWNER, 3, b"")
    after = changed_input(given(OLD), Changes(accounts=(bob, NEW)))
    assert after.accounts == (InstructionAccount(NEW, is_writable=True), InstructionAccount(bob))


def test_a_program_is_added_with_its_account() -> None:
    after = changed_input(given(OLD), Changes(programs=((BOB, b"file"),)))
    assert after.programs == ((BOB, b"file"),)
    assert after.accounts[1:] == (InstructionAccount(program_account(BOB)),)
    again = changed_input(after, Changes(programs=((BOB, b"other"),)))
    assert (again.programs, again.accounts) == (((BOB, b"other"),), after.accounts)
    with pytest.raises(InputError) as raised:
        changed_input(given(OLD), Changes(programs=((PROGRAM, b"file"),)))
    assert str(raised.value) == "programs: expected only other programs, got the input's own program id"


def test_sysvars_and_their_accounts() -> None:
    changes = Changes(sysvars={"clock": {"slot": 5, "unix_timestamp": 9}})
    after = changed_input(given(Sysvars().account("clock")), changes)
    assert after.parameters == Parameters(sysvars=Sysvars(clock=CLOCK))
    assert after.accounts[0].account.data == CLOCK
    account = Sysvars(clock=CLOCK).account("clock")
    assert changed_input(given(), Changes(accounts=(account,))).parameters.sysvars.clock == CLOCK


def test_instruction_data_is_in_the_instructions_sysvar() -> None:
    text = json.dumps(
        {
            "program_id": address_text(PROGRAM),
            "accounts": [{"key": "Sysvar1nstructions1111111111111111111111111"}],
            "instruction_data": [1],
        }
    )
    after = changed_input(parse_input(text, b""), Changes(instruction_data=b"\7\7"))
    assert after.instruction_data == b"\7\7"
    assert after.accounts[0].account.data[-6:] == b"\2\0\7\7\0\0"


def test_a_document_may_leave_out_what_is_changed() -> None:
    text = json.dumps(
        {
            "program_id": address_text(PROGRAM),
            "accounts": [{"key": address_text(ALICE), "is_writable": True}, {"key": address_text(BOB)}],
        }
    )
    changes = Changes((NEW,), ((BOB, b"file"),), instruction_data=b"\1")
    after = parse_input(text, b"ELF", changes=changes)
    assert after.accounts == (
        InstructionAccount(NEW, is_writable=True),
        InstructionAccount(program_account(BOB)),
    )
    with pytest.raises(InputError) as raised:
        parse_input(text, b"ELF", changes=Changes(instruction_data=b""))
    assert str(raised.value) == "accounts[0].owner: missing"


def test_a_scene() -> None:
    before = parse_scene(json.dumps(document()))
    old_program = Account(BOB, LOADER_V2, 1, b"")
    changes = Changes((OLD, old_program), ((BOB, b"v2"), (PROGRAM, b"v3")), {"clock": {"slot": 5}})
    after = changed_scene(before, changes)
    assert set(after.accounts) == {
        PAYER_ACCOUNT,
        OLD,
        Account(BOB, LOADER_V2, 1, b"v2"),
        *upgradeable_program(PROGRAM, b"v3"),
    }
    assert after.environment.sysvars.slot == 5
    assert changed_scene(before, Changes()) is before
    assert changed_scene(after, Changes((NEW,))).accounts != after.accounts
