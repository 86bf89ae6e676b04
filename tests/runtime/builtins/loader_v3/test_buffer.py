"""InitializeBuffer and Write: every check in its order, compared with LiteSVM."""

from __future__ import annotations

import struct

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from tests.support.loader_accounts import (
    ALICE,
    ALICE_UNSIGNED,
    BOB,
    BOB_UNSIGNED,
    BUFFER,
    BUFFER_KEY,
    INITIALIZE,
    LAMPORTS,
    PROGRAM,
    WRITE,
    Loaded,
    buffer,
    loader_instruction,
    name_of,
    program,
    read_only,
    uninitialized,
    write,
)

SMALL = buffer(bytes(16))
FOREIGN = Account(BUFFER_KEY, SYSTEM_PROGRAM, LAMPORTS, SMALL.data)
ONE, FOUR = write(0, b"\1"), write(13, b"\1" * 4)

INITIALIZED = [
    Loaded(
        "initialize",
        None,
        None,
        loader_instruction(INITIALIZE, [BUFFER, ALICE_UNSIGNED]),
        [uninitialized(BUFFER_KEY, 37)],
    ),
    Loaded("one account", "MissingAccount", None, loader_instruction(INITIALIZE, [BUFFER])),
    Loaded(
        "no state",
        "InvalidAccountData",
        None,
        loader_instruction(INITIALIZE, [BUFFER, ALICE]),
        [uninitialized(BUFFER_KEY, 3)],
    ),
    Loaded(
        "absent account", "InvalidAccountData", None, loader_instruction(INITIALIZE, [BUFFER, ALICE_UNSIGNED])
    ),
    Loaded(
        "buffer",
        "AccountAlreadyInitialized",
        "Buffer account already initialized",
        loader_instruction(INITIALIZE, [BUFFER, ALICE]),
        [buffer()],
    ),
    Loaded(
        "too small",
        "AccountDataTooSmall",
        None,
        loader_instruction(INITIALIZE, [BUFFER, ALICE]),
        [uninitialized(BUFFER_KEY, 36)],
    ),
    Loaded(
        "read-only before too small",
        "ReadonlyDataModified",
        None,
        loader_instruction(INITIALIZE, [read_only(BUFFER), ALICE]),
        [uninitialized(BUFFER_KEY, 36)],
    ),
    Loaded(
        "owned by another program",
        "ExternalAccountDataModified",
        None,
        loader_instruction(INITIALIZE, [BUFFER, ALICE]),
        [Account(BUFFER_KEY, SYSTEM_PROGRAM, LAMPORTS, bytes(37))],
    ),
]

WRITTEN = [
    Loaded("write", None, None, loader_instruction(WRITE, [BUFFER, ALICE], write(12, b"four")), [SMALL]),
    Loaded("write nothing", None, None, loader_instruction(WRITE, [BUFFER, ALICE], write(16, b"")), [SMALL]),
    Loaded("one account", "MissingAccount", None, loader_instruction(WRITE, [BUFFER], ONE), [SMALL]),
    Loaded(
        "data end early",
        "InvalidInstructionData",
        None,
        loader_instruction(WRITE, [BUFFER], write(0, b"four")[:-1]),
        [SMALL],
    ),
    Loaded(
        "a very long length",
        "InvalidInstructionData",
        None,
        loader_instruction(WRITE, [BUFFER, ALICE], struct.pack("<IQ", 0, 2**64 - 1)),
        [SMALL],
    ),
    Loaded(
        "program",
        "InvalidAccountData",
        "Invalid Buffer account",
        loader_instruction(WRITE, [PROGRAM, BOB_UNSIGNED], ONE),
        [program()],
    ),
    Loaded(
        "option of 2",
        "InvalidAccountData",
        None,
        loader_instruction(WRITE, [BUFFER, ALICE], ONE),
        [Account(BUFFER_KEY, LOADER_V3, LAMPORTS, struct.pack("<IB", 1, 2).ljust(60, b"\0"))],
    ),
    Loaded(
        "state of 4",
        "InvalidAccountData",
        None,
        loader_instruction(WRITE, [BUFFER, ALICE], ONE),
        [Account(BUFFER_KEY, LOADER_V3, LAMPORTS, struct.pack("<I", 4).ljust(60, b"\0"))],
    ),
    Loaded(
        "immutable",
        "Immutable",
        "Buffer is immutable",
        loader_instruction(WRITE, [BUFFER, BOB_UNSIGNED], ONE),
        [buffer(authority=None)],
    ),
    Loaded(
        "other authority",
        "IncorrectAuthority",
        "Incorrect buffer authority provided",
        loader_instruction(WRITE, [BUFFER, BOB_UNSIGNED], ONE),
        [SMALL],
    ),
    Loaded(
        "unsigned",
        "MissingRequiredSignature",
        "Buffer authority did not sign",
        loader_instruction(WRITE, [read_only(BUFFER), ALICE_UNSIGNED], FOUR),
        [SMALL],
    ),
    Loaded(
        "read-only",
        "ReadonlyDataModified",
        None,
        loader_instruction(WRITE, [read_only(BUFFER), ALICE], FOUR),
        [SMALL],
    ),
    Loaded(
        "owned by another program",
        "ExternalAccountDataModified",
        None,
        loader_instruction(WRITE, [BUFFER, ALICE], FOUR),
        [FOREIGN],
    ),
    Loaded(
        "after the end",
        "AccountDataTooSmall",
        "Write overflow: 53 < 54",
        loader_instruction(WRITE, [BUFFER, ALICE], FOUR),
        [SMALL],
    ),
    Loaded(
        "far after the end",
        "AccountDataTooSmall",
        "Write overflow: 53 < 4294967333",
        loader_instruction(WRITE, [BUFFER, ALICE], write(2**32 - 1, b"\1")),
        [SMALL],
    ),
    Loaded(
        "authority of Bob",
        None,
        None,
        loader_instruction(WRITE, [BUFFER, BOB], ONE),
        [buffer(bytes(16), BOB.key)],
    ),
]


@pytest.mark.parametrize("case", INITIALIZED, ids=name_of)
def test_initialize(case: Loaded) -> None:
    case.check()


@pytest.mark.parametrize("case", WRITTEN, ids=name_of)
def test_write(case: Loaded) -> None:
    case.check()
