"""DeployWithMaxDataLen: every check in its order, compared with LiteSVM."""

from __future__ import annotations

import struct

import pytest

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    ALICE_UNSIGNED,
    BOB,
    BOB_UNSIGNED,
    BUFFER,
    BUFFER_KEY,
    CLOCK,
    DEPLOY,
    LAMPORTS,
    LARGEST,
    NEW_ELF,
    PROGRAM,
    PROGRAM_DATA_KEY,
    PROGRAM_KEY,
    RENT,
    SPILL,
    V3_ELF,
    Loaded,
    buffer,
    changed,
    deploy_mentions,
    loader_instruction,
    name_of,
    program,
    read_only,
    uninitialized,
)
from tests.support.system_data import Mention, system_account

DONE = f"Deployed program {address_text(PROGRAM_KEY)}"
LONGEST = struct.pack("<Q", len(NEW_ELF) + 100)
MENTIONS = deploy_mentions()
STORED = [uninitialized(PROGRAM_KEY), buffer()]
BUFFER_OF_ANOTHER = Account(BUFFER_KEY, SYSTEM_PROGRAM, LAMPORTS, buffer().data)


def deploys(length: int) -> bytes:
    return struct.pack("<Q", length)


DEPLOYED = [
    Loaded("deploy", None, DONE, loader_instruction(DEPLOY, MENTIONS, LONGEST), STORED),
    Loaded(
        "deploy, longer program account",
        None,
        DONE,
        loader_instruction(DEPLOY, MENTIONS, deploys(len(NEW_ELF))),
        [uninitialized(PROGRAM_KEY, 40), buffer()],
    ),
    Loaded(
        "deploy V3 only",
        None,
        DONE,
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY), buffer(V3_ELF)],
        activate=["disable_sbpf_v0_v1_v2_deployment"],
    ),
]

REFUSED = [
    Loaded(
        "prefunded programdata",
        {"Custom": 0},
        "Program 11111111111111111111111111111111 failed: custom program error: 0x0",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [*STORED, system_account(PROGRAM_DATA_KEY, 1)],
    ),
    Loaded("short data", "InvalidInstructionData", None, loader_instruction(DEPLOY, [], LONGEST[:-1])),
    Loaded("three accounts", "MissingAccount", None, loader_instruction(DEPLOY, MENTIONS[:3], LONGEST)),
    Loaded("four accounts", "MissingAccount", None, loader_instruction(DEPLOY, MENTIONS[:4], LONGEST)),
    Loaded("no rent", "InvalidArgument", None, loader_instruction(DEPLOY, [*MENTIONS[:4], CLOCK], LONGEST)),
    Loaded("five accounts", "MissingAccount", None, loader_instruction(DEPLOY, MENTIONS[:5], LONGEST)),
    Loaded("no clock", "InvalidArgument", None, loader_instruction(DEPLOY, [*MENTIONS[:5], RENT], LONGEST)),
    Loaded("seven accounts", "MissingAccount", None, loader_instruction(DEPLOY, MENTIONS[:7], LONGEST)),
    Loaded(
        "no state",
        "InvalidAccountData",
        None,
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY, 3), buffer()],
    ),
    Loaded(
        "program exists",
        "AccountAlreadyInitialized",
        "Program account already initialized",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [program(), buffer()],
    ),
    Loaded(
        "small program account",
        "AccountDataTooSmall",
        "Program account too small",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY, 35, 1), buffer()],
    ),
    Loaded(
        "poor program account",
        "ExecutableAccountNotRentExempt",
        "Program account not rent-exempt",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY, 36, 100), buffer(authority=None)],
    ),
    Loaded(
        "no buffer",
        "InvalidArgument",
        "Invalid Buffer account",
        loader_instruction(DEPLOY, changed(MENTIONS, 3, PROGRAM), LONGEST),
        STORED,
    ),
    Loaded(
        "buffer without state",
        "InvalidAccountData",
        None,
        loader_instruction(DEPLOY, changed(MENTIONS, 3, SPILL), LONGEST),
        STORED,
    ),
    Loaded(
        "other authority",
        "IncorrectAuthority",
        "Buffer and upgrade authority don't match",
        loader_instruction(DEPLOY, changed(MENTIONS, 7, BOB_UNSIGNED), LONGEST),
        STORED,
    ),
    Loaded(
        "immutable buffer",
        "IncorrectAuthority",
        "Buffer and upgrade authority don't match",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY), buffer(authority=None)],
    ),
    Loaded(
        "unsigned",
        "MissingRequiredSignature",
        "Upgrade authority did not sign",
        loader_instruction(DEPLOY, changed(MENTIONS, 7, ALICE_UNSIGNED), LONGEST),
        [uninitialized(PROGRAM_KEY), buffer(b"")],
    ),
    Loaded(
        "empty buffer",
        "InvalidAccountData",
        "Buffer account too small",
        loader_instruction(DEPLOY, MENTIONS, deploys(0)),
        [uninitialized(PROGRAM_KEY), buffer(b"")],
    ),
    Loaded(
        "too short",
        "AccountDataTooSmall",
        "Max data length is too small to hold Buffer data",
        loader_instruction(DEPLOY, changed(MENTIONS, 1, SPILL), deploys(len(NEW_ELF) - 1)),
        STORED,
    ),
    Loaded(
        "too long",
        "InvalidArgument",
        "Max data length is too large",
        loader_instruction(DEPLOY, changed(MENTIONS, 1, SPILL), deploys(LARGEST - 44)),
        STORED,
    ),
    Loaded(
        "far too long",
        "InvalidArgument",
        "Max data length is too large",
        loader_instruction(DEPLOY, MENTIONS, deploys(2**64 - 1)),
        STORED,
    ),
    Loaded(
        "other programdata",
        "InvalidArgument",
        "ProgramData address is not derived",
        loader_instruction(DEPLOY, changed(MENTIONS, 1, SPILL), deploys(LARGEST - 45)),
        STORED,
    ),
    Loaded(
        "the buffer pays",
        "AccountBorrowFailed",
        None,
        loader_instruction(DEPLOY, changed(MENTIONS, 0, BUFFER), LONGEST),
        STORED,
    ),
    Loaded(
        "read-only payer",
        "ReadonlyLamportChange",
        None,
        loader_instruction(DEPLOY, changed(MENTIONS, 0, Mention(BOB.key, True, False)), LONGEST),
        STORED,
    ),
    Loaded(
        "rich payer",
        "ArithmeticOverflow",
        None,
        loader_instruction(DEPLOY, changed(MENTIONS, 0, BOB), LONGEST),
        [*STORED, system_account(BOB.key, 2**64 - LAMPORTS)],
    ),
    Loaded(
        "read-only buffer",
        "ReadonlyLamportChange",
        None,
        loader_instruction(DEPLOY, changed(MENTIONS, 3, read_only(BUFFER)), LONGEST),
        STORED,
    ),
    Loaded(
        "buffer of another program",
        "ExternalAccountLamportSpend",
        None,
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [uninitialized(PROGRAM_KEY), BUFFER_OF_ANOTHER],
    ),
    Loaded(
        "no system program",
        "MissingAccount",
        "Unknown program 11111111111111111111111111111111",
        loader_instruction(DEPLOY, changed(MENTIONS, 6, SPILL), LONGEST),
        STORED,
    ),
    Loaded(
        "payer did not sign",
        "PrivilegeEscalation",
        f"{address_text(BOB.key)}'s signer privilege escalated",
        loader_instruction(DEPLOY, changed(MENTIONS, 0, BOB_UNSIGNED), LONGEST),
        STORED,
    ),
    Loaded(
        "read-only programdata",
        "PrivilegeEscalation",
        f"{address_text(PROGRAM_DATA_KEY)}'s writable privilege escalated",
        loader_instruction(DEPLOY, changed(MENTIONS, 1, Mention(PROGRAM_DATA_KEY, False, False)), LONGEST),
        STORED,
    ),
    Loaded(
        "poor payer",
        {"Custom": 1},
        "Program 11111111111111111111111111111111 failed: custom program error: 0x1",
        loader_instruction(DEPLOY, changed(MENTIONS, 0, BOB), LONGEST),
        [uninitialized(PROGRAM_KEY), buffer(lamports=10**6), system_account(BOB.key, 10**6)],
    ),
    Loaded(
        "the program pays",
        "PrivilegeEscalation",
        f"{address_text(PROGRAM_KEY)}'s signer privilege escalated",
        loader_instruction(DEPLOY, changed(MENTIONS, 0, PROGRAM), LONGEST),
        STORED,
    ),
    Loaded(
        "no file",
        "InvalidAccountData",
        "Failed to parse ELF file: invalid file header",
        loader_instruction(DEPLOY, MENTIONS, deploys(100)),
        [uninitialized(PROGRAM_KEY), buffer(bytes(100))],
    ),
    Loaded(
        "read-only program",
        "ReadonlyDataModified",
        "Program 11111111111111111111111111111111 success",
        loader_instruction(DEPLOY, changed(MENTIONS, 2, read_only(PROGRAM)), LONGEST),
        STORED,
    ),
    Loaded(
        "program of another program",
        "ExternalAccountDataModified",
        "Program 11111111111111111111111111111111 success",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        [Account(PROGRAM_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(36)), buffer()],
    ),
    Loaded(
        "old version",
        "InvalidAccountData",
        "Detected sbpf_version required by the executable which are not enabled",
        loader_instruction(DEPLOY, MENTIONS, LONGEST),
        STORED,
        activate=["disable_sbpf_v0_v1_v2_deployment"],
    ),
]


@pytest.mark.parametrize("case", DEPLOYED, ids=name_of)
def test_deploy(case: Loaded) -> None:
    case.check()


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_refused_deployment(case: Loaded) -> None:
    case.check()
