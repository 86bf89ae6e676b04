from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import SYSTEM_PROGRAM, VOTE_PROGRAM
from tests.support.system_data import Mention, system_account
from tests.support.vote_data import (
    COLLECTOR,
    NODE,
    UPDATE_COLLECTOR,
    UPDATE_COMMISSION,
    UPDATE_COMMISSION_BPS,
    UPDATE_IDENTITY,
    V1_14_11,
    V3,
    V4,
    VOTER,
    WITHDRAWER,
    State,
    encoded,
)
from tests.support.vote_machine import ACCOUNT, check, machine_of, set_clock, set_sysvar, vote_account

COLLECTORS, SHARING = "custom_commission_collector", "block_revenue_sharing"
DELAYED, BASIS_POINTS = "delay_commission_updates", "commission_rate_in_basis_points"
WITHDRAWER_SIGNS, VOTER_SIGNS, NODE_SIGNS = (Mention(key, True) for key in (WITHDRAWER, VOTER, NODE))
READ_ONLY = Mention(ACCOUNT.key, is_writable=False)
COMMISSION_UPDATE_TOO_LATE = {"InstructionError": [0, {"Custom": 19}]}
WITHOUT_STATE = [
    (vote_account(bytes(3_762)), "InvalidAccountData"),
    (vote_account(State(V3, voters={})), "UninitializedAccount"),
]


def failed(name: str) -> dict[str, list[object]]:
    return {"InstructionError": [0, name]}


@pytest.mark.parametrize("activate", [[], [COLLECTORS]])
@pytest.mark.parametrize("version", [V1_14_11, V3, V4])
def test_identity(activate: Sequence[str], version: int) -> None:
    mentions = [ACCOUNT, VOTER_SIGNS, WITHDRAWER_SIGNS]
    sent = check(encoded(UPDATE_IDENTITY), mentions, vote_account(State(version)), activate=activate)
    assert sent.error is None


@pytest.mark.parametrize(
    ("account", "mentions", "error"),
    [
        (vote_account(State()), [ACCOUNT], "MissingAccount"),
        (vote_account(State()), [ACCOUNT, VOTER_SIGNS], "MissingRequiredSignature"),
        (vote_account(State()), [ACCOUNT, Mention(VOTER), WITHDRAWER_SIGNS], "MissingRequiredSignature"),
        (vote_account(State()), [READ_ONLY, VOTER_SIGNS, WITHDRAWER_SIGNS], "ReadonlyDataModified"),
        *((account, [ACCOUNT, VOTER_SIGNS, WITHDRAWER_SIGNS], error) for account, error in WITHOUT_STATE),
    ],
)
def test_identity_refused(account: Account, mentions: Sequence[Mention], error: str) -> None:
    assert check(encoded(UPDATE_IDENTITY), mentions, account).error == failed(error)


def in_slot(slot: int, schedule: bytes, deactivate: Sequence[str] = (DELAYED,)) -> LiteSVM:
    machine = machine_of(deactivate=deactivate)
    set_sysvar(machine, "epoch_schedule", schedule)
    set_clock(machine, slot)
    return machine


NORMAL = struct.pack("<QQ?QQ", 100, 100, True, 3, 250)
ODD = struct.pack("<QQ?QQ", 101, 101, False, 0, 0)
EMPTY = struct.pack("<QQ?QQ", 0, 100, True, 3, 250)
LONGEST = struct.pack("<QQ?QQ", 2**64 - 1, 100, True, 0, 0)


@pytest.mark.parametrize(
    ("slot", "schedule", "is_late"),
    [
        (0, NORMAL, False),
        (249, NORMAL, False),
        (300, NORMAL, False),
        (301, NORMAL, True),
        (349, NORMAL, True),
        (350, NORMAL, False),
        (50, ODD, False),
        (51, ODD, True),
        (301, EMPTY, False),
        (2**63, LONGEST, False),
        (2**64 - 2, LONGEST, False),
    ],
)
@pytest.mark.parametrize("commission", [0, 5, 6, 255])
def test_commission(slot: int, schedule: bytes, is_late: bool, commission: int) -> None:
    content, mentions = encoded(UPDATE_COMMISSION, bytes([commission])), [ACCOUNT, WITHDRAWER_SIGNS]
    for version in (V1_14_11, V4):
        machine, account = in_slot(slot, schedule), vote_account(State(version))
        error = check(content, mentions, account, deactivate=[DELAYED], machine=machine).error
        assert error == (COMMISSION_UPDATE_TOO_LATE if is_late and commission > 5 else None)
    machine = in_slot(slot, schedule, ())
    assert check(content, mentions, vote_account(State()), machine=machine).error is None


@pytest.mark.parametrize("commission", [5, 6])
@pytest.mark.parametrize(
    ("account", "mentions", "error"),
    [
        (vote_account(State()), [ACCOUNT], "MissingRequiredSignature"),
        (vote_account(State()), [ACCOUNT, VOTER_SIGNS], "MissingRequiredSignature"),
        (vote_account(State()), [READ_ONLY, WITHDRAWER_SIGNS], "ReadonlyDataModified"),
        *((account, [ACCOUNT, WITHDRAWER_SIGNS], error) for account, error in WITHOUT_STATE),
    ],
)
def test_commission_refused(
    commission: int, account: Account, mentions: Sequence[Mention], error: str
) -> None:
    content = encoded(UPDATE_COMMISSION, bytes([commission]))
    assert check(content, mentions, account).error == failed(error)
    machine = in_slot(300, NORMAL)
    assert check(content, mentions, account, deactivate=[DELAYED], machine=machine).error == failed(error)
    late = check(content, mentions, account, deactivate=[DELAYED], machine=in_slot(301, NORMAL)).error
    has_state = error in ("MissingRequiredSignature", "ReadonlyDataModified")
    assert late == (failed(error) if has_state and commission == 5 else COMMISSION_UPDATE_TOO_LATE)


def test_a_commission_beyond_the_largest_percentage() -> None:
    # 65,535 basis points count as 255 percent.
    state = State().data()
    state = state.replace(struct.pack("<HH", 500, 10_000), struct.pack("<HH", 65_535, 10_000))
    content = encoded(UPDATE_COMMISSION, b"\xff")
    machine = in_slot(301, NORMAL)
    mentions = [ACCOUNT, WITHDRAWER_SIGNS]
    assert check(content, mentions, vote_account(state), deactivate=[DELAYED], machine=machine).error is None


def basis_points(commission: int, kind: int) -> bytes:
    return encoded(UPDATE_COMMISSION_BPS, struct.pack("<HI", commission, kind))


@pytest.mark.parametrize("commission", [0, 10_000, 65_535])
def test_basis_points(commission: int) -> None:
    mentions = [ACCOUNT, WITHDRAWER_SIGNS]
    for version in (V1_14_11, V3, V4):
        account = vote_account(State(version))
        assert check(basis_points(commission, 0), mentions, account).error is None
        assert check(basis_points(commission, 1), mentions, account, activate=[SHARING]).error is None


@pytest.mark.parametrize(
    ("content", "deactivate", "error"),
    [
        (basis_points(5, 1), [], "InvalidInstructionData"),
        (basis_points(5, 0), [DELAYED], "InvalidInstructionData"),
        (basis_points(5, 0), [BASIS_POINTS], "InvalidInstructionData"),
        (basis_points(5, 2), [], "InvalidInstructionData"),
        (basis_points(5, 0)[:-1], [], "InvalidInstructionData"),
        (basis_points(5, 0), [], "MissingRequiredSignature"),
    ],
)
def test_basis_points_refused(content: bytes, deactivate: Sequence[str], error: str) -> None:
    account = vote_account(State())
    assert check(content, [ACCOUNT, VOTER_SIGNS], account, deactivate=deactivate).error == failed(error)


def test_basis_points_of_an_account_without_a_state() -> None:
    for account, error in WITHOUT_STATE:
        assert check(basis_points(5, 0), [ACCOUNT], account).error == failed(error)
        assert check(basis_points(5, 1), [ACCOUNT], account).error == failed("InvalidInstructionData")


COLLECTED = Mention(COLLECTOR)
RICH = system_account(COLLECTOR, 10**8)
WITH_DATA = system_account(COLLECTOR, 890_880, b"!")


def collector(kind: int) -> bytes:
    return encoded(UPDATE_COLLECTOR, struct.pack("<I", kind))


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize(
    ("stored", "mentions", "error"),
    [
        ([RICH], [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], None),
        ([], [ACCOUNT, ACCOUNT, WITHDRAWER_SIGNS], None),
        ([RICH], [ACCOUNT, COLLECTED], "MissingAccount"),
        ([RICH], [ACCOUNT, COLLECTED, VOTER_SIGNS], "MissingRequiredSignature"),
        ([], [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], "InsufficientFunds"),
        ([RICH], [ACCOUNT, Mention(COLLECTOR, is_writable=False), WITHDRAWER_SIGNS], "InvalidArgument"),
        ([system_account(COLLECTOR, 890_880)], [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], None),
        ([system_account(COLLECTOR, 890_879)], [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], "InsufficientFunds"),
        ([WITH_DATA], [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], "InsufficientFunds"),
        (
            [Account(COLLECTOR, VOTE_PROGRAM, 1, b"")],
            [ACCOUNT, Mention(COLLECTOR, is_writable=False), WITHDRAWER_SIGNS],
            "InvalidAccountOwner",
        ),
        ([], [ACCOUNT, Mention(SYSTEM_PROGRAM), WITHDRAWER_SIGNS], "InvalidAccountOwner"),
        ([RICH], [READ_ONLY, COLLECTED, WITHDRAWER_SIGNS], "ReadonlyDataModified"),
    ],
)
def test_collector(kind: int, stored: Sequence[Account], mentions: Sequence[Mention], error: str) -> None:
    accounts = [vote_account(State()), *stored]
    sent = check(collector(kind), mentions, *accounts, activate=[COLLECTORS])
    assert sent.error == (None if error is None else failed(error))


def test_collector_refused() -> None:
    mentions, account = [ACCOUNT, COLLECTED, WITHDRAWER_SIGNS], vote_account(State())
    assert check(collector(0), mentions, account, RICH).error == failed("InvalidInstructionData")
    sent = check(collector(2), mentions, account, RICH, activate=[COLLECTORS])
    assert sent.error == failed("InvalidInstructionData")
    for without_state, error in WITHOUT_STATE:
        sent = check(collector(0), mentions, without_state, activate=[COLLECTORS])
        assert sent.error == failed(error)
