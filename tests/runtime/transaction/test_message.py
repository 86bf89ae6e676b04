from __future__ import annotations

from random import Random

import pytest
from solders.message import to_bytes_versioned
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.runtime.transaction.message import (
    MAXIMUM_WIRE_SIZE,
    AddressTableLookup,
    CompiledInstruction,
    Transaction,
    parse_transaction,
)
from tests.support.wire_transactions import key, random_wire, wire

KEYS = [key("payer"), key("other"), key("program")]
INSTRUCTION = (2, bytes([0, 1, 1]), b"data")
LOOKUP = (key("table"), bytes([4, 0]), bytes([7]))
LEGACY = wire(KEYS, [INSTRUCTION], (1, 0, 1))
V0 = wire(KEYS, [INSTRUCTION], (1, 0, 1), [LOOKUP])
MESSAGE = 65
"""Where the message starts after one signature."""

STATIC_KEYS = MESSAGE + 3


def test_a_legacy_transaction() -> None:
    transaction = parse_transaction(LEGACY)
    message = transaction.message
    assert transaction.signatures == (bytes(64),)
    assert transaction.wire_size == len(LEGACY)
    assert message.version is None
    assert (message.required_signatures, message.readonly_signed, message.readonly_unsigned) == (1, 0, 1)
    assert message.static_keys == tuple(KEYS)
    assert message.blockhash == bytes(32)
    assert message.instructions == (CompiledInstruction(*INSTRUCTION),)
    assert message.lookups == ()
    assert message.content == LEGACY[MESSAGE:]


def test_a_v0_transaction() -> None:
    message = parse_transaction(V0).message
    assert message.version == 0
    assert (message.required_signatures, message.readonly_signed, message.readonly_unsigned) == (1, 0, 1)
    assert message.instructions == (CompiledInstruction(*INSTRUCTION),)
    assert message.lookups == (AddressTableLookup(*LOOKUP),)
    assert message.content == V0[MESSAGE:]
    assert message.content[0] == 0x80


def same_as_solders(transaction: Transaction, content: bytes) -> None:
    """Compare every field with what solders reads."""
    theirs = VersionedTransaction.from_bytes(content)
    message, header = theirs.message, theirs.message.header
    ours = transaction.message
    assert transaction.signatures == tuple(bytes(signature) for signature in theirs.signatures)
    assert transaction.wire_size == len(content)
    assert (ours.required_signatures, ours.readonly_signed, ours.readonly_unsigned) == (
        header.num_required_signatures,
        header.num_readonly_signed_accounts,
        header.num_readonly_unsigned_accounts,
    )
    assert ours.static_keys == tuple(bytes(each) for each in message.account_keys)
    assert ours.blockhash == bytes(message.recent_blockhash)
    assert [(each.program_index, each.accounts, each.data) for each in ours.instructions] == [
        (each.program_id_index, bytes(each.accounts), bytes(each.data)) for each in message.instructions
    ]
    assert [(each.key, each.writable_indexes, each.readonly_indexes) for each in ours.lookups] == [
        (bytes(each.account_key), bytes(each.writable_indexes), bytes(each.readonly_indexes))
        for each in getattr(message, "address_table_lookups", ())
    ]
    assert (ours.version is None) == (type(message).__name__ == "Message")
    assert ours.content == to_bytes_versioned(message)
    assert bytes(theirs) == content


def test_random_transactions_are_read_as_solders_reads_them() -> None:
    random = Random(1)
    longest = too_long = legacy = 0
    for _ in range(2000):
        content = random_wire(random)
        if len(content) > MAXIMUM_WIRE_SIZE:
            with pytest.raises(InputError, match="expected at most 1232 bytes"):
                parse_transaction(content)
            too_long += 1
            continue
        transaction = parse_transaction(content)
        same_as_solders(transaction, content)
        longest = max(longest, len(content))
        legacy += transaction.message.version is None
    assert longest > 1200
    assert too_long > 50
    assert 500 < legacy < 1500


def mutated(random: Random, content: bytes) -> bytes:
    """The bytes with one to three random changes."""
    changed = bytearray(content)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(changed) + 1)
        kind = random.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes(
                [random.choice((0, 1, 2, 3, 4, 127, 128, 129, 255, random.randrange(256)))]
            )
        elif kind == 1:
            del changed[at : at + random.choice((1, 2, 32, 64))]
        elif kind == 2:
            changed[at:at] = random.randbytes(random.choice((1, 2, 32, 64)))
        else:
            changed[at : at + 1] = bytes([random.randrange(128, 256), random.choice((0, 1, 2, 128))])
    return bytes(changed)


def accepted_by_solders(content: bytes) -> bool:
    """Whether solders reads the bytes and writes the same ones again. It ignores bytes that follow."""
    try:
        return bytes(VersionedTransaction.from_bytes(content)) == content
    except ValueError:
        return False


def test_changed_bytes_are_refused_or_read_as_solders_reads_them() -> None:
    """solders reads transactions of any size. It reads v1 transactions too, but no change makes one."""
    random = Random(2)
    outcomes = {True: 0, False: 0}
    seeds = [LEGACY, V0, *(random_wire(random) for _ in range(30))]
    for _ in range(20_000):
        content = mutated(random, random.choice(seeds))
        expected = accepted_by_solders(content) and len(content) <= MAXIMUM_WIRE_SIZE
        outcomes[expected] += 1
        if expected:
            same_as_solders(parse_transaction(content), content)
        else:
            with pytest.raises(InputError):
                parse_transaction(content)
    assert min(outcomes.values()) > 2000, outcomes


def test_random_bytes_are_refused() -> None:
    random = Random(3)
    for _ in range(5000):
        with pytest.raises(InputError):
            parse_transaction(random.randbytes(random.randrange(200)))


@pytest.mark.parametrize("content", [LEGACY, V0])
def test_every_prefix_is_refused(content: bytes) -> None:
    for length in range(len(content)):
        with pytest.raises(InputError, match="expected"):
            parse_transaction(content[:length])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "transaction: byte 0: number of signatures: expected 1 byte, got 0"),
        (LEGACY + b"\0", "transaction: byte 208: end of the message: expected no further byte, got 1 more"),
        (LEGACY[:40], "transaction: byte 1: signatures[0]: expected 64 bytes, got 39"),
        (LEGACY[:-1], "transaction: byte 204: instructions[0]: data: expected 4 bytes, got 3"),
        (
            V0[:-1],
            "transaction: byte 246: address table lookups[0]: read-only indexes: expected 1 byte, got 0",
        ),
        (
            b"\x81" + LEGACY[1:],
            "transaction: byte 0: version: expected a legacy or v0 transaction, got version 1",
        ),
        (
            V0[:MESSAGE] + b"\x81" + V0[MESSAGE + 1 :],
            "transaction: byte 65: message version: expected a legacy message or version 0, got version 1",
        ),
        (
            LEGACY[:STATIC_KEYS] + b"\x83\0" + LEGACY[STATIC_KEYS + 1 :],
            "transaction: byte 68: number of account keys: expected a number below 65,536 in its shortest "
            "form, got the bytes 8300",
        ),
        (
            LEGACY[:STATIC_KEYS] + b"\x83\x80\0" + LEGACY[STATIC_KEYS + 1 :],
            "transaction: byte 68: number of account keys: expected a number below 65,536 in its shortest "
            "form, got the bytes 838000",
        ),
        (
            LEGACY[:STATIC_KEYS] + b"\x83\x80\4" + LEGACY[STATIC_KEYS + 1 :],
            "transaction: byte 68: number of account keys: expected a number below 65,536 in its shortest "
            "form, got the bytes 838004",
        ),
        (
            LEGACY[:STATIC_KEYS] + b"\x83\x80\x80\1" + LEGACY[STATIC_KEYS + 1 :],
            "transaction: byte 68: number of account keys: expected a number below 65,536 in its shortest "
            "form, got the bytes 838080",
        ),
        (bytes(1233), "transaction: expected at most 1232 bytes, got 1233"),
    ],
)
def test_what_is_wrong_and_where(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_transaction(content)
    assert str(error.value) == message


def test_the_largest_transaction() -> None:
    rest = MAXIMUM_WIRE_SIZE - len(wire(KEYS, [(2, b"", bytes(200))])) + 200
    content = wire(KEYS, [(2, b"", bytes(rest))])
    assert len(content) == MAXIMUM_WIRE_SIZE
    assert parse_transaction(content).message.instructions[0].data == bytes(rest)
