"""SetAuthority and SetAuthorityChecked: every check in its order, compared with LiteSVM."""

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
    OLD_ELF,
    PROGRAM,
    PROGRAM_DATA,
    SET_AUTHORITY,
    SET_AUTHORITY_CHECKED,
    V3_ELF,
    Loaded,
    buffer,
    loader_instruction,
    name_of,
    program,
    program_data,
    read_only,
    uninitialized,
)
from tests.support.system_data import Mention

OLD_VERSIONS_DISABLED = ["disable_sbpf_v0_v1_v2_deployment"]
NEW = f"New authority Some({address_text(BOB.key)})"
NOBODY = "New authority None"
CHECKED = f"New authority {address_text(BOB.key)}"


def case(
    name: str,
    error: object,
    line: str | None,
    mentions: Sequence[Mention],
    *stored: Account,
    tag: int = SET_AUTHORITY,
    activate: Sequence[str] = (),
    deactivate: Sequence[str] = (),
) -> Loaded:
    return Loaded(name, error, line, loader_instruction(tag, mentions), stored, activate, deactivate)


SET = [
    case("buffer", None, NEW, [BUFFER, ALICE, BOB_UNSIGNED], buffer()),
    case("program", None, NEW, [PROGRAM_DATA, ALICE, BOB_UNSIGNED], program_data()),
    case("make final", None, NOBODY, [PROGRAM_DATA, ALICE], program_data()),
    case(
        "make V3 final",
        None,
        NOBODY,
        [PROGRAM_DATA, ALICE],
        program_data(V3_ELF),
        activate=OLD_VERSIONS_DISABLED,
    ),
    case(
        "V0 to another authority",
        None,
        NEW,
        [PROGRAM_DATA, ALICE, BOB_UNSIGNED],
        program_data(),
        activate=OLD_VERSIONS_DISABLED,
    ),
    case(
        "make a file without version final",
        None,
        NOBODY,
        [PROGRAM_DATA, ALICE],
        program_data(bytes(51)),
        activate=OLD_VERSIONS_DISABLED,
    ),
    case(
        "keep the authority",
        None,
        f"New authority Some({address_text(ALICE.key)})",
        [BUFFER, ALICE, ALICE],
        buffer(),
    ),
    case("one account", "MissingAccount", None, [BUFFER], buffer()),
    case("no state", "InvalidAccountData", None, [BUFFER, ALICE, BOB], uninitialized(BUFFER.key, 0)),
    case(
        "uninitialized",
        "InvalidArgument",
        "Account does not support authorities",
        [BUFFER, ALICE, BOB],
        uninitialized(BUFFER.key),
    ),
    case(
        "the program itself",
        "InvalidArgument",
        "Account does not support authorities",
        [PROGRAM, ALICE, BOB],
        program(),
    ),
    case(
        "buffer of nobody",
        "IncorrectAuthority",
        "Buffer authority is not optional",
        [BUFFER, ALICE],
        buffer(authority=None),
    ),
    case(
        "immutable buffer", "Immutable", "Buffer is immutable", [BUFFER, ALICE, BOB], buffer(authority=None)
    ),
    case(
        "other authority of a buffer",
        "IncorrectAuthority",
        "Incorrect buffer authority provided",
        [BUFFER, BOB_UNSIGNED, BOB],
        buffer(),
    ),
    case(
        "buffer unsigned",
        "MissingRequiredSignature",
        "Buffer authority did not sign",
        [read_only(BUFFER), ALICE_UNSIGNED, BOB],
        buffer(),
    ),
    case(
        "final program",
        "Immutable",
        "Program not upgradeable",
        [PROGRAM_DATA, BOB],
        program_data(authority=None),
    ),
    case(
        "other authority of a program",
        "IncorrectAuthority",
        "Incorrect upgrade authority provided",
        [PROGRAM_DATA, BOB_UNSIGNED],
        program_data(),
    ),
    case(
        "program unsigned",
        "MissingRequiredSignature",
        "Upgrade authority did not sign",
        [PROGRAM_DATA, ALICE_UNSIGNED],
        program_data(),
        activate=OLD_VERSIONS_DISABLED,
    ),
    case(
        "make V0 final",
        "InvalidAccountData",
        None,
        [read_only(PROGRAM_DATA), ALICE],
        program_data(OLD_ELF),
        activate=OLD_VERSIONS_DISABLED,
    ),
    case("read-only", "ReadonlyDataModified", None, [read_only(BUFFER), ALICE, BOB], buffer()),
    case(
        "owned by another program",
        "ExternalAccountDataModified",
        None,
        [PROGRAM_DATA, ALICE],
        program_data(owner=SYSTEM_PROGRAM),
    ),
]

SET_CHECKED = [
    case("buffer", None, CHECKED, [BUFFER, ALICE, BOB], buffer(), tag=SET_AUTHORITY_CHECKED),
    case("program", None, CHECKED, [PROGRAM_DATA, ALICE, BOB], program_data(), tag=SET_AUTHORITY_CHECKED),
    case("two accounts", "MissingAccount", None, [BUFFER, ALICE], buffer(), tag=SET_AUTHORITY_CHECKED),
    case(
        "disabled",
        "InvalidInstructionData",
        None,
        [BUFFER],
        buffer(),
        tag=SET_AUTHORITY_CHECKED,
        deactivate=["enable_bpf_loader_set_authority_checked_ix"],
    ),
    case(
        "no state",
        "InvalidAccountData",
        None,
        [BUFFER, ALICE, BOB],
        uninitialized(BUFFER.key, 0),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "the program itself",
        "InvalidArgument",
        "Account does not support authorities",
        [PROGRAM, ALICE, BOB],
        program(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "immutable buffer",
        "Immutable",
        "Buffer is immutable",
        [BUFFER, ALICE, BOB],
        buffer(authority=None),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "other authority of a buffer",
        "IncorrectAuthority",
        "Incorrect buffer authority provided",
        [BUFFER, BOB_UNSIGNED, ALICE_UNSIGNED],
        buffer(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "buffer unsigned",
        "MissingRequiredSignature",
        "Buffer authority did not sign",
        [BUFFER, ALICE_UNSIGNED, BOB_UNSIGNED],
        buffer(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "new authority of a buffer unsigned",
        "MissingRequiredSignature",
        "New authority did not sign",
        [read_only(BUFFER), ALICE, BOB_UNSIGNED],
        buffer(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "final program",
        "Immutable",
        "Program not upgradeable",
        [PROGRAM_DATA, ALICE, BOB],
        program_data(authority=None),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "other authority of a program",
        "IncorrectAuthority",
        "Incorrect upgrade authority provided",
        [PROGRAM_DATA, BOB_UNSIGNED, ALICE_UNSIGNED],
        program_data(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "program unsigned",
        "MissingRequiredSignature",
        "Upgrade authority did not sign",
        [PROGRAM_DATA, ALICE_UNSIGNED, BOB_UNSIGNED],
        program_data(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "new authority of a program unsigned",
        "MissingRequiredSignature",
        "New authority did not sign",
        [read_only(PROGRAM_DATA), ALICE, BOB_UNSIGNED],
        program_data(),
        tag=SET_AUTHORITY_CHECKED,
    ),
    case(
        "read-only",
        "ReadonlyDataModified",
        None,
        [read_only(BUFFER), ALICE, BOB],
        buffer(),
        tag=SET_AUTHORITY_CHECKED,
    ),
]


@pytest.mark.parametrize("given", SET, ids=name_of)
def test_set_authority(given: Loaded) -> None:
    given.check()


@pytest.mark.parametrize("given", SET_CHECKED, ids=name_of)
def test_set_authority_checked(given: Loaded) -> None:
    given.check()
