"""Loader v3 by cross-program invocation: the instructions that allow it, and those that do not."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import Meta, RequestedInstruction
from tests.support.invoking_program import invoking_program
from tests.support.litesvm_transactions import Sent, instruction, stored
from tests.support.loader_accounts import (
    ALICE,
    BOB,
    BUFFER,
    BUFFER_KEY,
    CLOSE,
    DEPLOY,
    EXTEND,
    INITIALIZE,
    LOADER,
    PROGRAM,
    PROGRAM_DATA,
    PROGRAM_KEY,
    SET_AUTHORITY,
    SET_AUTHORITY_CHECKED,
    SLOT,
    SPILL,
    UPGRADE,
    WRITE,
    buffer,
    changed,
    close_mentions,
    deploy_mentions,
    loader_machine,
    program,
    program_data,
    upgrade_mentions,
    write,
)
from tests.support.system_data import Mention, signers_of, system_account
from tests.support.transaction_oracle import assert_like_litesvm

CALLER_KEY = b"\x1f" * 32
GIVEN = [buffer(), program_data(), program(executable=True), system_account(SPILL.key)]
"""The programdata account comes before the program, which LiteSVM loads at once."""


Requested = tuple[int, Sequence[Mention], bytes]


def invoke(*requested: Requested, then: Mention | None = None, given: Sequence[Account] = GIVEN) -> Sent:
    """Run a program that invokes instructions of the loader, each with a number, accounts and fields.

    then: a program that is invoked last.
    """
    machine = loader_machine(*given)
    mentions = {mention.key: mention for _, listed, _ in requested for mention in listed}
    mentions[LOADER_V3] = Mention(LOADER_V3, is_writable=False)
    if then is not None:
        mentions.setdefault(then.key, then)
    accounts = [stored(machine, key) or Account(key, SYSTEM_PROGRAM, 0, b"") for key in mentions]
    invoked = [
        RequestedInstruction(
            LOADER_V3,
            tuple(Meta(mention.key, mention.signs, mention.is_writable) for mention in listed),
            struct.pack("<I", tag) + fields,
        )
        for tag, listed, fields in requested
    ]
    if then is not None:
        invoked.append(RequestedInstruction(then.key, (), b""))
    machine.add_program(Pubkey(CALLER_KEY), invoking_program(accounts, invoked))
    machine.warp_to_slot(2 * SLOT)
    listed = [(mention.key, mention.signs, mention.is_writable) for mention in mentions.values()]
    caller = instruction(CALLER_KEY, b"", listed)
    return assert_like_litesvm(machine, [caller], signers_of(caller))


ALLOWED: dict[str, tuple[Requested, str]] = {
    "upgrade": ((UPGRADE, upgrade_mentions(), b""), f"Upgraded program {address_text(PROGRAM_KEY)}"),
    "set authority": ((SET_AUTHORITY, [PROGRAM_DATA, ALICE], b""), "New authority None"),
    "close": ((CLOSE, close_mentions(), b""), f"Closed Program {address_text(PROGRAM_KEY)}"),
    "close buffer": ((CLOSE, [BUFFER, SPILL, ALICE], b""), f"Closed Buffer {address_text(BUFFER_KEY)}"),
    "set authority checked": (
        (SET_AUTHORITY_CHECKED, [BUFFER, ALICE, BOB], b""),
        f"New authority {address_text(BOB.key)}",
    ),
}
FORBIDDEN: list[Requested] = [
    (INITIALIZE, [BUFFER, ALICE], b""),
    (WRITE, [BUFFER, ALICE], write(0, b"1")),
    (DEPLOY, deploy_mentions(), bytes(8)),
    (EXTEND, [PROGRAM_DATA, PROGRAM], struct.pack("<I", 10_240)),
    (8, [PROGRAM_DATA, PROGRAM], b""),
]


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed_instructions(name: str) -> None:
    requested, line = ALLOWED[name]
    sent = invoke(requested)
    assert sent.error is None, sent.logs
    assert sent.logs[1:4] == (f"Program {LOADER} invoke [2]", line, f"Program {LOADER} success")


@pytest.mark.parametrize("requested", FORBIDDEN)
def test_forbidden_instructions(requested: Requested) -> None:
    sent = invoke(requested)
    assert sent.error == {"InstructionError": [0, "ProgramFailedToComplete"]}
    assert sent.logs[-1].endswith(f"failed: Program {LOADER} not supported by inner instructions")


def test_the_caller_sees_what_the_loader_changed() -> None:
    sent = invoke(
        (SET_AUTHORITY, [BUFFER, ALICE, BOB], b""),
        (UPGRADE, changed(upgrade_mentions(), 6, BOB), b""),
        (CLOSE, [BUFFER, SPILL, BOB], b""),
        given=[buffer(), program_data(authority=BOB.key), program(executable=True)],
    )
    assert sent.error is None, sent.logs


def test_a_failing_loader_stops_the_caller() -> None:
    sent = invoke((CLOSE, [BUFFER, BUFFER, ALICE], b""))
    assert sent.error == {"InstructionError": [0, "InvalidArgument"]}


@pytest.mark.parametrize("name", ["upgrade", "close"])
def test_a_changed_program_cannot_be_invoked(name: str) -> None:
    sent = invoke(ALLOWED[name][0], then=PROGRAM)
    assert sent.error == {"InstructionError": [0, "UnsupportedProgramId"]}
    assert sent.logs[-4:-2] == (
        "Program is not deployed",
        f"Program {address_text(PROGRAM_KEY)} failed: Unsupported program id",
    )


def test_a_program_with_another_authority_can_be_invoked() -> None:
    sent = invoke(ALLOWED["set authority"][0], then=PROGRAM)
    assert sent.error is None
    assert f"Program {address_text(PROGRAM_KEY)} success" in sent.logs
