"""The input as JSON, in the format of `agave-ledger-tool program run --input`:

    {"program_id": base58, "accounts": [{"key": base58, "owner": base58, "lamports": u64, "data": bytes,
     "is_signer": bool, "is_writable": bool, "executable": bool}, ...], "instruction_data": bytes,
     "program_format": "elf" | {"raw": {"version": 0 to 4, "entry": pc}}, "programs": {base58: file},
     "features": {"set": "mainnet" | "none", "activate": [name or address], "deactivate": [name or address]},
     "sysvars": {name: bytes or fields}, "epoch_stakes": {"total": u64, "vote_accounts": {base58: u64}}}

`bytes` is an array of integers, a base58 text, or a pair [text, "base58" | "base64" | "base64+zstd" | "hex"].
An element of `accounts` may also be the output of `solana account --output json`, {"pubkey", "account":
{"lamports", "data", "owner", "executable", ...}}, with the two flags added, or the name of its file.
The privileges of the accounts become those that a transaction passes. docs/input-format.md has the details.
Anything unexpected raises `InputError` with the path of the field.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solproof.arguments import wrong_type
from solproof.formats.changes import Changes, changed_input
from solproof.formats.json_accounts import AccountElement, read_account_element
from solproof.formats.json_cluster import CLUSTER_FIELDS, described_environment, read_environment
from solproof.formats.json_fields import (
    decode_json,
    expected,
    in_base64,
    read_address,
    read_array,
    read_bytes,
    read_integer,
    read_object,
    read_required,
)
from solproof.formats.program_files import program_account, read_program
from solproof.isa.opcodes import VERSIONS
from solproof.program.raw import LARGEST_ENTRY, RawFormat
from solproof.runtime.accounts import (
    MAXIMUM_ACCOUNTS,
    Account,
    InstructionAccount,
    address_text,
)
from solproof.runtime.environment import Environment
from solproof.runtime.execution_input import (
    MAXIMUM_INSTRUCTION_DATA_LENGTH,
    MAXIMUM_PROGRAM_LENGTH,
    ExecutionInput,
    Parameters,
)
from solproof.runtime.message_accounts import message_accounts
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, SYSVAR_NAMES, SYSVAR_OWNER, Sysvars

FIELDS = ("program_id", "accounts", "instruction_data", "program_format", "programs", *CLUSTER_FIELDS)
NO_CHANGES = Changes()
STATE_FIELDS = frozenset({"owner", "lamports", "data", "executable"})


def parse_input(
    text: str | bytes,
    program: bytes,
    parameters: Parameters | None = None,
    program_format: RawFormat | None = None,
    directory: str | os.PathLike[str] = ".",
    *,
    changes: Changes = NO_CHANGES,
) -> ExecutionInput:
    """The input that a JSON text describes.

    program: the content of the program's file. program_format: how to read it if the text has no
    `program_format`. parameters: the values for the parts of the cluster that the text leaves out. directory:
    where the relative paths of files start, usually the directory of the text's file. Only files that the
    text names are read. changes: what replaces parts of the text, which may leave these parts out. Raises
    `InputError` with the path of the invalid field.
    """
    if not isinstance(text, (str, bytes, bytearray)):
        wrong_type(text, "input", "a JSON text as str or bytes (solproof.load takes paths and dictionaries)")
    document = read_object(decode_json(text, "input"), "input", FIELDS)
    program_id = read_address(read_required(document, "program_id", "program_id"), "program_id")
    elements = read_array(read_required(document, "accounts", "accounts"), "accounts", MAXIMUM_ACCOUNTS)
    programs = _programs(document.get("programs", {}), "programs", Path(directory))
    read = [
        read_account_element(element, f"accounts[{position}]", Path(directory))
        for position, element in enumerate(elements)
    ]
    parameters = _cluster(document, parameters or Parameters(), _sysvar_accounts(read))
    files = dict(programs) | dict(changes.programs)
    known = _Known(parameters.sysvars, files, {account.key: account for account in changes.accounts})
    accounts = tuple(
        InstructionAccount(known.account(element), element.is_signer, element.is_writable) for element in read
    )
    instruction_data = changes.instruction_data
    if instruction_data is None:
        instruction_data = read_bytes(
            read_required(document, "instruction_data", "instruction_data"),
            "instruction_data",
            MAXIMUM_INSTRUCTION_DATA_LENGTH,
        )
    if "program_format" in document:
        program_format = _program_format(document["program_format"], "program_format")
    given = ExecutionInput(
        program,
        program_id,
        message_accounts(program_id, accounts, instruction_data),
        instruction_data,
        parameters,
        program_format,
        programs,
    )
    return changed_input(given, changes)


def format_input(execution_input: ExecutionInput) -> str:
    """The JSON text of an input, with one account per line. It holds the other programs in base64.

    `agave-ledger-tool` can read it too, with four exceptions: an executable account, raw bytecode, other
    programs, and a cluster whose features, sysvars or stakes are not the defaults.
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
    if execution_input.programs:
        programs = {address_text(key): in_base64(file) for key, file in execution_input.programs}
        lines.append(f'  "programs": {json.dumps(programs)}')
    for name, value in described_environment(_environment(execution_input.parameters)).items():
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
        raise expected(path, '"elf" or {"raw": {"version", "entry"}}', value)
    raw = read_required(read_object(value, path, ("raw",)), "raw", f"{path}.raw")
    fields = read_object(raw, f"{path}.raw", ("version", "entry"))
    return RawFormat(
        read_integer(fields.get("version", 0), f"{path}.raw.version", VERSIONS[-1]),
        read_integer(fields.get("entry", 0), f"{path}.raw.entry", LARGEST_ENTRY),
    )


def _cluster(document: dict[str, Any], parameters: Parameters, accounts: Sequence[Account]) -> Parameters:
    """The parameters, with the features, sysvars and stakes of a document in place of the given ones."""
    before = _environment(parameters)
    after = read_environment(document, before, accounts)
    if after == before:
        return parameters
    return replace(
        parameters, features=after.features, sysvars=after.sysvars, epoch_stakes=after.epoch_stakes
    )


def _environment(parameters: Parameters) -> Environment:
    return Environment(parameters.features, parameters.sysvars, parameters.epoch_stakes)


def _programs(value: Any, path: str, directory: Path) -> tuple[tuple[bytes, bytes], ...]:
    if not isinstance(value, dict):
        raise expected(path, "an object of addresses and files", value)
    return tuple(
        (read_address(text, path), read_program(file, f"{path}.{text}", directory, MAXIMUM_PROGRAM_LENGTH))
        for text, file in value.items()
    )


def _sysvar_accounts(elements: Sequence[AccountElement]) -> list[Account]:
    """The accounts of sysvars that have their own data."""
    return [
        element.account(Account(element.key, SYSVAR_OWNER, 1, b""))
        for element in elements
        if element.key in SYSVAR_NAMES and "data" in element.state
    ]


@dataclass(slots=True)
class _Known:
    """What is known about accounts whose state a document leaves out.

    programs: the files of other programs. states: the accounts by their keys; each one that is read is added.
    """

    sysvars: Sysvars
    programs: Mapping[bytes, bytes]
    states: dict[bytes, Account]

    def account(self, element: AccountElement) -> Account:
        """The account of an element. A later mention of it may leave out its state."""
        account = element.account(self.states.get(element.key) or self._without_state(element))
        self.states.setdefault(element.key, account)
        return account

    def _without_state(self, element: AccountElement) -> Account | None:
        """The state that a program or a sysvar has, if the document does not give it."""
        if element.key == INSTRUCTIONS_SYSVAR:
            return Account(element.key, SYSVAR_OWNER, 0, b"")
        if element.key in SYSVAR_NAMES:
            return self.sysvars.account(SYSVAR_NAMES[element.key])
        if element.key in self.programs and not STATE_FIELDS & element.state.keys():
            return program_account(element.key)
        return None
