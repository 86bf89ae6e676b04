"""The input as JSON, in the format of `agave-ledger-tool program run --input`:

    {"program_id": base58, "accounts": [{"key": base58, "owner": base58, "lamports": u64, "data": bytes,
     "is_signer": bool, "is_writable": bool, "executable": bool}, ...], "instruction_data": bytes,
     "program_format": "elf" | {"raw": {"version": 0 to 4, "entry": pc}},
     "features": {"set": "mainnet" | "none", "activate": [name or address], "deactivate": [name or address]},
     "sysvars": {name: bytes}, "epoch_stakes": {"total": u64, "vote_accounts": {base58: u64}}}

`bytes` is an array of integers, a base58 text, or a pair [text, "base58" | "base64"]. An element of
`accounts` may also be the output of `solana account --output json`, {"pubkey", "account": {"lamports",
"data", "owner", "executable", ...}}, with the two flags added. docs/input-format.md has the details. Anything
unexpected raises `InputError` with the path of the field.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import fields, replace
from typing import Any, NoReturn

import base58

from solproof.errors import InputError
from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import LARGEST_ENTRY, RawFormat
from solproof.runtime.accounts import (
    MAXIMUM_ACCOUNTS,
    MAXIMUM_DATA_LENGTH,
    MAXIMUM_LAMPORTS,
    Account,
    InstructionAccount,
    address_bytes,
    address_text,
    merge_privileges,
)
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import MAXIMUM_INSTRUCTION_DATA_LENGTH, ExecutionInput, Parameters
from solproof.runtime.features import FEATURE_SETS, MAINNET, FeatureSet
from solproof.runtime.sysvars import MAXIMUM_SYSVAR_LENGTH, Sysvars

MISSING: Any = object()
LONGEST_BASE58 = 4096  # characters; decoding base58 takes quadratic time
FIELDS = (
    "program_id",
    "accounts",
    "instruction_data",
    "program_format",
    "features",
    "sysvars",
    "epoch_stakes",
)
FEATURE_FIELDS = ("set", "activate", "deactivate")
STAKE_FIELDS = ("total", "vote_accounts")
SYSVAR_NAMES = tuple(field.name for field in fields(Sysvars))
ACCOUNT_FIELDS = ("key", "owner", "is_signer", "is_writable", "lamports", "data", "executable")
DUMP_FIELDS = ("pubkey", "account", "is_signer", "is_writable")
DUMPED_ACCOUNT_FIELDS = ("lamports", "data", "owner", "executable", "rentEpoch", "space")


def parse_input(
    text: str | bytes,
    program: bytes,
    parameters: Parameters | None = None,
    program_format: RawFormat | None = None,
) -> ExecutionInput:
    """The input that a JSON text describes.

    program: the content of the program's file. program_format: how to read it if the text has no
    `program_format`. parameters: the values for the parts of the cluster that the text leaves out. Raises
    `InputError` with the path of the invalid field.
    """
    document = _object(_decode(text), "input", FIELDS)
    program_id = _address(_required(document, "program_id", "program_id"), "program_id")
    elements = _required(document, "accounts", "accounts")
    if not isinstance(elements, list):
        raise _expected("accounts", "an array", elements)
    if len(elements) > MAXIMUM_ACCOUNTS:
        raise InputError(f"accounts: expected at most {MAXIMUM_ACCOUNTS}, got {len(elements)}")
    accounts: list[InstructionAccount] = []
    for position, element in enumerate(elements):
        accounts.append(_instruction_account(element, f"accounts[{position}]", accounts))
    instruction_data = _bytes(
        _required(document, "instruction_data", "instruction_data"),
        "instruction_data",
        MAXIMUM_INSTRUCTION_DATA_LENGTH,
    )
    if "program_format" in document:
        program_format = _program_format(document["program_format"], "program_format")
    return ExecutionInput(
        program,
        program_id,
        merge_privileges(accounts),
        instruction_data,
        _cluster(document, parameters or Parameters()),
        program_format,
    )


def format_input(execution_input: ExecutionInput) -> str:
    """The JSON text of an input, with one account per line.

    `agave-ledger-tool` can read it too, with three exceptions: an executable account, raw bytecode, and a
    cluster whose features, sysvars or stakes are not the defaults.
    """
    accounts = ",".join(f"\n    {json.dumps(_described(entry))}" for entry in execution_input.accounts)
    lines = [
        f'  "program_id": "{address_text(execution_input.program_id)}"',
        f'  "accounts": [{accounts}\n  ]',
        f'  "instruction_data": {json.dumps(list(execution_input.instruction_data))}',
    ]
    raw = execution_input.program_format
    if raw is not None:
        described = {"raw": {"version": raw.version, "entry": raw.entry}}
        lines.append(f'  "program_format": {json.dumps(described)}')
    for name, value in _described_cluster(execution_input.parameters).items():
        lines.append(f'  "{name}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _described(entry: InstructionAccount) -> dict[str, Any]:
    account = entry.account
    described: dict[str, Any] = {
        "key": address_text(account.key),
        "owner": address_text(account.owner),
        "is_signer": entry.is_signer,
        "is_writable": entry.is_writable,
        "lamports": account.lamports,
        "data": list(account.data),
    }
    return described | ({"executable": True} if account.executable else {})


def _program_format(value: Any, path: str) -> RawFormat | None:
    if value == "elf":
        return None
    if not isinstance(value, dict):
        raise _expected(path, '"elf" or {"raw": {"version", "entry"}}', value)
    raw = _required(_object(value, path, ("raw",)), "raw", f"{path}.raw")
    fields = _object(raw, f"{path}.raw", ("version", "entry"))
    return RawFormat(
        _integer(fields.get("version", 0), f"{path}.raw.version", VERSIONS[-1]),
        _integer(fields.get("entry", 0), f"{path}.raw.entry", LARGEST_ENTRY),
    )


# THE CLUSTER


def _cluster(document: dict[str, Any], parameters: Parameters) -> Parameters:
    """The parameters, with the features, sysvars and stakes of a document in place of the given ones."""
    changes: dict[str, Any] = {}
    if "features" in document:
        changes["features"] = _features(document["features"])
    if "sysvars" in document:
        named = _object(document["sysvars"], "sysvars", SYSVAR_NAMES)
        contents = {
            name: _bytes(value, f"sysvars.{name}", MAXIMUM_SYSVAR_LENGTH) for name, value in named.items()
        }
        changes["sysvars"] = replace(parameters.sysvars, **contents)
    if "epoch_stakes" in document:
        changes["epoch_stakes"] = _epoch_stakes(document["epoch_stakes"])
    return replace(parameters, **changes) if changes else parameters


def _features(value: Any) -> FeatureSet:
    described = _object(value, "features", FEATURE_FIELDS)
    name = described.get("set", "mainnet")
    if not isinstance(name, str) or name not in FEATURE_SETS:
        raise _expected("features.set", " or ".join(f'"{known}"' for known in FEATURE_SETS), name)
    lists = []
    for field in FEATURE_FIELDS[1:]:
        listed = described.get(field, [])
        if not isinstance(listed, list) or not all(isinstance(element, str) for element in listed):
            raise _expected(f"features.{field}", "an array of names or addresses", listed)
        lists.append(listed)
    return FEATURE_SETS[name].changed(*lists)


def _epoch_stakes(value: Any) -> EpochStakes:
    described = _object(value, "epoch_stakes", STAKE_FIELDS)
    accounts = described.get("vote_accounts", {})
    if not isinstance(accounts, dict):
        raise _expected("epoch_stakes.vote_accounts", "an object of addresses and stakes", accounts)
    path = "epoch_stakes.vote_accounts"
    stakes = {
        _address(key, path): _integer(stake, f"{path}.{key}", MAXIMUM_LAMPORTS)
        for key, stake in accounts.items()
    }
    total = described.get("total")
    return EpochStakes.of(
        stakes, None if total is None else _integer(total, "epoch_stakes.total", MAXIMUM_LAMPORTS)
    )


def _described_cluster(parameters: Parameters) -> dict[str, Any]:
    described: dict[str, Any] = {}
    active = parameters.features.active
    if parameters.features != MAINNET:
        described["features"] = {
            "set": "mainnet",
            "activate": sorted(active - MAINNET.active),
            "deactivate": sorted(MAINNET.active - active),
        }
    defaults = Sysvars()
    changed = {
        name: [base64.b64encode(content).decode("ascii"), "base64"]
        for name, content in parameters.sysvars.items()
        if content != getattr(defaults, name)
    }
    if changed:
        described["sysvars"] = changed
    stakes = parameters.epoch_stakes
    if stakes != EpochStakes():
        listed = {address_text(address): stake for address, stake in stakes.vote_accounts}
        described["epoch_stakes"] = {"total": stakes.total, "vote_accounts": listed}
    return described


# ACCOUNTS


def _instruction_account(element: Any, path: str, before: list[InstructionAccount]) -> InstructionAccount:
    dumped = isinstance(element, dict) and "account" in element
    fields = _object(element, path, DUMP_FIELDS if dumped else ACCOUNT_FIELDS)
    name = "pubkey" if dumped else "key"
    key = _address(_required(fields, name, f"{path}.{name}"), f"{path}.{name}")
    if dumped:
        state = _object(fields["account"], f"{path}.account", DUMPED_ACCOUNT_FIELDS)
        state_path = f"{path}.account"
    else:
        state, state_path = fields, path
    known = next((entry.account for entry in before if entry.account.key == key), None)
    return InstructionAccount(
        _account(state, state_path, key, known),
        _boolean(fields.get("is_signer", False), f"{path}.is_signer"),
        _boolean(fields.get("is_writable", False), f"{path}.is_writable"),
    )


def _account(fields: dict[str, Any], path: str, key: bytes, known: Account | None) -> Account:
    """The account that some fields describe. A later mention of a `known` account may leave out its state."""
    if known is None:
        _required(fields, "owner", f"{path}.owner")
        known = Account(key, key, 0, b"")
    owner, lamports, data, executable = (
        fields.get(name, MISSING) for name in ("owner", "lamports", "data", "executable")
    )
    return Account(
        key=key,
        owner=known.owner if owner is MISSING else _address(owner, f"{path}.owner"),
        lamports=known.lamports
        if lamports is MISSING
        else _integer(lamports, f"{path}.lamports", MAXIMUM_LAMPORTS),
        data=known.data if data is MISSING else _bytes(data, f"{path}.data", MAXIMUM_DATA_LENGTH),
        executable=known.executable if executable is MISSING else _boolean(executable, f"{path}.executable"),
    )


# VALUES


def _decode(text: str | bytes) -> Any:
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        return json.loads(decoded, object_pairs_hook=_distinct_keys, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"input: expected UTF-8, but byte {error.start} is invalid") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"input: not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except (RecursionError, ValueError):
        raise InputError("input: not JSON: nested too deeply, or a number is too long") from None


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise InputError(f"input: the key {key!r} occurs twice in one object")
        document[key] = value
    return document


def _refuse_constant(constant: str) -> NoReturn:
    raise InputError(f"input: {constant} is not JSON")


def _object(value: Any, path: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected(path, "an object", value)
    for key in value:
        if key not in allowed:
            raise InputError(f"{path}: unknown field {key!r}, expected {', '.join(allowed)}")
    return value


def _required(fields: dict[str, Any], name: str, path: str) -> Any:
    if name not in fields:
        raise InputError(f"{path}: missing")
    return fields[name]


def _address(value: Any, path: str) -> bytes:
    if not isinstance(value, str):
        raise _expected(path, "a base58 address", value)
    try:
        return address_bytes(value)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _expected(path, "true or false", value)
    return value


def _integer(value: Any, path: str, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise _expected(path, f"an integer from 0 to {largest}", value)
    return value


def _bytes(value: Any, path: str, longest: int) -> bytes:
    if isinstance(value, str):
        content = _base58(value, path)
    elif isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        content = _encoded(value[0], value[1], path)
    elif isinstance(value, list):
        content = bytes(_integer(element, f"{path}[{index}]", 255) for index, element in enumerate(value))
    else:
        raise _expected(path, 'an array of integers, a base58 text or [text, "base64"]', value)
    if len(content) > longest:
        raise InputError(f"{path}: expected at most {longest} bytes, got {len(content)}")
    return content


def _encoded(text: str, encoding: Any, path: str) -> bytes:
    if encoding == "base58":
        return _base58(text, f"{path}[0]")
    if encoding != "base64":
        raise _expected(f"{path}[1]", '"base58" or "base64"', encoding)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _expected(f"{path}[0]", "base64", text) from None


def _base58(text: str, path: str) -> bytes:
    if len(text) > LONGEST_BASE58:
        raise InputError(f"{path}: expected at most {LONGEST_BASE58} characters of base58, got {len(text)}")
    try:
        return base58.b58decode(text.encode("ascii"))
    except ValueError:
        raise _expected(path, "base58", text) from None


def _expected(path: str, expected: str, value: Any) -> InputError:
    shown = json.dumps(value, default=repr)
    return InputError(f"{path}: expected {expected}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")
