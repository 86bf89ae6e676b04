"""Scenes as JSON documents, with every kind of field."""

from __future__ import annotations

import base64
from typing import Any

import base58
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import (
    AdvanceNonceAccountParams,
    TransferParams,
    advance_nonce_account,
    transfer,
)
from solders.transaction import Transaction

from solproof.runtime.accounts import Account, address_text
from solproof.runtime.sysvars import Sysvars
from tests.support.lookup_tables import table
from tests.support.transaction_responses import response, result

PAYER = Keypair.from_seed(b"\7" * 32)
PAYER_KEY = bytes(PAYER.pubkey())
ALICE, BOB, PROGRAM, TABLE, BLOCKHASH, NONCE = (bytes([number]) * 32 for number in (11, 12, 13, 14, 15, 16))
LOOKUP_TABLES = base58.b58decode("AddressLookupTab1e1111111111111111111111111")
PAYER_ACCOUNT = Account(PAYER_KEY, bytes(32), 10**9, b"")
TABLE_ACCOUNT = Account(TABLE, LOOKUP_TABLES, 10**7, table(None, 20))
"""A table with the addresses of 32 times the same byte, from 0 to 19."""


def transfer_bytes() -> bytes:
    """A signed transaction with one transfer."""
    instruction = transfer(TransferParams(from_pubkey=PAYER.pubkey(), to_pubkey=Pubkey(ALICE), lamports=5))
    return _signed(instruction)


def durable_nonce_bytes() -> bytes:
    """A signed transaction with a durable nonce, which stands in the place of the blockhash."""
    parameters = AdvanceNonceAccountParams(nonce_pubkey=Pubkey(NONCE), authorized_pubkey=PAYER.pubkey())
    return _signed(advance_nonce_account(parameters))


def _signed(instruction: Any) -> bytes:
    blockhash = Hash(BLOCKHASH)
    message = Message.new_with_blockhash([instruction], PAYER.pubkey(), blockhash)
    return bytes(Transaction([PAYER], message, blockhash))


def plain(account: Account, **changes: Any) -> dict[str, Any]:
    """An account in the shape of the input of one instruction."""
    return {
        "key": address_text(account.key),
        "owner": address_text(account.owner),
        "lamports": account.lamports,
        "data": list(account.data),
        "executable": account.executable,
    } | changes


def dumped(account: Account, **changes: Any) -> dict[str, Any]:
    """An account as `solana account --output json` prints it."""
    state = {
        "lamports": account.lamports,
        "data": [base64.b64encode(account.data).decode(), "base64"],
        "owner": address_text(account.owner),
        "executable": account.executable,
        "rentEpoch": 2**64 - 1,
        "space": len(account.data),
    }
    return {"pubkey": address_text(account.key), "account": state | changes}


def document(**changes: Any) -> dict[str, Any]:
    """The scene of the transfer."""
    return {
        "transaction": base64.b64encode(transfer_bytes()).decode(),
        "accounts": [dumped(PAYER_ACCOUNT)],
    } | changes


def message(**changes: Any) -> dict[str, Any]:
    """A readable message with an instruction of each kind."""
    raw = {
        "program": address_text(PROGRAM),
        "accounts": [
            {"address": address_text(ALICE), "signer": True, "writable": True},
            {
                "address": address_text(
                    bytes([3]) * 32,
                ),
                "writable": True,
            },
            {"address": address_text(bytes([4]) * 32)},
        ],
        "data": ["01ff", "hex"],
    }
    named = {
        "program": "system",
        "instruction": "Transfer",
        "from": address_text(PAYER_KEY),
        "to": address_text(BOB),
        "lamports": 7,
    }
    limit = {"program": "compute_budget", "instruction": "SetComputeUnitLimit", "units": 1000}
    return {
        "version": "legacy",
        "payer": address_text(PAYER_KEY),
        "instructions": [limit, named, raw, {"program": "vote"}],
    } | changes


def documents() -> dict[str, dict[str, Any]]:
    """Scenes that are accepted."""
    accounts = [dumped(PAYER_ACCOUNT), plain(TABLE_ACCOUNT, is_signer=False, is_writable=True)]
    signatures = [[1] * 64, ["02" * 64, "hex"]]
    return {
        "base64": document(),
        "base58": document(transaction=base58.b58encode(transfer_bytes()).decode()),
        "pair": document(transaction=[transfer_bytes().hex(), "hex"]),
        "nonce": document(transaction=list(durable_nonce_bytes())),
        "legacy": document(transaction=message(blockhash=address_text(BLOCKHASH))),
        "signed": document(transaction=message(signatures=signatures), slot=7),
        "lookups": document(transaction=message(version=0, lookups=[address_text(TABLE)]), accounts=accounts),
        "clock": document(accounts=[dumped(Sysvars().account("clock"))], slot=435_888_000),
        "cluster": document(
            blockhash=[address_text(BLOCKHASH), address_text(ALICE)],
            lamports_per_signature=0,
            verify_signatures=False,
            features={"set": "none", "activate": ["enable_sbpf_v1_deployment_and_execution"]},
            sysvars={"rent": list(range(17)), "clock": [base64.b64encode(bytes(40)).decode(), "base64"]},
            epoch_stakes={"total": 9, "vote_accounts": {address_text(BOB): 2}},
        ),
        "response": document(
            transaction=response(result(Transaction.from_bytes(transfer_bytes()))), notes=["a", "b"]
        ),
    }
