"""The transaction of a scene in JSON: its bytes, or a readable message.

Bytes are a text in base64 or base58, or one of the forms of `json_fields`. A readable message is

    {"version": "legacy" | 0, "payer": address, "instructions": [...], "blockhash": address,
     "lookups": [address of a table, ...], "signatures": [64 bytes, ...]}

and an instruction is {"program": address or name of a builtin program, "accounts": [{"address", "signer",
"writable"}, ...], "data": bytes}, or one of `readable_instructions`. docs/scene.md has the details.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from solproof.errors import InputError
from solproof.formats.json_fields import (
    LONGEST_BASE58,
    expected,
    read_address,
    read_array,
    read_boolean,
    read_bytes,
    read_encoded,
    read_hash,
    read_object,
    read_required,
)
from solproof.formats.readable_instructions import readable_instruction
from solproof.runtime.accounts import KEY_LENGTH, MAXIMUM_ACCOUNTS, Account, address_text
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from solproof.runtime.transaction.scene import MAXIMUM_TRANSACTION_LENGTH

MESSAGE_FIELDS = ("version", "payer", "instructions", "blockhash", "lookups", "signatures")
INSTRUCTION_FIELDS = ("program", "accounts", "data")
META_FIELDS = ("address", "signer", "writable")
MOST_KEYS = 255
"""The most different accounts of a readable message, because the number of signers is one byte."""
MOST_INSTRUCTIONS = 255
SIGNATURE_LENGTH = 64

TABLE_TAG = struct.pack("<I", 1)
TABLE_HEADER_LENGTH = 56
MOST_TABLE_ADDRESSES = 256
"""Layout of a lookup table's account (solana-address-lookup-table-interface 3.1, state.rs)."""

_ADVANCE_NONCE = struct.pack("<I", 4)


def read_transaction(value: Any, path: str, accounts: Mapping[bytes, Account], blockhash: bytes) -> bytes:
    """The bytes of a transaction.

    accounts: where the lookup tables of a readable message are.
    blockhash: of a readable message that does not have its own.
    Raises `InputError` with the path of the invalid field.
    """
    if isinstance(value, dict):
        return _compiled(value, path, accounts, blockhash)
    if not isinstance(value, str):
        content = read_bytes(value, path, MAXIMUM_TRANSACTION_LENGTH)
        if decoded_transaction(content) is None:
            raise InputError(f"{path}: these {len(content)} bytes are not a transaction")
        return content
    # Some texts are valid in both encodings, but they are a transaction in only one of them.
    for encoding in ("base64", "base58") if len(value) <= LONGEST_BASE58 else ():
        try:
            content = read_encoded(value, encoding, path, MAXIMUM_TRANSACTION_LENGTH)
        except InputError:
            continue
        if decoded_transaction(content) is not None:
            return content
    raise expected(path, "a transaction in base64 or base58", value)


def is_unsigned(value: Any) -> bool:
    """Whether the JSON value of a transaction is a readable message without signatures."""
    return isinstance(value, dict) and "signatures" not in value


def decoded_transaction(content: bytes) -> VersionedTransaction | None:
    """The transaction that these bytes are, without any left over, or None."""
    try:
        transaction = VersionedTransaction.from_bytes(content)
    except ValueError:
        return None
    return transaction if bytes(transaction) == content else None


def has_durable_nonce(transaction: VersionedTransaction) -> bool:
    """Whether instruction 0 is the system program's AdvanceNonceAccount.

    The blockhash of the message is then the content of a nonce account, and not a blockhash of the cluster.
    """
    message = transaction.message
    if not message.instructions:
        return False
    first = message.instructions[0]
    keys = message.account_keys
    is_system = first.program_id_index < len(keys) and bytes(keys[first.program_id_index]) == bytes(
        KEY_LENGTH
    )
    return is_system and bytes(first.data).startswith(_ADVANCE_NONCE)


def _compiled(value: dict[str, Any], path: str, accounts: Mapping[bytes, Account], blockhash: bytes) -> bytes:
    described = read_object(value, path, MESSAGE_FIELDS)
    version = described.get("version", "legacy")
    if version != "legacy" and (version != 0 or isinstance(version, bool)):
        raise expected(f"{path}.version", '"legacy" or 0', version)
    payer = Pubkey(read_address(read_required(described, "payer", f"{path}.payer"), f"{path}.payer"))
    instructions = [
        _instruction(element, f"{path}.instructions[{position}]")
        for position, element in enumerate(
            read_array(
                read_required(described, "instructions", f"{path}.instructions"),
                f"{path}.instructions",
                MOST_INSTRUCTIONS,
            )
        )
    ]
    keys = {payer, *(instruction.program_id for instruction in instructions)}
    keys |= {meta.pubkey for instruction in instructions for meta in instruction.accounts}
    if len(keys) > MOST_KEYS:
        raise InputError(f"{path}: expected at most {MOST_KEYS} different accounts, got {len(keys)}")
    if "blockhash" in described:
        blockhash = read_hash(described["blockhash"], f"{path}.blockhash")
    lookups = read_array(described.get("lookups", []), f"{path}.lookups", MOST_KEYS)
    tables = [_table(element, f"{path}.lookups[{index}]", accounts) for index, element in enumerate(lookups)]
    message: Message | MessageV0
    if version == 0:
        message = MessageV0.try_compile(payer, instructions, tables, Hash(blockhash))
    elif lookups:
        raise InputError(f"{path}.lookups: a message has lookup tables only in version 0")
    else:
        message = Message.new_with_blockhash(instructions, payer, Hash(blockhash))
    required = message.header.num_required_signatures
    listed = read_array(
        described.get("signatures", [[0] * SIGNATURE_LENGTH] * required), f"{path}.signatures", 255
    )
    signatures = [
        _signature(element, f"{path}.signatures[{position}]") for position, element in enumerate(listed)
    ]
    content = bytes(VersionedTransaction.populate(message, signatures))
    if len(content) > MAXIMUM_TRANSACTION_LENGTH:
        raise InputError(f"{path}: expected at most {MAXIMUM_TRANSACTION_LENGTH} bytes, got {len(content)}")
    return content


def _instruction(element: Any, path: str) -> Instruction:
    if isinstance(element, dict) and "instruction" in element:
        return readable_instruction(element, path)
    described = read_object(element, path, INSTRUCTION_FIELDS)
    program = read_required(described, "program", f"{path}.program")
    if isinstance(program, str) and program in BUILTIN_PROGRAMS:
        program_id = BUILTIN_PROGRAMS[program][0]
    else:
        program_id = read_address(program, f"{path}.program")
    listed = read_array(described.get("accounts", []), f"{path}.accounts", MAXIMUM_ACCOUNTS)
    metas = [_meta(meta, f"{path}.accounts[{position}]") for position, meta in enumerate(listed)]
    data = read_bytes(described.get("data", []), f"{path}.data", MAXIMUM_TRANSACTION_LENGTH)
    return Instruction(Pubkey(program_id), data, metas)


def _meta(element: Any, path: str) -> AccountMeta:
    described = read_object(element, path, META_FIELDS)
    address = read_address(read_required(described, "address", f"{path}.address"), f"{path}.address")
    is_signer = read_boolean(described.get("signer", False), f"{path}.signer")
    return AccountMeta(
        Pubkey(address), is_signer, read_boolean(described.get("writable", False), f"{path}.writable")
    )


def _table(element: Any, path: str, accounts: Mapping[bytes, Account]) -> AddressLookupTableAccount:
    key = read_address(element, path)
    if key not in accounts:
        raise InputError(f"{path}: the account {address_text(key)} is not given")
    addresses = table_addresses(accounts[key].data)
    if addresses is None:
        raise InputError(f"{path}: the account {address_text(key)} is not a lookup table")
    return AddressLookupTableAccount(Pubkey(key), [Pubkey(address) for address in addresses])


def table_addresses(data: bytes) -> list[bytes] | None:
    """The addresses in the data of a lookup table's account, or None if it is not a lookup table."""
    listed = data[TABLE_HEADER_LENGTH:]
    count, rest = divmod(len(listed), KEY_LENGTH)
    is_table = len(data) >= TABLE_HEADER_LENGTH and data.startswith(TABLE_TAG)
    if not is_table or rest or count > MOST_TABLE_ADDRESSES:
        return None
    return [listed[start : start + KEY_LENGTH] for start in range(0, len(listed), KEY_LENGTH)]


def _signature(element: Any, path: str) -> Signature:
    content = read_bytes(element, path, SIGNATURE_LENGTH)
    if len(content) != SIGNATURE_LENGTH:
        raise InputError(f"{path}: expected {SIGNATURE_LENGTH} bytes, got {len(content)}")
    return Signature(content)
