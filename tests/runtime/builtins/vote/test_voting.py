"""The instructions that vote, whatever they propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.litesvm_transactions import signed, store
from tests.support.system_data import Mention, signers_of
from tests.support.vote_data import (
    COMPACT_UPDATE,
    COMPACT_UPDATE_SWITCH,
    NODE,
    TOWER_SYNC,
    TOWER_SYNC_SWITCH,
    UPDATE_VOTE_STATE,
    UPDATE_VOTE_STATE_SWITCH,
    V1_14_11,
    V3,
    V4,
    VOTE,
    VOTE_SWITCH,
    VOTER,
    WITHDRAWER,
    State,
    compact_tower,
    encoded,
    slot_votes,
    tower,
)
from tests.support.vote_machine import (
    ACCOUNT,
    CLOCK,
    EPOCH,
    SLOT_HASHES,
    check,
    machine_of,
    set_clock,
    vote_account,
    vote_instruction,
)

TOWER = [(990, 3), (995, 2), (999, 1)]
HASH = b"\7" * 32
LEGACY = {
    "Vote": encoded(VOTE, slot_votes([999])),
    "VoteSwitch": encoded(VOTE_SWITCH, slot_votes([999]), HASH),
    "UpdateVoteState": encoded(UPDATE_VOTE_STATE, tower(TOWER)),
    "UpdateVoteStateSwitch": encoded(UPDATE_VOTE_STATE_SWITCH, tower(TOWER), HASH),
    "CompactUpdateVoteState": encoded(COMPACT_UPDATE, compact_tower(TOWER)),
    "CompactUpdateVoteStateSwitch": encoded(COMPACT_UPDATE_SWITCH, compact_tower(TOWER), HASH),
}
INSTRUCTIONS = {
    **LEGACY,
    "TowerSync": encoded(TOWER_SYNC, compact_tower(TOWER), HASH),
    "TowerSyncSwitch": encoded(TOWER_SYNC_SWITCH, compact_tower(TOWER), HASH, HASH),
}
VOTER_SIGNS = Mention(VOTER, True, False)
IN_A_TOWER = State(votes=[(990, 2), (995, 1)])


def mentions(content: bytes, *signers: Mention) -> list[Mention]:
    """`Vote` and `VoteSwitch` name two sysvars."""
    sysvars = [SLOT_HASHES, CLOCK] if content[0] in (VOTE, VOTE_SWITCH) else []
    return [ACCOUNT, *sysvars, *(signers or [VOTER_SIGNS])]


@pytest.fixture(params=INSTRUCTIONS.values(), ids=list(INSTRUCTIONS))
def content(request: pytest.FixtureRequest) -> bytes:
    assert isinstance(request.param, bytes)
    return request.param


@pytest.mark.parametrize("version", [V1_14_11, V3, V4])
@pytest.mark.parametrize("time", [None, 5, -5])
def test_votes(version: int, time: int | None) -> None:
    state = State(version, votes=[(990, 2), (995, 1)], root=950, credits=[(3, 10, 4)], timestamp=(990, -9))
    for content in (
        encoded(VOTE, slot_votes([990, 996, 999], time=time)),
        encoded(UPDATE_VOTE_STATE, tower(TOWER, root=950, time=time)),
        encoded(TOWER_SYNC, compact_tower(TOWER, root=950, time=time), HASH),
    ):
        sent = check(content, mentions(content), vote_account(state))
        assert sent.error is None
        assert sent.compute_units == 2_100


def test_every_instruction_votes(content: bytes) -> None:
    assert check(content, mentions(content), vote_account(IN_A_TOWER)).error is None


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_legacy_instructions_have_an_end(name: str) -> None:
    content = INSTRUCTIONS[name]
    sent = check(content, mentions(content), vote_account(IN_A_TOWER), activate=["deprecate_legacy_vote_ixs"])
    refused = {"InstructionError": [0, "InvalidInstructionData"]}
    assert sent.error == (refused if name in LEGACY else None)


def test_short_data(content: bytes) -> None:
    sent = check(content[:-1], mentions(content), vote_account(IN_A_TOWER))
    assert sent.error == {"InstructionError": [0, "InvalidInstructionData"]}
    assert check(content + b"\xff", mentions(content), vote_account(IN_A_TOWER)).error is None


@pytest.mark.parametrize(
    ("signer", "error"),
    [
        (Mention(VOTER, False, False), "MissingRequiredSignature"),
        (Mention(WITHDRAWER, True, False), "MissingRequiredSignature"),
        (Mention(NODE, True, False), "MissingRequiredSignature"),
    ],
)
def test_the_voter_signs(content: bytes, signer: Mention, error: str) -> None:
    sent = check(content, mentions(content, signer), vote_account(IN_A_TOWER))
    assert sent.error == {"InstructionError": [0, error]}


@pytest.mark.parametrize("name", ["Vote", "UpdateVoteState", "TowerSync"])
@pytest.mark.parametrize(
    ("account", "error"),
    [
        (vote_account(bytes(3_762)), "InvalidAccountData"),
        (vote_account(b""), "InvalidAccountData"),
        (vote_account(b"\4" + bytes(3_761)), "InvalidAccountData"),
        (vote_account(State(V3, voters={})), "UninitializedAccount"),
        (vote_account(State(V1_14_11, voters={})), "UninitializedAccount"),
        (vote_account(State(V4, voters={})), "InvalidAccountData"),
        (vote_account(State(voters={EPOCH + 1: VOTER})), "InvalidAccountData"),
        (vote_account(State().encoded(), 10**7), "AccountNotRentExempt"),
        (vote_account(IN_A_TOWER, owner=SYSTEM_PROGRAM), "InvalidAccountOwner"),
    ],
)
def test_accounts_that_cannot_vote(name: str, account: Account, error: str) -> None:
    content = INSTRUCTIONS[name]
    assert check(content, mentions(content), account).error == {"InstructionError": [0, error]}


def test_an_account_that_just_affords_to_grow(content: bytes) -> None:
    minimum = (128 + 3_762) * 6_960
    assert check(content, mentions(content), vote_account(State(V1_14_11), minimum)).error is None
    sent = check(content, mentions(content), vote_account(State(V1_14_11), minimum - 1))
    assert sent.error == {"InstructionError": [0, "AccountNotRentExempt"]}


def test_read_only_accounts(content: bytes) -> None:
    accounts = [Mention(ACCOUNT.key, is_writable=False), *mentions(content)[1:]]
    sent = check(content, accounts, vote_account(IN_A_TOWER))
    assert sent.error == {"InstructionError": [0, "ReadonlyDataModified"]}
    sent = check(content, accounts, vote_account(State(V1_14_11)))
    assert sent.error == {"InstructionError": [0, "AccountNotRentExempt"]}


@pytest.mark.parametrize(
    ("accounts", "error"),
    [
        ([], "MissingAccount"),
        ([ACCOUNT], "MissingAccount"),
        ([ACCOUNT, SLOT_HASHES], "MissingAccount"),
        ([ACCOUNT, CLOCK, SLOT_HASHES], "InvalidArgument"),
        ([ACCOUNT, SLOT_HASHES, VOTER_SIGNS], "InvalidArgument"),
        ([ACCOUNT, SLOT_HASHES, CLOCK], "MissingRequiredSignature"),
    ],
)
@pytest.mark.parametrize("tag", [VOTE, VOTE_SWITCH])
def test_sysvar_accounts(tag: int, accounts: Sequence[Mention], error: str) -> None:
    content = encoded(tag, slot_votes([999]), HASH)
    sent = check(content, accounts, vote_account(IN_A_TOWER))
    assert sent.error == {"InstructionError": [0, error]}


@pytest.mark.parametrize("sysvar", [b"", bytes(7), b"\1" + bytes(7), b"\1" + bytes(46)])
def test_slot_hashes_that_cannot_be_read(content: bytes, sysvar: bytes) -> None:
    # LiteSVM refuses to store such a sysvar. Agave's cache has none then (sysvar_cache.rs).
    machine = machine_of()
    store(machine, vote_account(IN_A_TOWER))
    given = vote_instruction(content, mentions(content))
    scene = scene_from_litesvm(machine, signed(machine, [given], signers_of(given)))
    sysvars = replace(scene.environment.sysvars, slot_hashes=sysvar)
    changed = replace(scene, environment=replace(scene.environment, sysvars=sysvars))
    assert execute_transaction(scene).output.error is None
    error = execute_transaction(changed).output.error
    assert error == {"InstructionError": [0, "UnsupportedSysvar"]}


@pytest.mark.parametrize("epoch", [0, 1, 4, 5, 6, 7, 8, 2**64 - 1])
def test_voters_of_epochs(content: bytes, epoch: int) -> None:
    machine = machine_of()
    set_clock(machine, epoch=epoch, leader_schedule_epoch=epoch)
    state = State(votes=[(990, 2)], voters={1: NODE, 4: WITHDRAWER, 5: VOTER, 7: NODE})
    error = check(content, mentions(content), vote_account(state), machine=machine).error
    if epoch in (5, 6):
        assert error is None
    else:
        expected = "InvalidAccountData" if epoch == 0 else "MissingRequiredSignature"
        assert error == {"InstructionError": [0, expected]}
