"""Upgrade: every check in its order, compared with LiteSVM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    ALICE_UNSIGNED,
    BOB_UNSIGNED,
    BUFFER,
    BUFFER_KEY,
    CLOCK,
    LAMPORTS,
    NEW_ELF,
    OLD_ELF,
    PROGRAM,
    PROGRAM_DATA,
    PROGRAM_DATA_KEY,
    PROGRAM_KEY,
    RENT,
    SLOT,
    SPILL,
    UPGRADE,
    V3_ELF,
    Loaded,
    buffer,
    changed,
    loader_instruction,
    name_of,
    program,
    program_data,
    read_only,
    uninitialized,
    upgrade_mentions,
)
from tests.support.system_data import system_account

DONE = f"Upgraded program {address_text(PROGRAM_KEY)}"
MENTIONS = upgrade_mentions()
GIVEN = [program(), buffer(), program_data(), system_account(SPILL.key)]
UPGRADED = loader_instruction(UPGRADE, MENTIONS)
MINIMUM = (128 + 45 + len(OLD_ELF)) * 6_960


def given(*others: Account) -> list[Account]:
    """The usual accounts, some replaced."""
    return list({account.key: account for account in (*GIVEN, *others)}.values())


DEPLOYED = [
    Loaded("upgrade", None, DONE, UPGRADED, GIVEN),
    Loaded(
        "shorter file",
        None,
        DONE,
        UPGRADED,
        given(program_data(OLD_ELF + b"rest of the old file"), buffer(NEW_ELF)),
    ),
    Loaded(
        "just enough lamports",
        None,
        DONE,
        UPGRADED,
        given(buffer(lamports=MINIMUM - 10**6), program_data(lamports=10**6)),
    ),
    Loaded(
        "spill to the authority",
        None,
        DONE,
        loader_instruction(UPGRADE, changed(MENTIONS, 3, MENTIONS[6])),
        GIVEN,
    ),
    Loaded(
        "spill to the program", None, DONE, loader_instruction(UPGRADE, changed(MENTIONS, 3, PROGRAM)), GIVEN
    ),
    Loaded(
        "to V3",
        None,
        DONE,
        UPGRADED,
        given(buffer(V3_ELF), program_data(bytes(600))),
        activate=["disable_sbpf_v0_v1_v2_deployment"],
    ),
]

REFUSED = [
    Loaded("two accounts", "MissingAccount", None, loader_instruction(UPGRADE, MENTIONS[:2]), GIVEN),
    Loaded("four accounts", "MissingAccount", None, loader_instruction(UPGRADE, MENTIONS[:4]), GIVEN),
    Loaded("no rent", "InvalidArgument", None, loader_instruction(UPGRADE, [*MENTIONS[:4], CLOCK]), GIVEN),
    Loaded("five accounts", "MissingAccount", None, loader_instruction(UPGRADE, MENTIONS[:5]), GIVEN),
    Loaded("no clock", "InvalidArgument", None, loader_instruction(UPGRADE, [*MENTIONS[:5], RENT]), GIVEN),
    Loaded("six accounts", "MissingAccount", None, loader_instruction(UPGRADE, MENTIONS[:6]), GIVEN),
    Loaded(
        "read-only program",
        "InvalidArgument",
        "Program account not writeable",
        loader_instruction(UPGRADE, changed(MENTIONS, 1, read_only(PROGRAM))),
        given(program(SYSTEM_PROGRAM)),
    ),
    Loaded(
        "program of another program",
        "IncorrectProgramId",
        "Program account not owned by loader",
        UPGRADED,
        given(Account(PROGRAM_KEY, SYSTEM_PROGRAM, LAMPORTS, b"")),
    ),
    Loaded(
        "program without state", "InvalidAccountData", None, UPGRADED, given(uninitialized(PROGRAM_KEY, 3))
    ),
    Loaded(
        "no program",
        "InvalidAccountData",
        "Invalid Program account",
        UPGRADED,
        given(uninitialized(PROGRAM_KEY)),
    ),
    Loaded(
        "other programdata",
        "InvalidArgument",
        "Program and ProgramData account mismatch",
        loader_instruction(UPGRADE, changed(MENTIONS, 0, SPILL)),
        given(uninitialized(BUFFER_KEY)),
    ),
    Loaded(
        "no buffer", "InvalidArgument", "Invalid Buffer account", UPGRADED, given(uninitialized(BUFFER_KEY))
    ),
    Loaded("buffer without state", "InvalidAccountData", None, UPGRADED, given(uninitialized(BUFFER_KEY, 0))),
    Loaded(
        "other authority",
        "IncorrectAuthority",
        "Buffer and upgrade authority don't match",
        loader_instruction(UPGRADE, changed(MENTIONS, 6, BOB_UNSIGNED)),
        given(buffer(b"")),
    ),
    Loaded(
        "unsigned",
        "MissingRequiredSignature",
        "Upgrade authority did not sign",
        loader_instruction(UPGRADE, changed(MENTIONS, 6, ALICE_UNSIGNED)),
        given(buffer(b"")),
    ),
    Loaded("empty buffer", "InvalidAccountData", "Buffer account too small", UPGRADED, given(buffer(b""))),
    Loaded(
        "file too long",
        "AccountDataTooSmall",
        "ProgramData account not large enough",
        UPGRADED,
        given(buffer(NEW_ELF + b"\0"), program_data(lamports=1)),
    ),
    Loaded(
        "too few lamports",
        "InsufficientFunds",
        "Buffer account balance too low to fund upgrade",
        UPGRADED,
        given(buffer(lamports=MINIMUM - 10**6), program_data(slot=SLOT, lamports=10**6 - 1)),
    ),
    Loaded(
        "no programdata",
        "InvalidAccountData",
        "Invalid ProgramData account",
        UPGRADED,
        given(uninitialized(PROGRAM_DATA_KEY, 45 + len(NEW_ELF))),
    ),
    Loaded(
        "deployed in this slot",
        "InvalidArgument",
        "Program was deployed in this block already",
        UPGRADED,
        given(program_data(slot=SLOT, authority=None)),
    ),
    Loaded("final", "Immutable", "Program not upgradeable", UPGRADED, given(program_data(authority=None))),
    Loaded(
        "authority of the program",
        "IncorrectAuthority",
        "Incorrect upgrade authority provided",
        UPGRADED,
        given(program_data(authority=BOB_UNSIGNED.key), buffer(bytes(100))),
    ),
    Loaded(
        "no file",
        "InvalidAccountData",
        "Offset or value is out of bounds",
        UPGRADED,
        given(buffer(bytes(10))),
    ),
    Loaded(
        "old version",
        "InvalidAccountData",
        "Detected sbpf_version required by the executable which are not enabled",
        UPGRADED,
        GIVEN,
        activate=["disable_sbpf_v0_v1_v2_deployment"],
    ),
    Loaded(
        "read-only programdata",
        "ReadonlyDataModified",
        None,
        loader_instruction(UPGRADE, changed(MENTIONS, 0, read_only(PROGRAM_DATA))),
        GIVEN,
    ),
    Loaded(
        "programdata of another program",
        "ExternalAccountDataModified",
        None,
        UPGRADED,
        given(program_data(owner=SYSTEM_PROGRAM)),
    ),
    Loaded(
        "spill to the buffer",
        "AccountBorrowFailed",
        None,
        loader_instruction(UPGRADE, changed(MENTIONS, 3, BUFFER)),
        GIVEN,
    ),
    Loaded(
        "spill to the programdata",
        "AccountBorrowFailed",
        None,
        loader_instruction(UPGRADE, changed(MENTIONS, 3, PROGRAM_DATA)),
        GIVEN,
    ),
    Loaded(
        "read-only spill",
        "ReadonlyLamportChange",
        None,
        loader_instruction(UPGRADE, changed(MENTIONS, 3, read_only(SPILL))),
        GIVEN,
    ),
    Loaded("rich spill", "ArithmeticOverflow", None, UPGRADED, given(system_account(SPILL.key, 2**64 - 1))),
    Loaded(
        "read-only buffer",
        "ReadonlyLamportChange",
        None,
        loader_instruction(UPGRADE, changed(MENTIONS, 2, read_only(BUFFER))),
        GIVEN,
    ),
    Loaded(
        "buffer of another program",
        "ExternalAccountLamportSpend",
        None,
        UPGRADED,
        given(replace(buffer(), owner=SYSTEM_PROGRAM)),
    ),
]


@pytest.mark.parametrize("case", DEPLOYED, ids=name_of)
def test_upgrade(case: Loaded) -> None:
    case.check()


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_refused_upgrade(case: Loaded) -> None:
    case.check()
