"""Inputs made from objects of solders."""

from __future__ import annotations

import pytest
from solders.account import Account as SoldersAccount
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats import solders_objects
from solproof.formats.program_files import program_account
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters

ALICE, BOB, OWNER, PROGRAM = (Pubkey(bytes([number]) * 32) for number in (1, 2, 3, 4))
STATE = SoldersAccount(7, b"abc", OWNER, True, 5)


def test_account_round_trip() -> None:
    account = solders_objects.account(ALICE, STATE)
    assert account == Account(bytes(ALICE), bytes(OWNER), 7, b"abc", executable=True)
    assert solders_objects.account(ALICE, solders_objects.solders_account(account)) == account


def test_no_account_is_an_empty_one_of_the_system_program() -> None:
    assert solders_objects.account(ALICE, None) == Account(bytes(ALICE), bytes(32), 0, b"")


def test_instruction() -> None:
    metas = [AccountMeta(ALICE, False, True), AccountMeta(BOB, False, False), AccountMeta(ALICE, True, False)]
    instruction = Instruction(PROGRAM, b"data", metas)
    parameters = Parameters(compute_unit_limit=9)
    given = solders_objects.execution_input(b"ELF", instruction, {ALICE: STATE, BOB: STATE}, parameters)
    alice = InstructionAccount(solders_objects.account(ALICE, STATE), is_signer=True, is_writable=True)
    bob = InstructionAccount(solders_objects.account(BOB, STATE))
    assert given == ExecutionInput(b"ELF", bytes(PROGRAM), (alice, bob, alice), b"data", parameters)
    again = solders_objects.solders_instruction(given)
    assert solders_objects.execution_input(b"ELF", again, {ALICE: STATE, BOB: STATE}, parameters) == given


def test_programs_need_no_account() -> None:
    instruction = Instruction(
        PROGRAM, b"", [AccountMeta(ALICE, False, False), AccountMeta(BOB, False, False)]
    )
    programs = {ALICE: b"file of Alice", BOB: b"file of Bob"}
    given = solders_objects.execution_input(b"ELF", instruction, {ALICE: STATE}, programs=programs)
    assert given.programs == ((bytes(ALICE), b"file of Alice"), (bytes(BOB), b"file of Bob"))
    assert given.accounts == (
        InstructionAccount(solders_objects.account(ALICE, STATE)),
        InstructionAccount(program_account(bytes(BOB))),
    )


def test_account_that_is_not_given() -> None:
    instruction = Instruction(PROGRAM, b"", [AccountMeta(ALICE, False, True), AccountMeta(BOB, False, False)])
    with pytest.raises(InputError) as raised:
        solders_objects.execution_input(b"", instruction, {ALICE: STATE})
    assert str(raised.value) == f"instruction.accounts[1]: the account {BOB} is not given"
