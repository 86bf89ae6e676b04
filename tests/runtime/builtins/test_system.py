from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from tests.support.litesvm_transactions import Sent, litesvm, store
from tests.support.system_data import (
    ALICE_KEY,
    BOB_KEY,
    CAROL_KEY,
    MARKED_OWNER,
    OWNER,
    Mention,
    data,
    derived,
    signers_of,
    system_account,
    system_instruction,
)
from tests.support.transaction_oracle import assert_like_litesvm

RENT = 10**7
CREATE, ASSIGN, TRANSFER, CREATE_WITH_SEED, ALLOCATE = 0, 1, 2, 3, 8
ALLOCATE_WITH_SEED, ASSIGN_WITH_SEED, TRANSFER_WITH_SEED, CREATE_ALLOW_PREFUND = 9, 10, 11, 13
SEED = "seed"
DERIVED = derived(CAROL_KEY, SEED, OWNER)
LARGEST = 10_485_760

ALICE, BOB, SAVED = (Mention(key) for key in (ALICE_KEY, BOB_KEY, DERIVED))
ALICE_SIGNS, BOB_SIGNS, CAROL_SIGNS = (Mention(key, True) for key in (ALICE_KEY, BOB_KEY, CAROL_KEY))
BOB_READ_ONLY = Mention(BOB_KEY, True, False)


def named(key: bytes, base: bytes | None = None) -> str:
    text = "None" if base is None else f"Some({address_text(base)})"
    return f"Address {{ address: {address_text(key)}, base: {text} }}"


def check(stored: Sequence[Account], content: bytes, mentions: Sequence[Mention]) -> Sent:
    """Run an instruction like LiteSVM. Alice has 10^9 lamports unless `stored` says something else."""
    machine = litesvm()
    for account in (system_account(ALICE_KEY), *stored):
        store(machine, account)
    given = system_instruction(content, mentions)
    return assert_like_litesvm(machine, [given], signers_of(given))


@dataclass(frozen=True)
class Refused:
    """A failing instruction: `error` as in JSON, and the lines that the program logs."""

    name: str
    error: object
    line: str | None
    content: bytes
    mentions: Sequence[Mention]
    stored: Sequence[Account] = ()


def custom(code: int) -> dict[str, int]:
    return {"Custom": code}


BOB_EXISTS = system_account(BOB_KEY)
BOB_HAS_DATA = system_account(BOB_KEY, content=b"data")
BOB_HAS_ZEROS = system_account(BOB_KEY, content=bytes(4))
BOB_IS_OWNED = Account(BOB_KEY, OWNER, 10**9, b"")
SAVED_EXISTS = system_account(DERIVED)

REFUSED = [
    Refused(
        "create: lamports",
        custom(0),
        f"Create Account: account {named(BOB_KEY)} already in use",
        data(CREATE, RENT, 1, OWNER),
        [ALICE, BOB],
        [system_account(BOB_KEY, 1)],
    ),
    Refused(
        "create: unsigned",
        "MissingRequiredSignature",
        f"Allocate: 'to' account {named(BOB_KEY)} must sign",
        data(CREATE, RENT, LARGEST + 1, OWNER),
        [ALICE, BOB],
    ),
    Refused(
        "create: too large",
        custom(3),
        f"Allocate: requested {LARGEST + 1}, max allowed {LARGEST}",
        data(CREATE, RENT, LARGEST + 1, OWNER),
        [ALICE, BOB_READ_ONLY],
    ),
    Refused(
        "create: read-only", "ReadonlyDataModified", None, data(CREATE, 0, 0, OWNER), [ALICE, BOB_READ_ONLY]
    ),
    Refused(
        "create: payer unsigned",
        "MissingRequiredSignature",
        f"Transfer: `from` account {address_text(ALICE_KEY)} must sign",
        data(CREATE, 10**10, 1, OWNER),
        [ALICE, BOB_SIGNS],
    ),
    Refused(
        "create: payer has data",
        "InvalidArgument",
        "Transfer: `from` must not carry data",
        data(CREATE, 10**10, 1, OWNER),
        [ALICE_SIGNS, BOB_SIGNS],
        [system_account(ALICE_KEY, content=b"data")],
    ),
    Refused(
        "create: too expensive",
        custom(1),
        "Transfer: insufficient lamports 1000000000, need 1000000001",
        data(CREATE, 10**9 + 1, 1, OWNER),
        [ALICE_SIGNS, BOB_SIGNS],
    ),
    Refused(
        "create: pays itself",
        custom(1),
        "Transfer: insufficient lamports 0, need 1",
        data(CREATE, 1, 0, OWNER),
        [BOB_SIGNS, BOB_SIGNS],
    ),
    Refused(
        "create: pays itself, with data",
        "InvalidArgument",
        "Transfer: `from` must not carry data",
        data(CREATE, 0, 1, OWNER),
        [BOB_SIGNS, BOB_SIGNS],
    ),
    Refused("create: one account", "MissingAccount", None, data(CREATE, 0, 0, OWNER), [ALICE]),
    Refused("create: short data", "InvalidInstructionData", None, data(CREATE, 0, 0, OWNER)[:-1], []),
    Refused(
        "assign: unsigned",
        "MissingRequiredSignature",
        f"Assign: account {named(BOB_KEY)} must sign",
        data(ASSIGN, OWNER),
        [BOB],
        [BOB_HAS_DATA],
    ),
    Refused("assign: data", "ModifiedProgramId", None, data(ASSIGN, OWNER), [BOB_SIGNS], [BOB_HAS_DATA]),
    Refused(
        "assign: read-only", "ModifiedProgramId", None, data(ASSIGN, OWNER), [BOB_READ_ONLY], [BOB_EXISTS]
    ),
    Refused("assign: owned", "ModifiedProgramId", None, data(ASSIGN, CAROL_KEY), [BOB_SIGNS], [BOB_IS_OWNED]),
    Refused("assign: no account", "MissingAccount", None, data(ASSIGN, OWNER), []),
    Refused(
        "transfer: unsigned",
        "MissingRequiredSignature",
        f"Transfer: `from` account {address_text(BOB_KEY)} must sign",
        data(TRANSFER, 10**10),
        [BOB, ALICE_SIGNS],
        [BOB_HAS_DATA],
    ),
    Refused(
        "transfer: data",
        "InvalidArgument",
        "Transfer: `from` must not carry data",
        data(TRANSFER, 10**10),
        [BOB_SIGNS, ALICE],
        [BOB_HAS_DATA],
    ),
    Refused(
        "transfer: too few lamports",
        custom(1),
        "Transfer: insufficient lamports 0, need 1",
        data(TRANSFER, 1),
        [BOB_READ_ONLY, ALICE],
    ),
    Refused("transfer: read-only", "ReadonlyLamportChange", None, data(TRANSFER, 0), [BOB_READ_ONLY, ALICE]),
    Refused(
        "transfer: to read-only",
        "ReadonlyLamportChange",
        None,
        data(TRANSFER, 0),
        [ALICE_SIGNS, Mention(BOB_KEY, False, False)],
    ),
    Refused(
        "transfer: to system program",
        "ReadonlyLamportChange",
        None,
        data(TRANSFER, 1),
        [ALICE_SIGNS, Mention(SYSTEM_PROGRAM)],
    ),
    Refused(
        "transfer: owned",
        "ExternalAccountLamportSpend",
        None,
        data(TRANSFER, 1),
        [BOB_SIGNS, ALICE],
        [BOB_IS_OWNED],
    ),
    Refused(
        "transfer: too many lamports",
        "ArithmeticOverflow",
        None,
        data(TRANSFER, 1),
        [ALICE_SIGNS, BOB],
        [system_account(BOB_KEY, 2**64 - 1)],
    ),
    Refused("transfer: one account", "MissingAccount", None, data(TRANSFER, 0), [ALICE_SIGNS]),
    Refused(
        "create with seed: other address",
        custom(5),
        f"Create: address {address_text(BOB_KEY)} does not match derived address {address_text(DERIVED)}",
        data(CREATE_WITH_SEED, CAROL_KEY, SEED, RENT, 1, OWNER),
        [ALICE, BOB],
        [BOB_EXISTS],
    ),
    Refused(
        "create with seed: lamports",
        custom(0),
        f"Create Account: account {named(DERIVED, CAROL_KEY)} already in use",
        data(CREATE_WITH_SEED, CAROL_KEY, SEED, RENT, 1, OWNER),
        [ALICE, SAVED],
        [SAVED_EXISTS],
    ),
    Refused(
        "create with seed: base unsigned",
        "MissingRequiredSignature",
        f"Allocate: 'to' account {named(DERIVED, CAROL_KEY)} must sign",
        data(CREATE_WITH_SEED, CAROL_KEY, SEED, RENT, 1, OWNER),
        [ALICE_SIGNS, SAVED],
    ),
    Refused(
        "create with seed: seed of 33 bytes",
        custom(0),
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, "s" * 33, RENT, 1, MARKED_OWNER),
        [ALICE, SAVED],
    ),
    Refused(
        "create with seed: marked owner",
        custom(2),
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, SEED, RENT, 1, MARKED_OWNER),
        [ALICE, SAVED],
    ),
    Refused(
        "create with seed: one account",
        "MissingAccount",
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, "s" * 33, RENT, 1, OWNER),
        [ALICE],
    ),
    Refused(
        "create with seed: no UTF-8",
        "InvalidInstructionData",
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, 1, b"\xff", RENT, 1, OWNER),
        [ALICE, SAVED],
    ),
    Refused(
        "create with seed: surrogate",
        "InvalidInstructionData",
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, 3, b"\xed\xa0\x80", RENT, 1, OWNER),
        [ALICE, SAVED],
    ),
    Refused(
        "create with seed: endless seed",
        "InvalidInstructionData",
        None,
        data(CREATE_WITH_SEED, CAROL_KEY, 2**64 - 1, RENT, 1, OWNER),
        [ALICE, SAVED],
    ),
    Refused(
        "allocate: unsigned",
        "MissingRequiredSignature",
        f"Allocate: 'to' account {named(BOB_KEY)} must sign",
        data(ALLOCATE, LARGEST + 1),
        [BOB],
        [BOB_HAS_DATA],
    ),
    Refused(
        "allocate: data",
        custom(0),
        f"Allocate: account {named(BOB_KEY)} already in use",
        data(ALLOCATE, LARGEST + 1),
        [BOB_SIGNS],
        [BOB_HAS_ZEROS],
    ),
    Refused(
        "allocate: owned",
        custom(0),
        f"Allocate: account {named(BOB_KEY)} already in use",
        data(ALLOCATE, LARGEST + 1),
        [BOB_SIGNS],
        [BOB_IS_OWNED],
    ),
    Refused(
        "allocate: too large",
        custom(3),
        f"Allocate: requested {2**64 - 1}, max allowed {LARGEST}",
        data(ALLOCATE, 2**64 - 1),
        [BOB_SIGNS],
    ),
    Refused(
        "allocate: read-only", "ReadonlyDataModified", None, data(ALLOCATE, 1), [BOB_READ_ONLY], [BOB_EXISTS]
    ),
    Refused("allocate: no account", "MissingAccount", None, data(ALLOCATE, 1), []),
    Refused(
        "allocate with seed: other address",
        custom(5),
        f"Create: address {address_text(BOB_KEY)} does not match derived address {address_text(DERIVED)}",
        data(ALLOCATE_WITH_SEED, CAROL_KEY, SEED, 1, OWNER),
        [BOB],
        [BOB_HAS_DATA],
    ),
    Refused(
        "allocate with seed: own key signs",
        "MissingRequiredSignature",
        f"Allocate: 'to' account {named(DERIVED, CAROL_KEY)} must sign",
        data(ALLOCATE_WITH_SEED, CAROL_KEY, SEED, 1, OWNER),
        [SAVED, ALICE_SIGNS],
        [SAVED_EXISTS],
    ),
    Refused(
        "allocate with seed: data",
        custom(0),
        f"Allocate: account {named(DERIVED, CAROL_KEY)} already in use",
        data(ALLOCATE_WITH_SEED, CAROL_KEY, SEED, 1, OWNER),
        [SAVED, CAROL_SIGNS],
        [system_account(DERIVED, content=b"\0")],
    ),
    Refused(
        "assign with seed: other address",
        custom(5),
        f"Create: address {address_text(BOB_KEY)} does not match derived address {address_text(DERIVED)}",
        data(ASSIGN_WITH_SEED, CAROL_KEY, SEED, OWNER),
        [BOB],
    ),
    Refused(
        "assign with seed: base unsigned",
        "MissingRequiredSignature",
        f"Assign: account {named(DERIVED, CAROL_KEY)} must sign",
        data(ASSIGN_WITH_SEED, CAROL_KEY, SEED, OWNER),
        [SAVED],
        [SAVED_EXISTS],
    ),
    Refused(
        "transfer with seed: base unsigned",
        "MissingRequiredSignature",
        f"Transfer: 'from' account {address_text(CAROL_KEY)} must sign",
        data(TRANSFER_WITH_SEED, 1, "s" * 33, OWNER),
        [SAVED, Mention(CAROL_KEY), ALICE],
    ),
    Refused(
        "transfer with seed: seed of 33 bytes",
        custom(0),
        None,
        data(TRANSFER_WITH_SEED, 1, "s" * 33, MARKED_OWNER),
        [SAVED, CAROL_SIGNS, ALICE],
    ),
    Refused(
        "transfer with seed: marked owner",
        custom(2),
        None,
        data(TRANSFER_WITH_SEED, 1, SEED, MARKED_OWNER),
        [SAVED, CAROL_SIGNS, ALICE],
    ),
    Refused(
        "transfer with seed: other address",
        custom(5),
        f"Transfer: 'from' address {address_text(BOB_KEY)} "
        f"does not match derived address {address_text(DERIVED)}",
        data(TRANSFER_WITH_SEED, 1, SEED, OWNER),
        [BOB, CAROL_SIGNS, ALICE],
        [BOB_HAS_DATA],
    ),
    Refused(
        "transfer with seed: data",
        "InvalidArgument",
        "Transfer: `from` must not carry data",
        data(TRANSFER_WITH_SEED, 10**10, SEED, OWNER),
        [SAVED, CAROL_SIGNS, ALICE],
        [system_account(DERIVED, content=b"data")],
    ),
    Refused(
        "transfer with seed: too few lamports",
        custom(1),
        "Transfer: insufficient lamports 1000000000, need 10000000000",
        data(TRANSFER_WITH_SEED, 10**10, SEED, OWNER),
        [SAVED, CAROL_SIGNS, ALICE],
        [SAVED_EXISTS],
    ),
    Refused(
        "transfer with seed: two accounts",
        "MissingAccount",
        None,
        data(TRANSFER_WITH_SEED, 1, SEED, OWNER),
        [SAVED, Mention(CAROL_KEY)],
    ),
    Refused(
        "create allow prefund: one account",
        "MissingAccount",
        None,
        data(CREATE_ALLOW_PREFUND, 1, LARGEST + 1, OWNER),
        [BOB],
    ),
    Refused(
        "create allow prefund: none", "MissingAccount", None, data(CREATE_ALLOW_PREFUND, 0, 1, OWNER), []
    ),
    Refused(
        "create allow prefund: unsigned",
        "MissingRequiredSignature",
        f"Allocate: 'to' account {named(BOB_KEY)} must sign",
        data(CREATE_ALLOW_PREFUND, 0, 1, OWNER),
        [BOB],
    ),
    Refused(
        "create allow prefund: data",
        custom(0),
        f"Allocate: account {named(BOB_KEY)} already in use",
        data(CREATE_ALLOW_PREFUND, 0, 1, OWNER),
        [BOB_SIGNS],
        [BOB_HAS_DATA],
    ),
    Refused(
        "create allow prefund: payer unsigned",
        "MissingRequiredSignature",
        f"Transfer: `from` account {address_text(ALICE_KEY)} must sign",
        data(CREATE_ALLOW_PREFUND, 1, 1, OWNER),
        [BOB_SIGNS, ALICE],
    ),
    Refused("no data", "InvalidInstructionData", None, b"", [ALICE, BOB]),
    Refused("short tag", "InvalidInstructionData", None, b"\2\0\0", [ALICE, BOB]),
    Refused("unknown tag", "InvalidInstructionData", None, data(14, bytes(100)), [ALICE, BOB]),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refused_like_litesvm(case: Refused) -> None:
    sent = check(case.stored, case.content, case.mentions)
    assert sent.error == {"InstructionError": [0, case.error]}
    assert sent.logs[1:-1] == (() if case.line is None else (case.line,))
    assert sent.compute_units == 150


ACCEPTED: list[tuple[str, bytes, Sequence[Mention], Sequence[Account]]] = [
    ("create", data(CREATE, RENT, 100, OWNER), [ALICE_SIGNS, BOB_SIGNS], []),
    ("create: more data", data(CREATE, RENT, 100, OWNER) + b"more", [ALICE_SIGNS, BOB_SIGNS], []),
    ("create: nothing", data(CREATE, 0, 0, OWNER), [ALICE_SIGNS, BOB_SIGNS], []),
    ("create: pays itself", data(CREATE, 0, 0, OWNER), [BOB_SIGNS, BOB_SIGNS], []),
    (
        "create: largest",
        data(CREATE, 10**11, LARGEST, OWNER),
        [ALICE_SIGNS, BOB_SIGNS],
        [system_account(ALICE_KEY, 10**12)],
    ),
    ("assign", data(ASSIGN, OWNER), [BOB_SIGNS], [BOB_HAS_ZEROS]),
    ("assign: same owner", data(ASSIGN, OWNER), [Mention(BOB_KEY, False, False)], [BOB_IS_OWNED]),
    ("transfer", data(TRANSFER, RENT), [ALICE_SIGNS, BOB], []),
    ("transfer: everything", data(TRANSFER, 10**9), [ALICE_SIGNS, BOB], []),
    ("transfer: to itself", data(TRANSFER, 10**9), [ALICE_SIGNS, ALICE_SIGNS], []),
    ("transfer: to data of another program", data(TRANSFER, 5), [ALICE_SIGNS, BOB], [BOB_IS_OWNED]),
    (
        "create with seed",
        data(CREATE_WITH_SEED, CAROL_KEY, SEED, RENT, 7, OWNER),
        [ALICE_SIGNS, SAVED, CAROL_SIGNS],
        [],
    ),
    (
        "create with seed: payer is base",
        data(CREATE_WITH_SEED, ALICE_KEY, "s" * 32, RENT, 7, OWNER),
        [ALICE_SIGNS, Mention(derived(ALICE_KEY, "s" * 32, OWNER))],
        [],
    ),
    (
        "create with seed: UTF-8",
        data(CREATE_WITH_SEED, ALICE_KEY, "\u00e9\U0001f600", RENT, 7, OWNER),
        [ALICE_SIGNS, Mention(derived(ALICE_KEY, "\u00e9\U0001f600", OWNER))],
        [],
    ),
    ("allocate", data(ALLOCATE, 100), [BOB_SIGNS], [BOB_EXISTS]),
    ("allocate: nothing", data(ALLOCATE, 0), [BOB_SIGNS], [BOB_EXISTS]),
    (
        "allocate with seed",
        data(ALLOCATE_WITH_SEED, CAROL_KEY, SEED, 3, OWNER),
        [SAVED, CAROL_SIGNS],
        [SAVED_EXISTS],
    ),
    (
        "assign with seed",
        data(ASSIGN_WITH_SEED, CAROL_KEY, SEED, OWNER),
        [SAVED, CAROL_SIGNS],
        [SAVED_EXISTS],
    ),
    (
        "transfer with seed",
        data(TRANSFER_WITH_SEED, RENT, SEED, OWNER),
        [SAVED, CAROL_SIGNS, BOB],
        [SAVED_EXISTS],
    ),
    (
        "create allow prefund",
        data(CREATE_ALLOW_PREFUND, 5, 100, OWNER),
        [BOB_SIGNS, ALICE_SIGNS],
        [BOB_EXISTS],
    ),
    ("create allow prefund: prefunded", data(CREATE_ALLOW_PREFUND, 0, 100, OWNER), [BOB_SIGNS], [BOB_EXISTS]),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case[0])
def test_accepted_like_litesvm(case: tuple[str, bytes, Sequence[Mention], Sequence[Account]]) -> None:
    _, content, mentions, stored = case
    assert check(stored, content, mentions).error is None


def test_create_allow_prefund_before_its_feature() -> None:
    machine = litesvm(deactivate=["create_account_allow_prefund"])
    store(machine, BOB_EXISTS)
    given = system_instruction(data(CREATE_ALLOW_PREFUND, 0, 1, OWNER), [])
    features = MAINNET.changed(deactivate=["create_account_allow_prefund"])
    sent = assert_like_litesvm(machine, [given], (), features)
    assert sent.error == {"InstructionError": [0, "InvalidInstructionData"]}


def test_a_transaction_can_grow_accounts_by_20_mib() -> None:
    machine = litesvm()
    keys = [ALICE_KEY, BOB_KEY, CAROL_KEY]
    for key in keys:
        store(machine, system_account(key, 10**11))
    instructions = [
        system_instruction(data(ALLOCATE, size), [Mention(key, True)])
        for key, size in zip(keys, (LARGEST, LARGEST, 1), strict=True)
    ]
    signers = signers_of(*instructions)
    sent = assert_like_litesvm(machine, instructions, signers)
    assert sent.error == {"InstructionError": [2, "MaxAccountsDataAllocationsExceeded"]}
    assert assert_like_litesvm(machine, instructions[:2], signers[:2]).error is None


def test_a_created_account_is_of_use_in_the_next_instruction() -> None:
    machine = litesvm()
    store(machine, system_account(ALICE_KEY))
    instructions = [
        system_instruction(data(CREATE, RENT, 0, SYSTEM_PROGRAM), [ALICE_SIGNS, BOB_SIGNS]),
        system_instruction(data(TRANSFER, RENT), [BOB_SIGNS, Mention(CAROL_KEY)]),
        system_instruction(data(CREATE, RENT, 9, OWNER), [ALICE_SIGNS, BOB_SIGNS]),
    ]
    sent = assert_like_litesvm(machine, instructions, signers_of(*instructions))
    assert sent.error is None and sent.compute_units == 450
