"""A past transaction, as the JSON-RPC method `getTransaction` describes it.

    {"slot": u64, "blockTime": i64, "version": "legacy" | 0, "transaction": [text, "base64" | "base58"] or an
     object, "meta": {"err", "fee", "preBalances", "preTokenBalances", "loadedAddresses", "logMessages",
     "computeUnitsConsumed", ...}}

It is the `result` of a response, so both are read. The encodings `base64`, `base58` and `json` are read.
`jsonParsed` is refused, because it has no instruction data. Unknown fields are ignored. The types that
`solders` has for these objects are not used, because they panic on a malformed text.

Source: `EncodedConfirmedTransactionWithStatusMeta` of solana-transaction-status-client-types 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import Message, MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.formats.json_fields import (
    expected,
    read_address,
    read_array,
    read_bytes,
    read_encoded,
    read_hash,
    read_integer,
    read_required,
    read_text,
)
from solproof.formats.transaction_text import SIGNATURE_LENGTH, read_transaction
from solproof.representation import short_repr
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_ACCOUNTS, MAXIMUM_LAMPORTS
from solproof.runtime.transaction.scene import MAXIMUM_TRANSACTION_LENGTH
from solproof.runtime.transaction.tables import LoadedAddresses

LARGEST_U64 = 2**64 - 1
LARGEST_TIME = 2**63 - 1
MOST_LOG_LINES = 100_000
_SHAPE = "the result of getTransaction, with slot, transaction and meta"


@dataclass(frozen=True, slots=True)
class TokenBalance:
    """The token account of a key: its mint, its owner and its token program, if they are recorded, and the
    amount in the smallest unit.
    """

    mint: bytes
    owner: bytes | None
    program: bytes | None
    amount: int

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """What a node recorded about a transaction that was processed.

    error: as JSON-RPC prints it, None on success.
    fee: lamports.
    lamports: of each account of the message before the transaction, the loaded addresses included.
    tokens: the token accounts before the transaction, by their position in the message.
    loaded: the addresses that the message took from lookup tables, None if they are not recorded.
    compute_units, logs: None if they are not recorded.
    """

    error: Any
    fee: int
    lamports: tuple[int, ...]
    tokens: Mapping[int, TokenBalance]
    loaded: LoadedAddresses | None
    compute_units: int | None
    logs: tuple[str, ...] | None

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class RecordedTransaction:
    """A transaction of the past.

    transaction: its bytes on the wire.
    slot: the slot that processed it.
    block_time: seconds since 1970, None if it is not recorded.
    result: None if it is not recorded.
    """

    transaction: bytes
    slot: int
    block_time: int | None = None
    result: RecordedResult | None = None

    __repr__ = short_repr


def is_response(value: Any) -> bool:
    """Whether a JSON value is a response of JSON-RPC, or the result of `getTransaction`."""
    return isinstance(value, dict) and not value.keys().isdisjoint(("result", "error", "transaction"))


def read_response(value: Any, path: str) -> RecordedTransaction:
    """The transaction that a response of `getTransaction`, or its result, describes.

    Raises `InputError` with the path of the invalid field.
    """
    if isinstance(value, dict) and value.get("error") is not None:
        raise InputError(f"{path}.error: the response is an error: {error_text(value['error'])}")
    if isinstance(value, dict) and "result" in value:
        path, value = f"{path}.result", value["result"]
        if value is None:
            raise InputError(f"{path}: null, so the node did not know the transaction")
    if not isinstance(value, dict) or "transaction" not in value:
        raise expected(path, _SHAPE, value)
    time = value.get("blockTime")
    meta = value.get("meta")
    return RecordedTransaction(
        _transaction(value["transaction"], value.get("version"), f"{path}.transaction"),
        read_integer(read_required(value, "slot", f"{path}.slot"), f"{path}.slot", LARGEST_U64),
        None if time is None else read_integer(time, f"{path}.blockTime", LARGEST_TIME),
        None if meta is None else _result(_object(meta, f"{path}.meta"), f"{path}.meta"),
    )


def error_text(error: Any) -> str:
    """Message and code of an error of JSON-RPC."""
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return f"{error['message']} (code {error.get('code')})"
    return repr(error)


# THE TRANSACTION


def _transaction(value: Any, version: Any, path: str) -> bytes:
    if not isinstance(value, dict):
        return read_transaction(value, path, {}, bytes(KEY_LENGTH))
    message_path = f"{path}.message"
    message = _object(read_required(value, "message", message_path), message_path)
    keys = read_array(message.get("accountKeys"), f"{message_path}.accountKeys", MAXIMUM_ACCOUNTS)
    if any(isinstance(key, dict) for key in keys):
        raise InputError(
            f"{path}: the encoding jsonParsed does not have the instructions as they were sent: "
            'ask getTransaction for the encoding "base64"'
        )
    signatures = [
        _signature(text, f"{path}.signatures[{index}]")
        for index, text in enumerate(
            read_array(value.get("signatures"), f"{path}.signatures", MAXIMUM_ACCOUNTS)
        )
    ]
    try:
        compiled = _message(message, version, message_path)
        return bytes(VersionedTransaction.populate(compiled, signatures))
    except ValueError as error:  # too large a number
        raise InputError(f"{path}: {error}") from None


def _message(message: dict[str, Any], version: Any, path: str) -> Message | MessageV0:
    """A message in the encoding json: its parts are those on the wire, with texts in base58."""
    header = _object(message.get("header"), f"{path}.header")
    signed, readonly_signed, readonly_unsigned = (
        _byte(header.get(name), f"{path}.header.{name}")
        for name in ("numRequiredSignatures", "numReadonlySignedAccounts", "numReadonlyUnsignedAccounts")
    )
    keys = [Pubkey(key) for key in _addresses(message.get("accountKeys"), f"{path}.accountKeys")]
    blockhash = Hash(read_hash(message.get("recentBlockhash"), f"{path}.recentBlockhash"))
    instructions = [
        _instruction(element, f"{path}.instructions[{index}]")
        for index, element in enumerate(
            read_array(message.get("instructions"), f"{path}.instructions", MAXIMUM_ACCOUNTS)
        )
    ]
    listed = message.get("addressTableLookups")
    if version == 0 or (version is None and listed):
        lookups = [
            _lookup(element, f"{path}.addressTableLookups[{index}]")
            for index, element in enumerate(
                read_array(listed or [], f"{path}.addressTableLookups", MAXIMUM_ACCOUNTS)
            )
        ]
        counts = MessageHeader(signed, readonly_signed, readonly_unsigned)
        return MessageV0(counts, keys, blockhash, instructions, lookups)
    if version not in (None, "legacy"):
        raise expected(path.removesuffix(".transaction.message") + ".version", '"legacy" or 0', version)
    return Message.new_with_compiled_instructions(
        signed, readonly_signed, readonly_unsigned, keys, blockhash, instructions
    )


def _instruction(element: Any, path: str) -> CompiledInstruction:
    described = _object(element, path)
    return CompiledInstruction(
        _byte(described.get("programIdIndex"), f"{path}.programIdIndex"),
        _base58(described.get("data"), f"{path}.data"),
        _indexes(described.get("accounts"), f"{path}.accounts"),
    )


def _lookup(element: Any, path: str) -> MessageAddressTableLookup:
    described = _object(element, path)
    return MessageAddressTableLookup(
        Pubkey(read_address(described.get("accountKey"), f"{path}.accountKey")),
        _indexes(described.get("writableIndexes"), f"{path}.writableIndexes"),
        _indexes(described.get("readonlyIndexes"), f"{path}.readonlyIndexes"),
    )


# THE RESULT


def _result(meta: dict[str, Any], path: str) -> RecordedResult:
    balances = read_array(meta.get("preBalances"), f"{path}.preBalances", MAXIMUM_ACCOUNTS)
    tokens = dict(
        _token_balance(element, f"{path}.preTokenBalances[{index}]")
        for index, element in enumerate(
            read_array(meta.get("preTokenBalances") or [], f"{path}.preTokenBalances", MAXIMUM_ACCOUNTS)
        )
    )
    loaded, units, logs = (
        meta.get(name) for name in ("loadedAddresses", "computeUnitsConsumed", "logMessages")
    )
    return RecordedResult(
        meta.get("err"),
        read_integer(read_required(meta, "fee", f"{path}.fee"), f"{path}.fee", MAXIMUM_LAMPORTS),
        tuple(
            read_integer(lamports, f"{path}.preBalances[{index}]", MAXIMUM_LAMPORTS)
            for index, lamports in enumerate(balances)
        ),
        tokens,
        None if loaded is None else _loaded(_object(loaded, f"{path}.loadedAddresses"), path),
        None if units is None else read_integer(units, f"{path}.computeUnitsConsumed", LARGEST_U64),
        None
        if logs is None
        else tuple(
            read_text(line, f"{path}.logMessages[{index}]")
            for index, line in enumerate(read_array(logs, f"{path}.logMessages", MOST_LOG_LINES))
        ),
    )


def _token_balance(element: Any, path: str) -> tuple[int, TokenBalance]:
    described = _object(element, path)
    owner, program = described.get("owner"), described.get("programId")
    amount_path = f"{path}.uiTokenAmount.amount"
    amount = read_text(
        _object(described.get("uiTokenAmount"), f"{path}.uiTokenAmount").get("amount"), amount_path
    )
    if not (amount.isascii() and amount.isdecimal() and int(amount) <= LARGEST_U64):
        raise expected(amount_path, "a decimal number of 64 bits", amount)
    return _byte(described.get("accountIndex"), f"{path}.accountIndex"), TokenBalance(
        read_address(described.get("mint"), f"{path}.mint"),
        None if owner is None else read_address(owner, f"{path}.owner"),
        None if program is None else read_address(program, f"{path}.programId"),
        int(amount),
    )


def _loaded(loaded: dict[str, Any], path: str) -> LoadedAddresses:
    return LoadedAddresses(
        *(
            tuple(_addresses(loaded.get(name), f"{path}.loadedAddresses.{name}"))
            for name in ("writable", "readonly")
        )
    )


# FIELDS


def _object(value: Any, path: str) -> dict[str, Any]:
    """An object with any fields, because nodes add fields from release to release."""
    if not isinstance(value, dict):
        raise expected(path, "an object", value)
    return value


def _addresses(value: Any, path: str) -> list[bytes]:
    listed = read_array(value, path, MAXIMUM_ACCOUNTS)
    return [read_address(element, f"{path}[{index}]") for index, element in enumerate(listed)]


def _indexes(value: Any, path: str) -> bytes:
    """Positions of accounts, one byte each."""
    return read_bytes(read_array(value, path, MAXIMUM_ACCOUNTS), path, MAXIMUM_TRANSACTION_LENGTH)


def _byte(value: Any, path: str) -> int:
    return read_integer(value, path, 255)


def _base58(value: Any, path: str) -> bytes:
    return read_encoded(read_text(value, path), "base58", path, MAXIMUM_TRANSACTION_LENGTH)


def _signature(value: Any, path: str) -> Signature:
    content = _base58(value, path)
    if len(content) != SIGNATURE_LENGTH:
        raise InputError(f"{path}: expected {SIGNATURE_LENGTH} bytes, got {len(content)}")
    return Signature(content)
