from __future__ import annotations

from random import Random
from typing import Any

import pytest
from solders.litesvm import LiteSVM

from solproof.runtime.accounts import Account
from solproof.runtime.features import MAINNET
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE
from solproof.runtime.transaction.message import MAXIMUM_WIRE_SIZE, parse_transaction
from solproof.runtime.transaction.sanitize import sanitize
from solproof.runtime.transaction.transaction_error import TransactionFailure
from tests.support.lookup_tables import table
from tests.support.wire_transactions import (
    PAYER,
    Lookup,
    add_program,
    key,
    litesvm_error,
    machine,
    put,
    wire,
)

PUPPET = key("puppet")
KEYS = [PAYER, key("other"), PUPPET]
TABLE = key("table")
LOOKUP = (TABLE, bytes([1, 2]), bytes([3]))

VALID: dict[str, dict[str, Any]] = {
    "no instruction": {"keys": [PAYER]},
    "an instruction": {"keys": KEYS, "instructions": [(2, bytes([0, 1]), b"data")]},
    "a second signer, read-only": {"keys": KEYS, "header": (2, 1, 0)},
    "only signers": {"keys": KEYS, "header": (3, 2, 0)},
    "every key that does not sign is read-only": {"keys": KEYS, "header": (1, 0, 2)},
    "an account from a table": {
        "keys": KEYS,
        "instructions": [(2, bytes([0, 5]), b"data")],
        "lookups": [LOOKUP],
    },
    "an account that only a table loads": {"keys": [PAYER], "lookups": [(TABLE, b"", bytes([1]))]},
}

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "too few signatures": (
        {"keys": KEYS, "header": (2, 0, 0), "signatures": 1},
        "expected 2 signatures, got 1",
    ),
    "too many signatures": ({"keys": KEYS, "signatures": 2}, "expected 1 signatures, got 2"),
    "no signature": ({"keys": KEYS, "signatures": 0}, "expected 1 signatures, got 0"),
    "none required": (
        {"keys": KEYS, "header": (0, 0, 0)},
        "0 of 0 accounts that sign are read-only, so none can pay",
    ),
    "more signers than static keys": (
        {"keys": KEYS, "header": (4, 0, 0)},
        "the header describes 4 static account keys, and the message has 3",
    ),
    "more signers than static keys, with a table": (
        {"keys": KEYS, "header": (4, 0, 0), "lookups": [LOOKUP]},
        "the header describes 4 static account keys, and the message has 3",
    ),
    "signers and read-only keys overlap": (
        {"keys": KEYS, "header": (2, 0, 2)},
        "the header describes 4 static account keys, and the message has 3",
    ),
    "no key": (
        {"keys": [], "header": (1, 0, 0)},
        "the header describes 1 static account keys, and the message has 0",
    ),
    "read-only payer": (
        {"keys": KEYS, "header": (1, 1, 0)},
        "1 of 1 accounts that sign are read-only, so none can pay",
    ),
    "the payer as program": (
        {"keys": KEYS, "instructions": [(2, b"", b"data"), (0, b"", b"")]},
        "instruction 1 calls the account that pays",
    ),
    "a program beyond the keys": (
        {"keys": KEYS, "instructions": [(3, b"", b"")]},
        "instruction 0 calls account 3, and the message has 3 static account keys",
    ),
    "a program from a table": (
        {"keys": KEYS, "instructions": [(3, b"", b"")], "lookups": [LOOKUP]},
        "instruction 0 calls account 3, and the message has 3 static account keys",
    ),
    "an account beyond the keys": (
        {"keys": KEYS, "instructions": [(2, bytes([2, 3]), b"")]},
        "instruction 0 names account 3, and there are 3 account keys",
    ),
    "an account beyond the tables": (
        {"keys": KEYS, "instructions": [(2, bytes([5, 6]), b"")], "lookups": [LOOKUP]},
        "instruction 0 names account 6, and there are 6 account keys",
    ),
    "a lookup without an index": (
        {"keys": KEYS, "lookups": [LOOKUP, (TABLE, b"", b"")]},
        "address table lookup 1 loads no address",
    ),
    "more than 256 keys": (
        {"keys": KEYS, "lookups": [(TABLE, bytes(200), bytes(54))]},
        "expected at most 256 account keys, got 257",
    ),
}


def with_table() -> LiteSVM:
    """A LiteSVM with a program that always succeeds, and with a table of 256 addresses."""
    made = machine()
    add_program(made, PUPPET, "entrypoint:\nmov64 r0, 0\nexit")
    put(made, Account(TABLE, ADDRESS_LOOKUP_TABLE, 10**9, table(None, 256)))
    return made


@pytest.fixture(scope="module", name="litesvm")
def _litesvm() -> LiteSVM:
    return with_table()


@pytest.mark.parametrize("fields", VALID.values(), ids=VALID.keys())
def test_what_passes(litesvm: LiteSVM, fields: dict[str, Any]) -> None:
    content = wire(**fields)
    sanitize(parse_transaction(content), MAINNET)
    assert litesvm_error(litesvm, content) is None


@pytest.mark.parametrize(("fields", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_refused(litesvm: LiteSVM, fields: dict[str, Any], reason: str) -> None:
    content = wire(**fields)
    with pytest.raises(TransactionFailure) as failure:
        sanitize(parse_transaction(content), MAINNET)
    assert failure.value.reason == reason
    assert failure.value.error.to_json() == litesvm_error(litesvm, content) == "SanitizeFailure"


def test_256_keys_pass(litesvm: LiteSVM) -> None:
    """They are more accounts than a transaction can lock, but that is another rule."""
    content = wire(KEYS, lookups=[(TABLE, bytes(range(1, 201)), bytes(range(201, 254)))])
    sanitize(parse_transaction(content), MAINNET)
    assert litesvm_error(litesvm, content) == "TooManyAccountLocks"


def test_more_than_64_instructions(litesvm: LiteSVM) -> None:
    """Agave refuses the transaction, LiteSVM runs it until the trace is full."""
    for count in (64, 65):
        content = wire([PAYER, PUPPET], [(1, b"", b"")] * count)
        transaction = parse_transaction(content)
        sanitize(transaction, frozenset())
        if count == 64:
            sanitize(transaction, MAINNET)
            assert litesvm_error(litesvm, content) is None
        else:
            with pytest.raises(TransactionFailure) as failure:
                sanitize(transaction, MAINNET)
            assert failure.value.error.to_json() == "SanitizeFailure"
            assert failure.value.reason == "expected at most 64 instructions, got 65"
            full = {"InstructionError": [64, "MaxInstructionTraceLengthExceeded"]}
            assert litesvm_error(litesvm, content) == full


def test_more_than_255_accounts_of_an_instruction(litesvm: LiteSVM) -> None:
    """Agave refuses the transaction (SIMD-0406). LiteSVM runs it, and the program cannot start."""
    for count in (255, 256):
        content = wire([PAYER, PUPPET], [(1, bytes(count), b"")])
        transaction = parse_transaction(content)
        sanitize(transaction, MAINNET.changed(deactivate=["limit_instruction_accounts"]))
        if count == 255:
            sanitize(transaction, MAINNET)
            assert litesvm_error(litesvm, content) is None
        else:
            with pytest.raises(TransactionFailure) as failure:
                sanitize(transaction, MAINNET)
            assert failure.value.reason == "instruction 0: expected at most 255 accounts, got 256"
            assert litesvm_error(litesvm, content) == {"InstructionError": [0, "MaxAccountsExceeded"]}


def test_a_transaction_of_1233_bytes(litesvm: LiteSVM) -> None:
    """It cannot be read here and is refused by Agave's bank, but LiteSVM runs it."""
    fixed = len(wire(KEYS, [(2, bytes([0, 1]), bytes(200))])) - 200
    content = wire(KEYS, [(2, bytes([0, 1]), bytes(MAXIMUM_WIRE_SIZE + 1 - fixed))])
    assert len(content) == 1233
    assert litesvm_error(litesvm, content) is None


def plausible_wire(random: Random) -> bytes:
    """A transaction whose numbers are near the limits."""
    keys = [PAYER, *(random.randbytes(32) for _ in range(random.randrange(1, 5)))]
    lookups: list[Lookup] | None = None
    if random.randrange(2):
        lookups = [
            (TABLE, random.randbytes(random.randrange(3)), random.randbytes(random.randrange(3)))
            for _ in range(random.randrange(3))
        ]
    instructions = [
        (
            random.choice((0, 1, 1, 1, 2, 5)),
            bytes(random.randrange(7) for _ in range(random.randrange(3))),
            b"",
        )
        for _ in range(random.randrange(3))
    ]
    header = (random.choice((0, 1, 2, 2, 3)), random.choice((0, 0, 1, 2)), random.randrange(3))
    signatures = random.choice((None, None, None, None, None, random.randrange(4)))
    return wire(keys, instructions, header, lookups, signatures)


def test_random_transactions_are_refused_as_in_litesvm(litesvm: LiteSVM) -> None:
    random = Random(4)
    refused = passed = 0
    for _ in range(2000):
        content = plausible_wire(random)
        expected = litesvm_error(litesvm, content) == "SanitizeFailure"
        try:
            sanitize(parse_transaction(content), MAINNET)
        except TransactionFailure as failure:
            assert expected, failure.reason
            refused += 1
        else:
            assert not expected
            passed += 1
    assert min(refused, passed) > 300, (refused, passed)
