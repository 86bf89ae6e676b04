from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.builtins.vote.initialize import NEEDED_FEATURES
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import SYSTEM_PROGRAM, VOTE_PROGRAM
from tests.support.litesvm_transactions import Sent, instruction
from tests.support.system_data import Mention, data, system_account
from tests.support.vote_data import (
    BLS_KEY,
    BLS_PROOF,
    COLLECTOR,
    INITIALIZE,
    INITIALIZE_V2,
    NODE,
    V1_14_11,
    V3,
    V4,
    VOTE_KEY,
    VOTER,
    WITHDRAWER,
    State,
    encoded,
)
from tests.support.vote_machine import ACCOUNT, CLOCK, RENT, check, vote_account

MINIMUM = (128 + 3_762) * 6_960
EMPTY = vote_account(bytes(3_762))
OLD_BUT_LONG = State(V1_14_11).data().ljust(3_762, b"\0")
NODE_SIGNS = Mention(NODE, True, False)
CONTENT = encoded(INITIALIZE, NODE, VOTER, WITHDRAWER, b"\7")
MISSING_FEATURES = [name for name in NEEDED_FEATURES if name not in MAINNET]
UNITS_OF_PROOF = 34_500


def failed(name: str) -> dict[str, list[object]]:
    return {"InstructionError": [0, name]}


@pytest.mark.parametrize("commission", [0, 7, 100, 101, 255])
@pytest.mark.parametrize("stored", [EMPTY, vote_account(State(V3, voters={}))])
def test_initialize(commission: int, stored: Account) -> None:
    content = encoded(INITIALIZE, NODE, VOTER, WITHDRAWER, bytes([commission]))
    sent = check(content, [ACCOUNT, RENT, CLOCK, NODE_SIGNS], stored)
    assert sent.error is None
    assert sent.compute_units == 2_100


@pytest.mark.parametrize(
    ("stored", "mentions", "error"),
    [
        (EMPTY, [], "MissingAccount"),
        (EMPTY, [ACCOUNT], "MissingAccount"),
        (EMPTY, [ACCOUNT, RENT], "MissingAccount"),
        (EMPTY, [ACCOUNT, CLOCK, RENT, NODE_SIGNS], "InvalidArgument"),
        (vote_account(bytes(3_762), MINIMUM - 1), [ACCOUNT, RENT, RENT], "InsufficientFunds"),
        (vote_account(bytes(3_761)), [ACCOUNT, RENT, RENT], "InvalidArgument"),
        (vote_account(bytes(3_761)), [ACCOUNT, RENT, CLOCK], "InvalidAccountData"),
        (vote_account(bytes(3_763)), [ACCOUNT, RENT, CLOCK], "InvalidAccountData"),
        (vote_account(State(V1_14_11, voters={})), [ACCOUNT, RENT, CLOCK], "InvalidAccountData"),
        (vote_account(b"\4" + bytes(3_761)), [ACCOUNT, RENT, CLOCK], "InvalidAccountData"),
        (vote_account(b"\3\0\0\0" + b"\xff" * 3_758), [ACCOUNT, RENT, CLOCK], "InvalidAccountData"),
        (vote_account(OLD_BUT_LONG), [ACCOUNT, RENT, CLOCK], "AccountAlreadyInitialized"),
        (vote_account(State(V3)), [ACCOUNT, RENT, CLOCK], "AccountAlreadyInitialized"),
        (vote_account(State(V4)), [ACCOUNT, RENT, CLOCK], "AccountAlreadyInitialized"),
        (vote_account(State(V4, voters={})), [ACCOUNT, RENT, CLOCK], "AccountAlreadyInitialized"),
        (EMPTY, [ACCOUNT, RENT, CLOCK], "MissingRequiredSignature"),
        (EMPTY, [ACCOUNT, RENT, CLOCK, Mention(VOTER, True)], "MissingRequiredSignature"),
        (
            EMPTY,
            [Mention(VOTE_KEY, is_writable=False), RENT, CLOCK, NODE_SIGNS],
            "ReadonlyDataModified",
        ),
        (vote_account(bytes(3_762), owner=SYSTEM_PROGRAM), [ACCOUNT], "InvalidAccountOwner"),
    ],
)
def test_refused(stored: Account, mentions: Sequence[Mention], error: str) -> None:
    assert check(CONTENT, mentions, stored).error == failed(error)


@pytest.mark.parametrize("content", [CONTENT[:-1], b"", b"\0\0\0", encoded(20, bytes(300))])
def test_short_data(content: bytes) -> None:
    assert check(content, [ACCOUNT], EMPTY).error == failed("InvalidInstructionData")


def test_an_account_that_is_created_first() -> None:
    create = instruction(
        SYSTEM_PROGRAM,
        data(0, MINIMUM, 3_762, VOTE_PROGRAM),
        [(WITHDRAWER, True, True), (NODE, True, True)],
    )
    account, identity = Mention(NODE, True), Mention(WITHDRAWER, True)
    content = encoded(INITIALIZE, WITHDRAWER, VOTER, WITHDRAWER, b"\7")
    sent = check(content, [account, RENT, CLOCK, identity], before=[create])
    assert sent.error is None


def initialize_v2(
    mentions: Sequence[Mention],
    *stored: Account,
    activate: Sequence[str] = MISSING_FEATURES,
    deactivate: Sequence[str] = (),
    limit: int = 2_100 + UNITS_OF_PROOF,
    proof: bytes = BLS_PROOF,
) -> Sent:
    """Initialize with a limit of compute units, by default the one that it needs."""
    content = encoded(INITIALIZE_V2, NODE, VOTER, BLS_KEY, proof, WITHDRAWER, struct.pack("<HH", 500, 10_001))
    budget = instruction(
        bytes.fromhex("0306466fe5211732ffecadba72c39be7bc8ce5bbc5f7126b2c439b3a40000000"),
        b"\2" + struct.pack("<I", limit + 150),
    )
    return check(content, mentions, *stored, activate=activate, deactivate=deactivate, before=[budget])


SYSTEM_COLLECTOR = system_account(COLLECTOR, MINIMUM)
COLLECTED = Mention(COLLECTOR)


@pytest.mark.parametrize(
    ("mentions", "stored", "error"),
    [
        ([ACCOUNT, NODE_SIGNS, ACCOUNT], [EMPTY], "MissingAccount"),
        ([ACCOUNT, NODE_SIGNS, COLLECTED, COLLECTED], [EMPTY], "AccountBorrowFailed"),
        ([ACCOUNT, NODE_SIGNS, ACCOUNT, ACCOUNT], [vote_account(bytes(3_761))], "InvalidAccountData"),
        ([ACCOUNT, NODE_SIGNS, ACCOUNT, ACCOUNT], [vote_account(State())], "AccountAlreadyInitialized"),
        ([ACCOUNT, COLLECTED, ACCOUNT, ACCOUNT], [EMPTY], "MissingRequiredSignature"),
        (
            [ACCOUNT, NODE_SIGNS, COLLECTED, ACCOUNT],
            [EMPTY, Account(COLLECTOR, VOTE_PROGRAM, MINIMUM, b"")],
            "InvalidAccountOwner",
        ),
        (
            [ACCOUNT, NODE_SIGNS, ACCOUNT, COLLECTED],
            [EMPTY, system_account(COLLECTOR, 890_879)],
            "InsufficientFunds",
        ),
        (
            [ACCOUNT, NODE_SIGNS, COLLECTED, ACCOUNT],
            [EMPTY, system_account(COLLECTOR, MINIMUM, bytes(4_000))],
            "InsufficientFunds",
        ),
        (
            [ACCOUNT, NODE_SIGNS, ACCOUNT, Mention(COLLECTOR, is_writable=False)],
            [EMPTY, SYSTEM_COLLECTOR],
            "InvalidArgument",
        ),
    ],
)
def test_initialize_v2_refused(mentions: Sequence[Mention], stored: Sequence[Account], error: str) -> None:
    assert initialize_v2(mentions, *stored).error == {"InstructionError": [1, error]}


@pytest.mark.parametrize("missing", NEEDED_FEATURES)
def test_initialize_v2_needs_every_feature(missing: str) -> None:
    activate = [name for name in MISSING_FEATURES if name != missing]
    deactivate = [missing] if missing in MAINNET else []
    sent = initialize_v2([ACCOUNT], EMPTY, activate=activate, deactivate=deactivate)
    assert sent.error == {"InstructionError": [1, "InvalidInstructionData"]}


@pytest.mark.parametrize(
    ("mentions", "stored"),
    [
        ([ACCOUNT, NODE_SIGNS, COLLECTED, ACCOUNT], [EMPTY, SYSTEM_COLLECTOR]),
        ([ACCOUNT, NODE_SIGNS, ACCOUNT, COLLECTED], [EMPTY, SYSTEM_COLLECTOR]),
        ([ACCOUNT, NODE_SIGNS, ACCOUNT, ACCOUNT], [EMPTY]),
    ],
)
def test_initialize_v2(mentions: Sequence[Mention], stored: Sequence[Account]) -> None:
    sent = initialize_v2(mentions, *stored)
    assert sent.error is None
    assert sent.compute_units == 2_100 + UNITS_OF_PROOF + 150
    sent = initialize_v2(mentions, *stored, limit=2_100 + UNITS_OF_PROOF - 1)
    assert sent.error == {"InstructionError": [1, "ComputationalBudgetExceeded"]}
    sent = initialize_v2(mentions, *stored, proof=bytes(96))
    assert sent.error == {"InstructionError": [1, "InvalidArgument"]}
