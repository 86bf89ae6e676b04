from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.nonce_state import NonceData, NonceState, durable_nonce
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES, SYSVAR_OWNER
from tests.support.litesvm_transactions import Sent, litesvm, store, stored
from tests.support.system_data import (
    ALICE_KEY,
    BOB_KEY,
    CAROL_KEY,
    OWNER,
    Mention,
    data,
    signers_of,
    system_account,
    system_instruction,
)
from tests.support.transaction_oracle import assert_like_litesvm

ADVANCE, WITHDRAW, INITIALIZE, AUTHORIZE, UPGRADE = 4, 5, 6, 7, 12
NONCE_KEY = b"\7" * 32
NAME, AUTHORITY_NAME = address_text(NONCE_KEY), address_text(ALICE_KEY)
LAMPORTS, MINIMUM = 10**7, 1_447_680
VALUE = durable_nonce(b"a blockhash of a long time ago..")

DATA = NonceData(ALICE_KEY, VALUE, 7)
CURRENT, LEGACY = NonceState(DATA), NonceState(DATA, is_legacy=True)
UNINITIALIZED = NonceState(None)

NONCE = Mention(NONCE_KEY)
READ_ONLY = Mention(NONCE_KEY, False, False)
ALICE, ALICE_SIGNS = Mention(ALICE_KEY), Mention(ALICE_KEY, True)
BOB, BOB_SIGNS, BOB_READ_ONLY = Mention(BOB_KEY), Mention(BOB_KEY, True), Mention(BOB_KEY, False, False)
BLOCKHASHES, RENT = Mention(RECENT_BLOCKHASHES), Mention(ADDRESSES["rent"])

ADVANCED = [NONCE, BLOCKHASHES, ALICE_SIGNS]
WITHDRAWN = [NONCE, BOB, BLOCKHASHES, RENT, ALICE_SIGNS]
INITIALIZED = [NONCE, BLOCKHASHES, RENT]


def nonce(
    state: NonceState, lamports: int = LAMPORTS, more: bytes = b"", owner: bytes = SYSTEM_PROGRAM
) -> Account:
    content = state.to_bytes().ljust(80, b"\0")
    return Account(NONCE_KEY, owner, lamports, content + more)


def content(length: int, owner: bytes = SYSTEM_PROGRAM, lamports: int = LAMPORTS) -> Account:
    return Account(NONCE_KEY, owner, lamports, bytes(length))


def of_the_last_blockhash(machine: LiteSVM) -> Account:
    value = durable_nonce(bytes(machine.latest_blockhash()))
    return nonce(NonceState(replace(DATA, nonce=value)))


def check(
    account: Account | Callable[[LiteSVM], Account],
    content: bytes,
    mentions: Sequence[Mention],
    machine: LiteSVM | None = None,
) -> Sent:
    """Run an instruction like LiteSVM."""
    machine = machine or litesvm()
    for existing in (
        account if isinstance(account, Account) else account(machine),
        system_account(ALICE_KEY),
    ):
        store(machine, existing)
    given = system_instruction(content, mentions)
    signers = signers_of(given)
    return assert_like_litesvm(machine, [given], signers)


@dataclass(frozen=True)
class Refused:
    """A failing instruction: `error` as in JSON, and the line that the program logs."""

    name: str
    error: object
    line: str | None
    account: Account | Callable[[LiteSVM], Account]
    content: bytes
    mentions: Sequence[Mention]


NOT_EXPIRED = {"Custom": 7}

REFUSED = [
    Refused("advance: no account", "MissingAccount", None, nonce(CURRENT), data(ADVANCE), []),
    Refused("advance: one account", "MissingAccount", None, nonce(CURRENT), data(ADVANCE), [NONCE]),
    Refused("advance: sysvar", "InvalidArgument", None, nonce(CURRENT), data(ADVANCE), [READ_ONLY, RENT]),
    Refused(
        "advance: read-only",
        "InvalidArgument",
        f"Advance nonce account: Account {NAME} must be writeable",
        content(0),
        data(ADVANCE),
        [READ_ONLY, BLOCKHASHES],
    ),
    Refused("advance: no state", "InvalidAccountData", None, content(7), data(ADVANCE), [NONCE, BLOCKHASHES]),
    Refused(
        "advance: unknown version",
        "InvalidAccountData",
        None,
        Account(NONCE_KEY, SYSTEM_PROGRAM, LAMPORTS, b"\2".ljust(80, b"\0")),
        data(ADVANCE),
        ADVANCED,
    ),
    Refused(
        "advance: uninitialized",
        "InvalidAccountData",
        f"Advance nonce account: Account {NAME} state is invalid",
        content(8),
        data(ADVANCE),
        [NONCE, BLOCKHASHES],
    ),
    Refused(
        "advance: unsigned",
        "MissingRequiredSignature",
        f"Advance nonce account: Account {AUTHORITY_NAME} must be a signer",
        of_the_last_blockhash,
        data(ADVANCE),
        [NONCE, BLOCKHASHES, ALICE],
    ),
    Refused(
        "advance: too early",
        NOT_EXPIRED,
        "Advance nonce account: nonce can only advance once per slot",
        of_the_last_blockhash,
        data(ADVANCE),
        ADVANCED,
    ),
    Refused(
        "advance: owned",
        "ExternalAccountDataModified",
        None,
        nonce(CURRENT, owner=OWNER),
        data(ADVANCE),
        ADVANCED,
    ),
    Refused(
        "withdraw: no amount", "InvalidInstructionData", None, nonce(CURRENT), data(WITHDRAW, bytes(7)), []
    ),
    Refused("withdraw: one account", "MissingAccount", None, nonce(CURRENT), data(WITHDRAW, 1), [NONCE]),
    Refused(
        "withdraw: two accounts", "MissingAccount", None, nonce(CURRENT), data(WITHDRAW, 1), [NONCE, BOB]
    ),
    Refused(
        "withdraw: blockhashes",
        "InvalidArgument",
        None,
        nonce(CURRENT),
        data(WITHDRAW, 1),
        [NONCE, BOB, RENT],
    ),
    Refused(
        "withdraw: three accounts",
        "MissingAccount",
        None,
        nonce(CURRENT),
        data(WITHDRAW, 1),
        [NONCE, BOB, BLOCKHASHES],
    ),
    Refused(
        "withdraw: rent",
        "InvalidArgument",
        None,
        nonce(CURRENT),
        data(WITHDRAW, 1),
        [READ_ONLY, BOB, BLOCKHASHES, BLOCKHASHES],
    ),
    Refused(
        "withdraw: read-only",
        "InvalidArgument",
        f"Withdraw nonce account: Account {NAME} must be writeable",
        content(0),
        data(WITHDRAW, 1),
        [READ_ONLY, BOB, BLOCKHASHES, RENT],
    ),
    Refused("withdraw: no state", "InvalidAccountData", None, content(0), data(WITHDRAW, 1), WITHDRAWN),
    Refused(
        "withdraw: uninitialized, too much",
        "InsufficientFunds",
        f"Withdraw nonce account: insufficient lamports {LAMPORTS}, need {LAMPORTS + 1}",
        nonce(UNINITIALIZED),
        data(WITHDRAW, LAMPORTS + 1),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: uninitialized, unsigned",
        "MissingRequiredSignature",
        f"Withdraw nonce account: Account {NAME} must sign",
        nonce(UNINITIALIZED),
        data(WITHDRAW, LAMPORTS),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: all, too early",
        NOT_EXPIRED,
        "Withdraw nonce account: nonce can only advance once per slot",
        of_the_last_blockhash,
        data(WITHDRAW, LAMPORTS),
        [NONCE, BOB, BLOCKHASHES, RENT],
    ),
    Refused(
        "withdraw: all, unsigned",
        "MissingRequiredSignature",
        f"Withdraw nonce account: Account {AUTHORITY_NAME} must sign",
        nonce(LEGACY),
        data(WITHDRAW, LAMPORTS),
        [NONCE, BOB, BLOCKHASHES, RENT, ALICE],
    ),
    Refused(
        "withdraw: all, owned",
        "ExternalAccountDataModified",
        None,
        nonce(CURRENT, owner=OWNER),
        data(WITHDRAW, LAMPORTS),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: part, owned",
        "ExternalAccountLamportSpend",
        None,
        nonce(CURRENT, owner=OWNER),
        data(WITHDRAW, 1),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: part, too much",
        "InsufficientFunds",
        f"Withdraw nonce account: insufficient lamports {LAMPORTS}, need {LAMPORTS + 1}",
        of_the_last_blockhash,
        data(WITHDRAW, LAMPORTS + 1 - MINIMUM),
        [NONCE, BOB, BLOCKHASHES, RENT],
    ),
    Refused(
        "withdraw: part, minimum of the real length",
        "InsufficientFunds",
        f"Withdraw nonce account: insufficient lamports {LAMPORTS}, need {LAMPORTS + 6_960}",
        nonce(CURRENT, more=b"\0"),
        data(WITHDRAW, LAMPORTS - MINIMUM),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: part, more than 64 bits",
        "InsufficientFunds",
        None,
        nonce(CURRENT),
        data(WITHDRAW, 2**64 - MINIMUM),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: part, exactly 64 bits",
        "InsufficientFunds",
        f"Withdraw nonce account: insufficient lamports {LAMPORTS}, need {2**64 - 1}",
        nonce(CURRENT),
        data(WITHDRAW, 2**64 - 1 - MINIMUM),
        WITHDRAWN,
    ),
    Refused(
        "withdraw: part, unsigned",
        "MissingRequiredSignature",
        f"Withdraw nonce account: Account {AUTHORITY_NAME} must sign",
        of_the_last_blockhash,
        data(WITHDRAW, LAMPORTS - MINIMUM),
        [NONCE, BOB, BLOCKHASHES, RENT, ALICE],
    ),
    Refused(
        "withdraw: to read-only",
        "ReadonlyLamportChange",
        None,
        nonce(CURRENT),
        data(WITHDRAW, 0),
        [NONCE, BOB_READ_ONLY, BLOCKHASHES, RENT, ALICE_SIGNS],
    ),
    Refused(
        "initialize: short", "InvalidInstructionData", None, content(80), data(INITIALIZE, OWNER[1:]), []
    ),
    Refused("initialize: no account", "MissingAccount", None, content(80), data(INITIALIZE, OWNER), []),
    Refused("initialize: one account", "MissingAccount", None, content(80), data(INITIALIZE, OWNER), [NONCE]),
    Refused(
        "initialize: sysvar",
        "InvalidArgument",
        None,
        content(80),
        data(INITIALIZE, OWNER),
        [NONCE, RENT, RENT],
    ),
    Refused(
        "initialize: two accounts",
        "MissingAccount",
        None,
        content(80),
        data(INITIALIZE, OWNER),
        [NONCE, BLOCKHASHES],
    ),
    Refused(
        "initialize: rent",
        "InvalidArgument",
        None,
        content(80),
        data(INITIALIZE, OWNER),
        [READ_ONLY, BLOCKHASHES, BLOCKHASHES],
    ),
    Refused(
        "initialize: read-only",
        "InvalidArgument",
        f"Initialize nonce account: Account {NAME} must be writeable",
        content(0),
        data(INITIALIZE, OWNER),
        [READ_ONLY, BLOCKHASHES, RENT],
    ),
    Refused(
        "initialize: no state", "InvalidAccountData", None, content(7), data(INITIALIZE, OWNER), INITIALIZED
    ),
    Refused(
        "initialize: initialized",
        "InvalidAccountData",
        f"Initialize nonce account: Account {NAME} state is invalid",
        nonce(LEGACY, lamports=1),
        data(INITIALIZE, OWNER),
        INITIALIZED,
    ),
    Refused(
        "initialize: too few lamports",
        "InsufficientFunds",
        f"Initialize nonce account: insufficient lamports {MINIMUM - 1}, need {MINIMUM}",
        content(80, OWNER, MINIMUM - 1),
        data(INITIALIZE, OWNER),
        INITIALIZED,
    ),
    Refused(
        "initialize: owned",
        "ExternalAccountDataModified",
        None,
        content(79, OWNER),
        data(INITIALIZE, OWNER),
        INITIALIZED,
    ),
    Refused(
        "initialize: too small",
        "AccountDataTooSmall",
        None,
        content(79),
        data(INITIALIZE, OWNER),
        INITIALIZED,
    ),
    Refused(
        "authorize: short", "InvalidInstructionData", None, nonce(CURRENT), data(AUTHORIZE, OWNER[1:]), []
    ),
    Refused("authorize: no account", "MissingAccount", None, nonce(CURRENT), data(AUTHORIZE, OWNER), []),
    Refused(
        "authorize: read-only",
        "InvalidArgument",
        f"Authorize nonce account: Account {NAME} must be writeable",
        content(0),
        data(AUTHORIZE, OWNER),
        [READ_ONLY],
    ),
    Refused("authorize: no state", "InvalidAccountData", None, content(7), data(AUTHORIZE, OWNER), [NONCE]),
    Refused(
        "authorize: uninitialized",
        "InvalidAccountData",
        f"Authorize nonce account: Account {NAME} state is invalid",
        content(8),
        data(AUTHORIZE, OWNER),
        [NONCE],
    ),
    Refused(
        "authorize: unsigned",
        "MissingRequiredSignature",
        f"Authorize nonce account: Account {AUTHORITY_NAME} must sign",
        nonce(CURRENT, owner=OWNER),
        data(AUTHORIZE, OWNER),
        [NONCE, ALICE],
    ),
    Refused(
        "authorize: owned",
        "ExternalAccountDataModified",
        None,
        nonce(CURRENT, owner=OWNER),
        data(AUTHORIZE, OWNER),
        [NONCE, ALICE_SIGNS],
    ),
    Refused("upgrade: no account", "MissingAccount", None, nonce(LEGACY), data(UPGRADE), []),
    Refused(
        "upgrade: owned", "InvalidAccountOwner", None, nonce(LEGACY, owner=OWNER), data(UPGRADE), [READ_ONLY]
    ),
    Refused("upgrade: read-only", "InvalidArgument", None, content(0), data(UPGRADE), [READ_ONLY]),
    Refused("upgrade: no state", "InvalidAccountData", None, content(7), data(UPGRADE), [NONCE]),
    Refused("upgrade: current", "InvalidArgument", None, nonce(CURRENT), data(UPGRADE), [NONCE]),
    Refused("upgrade: uninitialized", "InvalidArgument", None, content(80), data(UPGRADE), [NONCE]),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refused_like_litesvm(case: Refused) -> None:
    sent = check(case.account, case.content, case.mentions)
    assert sent.error == {"InstructionError": [0, case.error]}
    assert sent.logs[1:-1] == (() if case.line is None else (case.line,))
    assert sent.compute_units == 150


LONG = b"more"

ACCEPTED: list[tuple[str, Account | Callable[[LiteSVM], Account], bytes, Sequence[Mention]]] = [
    ("advance", nonce(CURRENT), data(ADVANCE), ADVANCED),
    ("advance: legacy, long", nonce(LEGACY, more=LONG), data(ADVANCE) + LONG, ADVANCED),
    (
        "advance: the nonce is its authority",
        nonce(NonceState(replace(DATA, authority=BOB_KEY))),
        data(ADVANCE),
        [NONCE, BLOCKHASHES, BOB_SIGNS],
    ),
    (
        "withdraw: uninitialized, nothing, to itself",
        Account(BOB_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(8)),
        data(WITHDRAW, 0),
        [BOB_SIGNS, BOB, BLOCKHASHES, RENT],
    ),
    (
        "withdraw: uninitialized, all",
        Account(BOB_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(8)),
        data(WITHDRAW, LAMPORTS),
        [BOB_SIGNS, ALICE, BLOCKHASHES, RENT],
    ),
    ("withdraw: all", nonce(CURRENT), data(WITHDRAW, LAMPORTS), WITHDRAWN),
    (
        "withdraw: all, legacy, to itself",
        nonce(LEGACY, more=LONG),
        data(WITHDRAW, LAMPORTS),
        [NONCE, NONCE, BLOCKHASHES, RENT, ALICE_SIGNS],
    ),
    (
        "withdraw: part, too early for all",
        of_the_last_blockhash,
        data(WITHDRAW, LAMPORTS - MINIMUM),
        WITHDRAWN,
    ),
    ("initialize", content(80, lamports=MINIMUM), data(INITIALIZE, OWNER), INITIALIZED),
    (
        "initialize: legacy, long",
        nonce(NonceState(None, is_legacy=True), more=LONG),
        data(INITIALIZE, OWNER),
        INITIALIZED,
    ),
    ("authorize", nonce(CURRENT), data(AUTHORIZE, OWNER), [NONCE, ALICE_SIGNS]),
    ("authorize: legacy, long", nonce(LEGACY, more=LONG), data(AUTHORIZE, CAROL_KEY), [NONCE, ALICE_SIGNS]),
    ("upgrade", nonce(LEGACY, more=LONG), data(UPGRADE), [NONCE]),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case[0])
def test_accepted_like_litesvm(
    case: tuple[str, Account | Callable[[LiteSVM], Account], bytes, Sequence[Mention]],
) -> None:
    _, account, content, mentions = case
    assert check(account, content, mentions).error is None


def test_withdrawing_all_to_itself_leaves_the_old_bytes() -> None:
    machine = litesvm()
    before = nonce(LEGACY, more=LONG)
    mentions = [NONCE, NONCE, BLOCKHASHES, RENT, ALICE_SIGNS]
    check(before, data(WITHDRAW, LAMPORTS), mentions, machine)
    assert stored(machine, NONCE_KEY) == replace(before, data=UNINITIALIZED.to_bytes() + before.data[8:])


@pytest.mark.parametrize(
    ("action", "content", "mentions"),
    [
        ("Advance", data(ADVANCE), [READ_ONLY, BLOCKHASHES]),
        ("Initialize", data(INITIALIZE, OWNER), [READ_ONLY, BLOCKHASHES]),
    ],
)
def test_an_empty_list_of_blockhashes(action: str, content: bytes, mentions: Sequence[Mention]) -> None:
    machine = litesvm()
    store(machine, Account(RECENT_BLOCKHASHES, SYSVAR_OWNER, 1, bytes(8)))
    sent = check(nonce(CURRENT), content, mentions, machine)
    assert sent.error == {"InstructionError": [0, {"Custom": 6}]}
    assert sent.logs[1:-1] == (f"{action} nonce account: recent blockhash list is empty",)


def test_withdrawing_does_not_need_blockhashes() -> None:
    machine = litesvm()
    store(machine, Account(RECENT_BLOCKHASHES, SYSVAR_OWNER, 1, bytes(8)))
    assert check(nonce(CURRENT), data(WITHDRAW, 10**6), WITHDRAWN, machine).error is None


def test_a_nonce_account_is_made_and_used_by_one_transaction() -> None:
    machine = litesvm()
    store(machine, system_account(ALICE_KEY))
    fresh = Mention(BOB_KEY, True)
    instructions = [
        system_instruction(data(0, LAMPORTS, 80, SYSTEM_PROGRAM), [ALICE_SIGNS, fresh]),
        system_instruction(data(INITIALIZE, ALICE_KEY), [fresh, BLOCKHASHES, RENT]),
        system_instruction(data(AUTHORIZE, CAROL_KEY), [fresh, ALICE_SIGNS]),
        system_instruction(data(WITHDRAW, 5), [fresh, ALICE, BLOCKHASHES, RENT, Mention(CAROL_KEY, True)]),
        system_instruction(data(ADVANCE), [fresh, BLOCKHASHES, Mention(CAROL_KEY, True)]),
    ]
    sent = assert_like_litesvm(machine, instructions, signers_of(*instructions))
    assert sent.error == {"InstructionError": [4, NOT_EXPIRED]}
    assert assert_like_litesvm(machine, instructions[:4], signers_of(*instructions[:4])).error is None
