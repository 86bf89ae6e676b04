"""Results of the JSON-RPC method getTransaction, in the encodings of a node."""

from __future__ import annotations

import base64
from typing import Any

import base58
from solders.message import MessageV0
from solders.transaction import Transaction, VersionedTransaction

from solproof.runtime.accounts import address_text

MINT, HOLDER, TOKEN_PROGRAM = (address_text(bytes([number]) * 32) for number in (21, 22, 23))
META: dict[str, Any] = {
    "err": {"InstructionError": [0, {"Custom": 1}]},
    "status": {"Err": {"InstructionError": [0, {"Custom": 1}]}},
    "fee": 5000,
    "preBalances": [10**9, 0, 1],
    "postBalances": [10**9 - 5000, 0, 1],
    "preTokenBalances": [
        {
            "accountIndex": 1,
            "mint": MINT,
            "owner": HOLDER,
            "programId": TOKEN_PROGRAM,
            "uiTokenAmount": {"amount": "5", "decimals": 1, "uiAmount": 0.5, "uiAmountString": "0.5"},
        }
    ],
    "postTokenBalances": [],
    "innerInstructions": [],
    "rewards": [],
    "loadedAddresses": {"writable": [], "readonly": []},
    "logMessages": ["Program 11111111111111111111111111111111 invoke [1]"],
    "computeUnitsConsumed": 150,
    "costUnits": 1481,
}


def result(
    sent: Transaction | VersionedTransaction, encoding: str = "base64", **changes: Any
) -> dict[str, Any]:
    """The result of getTransaction. `changes` replace its fields."""
    content = bytes(sent)
    encoded: Any
    if encoding == "base64":
        encoded = [base64.b64encode(content).decode(), "base64"]
    elif encoding == "base58":
        encoded = [base58.b58encode(content).decode(), "base58"]
    else:
        encoded = _in_json(sent)
    version = 0 if isinstance(sent.message, MessageV0) else "legacy"
    described = {
        "slot": 77,
        "blockTime": 1_750_000_000,
        "version": version,
        "transaction": encoded,
        "meta": META,
    }
    return described | changes


def response(value: Any) -> dict[str, Any]:
    """A response with this result."""
    return {"jsonrpc": "2.0", "result": value, "id": 1}


def _in_json(transaction: Transaction | VersionedTransaction) -> dict[str, Any]:
    message = transaction.message
    header = message.header
    described: dict[str, Any] = {
        "accountKeys": [str(key) for key in message.account_keys],
        "header": {
            "numRequiredSignatures": header.num_required_signatures,
            "numReadonlySignedAccounts": header.num_readonly_signed_accounts,
            "numReadonlyUnsignedAccounts": header.num_readonly_unsigned_accounts,
        },
        "instructions": [
            {
                "accounts": list(instruction.accounts),
                "data": base58.b58encode(bytes(instruction.data)).decode(),
                "programIdIndex": instruction.program_id_index,
                "stackHeight": None,
            }
            for instruction in message.instructions
        ],
        "recentBlockhash": str(message.recent_blockhash),
    }
    if isinstance(message, MessageV0):
        described["addressTableLookups"] = [
            {
                "accountKey": str(lookup.account_key),
                "writableIndexes": list(lookup.writable_indexes),
                "readonlyIndexes": list(lookup.readonly_indexes),
            }
            for lookup in message.address_table_lookups
        ]
    return {"message": described, "signatures": [str(signature) for signature in transaction.signatures]}
