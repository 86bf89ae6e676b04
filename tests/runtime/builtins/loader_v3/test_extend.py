"""ExtendProgram: every check in its order, compared with LiteSVM."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    BOB,
    BOB_UNSIGNED,
    EXTEND,
    LAMPORTS,
    LARGEST,
    OLD_ELF,
    PROGRAM,
    PROGRAM_DATA,
    PROGRAM_DATA_KEY,
    PROGRAM_KEY,
    SLOT,
    SPILL,
    Loaded,
    changed,
    extend_mentions,
    loader_instruction,
    name_of,
    program,
    program_data,
    read_only,
    uninitialized,
)
from tests.support.system_data import Mention, system_account

MENTIONS = extend_mentions()
GIVEN = (program(), program_data(lamports=10**6))
NO_MINIMUM = ["loader_v3_minimum_extend_program_size"]
SYSTEM_FAILED = "Program 11111111111111111111111111111111 failed: "


def case(
    name: str,
    error: object,
    line: str | None,
    additional: int,
    mentions: Sequence[Mention] = MENTIONS,
    stored: Sequence[Account] = GIVEN,
    deactivate: Sequence[str] = (),
    activate: Sequence[str] = (),
) -> Loaded:
    instruction = loader_instruction(EXTEND, mentions, struct.pack("<I", additional))
    return Loaded(name, error, line, instruction, stored, activate, deactivate)


def extended(additional: int) -> str:
    return f"Extended ProgramData account by {additional} bytes"


def too_small(additional: int) -> str:
    return (
        "ExtendProgram requires a minimum of 10240 additional bytes or to extend to maximum size, "
        f"but only {additional} were requested"
    )


def nearly_full(free: int) -> list[Account]:
    return [program(), program_data(OLD_ELF.ljust(LARGEST - 45 - free, b"\0"), lamports=10**11)]


EXTENDED = [
    case("extend", None, extended(10_240), 10_240),
    case(
        "nothing to pay",
        None,
        extended(20_000),
        20_000,
        MENTIONS[:2],
        [program(), program_data(lamports=10**9)],
    ),
    case("1 byte", None, extended(1), 1, deactivate=NO_MINIMUM),
    case("the last byte", None, extended(1), 1, MENTIONS, nearly_full(1)),
    case(
        "V0 although it is not deployed any more",
        None,
        extended(10_240),
        10_240,
        activate=["disable_sbpf_v0_v1_v2_deployment"],
    ),
]

REFUSED = [
    Loaded(
        "short data", "InvalidInstructionData", None, loader_instruction(EXTEND, MENTIONS, bytes(3)), GIVEN
    ),
    case("0 bytes", "InvalidInstructionData", "Additional bytes must be greater than 0", 0, []),
    case("no accounts", "MissingAccount", None, 10_240, []),
    case(
        "programdata of another program",
        "InvalidAccountOwner",
        "ProgramData owner is invalid",
        10_240,
        [read_only(PROGRAM_DATA)],
        [program(), program_data(owner=SYSTEM_PROGRAM)],
    ),
    case(
        "read-only programdata",
        "InvalidArgument",
        "ProgramData is not writable",
        10_240,
        [read_only(PROGRAM_DATA)],
    ),
    case("one account", "MissingAccount", None, 10_240, [PROGRAM_DATA]),
    case("programdata as program", "AccountBorrowFailed", None, 10_240, [PROGRAM_DATA, PROGRAM_DATA]),
    case(
        "read-only program",
        "InvalidArgument",
        "Program account is not writable",
        10_240,
        changed(MENTIONS, 1, read_only(PROGRAM)),
        [program(SYSTEM_PROGRAM), program_data()],
    ),
    case(
        "program of another program",
        "InvalidAccountOwner",
        "Program account not owned by loader",
        10_240,
        MENTIONS,
        [Account(PROGRAM_KEY, SYSTEM_PROGRAM, LAMPORTS, b""), program_data()],
    ),
    case(
        "program without state",
        "InvalidAccountData",
        None,
        10_240,
        MENTIONS,
        [uninitialized(PROGRAM_KEY, 0), program_data()],
    ),
    case(
        "no program",
        "InvalidAccountData",
        "Invalid Program account",
        10_240,
        MENTIONS,
        [uninitialized(PROGRAM_KEY), program_data()],
    ),
    case(
        "program of other programdata",
        "InvalidArgument",
        "Program account does not match ProgramData account",
        2**32 - 1,
        changed(MENTIONS, 0, SPILL),
        [program(), uninitialized(SPILL.key)],
    ),
    case(
        "too long",
        "InvalidRealloc",
        "Extended ProgramData length of 10485761 bytes exceeds max account data length of 10485760 bytes",
        LARGEST + 1 - 45 - len(OLD_ELF),
        MENTIONS,
        [program(), program_data(slot=SLOT)],
    ),
    case(
        "10,239 bytes",
        "InvalidArgument",
        too_small(10_239),
        10_239,
        MENTIONS,
        [program(), program_data(slot=SLOT)],
    ),
    case("all but one byte", "InvalidArgument", too_small(9), 9, MENTIONS, nearly_full(10)),
    case(
        "no programdata",
        "InvalidAccountData",
        "ProgramData state is invalid",
        10_240,
        MENTIONS,
        [program(), uninitialized(PROGRAM_DATA_KEY)],
    ),
    case(
        "programdata without state",
        "InvalidAccountData",
        None,
        10_240,
        MENTIONS,
        [program(), uninitialized(PROGRAM_DATA_KEY, 0)],
    ),
    case(
        "extended in this slot",
        "InvalidArgument",
        "Program was extended in this block already",
        10_240,
        MENTIONS,
        [program(), program_data(slot=SLOT, authority=None)],
    ),
    case(
        "final program",
        "Immutable",
        "Cannot extend ProgramData accounts that are not upgradeable",
        10_240,
        MENTIONS,
        [program(), program_data(authority=None)],
    ),
    case("no payer", "MissingAccount", None, 10_240, MENTIONS[:3]),
    case(
        "no system program",
        "MissingAccount",
        "Unknown program 11111111111111111111111111111111",
        10_240,
        changed(MENTIONS, 2, SPILL),
    ),
    case(
        "payer did not sign",
        "PrivilegeEscalation",
        f"{address_text(BOB.key)}'s signer privilege escalated",
        10_240,
        changed(MENTIONS, 3, BOB_UNSIGNED),
    ),
    case(
        "poor payer",
        {"Custom": 1},
        f"{SYSTEM_FAILED}custom program error: 0x1",
        10_240,
        changed(MENTIONS, 3, BOB),
        [*GIVEN, system_account(BOB.key, 10**6)],
    ),
    case(
        "no file",
        "InvalidAccountData",
        "Failed to parse ELF file: invalid file header",
        10_240,
        MENTIONS,
        [program(), replace(program_data(bytes(100)), lamports=10**9)],
    ),
]


@pytest.mark.parametrize("given", EXTENDED, ids=name_of)
def test_extend(given: Loaded) -> None:
    given.check()


@pytest.mark.parametrize("given", REFUSED, ids=name_of)
def test_refused_extension(given: Loaded) -> None:
    given.check()
