"""The transaction of a scene: bytes in every form, and readable messages."""

from __future__ import annotations

import base64
from typing import Any

import base58
import pytest
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.formats.transaction_text import (
    decoded_transaction,
    has_durable_nonce,
    is_unsigned,
    read_transaction,
    table_addresses,
)
from solproof.runtime.accounts import Account, address_text
from tests.support.scene_documents import (
    ALICE,
    BLOCKHASH,
    BOB,
    PAYER_ACCOUNT,
    PAYER_KEY,
    PROGRAM,
    TABLE,
    TABLE_ACCOUNT,
    durable_nonce_bytes,
    message,
    transfer_bytes,
)

ACCOUNTS = {account.key: account for account in (PAYER_ACCOUNT, TABLE_ACCOUNT)}
THIRD, FOURTH = bytes([3]) * 32, bytes([4]) * 32
ZEROS = bytes(64)


def read(value: Any) -> bytes:
    return read_transaction(value, "transaction", ACCOUNTS, BLOCKHASH)


def decoded(value: Any) -> VersionedTransaction:
    transaction = decoded_transaction(read(value))
    assert transaction is not None
    return transaction


# BYTES


@pytest.mark.parametrize(
    "value",
    [
        base64.b64encode(transfer_bytes()).decode(),
        base58.b58encode(transfer_bytes()).decode(),
        [base64.b64encode(transfer_bytes()).decode(), "base64"],
        [base58.b58encode(transfer_bytes()).decode(), "base58"],
        [transfer_bytes().hex(), "hex"],
        list(transfer_bytes()),
    ],
)
def test_bytes(value: Any) -> None:
    assert read(value) == transfer_bytes()
    assert not is_unsigned(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, 'transaction: expected an array of integers, a base58 text or [text, "base64"], got null'),
        ("", 'transaction: expected a transaction in base64 or base58, got ""'),
        ("é", 'transaction: expected a transaction in base64 or base58, got "\\u00e9"'),
        ("AQID", 'transaction: expected a transaction in base64 or base58, got "AQID"'),
        (
            "1" * 4097,
            f'transaction: expected a transaction in base64 or base58, got "{"1" * 56}...',
        ),
        ([1, 2, 3], "transaction: these 3 bytes are not a transaction"),
        (
            [*transfer_bytes(), 0],
            f"transaction: these {len(transfer_bytes()) + 1} bytes are not a transaction",
        ),
        (
            ["01", "octal"],
            'transaction[1]: expected "base58" or "base64" or "base64+zstd" or "hex", got "octal"',
        ),
        (["0x", "hex"], 'transaction[0]: expected hex, got "0x"'),
        ([0] * 1233, "transaction: expected at most 1232 bytes, got 1233"),
    ],
)
def test_bytes_that_are_refused(value: Any, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        read(value)
    assert str(raised.value) == expected


def test_durable_nonces() -> None:
    """Only if the instruction is the first one, and the system program's."""
    for content, expected in ((durable_nonce_bytes(), True), (transfer_bytes(), False)):
        transaction = decoded_transaction(content)
        assert transaction is not None
        assert has_durable_nonce(transaction) is expected
    advance = {"program": "system", "data": [4, 0, 0, 0]}
    for instructions, expected in (
        ([advance], True),
        ([advance | {"data": [4, 0, 0]}], False),
        ([advance | {"program": "vote"}], False),
        ([{"program": "vote"}, advance], False),
        ([], False),
    ):
        assert has_durable_nonce(decoded(message(instructions=instructions))) is expected


# READABLE MESSAGES


def test_legacy_message() -> None:
    transaction = decoded(message())
    compiled = transaction.message
    assert not isinstance(compiled, MessageV0)
    header = compiled.header
    assert (header.num_required_signatures, header.num_readonly_signed_accounts) == (2, 0)
    keys = [bytes(key) for key in compiled.account_keys]
    assert keys[0] == PAYER_KEY
    assert set(keys[:2]) == {PAYER_KEY, ALICE}
    assert {BOB, THIRD, FOURTH, PROGRAM} < set(keys)
    assert [bytes(signature) for signature in transaction.signatures] == [ZEROS, ZEROS]
    assert bytes(compiled.recent_blockhash) == BLOCKHASH
    assert [bytes(each.data) for each in compiled.instructions] == [
        b"\2\xe8\3\0\0",
        b"\2\0\0\0" + (7).to_bytes(8, "little"),
        b"\1\xff",
        b"",
    ]
    raw = compiled.instructions[2]
    assert keys[raw.program_id_index] == PROGRAM
    assert [keys[index] for index in bytes(raw.accounts)] == [ALICE, THIRD, FOURTH]
    writable = keys[: len(keys) - header.num_readonly_unsigned_accounts]
    assert THIRD in writable
    assert FOURTH not in writable
    assert is_unsigned(message())


def test_message_with_lookups() -> None:
    transaction = decoded(message(version=0, lookups=[address_text(TABLE)], blockhash=address_text(ALICE)))
    compiled = transaction.message
    assert isinstance(compiled, MessageV0)
    (lookup,) = compiled.address_table_lookups
    assert (lookup.account_key, lookup.writable_indexes, lookup.readonly_indexes) == (
        Pubkey(TABLE),
        bytes([3, 12]),
        bytes([4]),
    )
    assert not {THIRD, FOURTH, BOB} & {bytes(key) for key in compiled.account_keys}
    assert bytes(compiled.recent_blockhash) == ALICE


def test_message_of_version_0_without_lookups() -> None:
    compiled = decoded(message(version=0)).message
    assert isinstance(compiled, MessageV0)
    assert compiled.address_table_lookups == []


def test_signatures() -> None:
    described = message(signatures=[[1] * 64, [bytes([2] * 64).hex(), "hex"]])
    assert [bytes(signature) for signature in decoded(described).signatures] == [b"\1" * 64, b"\2" * 64]
    assert decoded(message(signatures=[])).signatures == []
    assert not is_unsigned(described)


def listed(count: int, **flags: bool) -> dict[str, Any]:
    """A message with this number of different accounts: the payer, the system program, and others."""
    keys = [number.to_bytes(32, "big") for number in range(1, count - 1)]
    metas = [{"address": address_text(key), **flags} for key in keys]
    return message(instructions=[{"program": "system", "accounts": metas}])


def test_lengths() -> None:
    """The most accounts that fit into a packet, and the most that can be counted."""
    assert len(decoded(listed(34)).message.account_keys) == 34
    for described, expected in (
        (listed(35), "transaction: expected at most 1232 bytes, got 1258"),
        (listed(255, signer=True), "transaction: expected at most 1232 bytes, got 24713"),
        (listed(256), "transaction: expected at most 255 different accounts, got 256"),
        (message(signatures=[[0] * 64] * 20), "transaction: expected at most 1232 bytes, got 1642"),
    ):
        with pytest.raises(InputError) as raised:
            read(described)
        assert str(raised.value) == expected


def test_tables() -> None:
    assert table_addresses(TABLE_ACCOUNT.data) == [bytes([number]) * 32 for number in range(20)]
    assert table_addresses(TABLE_ACCOUNT.data[:56]) == []
    assert len(table_addresses(TABLE_ACCOUNT.data[:56] + bytes(256 * 32)) or ()) == 256
    for data in (
        b"",
        TABLE_ACCOUNT.data[:55],
        TABLE_ACCOUNT.data[:-1],
        b"\0" + TABLE_ACCOUNT.data[1:],
        TABLE_ACCOUNT.data[:56] + bytes(257 * 32),
    ):
        assert table_addresses(data) is None


def instruction(**changes: Any) -> dict[str, Any]:
    return message(instructions=[{"program": "vote", "data": []} | changes])


META = {"address": address_text(ALICE)}


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        (
            message(key=1),
            ": unknown field 'key', expected version, payer, instructions, blockhash, lookups, signatures",
        ),
        ({"instructions": []}, ".payer: missing"),
        ({"payer": address_text(ALICE)}, ".instructions: missing"),
        (message(version=1), '.version: expected "legacy" or 0, got 1'),
        (message(version=False), '.version: expected "legacy" or 0, got false'),
        (message(version="0"), '.version: expected "legacy" or 0, got "0"'),
        (message(payer=5), ".payer: expected a base58 address, got 5"),
        (message(instructions={}), ".instructions: expected an array, got {}"),
        (message(instructions=[{}] * 256), ".instructions: expected at most 255, got 256"),
        (message(instructions=[[]]), ".instructions[0]: expected an object, got []"),
        (message(instructions=[{}]), ".instructions[0].program: missing"),
        (message(instructions=[{"instruction": "Transfer"}]), ".instructions[0].program: missing"),
        (
            instruction(accounts=[], keys=[]),
            ".instructions[0]: unknown field 'keys', expected program, accounts, data",
        ),
        (
            instruction(program="stake"),
            ".instructions[0].program: expected a base58 address of 32 bytes, got 4 bytes in 'stake'",
        ),
        (instruction(accounts=5), ".instructions[0].accounts: expected an array, got 5"),
        (instruction(accounts=[META] * 256), ".instructions[0].accounts: expected at most 255, got 256"),
        (
            instruction(accounts=[META | {"is_signer": True}]),
            ".instructions[0].accounts[0]: unknown field 'is_signer', expected address, signer, writable",
        ),
        (instruction(accounts=[{}]), ".instructions[0].accounts[0].address: missing"),
        (
            instruction(accounts=[META, META | {"signer": 1}]),
            ".instructions[0].accounts[1].signer: expected true or false, got 1",
        ),
        (
            instruction(accounts=[META | {"writable": None}]),
            ".instructions[0].accounts[0].writable: expected true or false, got null",
        ),
        (
            instruction(data=[0] * 1233),
            ".instructions[0].data: expected at most 1232 bytes, got 1233",
        ),
        (message(blockhash="1"), ".blockhash: expected a base58 address of 32 bytes, got 1 bytes in '1'"),
        (message(lookups=5), ".lookups: expected an array, got 5"),
        (
            message(lookups=[address_text(TABLE)]),
            ".lookups: a message has lookup tables only in version 0",
        ),
        (
            message(version=0, lookups=[address_text(ALICE)]),
            f".lookups[0]: the account {address_text(ALICE)} is not given",
        ),
        (
            message(version=0, lookups=[address_text(TABLE), address_text(PAYER_KEY)]),
            f".lookups[1]: the account {address_text(PAYER_KEY)} is not a lookup table",
        ),
        (message(signatures=1), ".signatures: expected an array, got 1"),
        (message(signatures=[[0] * 63]), ".signatures[0]: expected 64 bytes, got 63"),
        (message(signatures=[[0] * 65]), ".signatures[0]: expected at most 64 bytes, got 65"),
        (message(signatures=[[]] * 256), ".signatures: expected at most 255, got 256"),
    ],
)
def test_messages_that_are_refused(described: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError) as raised:
        read(described)
    assert str(raised.value) == f"transaction{expected}"


def test_a_table_with_more_than_256_addresses_is_none() -> None:
    large = Account(TABLE, TABLE_ACCOUNT.owner, 1, TABLE_ACCOUNT.data[:56] + bytes(257 * 32))
    with pytest.raises(InputError, match="is not a lookup table"):
        read_transaction(
            message(version=0, lookups=[address_text(TABLE)]), "transaction", {TABLE: large}, BLOCKHASH
        )
