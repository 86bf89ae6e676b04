"""Close: every check in its order, compared with LiteSVM."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    ALICE,
    ALICE_UNSIGNED,
    BOB,
    BOB_UNSIGNED,
    BUFFER,
    BUFFER_KEY,
    CLOSE,
    LAMPORTS,
    PROGRAM,
    PROGRAM_DATA,
    PROGRAM_KEY,
    SLOT,
    SPILL,
    Loaded,
    buffer,
    changed,
    close_mentions,
    loader_instruction,
    name_of,
    program,
    program_data,
    read_only,
    uninitialized,
)
from tests.support.system_data import Mention, system_account

MENTIONS = close_mentions()
GIVEN = [program(), program_data()]


def case(
    name: str, error: object, line: str | None, mentions: Sequence[Mention], stored: Sequence[Account]
) -> Loaded:
    return Loaded(name, error, line, loader_instruction(CLOSE, mentions), stored)


CLOSED = [
    case(
        "uninitialized",
        None,
        f"Closed Uninitialized {address_text(BUFFER_KEY)}",
        [BUFFER, SPILL],
        [uninitialized(BUFFER_KEY, 100)],
    ),
    case("buffer", None, f"Closed Buffer {address_text(BUFFER_KEY)}", [BUFFER, SPILL, ALICE], [buffer()]),
    case(
        "buffer without lamports",
        None,
        f"Closed Buffer {address_text(BUFFER_KEY)}",
        [BUFFER, ALICE, ALICE],
        [buffer(b"", lamports=1), system_account(SPILL.key)],
    ),
    case("program", None, f"Closed Program {address_text(PROGRAM_KEY)}", MENTIONS, GIVEN),
    case(
        "program, to itself",
        None,
        f"Closed Program {address_text(PROGRAM_KEY)}",
        changed(MENTIONS, 1, PROGRAM),
        GIVEN,
    ),
]

REFUSED = [
    case("one account", "MissingAccount", None, [BUFFER], [buffer()]),
    case(
        "to itself",
        "InvalidArgument",
        "Recipient is the same as the account being closed",
        [BUFFER, BUFFER],
        [uninitialized(BUFFER_KEY, 3)],
    ),
    case("no state", "InvalidAccountData", None, [BUFFER, SPILL], [uninitialized(BUFFER_KEY, 3)]),
    case("read-only", "ReadonlyDataModified", None, [read_only(BUFFER), SPILL], [buffer()]),
    case(
        "read-only, uninitialized",
        "ReadonlyDataModified",
        None,
        [read_only(BUFFER), SPILL],
        [uninitialized(BUFFER_KEY, 4)],
    ),
    case(
        "owned by another program",
        "AccountDataSizeChanged",
        None,
        [BUFFER, SPILL],
        [Account(BUFFER_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(36))],
    ),
    case(
        "owned by another program, no new length",
        "ExternalAccountDataModified",
        None,
        [BUFFER, SPILL],
        [Account(BUFFER_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(4))],
    ),
    case(
        "read-only recipient",
        "ReadonlyLamportChange",
        None,
        [BUFFER, read_only(SPILL)],
        [uninitialized(BUFFER_KEY)],
    ),
    case(
        "rich recipient",
        "ArithmeticOverflow",
        None,
        [BUFFER, SPILL],
        [uninitialized(BUFFER_KEY), system_account(SPILL.key, 2**64 - 1)],
    ),
    case("buffer, two accounts", "MissingAccount", None, [BUFFER, SPILL], [buffer()]),
    case(
        "immutable buffer",
        "Immutable",
        "Account is immutable",
        [BUFFER, SPILL, BOB],
        [buffer(authority=None)],
    ),
    case(
        "other authority",
        "IncorrectAuthority",
        "Incorrect authority provided",
        [BUFFER, SPILL, BOB_UNSIGNED],
        [buffer()],
    ),
    case(
        "buffer unsigned",
        "MissingRequiredSignature",
        "Authority did not sign",
        [BUFFER, read_only(SPILL), ALICE_UNSIGNED],
        [buffer()],
    ),
    case(
        "buffer, read-only recipient",
        "ReadonlyLamportChange",
        None,
        [BUFFER, read_only(SPILL), ALICE],
        [buffer()],
    ),
    case("program, three accounts", "MissingAccount", None, MENTIONS[:3], GIVEN),
    case(
        "read-only program",
        "InvalidArgument",
        "Program account is not writable",
        changed(MENTIONS, 3, read_only(PROGRAM)),
        [program(SYSTEM_PROGRAM), program_data()],
    ),
    case(
        "program of another program",
        "IncorrectProgramId",
        "Program account not owned by loader",
        MENTIONS,
        [program(SYSTEM_PROGRAM), program_data(slot=SLOT)],
    ),
    case(
        "deployed in this slot",
        "InvalidArgument",
        "Program was deployed in this block already",
        MENTIONS,
        [uninitialized(PROGRAM_KEY, 0), program_data(slot=SLOT)],
    ),
    case(
        "program without state",
        "InvalidAccountData",
        None,
        MENTIONS,
        [uninitialized(PROGRAM_KEY, 3), program_data()],
    ),
    case(
        "no program",
        "InvalidArgument",
        "Invalid Program account",
        MENTIONS,
        [uninitialized(PROGRAM_KEY), program_data()],
    ),
    case(
        "programdata as program",
        "InvalidAccountData",
        None,
        changed(MENTIONS, 3, PROGRAM_DATA),
        GIVEN,
    ),
    case(
        "program of other programdata",
        "InvalidArgument",
        "ProgramData account does not match ProgramData account",
        changed(MENTIONS, 0, BUFFER),
        [program(), Account(BUFFER_KEY, program_data().owner, LAMPORTS, program_data(authority=None).data)],
    ),
    case(
        "final program",
        "Immutable",
        "Account is immutable",
        MENTIONS,
        [program(), program_data(authority=None)],
    ),
    case(
        "other authority of a program",
        "IncorrectAuthority",
        "Incorrect authority provided",
        changed(MENTIONS, 2, BOB),
        GIVEN,
    ),
    case(
        "program unsigned",
        "MissingRequiredSignature",
        "Authority did not sign",
        changed(MENTIONS, 2, ALICE_UNSIGNED),
        GIVEN,
    ),
    case(
        "program itself",
        "InvalidArgument",
        "Account does not support closing",
        [PROGRAM, SPILL, ALICE],
        GIVEN,
    ),
]


@pytest.mark.parametrize("given", CLOSED, ids=name_of)
def test_close(given: Loaded) -> None:
    given.check()


@pytest.mark.parametrize("given", REFUSED, ids=name_of)
def test_refused_close(given: Loaded) -> None:
    given.check()
