from __future__ import annotations

from collections.abc import Sequence

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.builtins.vote.lamports import NEEDED_FEATURES
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.litesvm_transactions import Sent
from tests.support.system_data import Mention, system_account
from tests.support.vote_data import (
    DEPOSIT,
    NODE,
    V1_14_11,
    V3,
    V4,
    VOTER,
    WITHDRAW,
    WITHDRAWER,
    State,
    encoded,
    u64,
)
from tests.support.vote_machine import ACCOUNT, EPOCH, LAMPORTS, check, vote_account

MINIMUM = (128 + 3_762) * 6_960
MINIMUM_1_14_11 = (128 + 3_731) * 6_960
WITHDRAWER_SIGNS, VOTER_SIGNS = Mention(WITHDRAWER, True), Mention(VOTER, True)
RECEIVER = b"receiver".ljust(32, b"\1")
RECEIVES = Mention(RECEIVER)
READ_ONLY = Mention(ACCOUNT.key, is_writable=False)
ACTIVE = {"Custom": 18}
FEATURES = [name for name in NEEDED_FEATURES if name not in MAINNET]
SYSTEM = Mention(SYSTEM_PROGRAM, is_writable=False)


def withdraw(
    lamports: int,
    state: State | bytes,
    mentions: Sequence[Mention] = (ACCOUNT, RECEIVES, WITHDRAWER_SIGNS),
    *stored: Account,
) -> Sent:
    """Withdraw like LiteSVM."""
    return check(encoded(WITHDRAW, u64(lamports)), mentions, vote_account(state), *stored)


def result(error: object) -> object:
    return None if error is None else {"InstructionError": [0, error]}


@pytest.mark.parametrize("version", [V3, V4])
@pytest.mark.parametrize(
    ("lamports", "error"),
    [
        (0, None),
        (10**6, None),
        (LAMPORTS - MINIMUM, None),
        (LAMPORTS - MINIMUM + 1, "InsufficientFunds"),
        (LAMPORTS - 1, "InsufficientFunds"),
        (LAMPORTS, None),
        (LAMPORTS + 1, "InsufficientFunds"),
        (2**64 - 1, "InsufficientFunds"),
    ],
)
def test_withdraw(version: int, lamports: int, error: str | None) -> None:
    assert withdraw(lamports, State(version)).error == result(error)


def test_a_shorter_account_needs_less() -> None:
    assert withdraw(LAMPORTS - MINIMUM_1_14_11, State(V1_14_11)).error is None
    assert withdraw(LAMPORTS - MINIMUM_1_14_11 + 1, State(V1_14_11)).error == result("InsufficientFunds")


@pytest.mark.parametrize(
    ("credits", "error"),
    [
        ([], None),
        ([(EPOCH - 2, 5, 1)], None),
        ([(EPOCH - 1, 5, 5)], ACTIVE),
        ([(EPOCH, 5, 1)], ACTIVE),
        ([(EPOCH + 9, 5, 1)], ACTIVE),
        ([(EPOCH, 5, 1), (0, 5, 1)], None),
    ],
)
def test_close(credits: Sequence[tuple[int, int, int]], error: object) -> None:
    assert withdraw(LAMPORTS, State(credits=credits)).error == result(error)
    assert withdraw(10**7, State(credits=credits)).error is None


@pytest.mark.parametrize(
    ("pending", "lamports", "error"),
    [
        (1, LAMPORTS, "InsufficientFunds"),
        (10**8, LAMPORTS - MINIMUM - 10**8, None),
        (10**8, LAMPORTS - MINIMUM - 10**8 + 1, "InsufficientFunds"),
        (2**64 - 1, 10**7, "ArithmeticOverflow"),
        (2**64 - 1 - MINIMUM, 10**7, "InsufficientFunds"),
    ],
)
def test_rewards_stay(pending: int, lamports: int, error: str | None) -> None:
    assert withdraw(lamports, State(pending=pending)).error == result(error)


@pytest.mark.parametrize(
    ("state", "mentions", "error"),
    [
        (State(), [ACCOUNT], "MissingAccount"),
        (State(), [ACCOUNT, RECEIVES], "MissingRequiredSignature"),
        (State(), [ACCOUNT, RECEIVES, VOTER_SIGNS], "MissingRequiredSignature"),
        (bytes(3_762), [ACCOUNT, RECEIVES, WITHDRAWER_SIGNS], "InvalidAccountData"),
        (State(V3, voters={}), [ACCOUNT, RECEIVES, WITHDRAWER_SIGNS], "UninitializedAccount"),
        (State(), [READ_ONLY, RECEIVES, WITHDRAWER_SIGNS], "ReadonlyLamportChange"),
        (State(), [ACCOUNT, Mention(RECEIVER, is_writable=False), WITHDRAWER_SIGNS], "ReadonlyLamportChange"),
        (State(), [ACCOUNT, ACCOUNT, WITHDRAWER_SIGNS], None),
        (State(), [ACCOUNT, WITHDRAWER_SIGNS], None),
    ],
)
def test_accounts(state: State | bytes, mentions: Sequence[Mention], error: str | None) -> None:
    assert withdraw(10**7, state, mentions).error == result(error)


def test_close_a_read_only_account() -> None:
    assert withdraw(LAMPORTS, State(), [READ_ONLY, RECEIVES, WITHDRAWER_SIGNS]).error == result(
        "ReadonlyDataModified"
    )


def test_close_into_itself() -> None:
    assert withdraw(LAMPORTS, State(), [ACCOUNT, ACCOUNT, WITHDRAWER_SIGNS]).error is None


def test_a_receiver_that_is_full() -> None:
    rich = Account(RECEIVER, SYSTEM_PROGRAM, 2**64 - 1, b"")
    sent = withdraw(10**7, State(), [ACCOUNT, RECEIVES, WITHDRAWER_SIGNS], rich)
    assert sent.error == result("ArithmeticOverflow")


def test_short_data() -> None:
    sent = check(encoded(WITHDRAW, bytes(7)), [ACCOUNT], vote_account(State()))
    assert sent.error == result("InvalidInstructionData")


SENDER = Mention(NODE, True)
RICH = system_account(NODE, 10**9)


@pytest.mark.parametrize(
    ("deposit", "state", "mentions", "error"),
    [
        (10**6, State(), [ACCOUNT, SENDER, SYSTEM], None),
        (0, State(), [ACCOUNT, SENDER, SYSTEM], None),
        (10**6, State(V4, pending=2**64 - 1 - 10**6), [ACCOUNT, SENDER, SYSTEM], None),
        (10**6, State(V4, pending=2**64 - 10**6), [ACCOUNT, SENDER, SYSTEM], "ArithmeticOverflow"),
        (10**6, State(voters={}), [ACCOUNT, SENDER, SYSTEM], None),
        (10**6, State(V3), [ACCOUNT, SENDER, SYSTEM], "InvalidAccountData"),
        (10**6, State(V1_14_11), [ACCOUNT, SENDER, SYSTEM], "InvalidAccountData"),
        (10**6, bytes(3_762), [ACCOUNT, SENDER, SYSTEM], "InvalidAccountData"),
        (10**6, bytes(3_762), [ACCOUNT, Mention(NODE), SYSTEM], "MissingRequiredSignature"),
        (10**6, State(), [ACCOUNT], "MissingAccount"),
        (10**6, State(), [ACCOUNT, SENDER], "MissingAccount"),
        (10**9 + 1, State(), [ACCOUNT, SENDER, SYSTEM], {"Custom": 1}),
        (10**6, State(), [ACCOUNT, Mention(NODE, True, False), SYSTEM], "PrivilegeEscalation"),
        (10**6, State(), [READ_ONLY, SENDER, SYSTEM], "PrivilegeEscalation"),
        (10**6, State().encoded(), [ACCOUNT, SENDER, SYSTEM], None),
    ],
)
def test_deposit(deposit: int, state: State | bytes, mentions: Sequence[Mention], error: object) -> None:
    content = encoded(DEPOSIT, u64(deposit))
    assert check(content, mentions, vote_account(state), RICH, activate=FEATURES).error == result(error)


def test_deposit_of_an_account_with_data() -> None:
    sender = system_account(NODE, 10**9, b"data")
    content = encoded(DEPOSIT, u64(10**6))
    sent = check(content, [ACCOUNT, SENDER, SYSTEM], vote_account(State()), sender, activate=FEATURES)
    assert sent.error == result("InvalidArgument")


@pytest.mark.parametrize("missing", NEEDED_FEATURES)
def test_deposit_needs_every_feature(missing: str) -> None:
    activate = [name for name in FEATURES if name != missing]
    deactivate = [missing] if missing in MAINNET else []
    content = encoded(DEPOSIT, u64(10**6))
    sent = check(content, [ACCOUNT], vote_account(State()), activate=activate, deactivate=deactivate)
    assert sent.error == result("InvalidInstructionData")
