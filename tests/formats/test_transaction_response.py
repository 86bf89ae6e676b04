"""Responses of getTransaction: every encoding gives the same transaction, and errors name their field."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction, VersionedTransaction

from solproof.errors import InputError
from solproof.formats.transaction_response import RecordedTransaction, TokenBalance, read_response
from solproof.runtime.transaction.tables import LoadedAddresses
from tests.support.scene_documents import ALICE, BOB, PAYER, TABLE, transfer_bytes
from tests.support.transaction_responses import META, response, result

ENCODINGS = ("base64", "base58", "json")
LEGACY = Transaction.from_bytes(transfer_bytes())


def versioned() -> VersionedTransaction:
    """A transfer whose receiver is in a lookup table."""
    table = AddressLookupTableAccount(Pubkey(TABLE), [Pubkey(ALICE), Pubkey(BOB)])
    instruction = transfer(TransferParams(from_pubkey=PAYER.pubkey(), to_pubkey=Pubkey(BOB), lamports=5))
    message = MessageV0.try_compile(PAYER.pubkey(), [instruction], [table], Hash.default())
    return VersionedTransaction(message, [PAYER])


def read(value: Any) -> RecordedTransaction:
    return read_response(value, "transaction")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
    for transaction in (LEGACY, versioned()):
        recorded = read(response(result(transaction, encoding)))
        assert recorded.transaction == bytes(transaction)
        assert (recorded.slot, recorded.block_time) == (77, 1_750_000_000)
        assert read(result(transaction, encoding)) == recorded


def test_the_old_form_of_base58() -> None:
    text = result(LEGACY, "base58")["transaction"][0]
    assert read(result(LEGACY, transaction=text)).transaction == bytes(LEGACY)


def test_the_version_may_be_left_out() -> None:
    for transaction in (LEGACY, versioned()):
        content = result(transaction, "json")
        del content["version"]
        assert read(content).transaction == bytes(transaction)


def test_the_result() -> None:
    recorded = read(result(LEGACY)).result
    assert recorded is not None
    assert (recorded.error, recorded.fee, recorded.compute_units) == (META["err"], 5000, 150)
    assert (recorded.lamports, recorded.logs) == ((10**9, 0, 1), tuple(META["logMessages"]))
    assert recorded.tokens == {1: TokenBalance(b"\x15" * 32, b"\x16" * 32, b"\x17" * 32, 5)}
    assert recorded.loaded == LoadedAddresses()


def test_a_result_of_an_old_node() -> None:
    """Old nodes do not record logs, units, token balances and owners."""
    recorded = read(result(LEGACY, blockTime=None, meta={"err": None, "fee": 1, "preBalances": [1]}))
    assert recorded.result is not None
    assert (recorded.block_time, recorded.result.logs, recorded.result.compute_units) == (None, None, None)
    assert (recorded.result.tokens, recorded.result.loaded) == ({}, None)
    assert read(result(LEGACY, meta=None)).result is None


JSON = result(LEGACY, "json")


def changed(*path: Any, value: Any) -> Any:
    """The result in the encoding json, with another value at a place."""
    content = copy.deepcopy(JSON)
    place: Any = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "transaction: expected the result of getTransaction, with slot, transaction and meta, got 5"),
        (response(None), "transaction.result: null, so the node did not know the transaction"),
        (
            {"error": {"code": -32005, "message": "Node is behind"}},
            "transaction.error: the response is an error: Node is behind (code -32005)",
        ),
        ({"error": "x"}, "transaction.error: the response is an error: 'x'"),
        (
            response(result(LEGACY, transaction=["!", "base64"])),
            "transaction.result.transaction[0]: expected base64, got \"!\"",
        ),
        (
            response(result(LEGACY, transaction=["AAAA", "base64"])),
            "transaction.result.transaction: these 3 bytes are not a transaction",
        ),
        (
            changed("transaction", "message", "accountKeys", 0, value={"pubkey": "1" * 32, "signer": True}),
            "transaction.transaction: the encoding jsonParsed does not have the instructions as they were "
            'sent: ask getTransaction for the encoding "base64"',
        ),
        (
            changed("slot", value=None),
            f"transaction.slot: expected an integer from 0 to {2**64 - 1}, got null",
        ),
        (changed("version", value=7), 'transaction.version: expected "legacy" or 0, got 7'),
        (
            changed("transaction", "signatures", 0, value="11"),
            "transaction.transaction.signatures[0]: expected 64 bytes, got 2",
        ),
        (
            changed("transaction", "message", "instructions", 0, "data", value="0"),
            'transaction.transaction.message.instructions[0].data: expected base58, got "0"',
        ),
        (
            changed("transaction", "message", "header", "numRequiredSignatures", value=256),
            "transaction.transaction.message.header.numRequiredSignatures: expected an integer from 0 to "
            "255, got 256",
        ),
        (
            changed("transaction", "message", "recentBlockhash", value="1"),
            "transaction.transaction.message.recentBlockhash: expected a base58 address of 32 bytes, "
            "got 1 bytes in '1'",
        ),
        (changed("meta", value=[]), "transaction.meta: expected an object, got []"),
        (
            changed("meta", "preBalances", 1, value=-1),
            "transaction.meta.preBalances[1]: expected an integer from 0 to 18446744073709551615, got -1",
        ),
        (
            changed("meta", "preTokenBalances", 0, "uiTokenAmount", value={"amount": "-5"}),
            "transaction.meta.preTokenBalances[0].uiTokenAmount.amount: expected a decimal number of 64 "
            'bits, got "-5"',
        ),
    ],
)  # fmt: skip
def test_errors(value: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(value)
    assert str(error.value) == message
