"""Programs from their first byte to their end, and when they can run, compared with LiteSVM.

A cluster runs a new program from the next slot on. LiteSVM runs it in the next transaction.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest
from solders.instruction import Instruction
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import RequestedInstruction
from tests.support.invoking_program import invoking_program
from tests.support.litesvm_transactions import Sent, instruction, signed, store, stored, submit
from tests.support.loader_accounts import (
    ALICE,
    BUFFER,
    BUFFER_KEY,
    CLOSE,
    DEPLOY,
    EXTEND,
    INITIALIZE,
    NEW_ELF,
    PAYER,
    PROGRAM_DATA_KEY,
    PROGRAM_KEY,
    SET_AUTHORITY,
    SLOT,
    SPILL,
    UPGRADE,
    WRITE,
    buffer,
    close_mentions,
    deploy_mentions,
    extend_mentions,
    loader_instruction,
    loader_machine,
    program,
    program_data,
    uninitialized,
    upgrade_mentions,
    write,
)
from tests.support.mainnet_programs import mainnet_programs
from tests.support.system_data import (
    BOB_KEY,
    CAROL_KEY,
    Mention,
    data,
    signers_of,
    system_account,
    system_instruction,
)
from tests.support.transaction_oracle import assert_like_litesvm

CALLER_KEY = b"\x1f" * 32
NOT_DEPLOYED = (
    "Program is not deployed",
    f"Program {address_text(PROGRAM_KEY)} failed: Unsupported program id",
)
INVOKE = instruction(PROGRAM_KEY, b"")
GIVEN = [buffer(), program_data(), program(executable=True), system_account(SPILL.key)]
"""The programdata account comes before the program, which LiteSVM loads at once."""
CHANGES = {
    "upgrade": loader_instruction(UPGRADE, upgrade_mentions()),
    "extend": loader_instruction(EXTEND, extend_mentions(), struct.pack("<I", 10_240)),
    "close": loader_instruction(CLOSE, close_mentions()),
}
NEW_RESULT = {"InstructionError": [0, {"Custom": 7}]}


def run(machine: LiteSVM, *instructions: Instruction) -> Sent:
    return assert_like_litesvm(machine, list(instructions), signers_of(*instructions))


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_program_cannot_run_in_the_same_transaction(name: str) -> None:
    sent = run(loader_machine(*GIVEN), CHANGES[name], INVOKE)
    assert sent.error == {"InstructionError": [1, "UnsupportedProgramId"]}
    assert sent.logs[-2:] == NOT_DEPLOYED


@pytest.mark.parametrize("name", CHANGES)
def test_a_program_can_run_before_it_changes(name: str) -> None:
    assert run(loader_machine(*GIVEN), INVOKE, CHANGES[name]).error is None


def test_a_new_authority_does_not_stop_a_program() -> None:
    change = loader_instruction(SET_AUTHORITY, [Mention(PROGRAM_DATA_KEY), ALICE])
    assert run(loader_machine(*GIVEN), change, INVOKE).error is None


@pytest.mark.parametrize(("name", "error"), [("upgrade", NEW_RESULT), ("extend", None)])
def test_a_changed_program_runs_in_the_next_slot(name: str, error: object) -> None:
    machine = loader_machine(*GIVEN)
    assert run(machine, CHANGES[name]).error is None
    machine.warp_to_slot(SLOT + 1)
    assert run(machine, INVOKE).error == error


def test_a_closed_program_never_runs_again() -> None:
    machine = loader_machine(*GIVEN)
    assert run(machine, CHANGES["close"]).error is None
    machine.warp_to_slot(SLOT + 1)
    forget(machine, PROGRAM_KEY)
    sent = run(machine, INVOKE)
    assert sent.error == {"InstructionError": [0, "UnsupportedProgramId"]}
    assert sent.logs[-2:] == NOT_DEPLOYED


@pytest.mark.parametrize("name", ["upgrade", "extend"])
def test_a_changed_program_does_not_run_in_the_same_slot(name: str) -> None:
    machine = loader_machine(*GIVEN)
    assert run(machine, CHANGES[name]).error is None
    # The transaction names the programdata account, whose slot the scene keeps.
    named = instruction(PROGRAM_KEY, b"", [(PROGRAM_DATA_KEY, False, False)])
    transaction = signed(machine, [named])
    output = execute_transaction(scene_from_litesvm(machine, transaction)).output
    assert output.error == {"InstructionError": [0, "UnsupportedProgramId"]}
    assert output.logs[-2:] == NOT_DEPLOYED
    assert submit(machine, transaction).error == (NEW_RESULT if name == "upgrade" else None)


def test_a_program_deployed_in_this_transaction_cannot_be_invoked() -> None:
    machine = loader_machine(uninitialized(PROGRAM_KEY), buffer())
    invoke = add_caller(machine, PROGRAM_KEY)
    deploy = loader_instruction(DEPLOY, deploy_mentions(), struct.pack("<Q", len(NEW_ELF)))
    sent = run(machine, deploy, invoke)
    assert sent.error == {"InstructionError": [1, "UnsupportedProgramId"]}
    assert sent.logs[-4:-2] == NOT_DEPLOYED


def test_an_account_given_to_the_loader_in_this_transaction_is_unknown() -> None:
    machine = loader_machine()
    invoke = add_caller(machine, BOB_KEY)
    give = system_instruction(data(1, LOADER_V3), [Mention(BOB_KEY, True)])
    sent = run(machine, give, invoke)
    assert sent.error == {"InstructionError": [1, "UnsupportedProgramId"]}
    assert sent.logs[-4] == "Program is not cached"


def add_caller(machine: LiteSVM, invoked: bytes) -> Instruction:
    """Add a program that invokes another one without accounts, and make an instruction of it."""
    account = Account(invoked, SYSTEM_PROGRAM, 0, b"")
    file = invoking_program([account], [RequestedInstruction(invoked, (), b"")])
    machine.warp_to_slot(SLOT - 1)
    machine.add_program(Pubkey(CALLER_KEY), file)
    machine.warp_to_slot(SLOT)
    return instruction(CALLER_KEY, b"", [(invoked, False, False)])


def test_a_whole_life() -> None:
    """The memo program is written and deployed. It runs, is extended, upgraded to another, and closed."""
    machine = loader_machine()
    store(machine, Account(BOB_KEY, SYSTEM_PROGRAM, 0, b""))
    memo = mainnet_programs()["memo_v3"]
    fill_buffer(machine, memo)
    deploy = loader_instruction(DEPLOY, at_life(deploy_mentions()), struct.pack("<Q", len(memo) + 100))
    assert run(machine, create(CAROL_KEY, 36), deploy).error is None
    machine.warp_to_slot(SLOT + 1)
    sent = run(machine, instruction(CAROL_KEY, b"hello", [(ALICE.key, True, False)]))
    assert sent.error is None
    assert "Program log: hello" in sent.logs
    extend = loader_instruction(EXTEND, at_life(extend_mentions()), struct.pack("<I", 20_000))
    assert run(machine, extend).error is None
    machine.warp_to_slot(SLOT + 2)
    fill_buffer(machine, NEW_ELF)
    assert run(machine, loader_instruction(UPGRADE, at_life(upgrade_mentions()))).error is None
    machine.warp_to_slot(SLOT + 3)
    assert run(machine, instruction(CAROL_KEY, b"")).error == NEW_RESULT
    assert run(machine, loader_instruction(CLOSE, at_life(close_mentions()))).error is None
    machine.warp_to_slot(SLOT + 4)
    forget(machine, CAROL_KEY)
    assert run(machine, instruction(CAROL_KEY, b"")).logs[-2] == "Program is not deployed"


def forget(machine: LiteSVM, program_id: bytes) -> None:
    """Make LiteSVM notice that a program is closed. It still runs the old file otherwise."""
    account = stored(machine, program_id)
    assert account is not None
    store(machine, account)


LIFE_DATA_KEY = bytes(Pubkey.find_program_address([CAROL_KEY], Pubkey(LOADER_V3))[0])
LIFE = {BUFFER_KEY: BOB_KEY, PROGRAM_KEY: CAROL_KEY, PROGRAM_DATA_KEY: LIFE_DATA_KEY}


def at_life(mentions: Sequence[Mention]) -> list[Mention]:
    """The same accounts with the addresses of the program whose life is told."""
    return [replace(mention, key=LIFE.get(mention.key, mention.key)) for mention in mentions]


def create(key: bytes, length: int) -> Instruction:
    """An instruction that makes an account of the loader."""
    return system_instruction(data(0, 10**9, length, LOADER_V3), [PAYER, Mention(key, True)])


def fill_buffer(machine: LiteSVM, file: bytes) -> None:
    """Make a buffer and write a file into it, in several transactions."""
    accounts = at_life([BUFFER, ALICE])
    made = [create(BOB_KEY, 37 + len(file)), loader_instruction(INITIALIZE, accounts)]
    assert run(machine, *made).error is None
    for start in range(0, len(file), 900):
        piece = loader_instruction(WRITE, accounts, write(start, file[start : start + 900]))
        assert run(machine, piece).error is None
